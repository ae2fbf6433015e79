//! What students get wrong in lesson 1, and what is right although it is different.

use super::mistake::{Course, InC, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course =
    Course { lesson: numbered(1), mistakes: MISTAKES, in_c: Some(IN_C), variants: VARIANTS };

// Pieces of the step.
const ARGUMENT: &str =
    r#"    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());"#;
const TCP_CALL: &str = "    let tcp = create_tcp(&address.to_string_lossy())?;";
const UDP_CALL: &str = "    let udp = create_udp(&address.to_string_lossy())?;";
const TCP_LINE: &str = r#"    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#;
const UDP_LINE: &str = r#"    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;"#;
const BOTH_LINES: &str = r#"    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;
    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;"#;
const OUT: &str = "    let mut out = io::stdout();";
const FLUSH: &str = "    out.flush()?;";
const PROMPT: &str = r#"    write!(out, "Press Enter to close both: ")?;"#;
const WAIT: &str = "    wait_for_enter()?;";
const CLOSED: &str = r#"    writeln!(out, "Closed: both ports are free again.")?;"#;
const TCP_BIND: &str = r#"    TcpListener::bind(address).with_context(|| {
        format!("cannot bind a TCP socket to `{address}`: is it HOST:PORT, and free?")
    })"#;
const UDP_BIND: &str = r#"    UdpSocket::bind(address).with_context(|| {
        format!("cannot bind a UDP socket to `{address}`: is it HOST:PORT, and free?")
    })"#;
const READ: &str =
    r#"    io::stdin().lock().read_until(b'\n', &mut Vec::new()).context("cannot read input")?;"#;

/// What is lost with a program that is gone before anybody can look.
const DOES_NOT_WAIT: &[&str] = &[
    "tcp-accepts-connections",
    "udp-holds-its-port",
    "closes-at-a-line",
    "closes-at-the-end-of-its-input",
    "waits-until-then",
    "shows-all-before-it-waits",
    "takes-any-line",
    "binds-just-the-given-address",
    "fails-on-a-taken-port",
];

