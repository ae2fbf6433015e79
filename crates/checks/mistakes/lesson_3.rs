//! What students get wrong in lesson 3, and what is right although it is different.

use super::mistake::{Course, InC, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course =
    Course { lesson: numbered(3), mistakes: MISTAKES, in_c: Some(IN_C), variants: VARIANTS };

// Pieces of the step.
const TEXT: &str = "    let text = String::from_utf8_lossy(&message);";
const LINE: &str =
    r#"    let line = format!("Received {} bytes from {sender}: {text}\n", message.len());"#;
const OUT: &str = "    out.write_all(line.as_bytes())?;";
const END: &str = r#"    // The end of `main` drops the socket. That closes it and frees the port.
    Ok(())"#;
const BIND_CALL: &str = "    let socket = bind(&address.to_string_lossy())?;";
const BIND: &str = r#"    UdpSocket::bind(address).with_context(|| {
        format!("cannot bind a UDP socket to `{address}`: is it HOST:PORT, and free?")
    })"#;
const RECEIVE_CALL: &str = "    let (message, sender) = receive(&socket)?;";
const RECEIVE: &str = r#"    let (length, sender) =
        socket.recv_from(&mut buffer).context("cannot receive a datagram from the socket")?;"#;
const TRUNCATE: &str = "    buffer.truncate(length);";
const WAITING: &str = r#"    writeln!(out, "Waiting for a datagram on {here}")?;"#;
const BUFFER: &str = "vec![0; 1024]";

// What several mistakes lose.
const EVERY_TEXT: &[&str] = &[
    "prints-the-text",
    "takes-1024-bytes-whole",
    "prints-only-what-came",
    "prints-every-character",
    "keeps-spaces",
    "survives-invalid-utf8",
];
const ALL_OUTPUT: &[&str] = &[
    "prints-the-text",
    "prints-the-sender",
    "takes-1024-bytes-whole",
    "prints-only-what-came",
    "prints-every-character",
    "keeps-spaces",
    "survives-invalid-utf8",
];
const ALL_OUTPUT_AND_ITS_END: &[&str] = &[
    "prints-the-text",
    "ends-after-one-datagram",
    "prints-the-sender",
    "takes-1024-bytes-whole",
    "prints-only-what-came",
    "prints-every-character",
    "keeps-spaces",
    "survives-invalid-utf8",
];
const EVERYTHING_BUT_ERRORS: &[&str] = &[
    "prints-the-text",
    "ends-after-one-datagram",
    "prints-the-sender",
    "takes-an-empty-datagram",
    "takes-1024-bytes-whole",
    "prints-only-what-came",
    "prints-every-character",
    "keeps-spaces",
    "survives-invalid-utf8",
    "waits-as-long-as-it-takes",
    "sends-nothing-back",
    "binds-just-its-argument",
    "fails-on-a-taken-port",
];
const EVERYTHING: &[&str] = &[
    "prints-the-text",
    "ends-after-one-datagram",
    "prints-the-sender",
    "takes-an-empty-datagram",
    "takes-1024-bytes-whole",
    "prints-only-what-came",
    "prints-every-character",
    "keeps-spaces",
    "survives-invalid-utf8",
    "waits-as-long-as-it-takes",
    "sends-nothing-back",
    "binds-just-its-argument",
    "fails-on-a-taken-port",
    "names-a-malformed-argument",
];

