//! What students get wrong in lesson 1, and what is right although it is different.

use super::mistake::{Course, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course = Course {
    lesson: numbered(1),
    is_exact: false,
    mistakes: MISTAKES,
    in_c: None,
    variants: VARIANTS,
};

// Pieces of the step.
const ARGUMENT: &str =
    r#"    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());"#;
const TCP_CALL: &str = "    let tcp = create_tcp(&address.to_string_lossy())?;";
const UDP_CALL: &str = "    let udp = create_udp(&address.to_string_lossy())?;";
const TCP_LINE: &str = r#"    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#;
const UDP_LINE: &str = r#"    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;"#;
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

const MISTAKES: &[Mistake] = &[
    Mistake {
        id: "tcp-port-0",
        thought: "The address is the one that I was given.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at {}", address.display())?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "",
    },
    Mistake {
        id: "only-the-tcp-port",
        thought: "It is all on this computer, so the port is enough.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at port {}", tcp.local_addr()?.port())?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "",
    },
    Mistake {
        id: "every-address",
        thought: "0.0.0.0 works everywhere.",
        find: TCP_CALL,
        put: r#"    let address = std::ffi::OsString::from(address.to_string_lossy().replace("127.0.0.1", "0.0.0.0"));
    let tcp = create_tcp(&address.to_string_lossy())?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "",
    },
    Mistake {
        id: "shows-them-afterwards",
        thought: "First the work, then the report.",
        find: TCP_LINE,
        put: r#"    wait_for_enter()?;
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
        breaks: &["shows-its-tcp-address"],
        cause: "",
    },
    Mistake {
        id: "udp-port-0",
        thought: "The address is the one that I was given.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", address.display())?;"#,
        breaks: &["shows-its-udp-address"],
        cause: "",
    },
    Mistake {
        id: "no-udp",
        thought: "One socket is like the other.",
        find: UDP_LINE,
        put: "",
        breaks: &["shows-its-udp-address"],
        cause: "",
    },
    Mistake {
        id: "udp-on-stderr",
        thought: "Both lines are on my screen.",
        find: UDP_LINE,
        put: r#"    writeln!(io::stderr(), "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;"#,
        breaks: &["shows-its-udp-address"],
        cause: "",
    },
    Mistake {
        id: "tcp-by-another-name",
        thought: "A socket is a socket, and its line says TCP.",
        find: TCP_CALL,
        put: r#"    let tcp = create_udp("127.0.0.1:0")?;"#,
        breaks: &["tcp-accepts-connections"],
        cause: "",
    },
    Mistake {
        id: "tcp-is-closed-at-once",
        thought: "I only need its address.",
        find: TCP_LINE,
        put: r#"    writeln!(out, "TCP socket at {}", create_tcp("127.0.0.1:0")?.local_addr()?)?;"#,
        breaks: &["tcp-accepts-connections"],
        cause: "",
    },
    Mistake {
        id: "udp-is-closed-at-once",
        thought: "I only need its address.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", create_udp("127.0.0.1:0")?.local_addr()?)?;"#,
        breaks: &["udp-holds-its-port"],
        cause: "",
    },
    Mistake {
        id: "udp-shows-the-tcp-port",
        thought: "Both have the same address.",
        find: UDP_LINE,
        put: r#"    writeln!(out, "UDP socket at {}", tcp.local_addr().context("the UDP socket has no address")?)?;"#,
        breaks: &["udp-holds-its-port"],
        cause: "",
    },
    Mistake {
        id: "does-not-wait",
        thought: "The sockets were created, so I am done.",
        find: WAIT,
        put: "",
        breaks: &["waits-until-then"],
        cause: "",
    },
    Mistake {
        id: "sleeps",
        thought: "A second is enough to look at it.",
        find: WAIT,
        put: "    std::thread::sleep(std::time::Duration::from_secs(1));",
        breaks: &["waits-until-then"],
        cause: "",
    },
    Mistake {
        id: "awaits-a-client",
        thought: "A server waits for a client.",
        find: WAIT,
        put: "    tcp.accept()?;",
        breaks: &["closes-at-a-line"],
        cause: "",
    },
    Mistake {
        id: "reads-all-of-its-input",
        thought: "I read until there is no more.",
        find: WAIT,
        put: "    io::copy(&mut io::stdin(), &mut io::sink())?;",
        breaks: &["closes-at-a-line"],
        cause: "",
    },
    Mistake {
        id: "awaits-a-word",
        thought: "To end, type `exit`.",
        find: WAIT,
        put: r#"    while io::stdin().lines().next().transpose()?.is_some_and(|line| line != "exit") {}"#,
        breaks: &["closes-at-a-line"],
        cause: "",
    },
    Mistake {
        id: "awaits-enter-twice",
        thought: "Otherwise the window closes before I can read it.",
        find: CLOSED,
        put: r#"    writeln!(out, "Closed: both ports are free again.")?;
    wait_for_enter()?;"#,
        breaks: &["closes-at-a-line"],
        cause: "",
    },
    Mistake {
        id: "ends-with-1",
        thought: "That is the number of lines.",
        find: CLOSED,
        put: r#"    writeln!(out, "Closed: both ports are free again.")?;
    std::process::exit(1);"#,
        breaks: &["closes-at-a-line"],
        cause: "",
    },
    Mistake {
        id: "the-end-is-an-error",
        thought: "There must be a line.",
        find: READ,
        put: r#"    let length = io::stdin().lock().read_until(b'\n', &mut Vec::new()).context("cannot read input")?;
    anyhow::ensure!(length > 0, "no line");"#,
        breaks: &["closes-at-the-end-of-its-input"],
        cause: "",
    },
    Mistake {
        id: "waits-on-at-the-end",
        thought: "I try until there is a line.",
        find: READ,
        put: r#"    while io::stdin().lock().read_until(b'\n', &mut Vec::new()).context("cannot read input")? == 0 {}"#,
        breaks: &["closes-at-the-end-of-its-input"],
        cause: "",
    },
    Mistake {
        id: "reads-text",
        thought: "`read_line` is what reads a line.",
        find: READ,
        put: "    io::stdin().read_line(&mut String::new())?;",
        breaks: &["takes-any-line"],
        cause: "",
    },
    Mistake {
        id: "udp-beside-tcp",
        thought: "The port is taken by TCP, so UDP takes the next one.",
        find: UDP_CALL,
        put: r#"    let mut beside = tcp.local_addr()?;
    beside.set_port(beside.port() + 1);
    let udp = create_udp(&beside.to_string())?;"#,
        breaks: &["uses-the-given-port-for-both"],
        cause: "",
    },
    Mistake {
        id: "udp-anywhere",
        thought: "Any port will do for UDP.",
        find: UDP_CALL,
        put: r#"    let udp = create_udp("127.0.0.1:0")?;"#,
        breaks: &["uses-the-given-port-for-both"],
        cause: "",
    },
    Mistake {
        id: "only-the-port",
        thought: "127.0.0.1 is always right; only the port changes.",
        find: TCP_CALL,
        put: r#"    let text = address.to_string_lossy().into_owned();
    let (_, port) = text.rsplit_once(':').context("no port")?;
    let address = std::ffi::OsString::from(format!("127.0.0.1:{port}"));
    let tcp = create_tcp(&address.to_string_lossy())?;"#,
        breaks: &["binds-just-the-given-address"],
        cause: "",
    },
    Mistake {
        id: "asks-for-an-argument",
        thought: "Without an address I can do nothing.",
        find: ARGUMENT,
        put: r#"    let address = env::args_os().nth(1).context("usage: lesson-1 HOST:PORT")?;"#,
        breaks: &["needs-no-argument"],
        cause: "",
    },
    Mistake {
        id: "another-default",
        thought: "8090 is the port of this course.",
        find: ARGUMENT,
        put: r#"    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());"#,
        breaks: &["needs-no-argument"],
        cause: "",
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
        breaks: &["fails-on-a-taken-port"],
        cause: "",
    },
    Mistake {
        id: "unwraps-the-socket",
        thought: "Binding always works.",
        find: UDP_BIND,
        put: "    Ok(UdpSocket::bind(address).unwrap())",
        breaks: &["fails-on-a-taken-port"],
        cause: "",
    },
    Mistake {
        id: "takes-another-port",
        thought: "If the port is taken I take any other.",
        find: UDP_BIND,
        put: r#"    Ok(UdpSocket::bind(address).or_else(|_| UdpSocket::bind("127.0.0.1:0"))?)"#,
        breaks: &["fails-on-a-taken-port"],
        cause: "",
    },
    Mistake {
        id: "says-only-that-it-failed",
        thought: "The user knows what he has typed.",
        find: TCP_BIND,
        put: r#"    TcpListener::bind(address).context("cannot bind the socket")"#,
        breaks: &["names-a-malformed-argument"],
        cause: "",
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
];