const MISTAKES: &[Mistake] = &[
    Mistake {
        id: "tcp-port-0",
        thought: "The address is the one that I was given.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at {}", address.display())?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "port-0",
    },
    Mistake {
        id: "only-the-tcp-port",
        thought: "It is all on this computer, so the port is enough.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at port {}", tcp.local_addr()?.port())?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "no-address",
    },
    Mistake {
        id: "every-address",
        thought: "0.0.0.0 works everywhere.",
        find: TCP_CALL,
        put: r#"    let address = std::ffi::OsString::from(address.to_string_lossy().replace("127.0.0.1", "0.0.0.0"));
    let tcp = create_tcp(&address.to_string_lossy())?;"#,
        breaks: &["binds-just-the-given-address"],
        cause: "other-address",
    },
    Mistake {
        id: "shows-them-afterwards",
        thought: "First the work, then the report.",
        find: TCP_LINE,
        put: r#"    wait_for_enter()?;
    writeln!(out, "TCP socket at {}", tcp.local_addr()?)?;
    writeln!(out, "UDP socket at {}", udp.local_addr()?)?;
    return Ok(());"#,
        breaks: &["shows-its-tcp-address", "shows-its-udp-address"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "udp-port-0",
        thought: "The address is the one that I was given.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", address.display())?;"#,
        breaks: &["shows-its-udp-address"],
        cause: "port-0",
    },
    Mistake {
        id: "no-udp-line",
        thought: "One socket is like the other.",
        find: UDP_LINE,
        put: "",
        breaks: &["shows-its-udp-address"],
        cause: "no-line",
    },
    Mistake {
        id: "udp-on-stderr",
        thought: "Both lines are on my screen.",
        find: UDP_LINE,
        put: r#"    writeln!(io::stderr(), "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;"#,
        breaks: &["shows-its-udp-address"],
        cause: "on-stderr",
    },
    Mistake {
        id: "tcp-by-another-name",
        thought: "A socket is a socket, and its line says TCP.",
        find: TCP_CALL,
        put: r#"    let tcp = create_udp("127.0.0.1:0")?;"#,
        breaks: &[
            "shows-its-tcp-address",
            "tcp-accepts-connections",
            "uses-the-given-port-for-both",
            "fails-on-a-taken-port",
        ],
        cause: "nobody-listens",
    },
    Mistake {
        id: "another-tcp-address",
        thought: "I only need its address.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at {}", create_tcp("127.0.0.1:0")?.local_addr()?)?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "not-its-address",
    },
    Mistake {
        id: "another-udp-address",
        thought: "I only need its address.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", create_udp("127.0.0.1:0")?.local_addr()?)?;"#,
        breaks: &["shows-its-udp-address"],
        cause: "not-its-address",
    },
    Mistake {
        id: "udp-shows-the-tcp-port",
        thought: "Both have the same address.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", tcp.local_addr().context("the UDP socket has no address")?)?;"#,
        breaks: &["shows-its-udp-address"],
        cause: "not-its-address",
    },
    Mistake {
        id: "does-not-wait",
        thought: "The sockets were created, so I am done.",
        find: WAIT,
        put: "",
        breaks: DOES_NOT_WAIT,
        cause: "does-not-wait",
    },
    Mistake {
        id: "sleeps",
        thought: "Two seconds are enough to look at it.",
        find: WAIT,
        put: "    std::thread::sleep(std::time::Duration::from_millis(1800));",
        breaks: &["waits-until-then"],
        cause: "does-not-wait",
    },
    Mistake {
        id: "awaits-a-client",
        thought: "A server waits for a client.",
        find: WAIT,
        put: "    tcp.accept()?;",
        breaks: &["closes-at-a-line", "closes-at-the-end-of-its-input", "waits-until-then"],
        cause: "does-not-close",
    },
    Mistake {
        id: "reads-all-of-its-input",
        thought: "I read until there is no more.",
        find: WAIT,
        put: "    io::copy(&mut io::stdin(), &mut io::sink())?;",
        breaks: &["closes-at-a-line"],
        cause: "does-not-close",
    },
    Mistake {
        id: "awaits-a-word",
        thought: "To end, type `exit`.",
        find: WAIT,
        put: r#"    while io::stdin().lines().next().transpose()?.is_some_and(|line| line != "exit") {}"#,
        breaks: &["closes-at-a-line", "takes-any-line"],
        cause: "does-not-close",
    },
    Mistake {
        id: "awaits-enter-twice",
        thought: "Otherwise the window closes before I can read it.",
        find: CLOSED,
        put: r#"    writeln!(out, "Closed: both ports are free again.")?;
    wait_for_enter()?;"#,
        breaks: &["closes-at-a-line"],
        cause: "does-not-close",
    },
    Mistake {
        id: "ends-with-1",
        thought: "That is the number of lines.",
        find: CLOSED,
        put: r#"    writeln!(out, "Closed: both ports are free again.")?;
    std::process::exit(1);"#,
        breaks: &["closes-at-a-line"],
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "the-end-is-an-error",
        thought: "There must be a line.",
        find: READ,
        put: r#"    let length = io::stdin().lock().read_until(b'\n', &mut Vec::new()).context("cannot read input")?;
    anyhow::ensure!(length > 0, "no line");"#,
        breaks: &["closes-at-the-end-of-its-input"],
        cause: "end-not-noticed",
    },
    Mistake {
        id: "waits-on-at-the-end",
        thought: "I try until there is a line.",
        find: READ,
        put: r#"    while io::stdin().lock().read_until(b'\n', &mut Vec::new()).context("cannot read input")? == 0 {}"#,
        breaks: &["closes-at-the-end-of-its-input"],
        cause: "end-not-noticed",
    },
    Mistake {
        id: "reads-text",
        thought: "`read_line` is what reads a line.",
        find: READ,
        put: "    io::stdin().read_line(&mut String::new())?;",
        breaks: &["takes-any-line"],
        cause: "strict-decoding",
    },
    Mistake {
        id: "udp-beside-tcp",
        thought: "The port is taken by TCP, so UDP takes the next one.",
        find: UDP_CALL,
        put: r#"    let mut beside = tcp.local_addr()?;
    beside.set_port(beside.port() + 1);
    let udp = create_udp(&beside.to_string())?;"#,
        breaks: &["uses-the-given-port-for-both", "fails-on-a-taken-port"],
        cause: "other-port",
    },
    Mistake {
        id: "udp-anywhere",
        thought: "Any port will do for UDP.",
        find: UDP_CALL,
        put: r#"    let udp = create_udp("127.0.0.1:0")?;"#,
        breaks: &["uses-the-given-port-for-both", "fails-on-a-taken-port"],
        cause: "other-port",
    },
    Mistake {
        id: "only-the-port",
        thought: "127.0.0.1 is always right; only the port changes.",
        find: TCP_CALL,
        put: r#"    let text = address.to_string_lossy().into_owned();
    let (_, port) = text.rsplit_once(':').context("no port")?;
    let address = std::ffi::OsString::from(format!("127.0.0.1:{port}"));
    let tcp = create_tcp(&address.to_string_lossy())?;"#,
        breaks: &["binds-just-the-given-address", "names-a-malformed-argument"],
        cause: "other-address",
    },
    Mistake {
        id: "asks-for-an-argument",
        thought: "Without an address I can do nothing.",
        find: ARGUMENT,
        put: r#"    let address = env::args_os().nth(1).context("usage: lesson-1 HOST:PORT")?;"#,
        breaks: &["needs-no-argument"],
        cause: "no-default",
    },
    Mistake {
        id: "another-default",
        thought: "8090 is the port of this course.",
        find: ARGUMENT,
        put: r#"    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());"#,
        breaks: &["needs-no-argument"],
        cause: "no-default",
    },
    Mistake {
        id: "a-taken-port-is-fine",
        thought: "I have told the user, so the program worked.",
        find: TCP_CALL,
        put: r#"    let tcp = match create_tcp(&address.to_string_lossy()) {
        Ok(tcp) => tcp,
        Err(error) => {
            eprintln!("{error:#}");
            return Ok(());
        }
    };"#,
        breaks: &["fails-on-a-taken-port", "names-a-malformed-argument"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "unwraps-the-socket",
        thought: "Binding always works.",
        find: UDP_BIND,
        put: "    Ok(UdpSocket::bind(address).unwrap())",
        breaks: &["fails-on-a-taken-port"],
        cause: "panicked",
    },
    Mistake {
        id: "takes-another-port",
        thought: "If the port is taken I take any other.",
        find: UDP_BIND,
        put: r#"    Ok(UdpSocket::bind(address).or_else(|_| UdpSocket::bind("127.0.0.1:0"))?)"#,
        breaks: &["fails-on-a-taken-port"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "says-only-that-it-failed",
        thought: "The user knows what he has typed.",
        find: TCP_BIND,
        put: r#"    TcpListener::bind(address).context("cannot bind the socket")"#,
        breaks: &["names-a-malformed-argument"],
        cause: "argument-not-named",
    },
    Mistake {
        id: "prints-its-argument",
        thought: "The address is the one that I was given.",
        find: BOTH_LINES,
        put: r#"    writeln!(out, "TCP socket at {}", address.display())?;
    writeln!(out, "UDP socket at {}", address.display())?;"#,
        breaks: &["shows-its-tcp-address", "shows-its-udp-address"],
        cause: "port-0",
    },
    Mistake {
        id: "unflushed-prompt",
        thought: "It is printed, so it is on the screen.",
        find: FLUSH,
        put: "",
        breaks: &["shows-all-before-it-waits"],
        cause: "unflushed",
    },
    Mistake {
        id: "nothing-flushed",
        thought: "It is printed, so it is on the screen; as in C, into a pipe.",
        find: OUT,
        put: r#"    struct InAPipe(io::BufWriter<io::Stdout>);
    impl Write for InAPipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut out = InAPipe(io::BufWriter::new(io::stdout()));"#,
        breaks: &["shows-its-tcp-address", "shows-its-udp-address", "shows-all-before-it-waits"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "all-on-stderr",
        thought: "It is no result, only a message.",
        find: OUT,
        put: "    let mut out = io::stderr();",
        breaks: &["shows-its-tcp-address", "shows-its-udp-address"],
        cause: "all-on-stderr",
    },
    Mistake {
        id: "in-small-letters",
        thought: "Names are written like that.",
        find: BOTH_LINES,
        put: r#"    writeln!(out, "tcp socket at {}", tcp.local_addr()?)?;
    writeln!(out, "udp socket at {}", udp.local_addr()?)?;"#,
        breaks: &["shows-its-tcp-address", "shows-its-udp-address"],
        cause: "other-case",
    },
    Mistake {
        id: "tcp-is-closed-at-once",
        thought: "I have its address, so I am done with it.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;
    let tcp = { drop(tcp); 1 };"#,
        breaks: &["shows-its-tcp-address", "tcp-accepts-connections"],
        cause: "nobody-listens",
    },
    Mistake {
        id: "udp-is-closed-at-once",
        thought: "I have its address, so I am done with it.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;
    let udp = { drop(udp); 1 };"#,
        breaks: &["shows-its-udp-address", "udp-holds-its-port"],
        cause: "no-udp",
    },
    Mistake {
        id: "two-of-tcp",
        thought: "One socket is like the other.",
        find: UDP_CALL,
        put: r#"    let udp = create_tcp("127.0.0.1:0")?;"#,
        breaks: &[
            "shows-its-udp-address",
            "udp-holds-its-port",
            "uses-the-given-port-for-both",
            "fails-on-a-taken-port",
        ],
        cause: "no-udp",
    },
    Mistake {
        id: "a-client-ends-it",
        thought: "When somebody has come, the work is done.",
        find: WAIT,
        put: r#"    let listener = tcp.try_clone()?;
    std::thread::spawn(move || {
        let _ = listener.accept();
        std::process::exit(0)
    });
    wait_for_enter()?;"#,
        breaks: &["waits-until-then"],
        cause: "does-not-wait",
    },
    Mistake {
        id: "gives-up-after-a-while",
        thought: "A program must not hang.",
        find: WAIT,
        put: r#"    std::thread::spawn(|| {
        std::thread::sleep(std::time::Duration::from_millis(1800));
        std::process::exit(0)
    });
    wait_for_enter()?;"#,
        breaks: &["waits-until-then"],
        cause: "does-not-wait",
    },
    Mistake {
        id: "closes-after-a-while",
        thought: "Long enough for a look.",
        find: WAIT,
        put: r#"    std::thread::sleep(std::time::Duration::from_millis(1800));
    let (tcp, udp) = { drop(tcp); drop(udp); (1, 1) };
    wait_for_enter()?;"#,
        breaks: &["waits-until-then"],
        cause: "does-not-wait",
    },
    Mistake {
        id: "panics-at-the-end",
        thought: "That is how far I am.",
        find: CLOSED,
        put: r#"    panic!("what now?");"#,
        breaks: &["closes-at-a-line"],
        cause: "panicked",
    },
    Mistake {
        id: "prints-its-buffer",
        thought: "It is all in the buffer.",
        find: CLOSED,
        put: r#"    writeln!(out, "{:\0<64}", "Closed")?;"#,
        breaks: &["closes-at-a-line"],
        cause: "prints-nul",
    },
    Mistake {
        id: "leaves-a-process",
        thought: "It holds the port for the next one.",
        find: CLOSED,
        put: r#"    std::process::Command::new("sleep").arg("5").spawn()?;"#,
        breaks: &["closes-at-a-line"],
        cause: "leaves-a-process",
    },
    Mistake {
        id: "default-is-everywhere",
        thought: "0.0.0.0 works everywhere.",
        find: ARGUMENT,
        put: r#"    let address = env::args_os().nth(1).unwrap_or_else(|| "0.0.0.0:0".into());"#,
        breaks: &["needs-no-argument"],
        cause: "no-default",
    },
    Mistake {
        id: "udp-at-every-address",
        thought: "0.0.0.0 works everywhere.",
        find: UDP_CALL,
        put: r#"    let udp = create_udp(&address.to_string_lossy().replace("127.0.0.1", "0.0.0.0"))?;"#,
        breaks: &["binds-just-the-given-address"],
        cause: "other-address",
    },
    Mistake {
        id: "ignores-its-argument",
        thought: "Any free port will do.",
        find: ARGUMENT,
        put: r#"    let address = std::ffi::OsString::from("127.0.0.1:0");"#,
        breaks: &[
            "uses-the-given-port-for-both",
            "binds-just-the-given-address",
            "fails-on-a-taken-port",
            "names-a-malformed-argument",
        ],
        cause: "other-port",
    },
];