const MISTAKES: &[Mistake] = &[
    Mistake {
        id: "prints-nothing-of-it",
        thought: "I have received it, so I am done.",
        find: OUT,
        put: "    let _ = line;",
        breaks: ALL_OUTPUT,
        cause: "not-printed",
    },
    Mistake {
        id: "text-on-stderr",
        thought: "Output is output.",
        find: OUT,
        put: "    io::stderr().write_all(line.as_bytes())?;",
        breaks: ALL_OUTPUT,
        cause: "on-stderr",
    },
    Mistake {
        id: "hard-coded-address",
        thought: "127.0.0.1:18093 is free here, so that is where I wait.",
        find: BIND_CALL,
        put: r#"    let socket = bind("127.0.0.1:18093")?;"#,
        breaks: EVERYTHING,
        cause: "other-port",
    },
    Mistake {
        id: "numbers-instead-of-text",
        thought: "A datagram is bytes, and `{:?}` prints bytes.",
        find: TEXT,
        put: r#"    let text = format!("{message:?}");"#,
        breaks: EVERY_TEXT,
        cause: "escaped",
    },
    Mistake {
        id: "no-room-in-the-buffer",
        thought: "A `Vec` grows by itself.",
        find: BUFFER,
        put: "Vec::with_capacity(1024)",
        breaks: EVERY_TEXT,
        cause: "not-printed",
    },
    Mistake {
        id: "debug-form-of-the-text",
        thought: "`{:?}` shows what a value is, so I see what came.",
        find: LINE,
        put: r#"    let line = format!("Received {} bytes from {sender}: {text:?}\n", message.len());"#,
        breaks: &["prints-every-character"],
        cause: "escaped",
    },
    Mistake {
        id: "escapes-like-python",
        thought: "`print(data)` shows b'...', and that is the data.",
        find: TEXT,
        put: "    let text = message.escape_ascii();",
        breaks: &["prints-every-character"],
        cause: "escaped",
    },
    Mistake {
        id: "one-byte-one-character",
        thought: "A byte is a character.",
        find: TEXT,
        put: "    let text: String = message.iter().map(|byte| char::from(*byte)).collect();",
        breaks: &["prints-every-character"],
        cause: "wrong-encoding",
    },
    Mistake {
        id: "receives-for-ever",
        thought: "A server has a loop.",
        find: END,
        put: r#"    loop {
        let (message, sender) = receive(&socket)?;
        writeln!(out, "{sender}: {}", String::from_utf8_lossy(&message))?;
    }"#,
        breaks: &["ends-after-one-datagram"],
        cause: "does-not-end",
    },
    Mistake {
        id: "holds-the-window-open",
        thought: "Otherwise the window closes before I can read it.",
        find: END,
        put: r#"    io::stdin().read_line(&mut String::new())?;
    Ok(())"#,
        breaks: &["ends-after-one-datagram"],
        cause: "does-not-end",
    },
    Mistake {
        id: "no-sender",
        thought: "The message is what counts.",
        find: LINE,
        put: r#"    let line = format!("Received {} bytes: {text}\n", message.len());"#,
        breaks: &["prints-the-sender"],
        cause: "not-the-sender",
    },
    Mistake {
        id: "ip-without-port",
        thought: "An address is an ip.",
        find: LINE,
        put: r#"    let line = format!("Received {} bytes from {}: {text}\n", message.len(), sender.ip());"#,
        breaks: &["prints-the-sender"],
        cause: "not-the-sender",
    },
    Mistake {
        id: "its-own-address",
        thought: "The socket knows the address.",
        find: LINE,
        put: r#"    let line = format!("Received {} bytes from {here}: {text}\n", message.len());"#,
        breaks: &["prints-the-sender"],
        cause: "not-the-sender",
    },
    Mistake {
        id: "empty-is-an-error",
        thought: "Nothing was received, so something went wrong.",
        find: TRUNCATE,
        put: r#"    anyhow::ensure!(length > 0, "received nothing");
    buffer.truncate(length);"#,
        breaks: &["takes-an-empty-datagram"],
        cause: "empty-is-nothing",
    },
    Mistake {
        id: "empty-is-not-counted",
        thought: "I wait until there is something to show.",
        find: RECEIVE,
        put: r#"    let (length, sender) = loop {
        let (length, sender) = socket.recv_from(&mut buffer).context("cannot receive")?;
        if length > 0 {
            break (length, sender);
        }
    };"#,
        breaks: &["takes-an-empty-datagram"],
        cause: "empty-is-nothing",
    },
    Mistake {
        id: "empty-is-silent",
        thought: "Without text there is nothing to print.",
        find: OUT,
        put: r#"    if !message.is_empty() {
        out.write_all(line.as_bytes())?;
    }"#,
        breaks: &["takes-an-empty-datagram"],
        cause: "empty-is-nothing",
    },
    Mistake {
        id: "room-for-512-bytes",
        thought: "Nobody types more than that.",
        find: BUFFER,
        put: "vec![0; 512]",
        breaks: &["takes-1024-bytes-whole"],
        cause: "cut",
    },
    Mistake {
        id: "a-byte-for-the-final-zero",
        thought: "A string ends in a zero, so I receive one byte less.",
        find: BUFFER,
        put: "vec![0; 1023]",
        breaks: &["takes-1024-bytes-whole"],
        cause: "cut",
    },
    Mistake {
        id: "the-whole-buffer",
        thought: "The buffer holds the message.",
        find: TRUNCATE,
        put: "",
        breaks: &["prints-only-what-came"],
        cause: "prints-nul",
    },
    Mistake {
        id: "trims-the-text",
        thought: "Text from outside is trimmed first.",
        find: LINE,
        put: r#"    let text = text.trim();
    let line = format!("Received {} bytes from {sender}: {text}\n", message.len());"#,
        breaks: &["keeps-spaces"],
        cause: "trimmed",
    },
    Mistake {
        id: "unwraps-the-text",
        thought: "It is text, so it is valid UTF-8.",
        find: TEXT,
        put: "    let text = std::str::from_utf8(&message).unwrap();",
        breaks: &["survives-invalid-utf8"],
        cause: "strict-decoding",
    },
    Mistake {
        id: "wrong-bytes-are-an-error",
        thought: "Wrong text is an error, and errors end the program.",
        find: TEXT,
        put: r#"    let text = std::str::from_utf8(&message).context("that is no text")?;"#,
        breaks: &["survives-invalid-utf8"],
        cause: "strict-decoding",
    },
    Mistake {
        id: "gives-up-after-a-second",
        thought: "A program must not hang.",
        find: RECEIVE_CALL,
        put: r#"    socket.set_read_timeout(Some(std::time::Duration::from_secs(1)))?;
    let (message, sender) = receive(&socket)?;"#,
        breaks: &["waits-as-long-as-it-takes"],
        cause: "gives-up",
    },
    Mistake {
        id: "watches-its-input",
        thought: "The user can stop it with Ctrl-D.",
        find: RECEIVE_CALL,
        put: r#"    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0)
    });
    let (message, sender) = receive(&socket)?;"#,
        breaks: &["waits-as-long-as-it-takes"],
        cause: "gives-up",
    },
    Mistake {
        id: "says-thanks",
        thought: "It is polite to confirm.",
        find: OUT,
        put: r#"    out.write_all(line.as_bytes())?;
    socket.send_to(b"received", sender)?;"#,
        breaks: &["sends-nothing-back"],
        cause: "answers",
    },
    Mistake {
        id: "every-address",
        thought: "0.0.0.0 works everywhere.",
        find: BIND_CALL,
        put: r#"    let address = address.to_string_lossy().replace("127.0.0.1", "0.0.0.0");
    let socket = bind(&address)?;"#,
        breaks: &["binds-just-its-argument"],
        cause: "other-address",
    },
    Mistake {
        id: "only-the-port",
        thought: "127.0.0.1 is always right; only the port changes.",
        find: BIND_CALL,
        put: r#"    let address = address.to_string_lossy();
    let port = address.rsplit(':').next().unwrap_or("8090");
    let socket = bind(&format!("127.0.0.1:{port}"))?;"#,
        breaks: &["binds-just-its-argument"],
        cause: "other-address",
    },
    Mistake {
        id: "a-taken-port-is-fine",
        thought: "I have told the user, so the program worked.",
        find: BIND_CALL,
        put: r#"    let socket = match bind(&address.to_string_lossy()) {
        Ok(socket) => socket,
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
        find: BIND_CALL,
        put: "    let socket = UdpSocket::bind(address.to_string_lossy().as_ref()).unwrap();",
        breaks: &["fails-on-a-taken-port", "names-a-malformed-argument"],
        cause: "panicked",
    },
    Mistake {
        id: "takes-another-port",
        thought: "If the port is taken I take any other.",
        find: BIND_CALL,
        put: r#"    let socket = bind(&address.to_string_lossy()).or_else(|_| bind("127.0.0.1:0"))?;"#,
        breaks: &["fails-on-a-taken-port", "names-a-malformed-argument"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "says-only-that-it-failed",
        thought: "The user knows what he has typed.",
        find: BIND,
        put: r#"    UdpSocket::bind(address).context("cannot bind the socket")"#,
        breaks: &["names-a-malformed-argument"],
        cause: "argument-not-named",
    },
    Mistake {
        id: "guesses-an-address",
        thought: "If it is no address I take the default.",
        find: BIND_CALL,
        put: r#"    let address = address.to_string_lossy().parse::<SocketAddr>();
    let socket = bind(&address.unwrap_or((std::net::Ipv4Addr::LOCALHOST, 0).into()).to_string())?;"#,
        breaks: &["names-a-malformed-argument"],
        cause: "argument-not-named",
    },
    Mistake {
        id: "one-byte-less",
        thought: "Counting begins at 0, so the last byte is at length - 1.",
        find: TRUNCATE,
        put: "    buffer.truncate(length.saturating_sub(1));",
        breaks: EVERY_TEXT,
        cause: "cut",
    },
    Mistake {
        id: "does-not-block",
        thought: "A program that waits is stuck.",
        find: BIND_CALL,
        put: r#"    let socket = bind(&address.to_string_lossy())?;
    socket.set_nonblocking(true)?;
    receive(&socket)?;"#,
        breaks: EVERYTHING_BUT_ERRORS,
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "over-ipv6",
        thought: "localhost is localhost.",
        find: BIND_CALL,
        put: r#"    let address = address.to_string_lossy().replace("127.0.0.1", "[::1]");
    let socket = bind(&address)?;"#,
        breaks: EVERYTHING_BUT_ERRORS,
        cause: "ipv6",
    },
    Mistake {
        id: "no-socket-yet",
        thought: "First the words, then the rest.",
        find: BIND_CALL,
        put: r#"    println!("Waiting for a datagram on {}", address.to_string_lossy());
    io::stdin().read_line(&mut String::new())?;
    let socket = bind(&address.to_string_lossy())?;"#,
        breaks: EVERYTHING_BUT_ERRORS,
        cause: "binds-nothing",
    },
    Mistake {
        id: "has-another-default",
        thought: "Any free port will do.",
        find: "\"127.0.0.1:8090\".into()",
        put: "\"127.0.0.1:8080\".into()",
        breaks: &["uses-the-default"],
        cause: "other-default",
    },
    Mistake {
        id: "has-every-address-for-its-default",
        thought: "Without an argument, from everywhere.",
        find: "\"127.0.0.1:8090\".into()",
        put: "\"0.0.0.0:8090\".into()",
        breaks: &["uses-the-default"],
        cause: "other-address",
    },
];