const IN_C: InC = InC { step: include_str!("c/lesson_1.c"), mistakes: MISTAKES_IN_C };

const MISTAKES_IN_C: &[Mistake] = &[
    Mistake {
        id: "no-listen",
        thought: "It is bound, so it can be reached.",
        find: r#"    if (listen(tcp, 128) < 0)
        fail("listen");"#,
        put: "",
        breaks: &["shows-its-tcp-address", "tcp-accepts-connections"],
        cause: "nobody-listens",
    },
    Mistake {
        id: "no-flush",
        thought: "It is printed, so it is on the screen.",
        find: "    fflush(stdout);",
        put: "",
        breaks: &["shows-its-tcp-address", "shows-its-udp-address"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "no-ntohs",
        thought: "A port is a number like any other.",
        find: r#"    printf("TCP %s:%d\n", inet_ntoa(here.sin_addr), ntohs(here.sin_port));"#,
        put: r#"    printf("TCP %s:%d\n", inet_ntoa(here.sin_addr), here.sin_port);"#,
        breaks: &["shows-its-tcp-address"],
        cause: "not-its-address",
    },
    Mistake {
        id: "every-address",
        thought: "`INADDR_ANY` works everywhere.",
        find: "    struct sockaddr_in here;\n    int c;",
        put: "    struct sockaddr_in here;\n    int c;\n    given.sin_addr.s_addr = INADDR_ANY;",
        breaks: &["binds-just-the-given-address"],
        cause: "other-address",
    },
    Mistake {
        id: "no-look-at-argc",
        thought: "There is always an argument.",
        find: r#"argc > 1 ? argv[1] : "127.0.0.1:0""#,
        put: "argv[1]",
        breaks: &["needs-no-argument"],
        cause: "crashed",
    },
    Mistake {
        id: "waits-for-a-character",
        thought: "Enter is a character.",
        find: r#"    while ((c = getchar()) != EOF && c != '\n')
        ;"#,
        put: r#"    while (getchar() != '\n')
        ;"#,
        breaks: &["closes-at-the-end-of-its-input"],
        cause: "end-not-noticed",
    },
];

const VARIANTS: &[Variant] = &[
    Variant {
        id: "a-tuple",
        what: "addresses as Python shows them",
        edits: &[
            (
                TCP_LINE,
                r#"    let address = tcp.local_addr()?;
    writeln!(out, "TCP: ('{}', {})", address.ip(), address.port())?;"#,
            ),
            (
                UDP_LINE,
                r#"    let address = udp.local_addr()?;
    writeln!(out, "UDP: ('{}', {})", address.ip(), address.port())?;"#,
            ),
        ],
    },
    Variant {
        id: "apart",
        what: "ip and port apart, and a descriptor before them",
        edits: &[
            (
                TCP_LINE,
                r#"    let address = tcp.local_addr()?;
    writeln!(out, "TCP socket 3: ip {}, port {}", address.ip(), address.port())?;"#,
            ),
            (
                UDP_LINE,
                r#"    let address = udp.local_addr()?;
    writeln!(out, "UDP socket 4: port {} at ip {}", address.port(), address.ip())?;"#,
            ),
        ],
    },
    Variant {
        id: "debug-form",
        what: "the sockets as they show themselves",
        edits: &[
            (TCP_LINE, r#"    writeln!(out, "TCP {tcp:?}")?;"#),
            (UDP_LINE, r#"    writeln!(out, "UDP {udp:?}")?;"#),
        ],
    },
    Variant {
        id: "a-banner",
        what: "a banner that names both protocols, and no prompt",
        edits: &[
            (
                TCP_LINE,
                r#"    writeln!(out, "*** TCP and UDP sockets at 127.0.0.1 ***\n")?;
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
            ),
            (PROMPT, ""),
        ],
    },
    Variant {
        id: "chinese",
        what: "labels in Chinese",
        edits: &[
            (
                TCP_LINE,
                r#"    writeln!(out, "TCP 套接字： {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
            ),
            (
                UDP_LINE,
                r#"    writeln!(out, "UDP 套接字： {}", udp.local_addr().context("the UDP socket has no address")?)?;"#,
            ),
            (PROMPT, r#"    writeln!(out, "按回车键结束")?;"#),
        ],
    },
    Variant {
        id: "udp-first",
        what: "UDP before TCP",
        edits: &[
            (TCP_LINE, ""),
            (
                UDP_LINE,
                r#"    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
            ),
        ],
    },
    Variant {
        id: "accepts",
        what: "a thread that accepts connections",
        edits: &[(
            WAIT,
            r#"    let listener = tcp.try_clone()?;
    std::thread::spawn(move || while listener.accept().is_ok() {});
    wait_for_enter()?;"#,
        )],
    },
    Variant { id: "silent-end", what: "nothing more after the line", edits: &[(CLOSED, "")] },
    Variant {
        id: "two-lines-and-no-more",
        what: "no prompt, and a word at the end",
        edits: &[(PROMPT, ""), (FLUSH, "")],
    },
    Variant {
        id: "prompt-with-a-line-end",
        what: "a prompt that is a line of its own, and no flush",
        edits: &[(PROMPT, r#"    writeln!(out, "Press Enter to close both.")?;"#), (FLUSH, "")],
    },
    Variant {
        id: "says-what-it-was-given",
        what: "a line with the address that was asked for, before those that it has",
        edits: &[(
            TCP_LINE,
            r#"    writeln!(out, "TCP and UDP sockets for {}", address.display())?;
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
        )],
    },
    Variant {
        id: "an-unreadable-input-is-its-end",
        what: "whatever goes wrong with the input closes the sockets",
        edits: &[(READ, r#"    let _ = io::stdin().lock().read_until(b'\n', &mut Vec::new());"#)],
    },
];