const IN_C: InC = InC { step: include_str!("c/lesson_3.c"), mistakes: MISTAKES_IN_C };

const MISTAKES_IN_C: &[Mistake] = &[
    Mistake {
        id: "size-of-a-pointer",
        thought: "`sizeof` tells how much room there is.",
        find: "    static char buffer[1024];",
        put: "    char *buffer = malloc(1024);",
        breaks: EVERY_TEXT,
        cause: "cut",
    },
    Mistake {
        id: "no-room-for-the-sender",
        thought: "The call sets the size, so I needn't.",
        find: "socklen_t size = sizeof sender;",
        put: "socklen_t size = 0;\n    memset(&sender, 0, sizeof sender);",
        breaks: &["prints-the-sender"],
        cause: "not-the-sender",
    },
    Mistake {
        id: "port-of-the-sender-as-it-is",
        thought: "A port is a number.",
        find: "ntohs(sender.sin_port)",
        put: "sender.sin_port",
        breaks: &["prints-the-sender"],
        cause: "sender-port-swapped",
    },
    Mistake {
        id: "a-zero-behind-it",
        thought: "A string ends in a zero, so I print that, too.",
        find: "fwrite(buffer, 1, length, stdout);",
        put: "fwrite(buffer, 1, length + 1, stdout);",
        breaks: &["prints-only-what-came"],
        cause: "prints-nul",
    },
    Mistake {
        id: "shares-the-port",
        thought: "\"Address already in use\" is a nuisance.",
        find: "    if (bind(",
        put: "    int yes = 1;\n    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);\n    if (bind(",
        breaks: &["fails-on-a-taken-port"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "loops-without-flushing",
        thought: "A server has a loop, and a line end brings each line out.",
        find: "    return 0;",
        put: "    for (;;)\n        recvfrom(s, buffer, sizeof buffer, 0, NULL, NULL);",
        breaks: ALL_OUTPUT_AND_ITS_END,
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "over-tcp",
        thought: "A socket is a socket.",
        find: "socket(AF_INET, SOCK_DGRAM, 0)",
        put: "socket(AF_INET, SOCK_STREAM, 0)",
        breaks: EVERYTHING_BUT_ERRORS,
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "writes-through-nothing",
        thought: "`malloc` is for C++.",
        find: "    static char buffer[1024];",
        put: "    char *buffer = NULL;\n    buffer[0] = 'x';",
        breaks: EVERYTHING_BUT_ERRORS,
        cause: "crashed",
    },
];

const VARIANTS: &[Variant] = &[
    Variant {
        id: "a-large-buffer",
        what: "a buffer of 65,536 bytes",
        edits: &[(BUFFER, "vec![0; 65_536]")],
    },
    Variant {
        id: "several-lines",
        what: "each thing on a line of its own, with the ip and the port apart",
        edits: &[(
            LINE,
            r#"    let (ip, port) = (sender.ip(), sender.port());
    let line = format!("message:\n{text}\nsender:\n  ip {ip}\n  port {port}\n");"#,
        )],
    },
    Variant {
        id: "a-tuple",
        what: "the sender as Python shows it",
        edits: &[(
            LINE,
            r#"    let line = format!("{text}\n('{}', {})\n", sender.ip(), sender.port());"#,
        )],
    },
    Variant { id: "no-banner", what: "nothing before the text", edits: &[(WAITING, "")] },
    Variant {
        id: "chinese",
        what: "labels in Chinese, and no line end",
        edits: &[
            (WAITING, r#"    write!(out, "等待数据：")?;"#),
            (LINE, r#"    let line = format!("收到来自 {sender} 的数据：{text}");"#),
        ],
    },
    Variant {
        id: "escaped-bytes",
        what: "bytes that are not UTF-8 as escapes",
        edits: &[(
            TEXT,
            r#"    let show = |chunk: std::str::Utf8Chunk| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii());
    let text: String = message.utf8_chunks().map(show).collect();"#,
        )],
    },
    Variant {
        id: "raw-bytes",
        what: "the bytes themselves, not decoded at all",
        edits: &[(
            OUT,
            r#"    write!(out, "{sender}\n")?;
    out.write_all(&message)?;"#,
        )],
    },
    Variant {
        id: "a-loop-that-does-not-block",
        what: "a socket that does not block, asked again and again",
        edits: &[(
            RECEIVE,
            r#"    socket.set_nonblocking(true)?;
    let (length, sender) = loop {
        match socket.recv_from(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            result => break result?,
        }
    };"#,
        )],
    },
    Variant {
        id: "a-loop-of-time-outs",
        what: "a time-out, and another try after it",
        edits: &[(
            RECEIVE,
            r#"    socket.set_read_timeout(Some(std::time::Duration::from_millis(300)))?;
    let (length, sender) = loop {
        match socket.recv_from(&mut buffer) {
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            result => break result?,
        }
    };"#,
        )],
    },
    Variant {
        id: "a-thread",
        what: "a thread that receives",
        edits: &[(
            RECEIVE_CALL,
            r#"    let (message, sender) = std::thread::scope(|scope| {
        scope.spawn(|| receive(&socket)).join().unwrap_or_else(|_| anyhow::bail!("no thread"))
    })?;"#,
        )],
    },
    Variant {
        id: "buffered-output",
        what: "output in a buffer that is flushed at the end",
        edits: &[
            (
                "    let mut out = io::stdout();",
                "    let mut out = io::BufWriter::new(io::stdout());",
            ),
            (
                OUT,
                r#"    out.write_all(line.as_bytes())?;
    out.flush()?;"#,
            ),
        ],
    },
    Variant {
        id: "peeks-first",
        what: "the length first, the datagram afterwards",
        edits: &[(
            RECEIVE_CALL,
            r#"    socket.peek_from(&mut [0; 1024])?;
    let (message, sender) = receive(&socket)?;"#,
        )],
    },
];
