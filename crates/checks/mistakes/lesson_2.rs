//! What students get wrong in lesson 2, and what is right although it is different.

use super::mistake::{Course, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course = Course {
    lesson: numbered(2),
    is_exact: false,
    mistakes: MISTAKES,
    in_c: None,
    variants: VARIANTS,
};

// Pieces of the step.
const TARGET: &str = "    let target = resolve(&name.to_string_lossy())?;";
const MESSAGE: &str = r#"    let message = read_line()?.context("the input ended before a line, so nothing was sent")?;"#;
const SEND: &str = "    send(&socket, &message, target)?;";
const TELL: &str = r#"    writeln!(io::stdout(), "Sent {} bytes to {target}", message.len())?;"#;
const RESOLVE: &str = r#"    name.to_socket_addrs()
        .with_context(|| format!("cannot find the address `{name}`: is it HOST:PORT?"))?
        .min_by_key(SocketAddr::is_ipv6)
        .with_context(|| format!("`{name}` has no address"))"#;
const ANY: &str = r#"    let any = if target.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };"#;
const PROMPT: &str = r#"    write!(io::stdout(), "Your message: ")?;"#;
const FLUSH: &str = "    io::stdout().flush()?;";
const READ: &str = r#"    let length = io::stdin().lock().read_until(b'\n', &mut line).context("cannot read input")?;"#;
const CHOP: &str = r#"    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }"#;
const CR: &str = r#"        if line.ends_with(b"\r") {
            line.pop();
        }"#;
const LINE: &str = "    Ok((length > 0).then_some(line))";
const SENT: &str = "    let sent = socket.send_to(message, target);";
const CHECKED: &str =
    r#"    sent.with_context(|| format!("cannot send {} bytes to {target}", message.len()))?;"#;

const MISTAKES: &[Mistake] = &[
    Mistake {
        id: "hard-coded-target",
        thought: "The receiver is at 127.0.0.1:8090.",
        find: TARGET,
        put: r#"    let target = resolve("127.0.0.1:8090")?;"#,
        breaks: &["sends-the-line"],
        cause: "",
    },
    Mistake {
        id: "over-tcp",
        thought: "A stream is a socket, too.",
        find: SENT,
        put: "    let sent = std::net::TcpStream::connect(target).and_then(|mut stream| stream.write(message));",
        breaks: &["sends-the-line"],
        cause: "",
    },
    Mistake {
        id: "line-end-sent-along",
        thought: "I send what I have read.",
        find: CHOP,
        put: "",
        breaks: &["leaves-out-the-line-end"],
        cause: "",
    },
    Mistake {
        id: "the-whole-buffer",
        thought: "I read into a buffer of 1,024 bytes, and send it.",
        find: SENT,
        put: r#"    let mut buffer = message.to_vec();
    buffer.resize(1024.max(message.len()), 0);
    let sent = socket.send_to(&buffer, target);"#,
        breaks: &["leaves-out-the-line-end"],
        cause: "",
    },
    Mistake {
        id: "empty-is-not-sent",
        thought: "There is nothing to send.",
        find: SEND,
        put: r#"    if !message.is_empty() {
        send(&socket, &message, target)?;
    }"#,
        breaks: &["sends-an-empty-line"],
        cause: "",
    },
    Mistake {
        id: "empty-is-the-end",
        thought: "An empty line means that the input has ended.",
        find: LINE,
        put: "    Ok((!line.is_empty()).then_some(line))",
        breaks: &["sends-an-empty-line"],
        cause: "",
    },
    Mistake {
        id: "in-pieces",
        thought: "A buffer has 1,024 bytes, so I send as much at a time.",
        find: SENT,
        put: "    let sent = message.chunks(1024).try_for_each(|part| socket.send_to(part, target).map(drop));",
        breaks: &["sends-3000-bytes-as-one-datagram"],
        cause: "",
    },
    Mistake {
        id: "cut-at-1024-bytes",
        thought: "The receiver takes 1,024 bytes, so I send no more.",
        find: SENT,
        put: "    let sent = socket.send_to(message.get(..1024).unwrap_or(message), target);",
        breaks: &["sends-3000-bytes-as-one-datagram"],
        cause: "",
    },
    Mistake {
        id: "one-byte-a-character",
        thought: "A character is a byte.",
        find: SENT,
        put: r#"    let bytes: Vec<u8> = String::from_utf8_lossy(message).chars().map(|c| c as u8).collect();
    let sent = socket.send_to(&bytes, target);"#,
        breaks: &["sends-3000-bytes-as-one-datagram"],
        cause: "",
    },
    Mistake {
        id: "trims-the-line",
        thought: "`trim` takes the line end off.",
        find: LINE,
        put: "    Ok((length > 0).then(|| line.trim_ascii().to_vec()))",
        breaks: &["keeps-spaces"],
        cause: "",
    },
    Mistake {
        id: "carriage-return-sent-along",
        thought: r#"Lines end in \n."#,
        find: CR,
        put: "",
        breaks: &["takes-both-line-ends"],
        cause: "",
    },
    Mistake {
        id: "reads-text",
        thought: "`read_line` is what reads a line.",
        find: READ,
        put: r#"    let mut text = String::new();
    let length = io::stdin().read_line(&mut text).context("cannot read input")?;
    line = text.into_bytes();"#,
        breaks: &["survives-invalid-utf8"],
        cause: "",
    },
    Mistake {
        id: "sends-twice",
        thought: "UDP loses datagrams, so I send it twice.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    send(&socket, &message, target)?;"#,
        breaks: &["sends-just-one-datagram"],
        cause: "",
    },
    Mistake {
        id: "sends-every-line",
        thought: "Whoever types more wants to send more.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    while let Some(message) = read_line()? {
        send(&socket, &message, target)?;
    }"#,
        breaks: &["sends-just-one-datagram"],
        cause: "",
    },
    Mistake {
        id: "awaits-a-reply",
        thought: "A client gets a reply.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    socket.recv_from(&mut [0; 1024])?;"#,
        breaks: &["waits-for-no-reply"],
        cause: "",
    },
    Mistake {
        id: "awaits-a-reply-for-a-second",
        thought: "If a reply comes I take it.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    socket.set_read_timeout(Some(std::time::Duration::from_secs(1)))?;
    let _ = socket.recv_from(&mut [0; 1024]);"#,
        breaks: &["waits-for-no-reply"],
        cause: "",
    },
    Mistake {
        id: "reads-all-of-its-input",
        thought: "I read until there is no more.",
        find: READ,
        put: r#"    let length = io::Read::read_to_end(&mut io::stdin(), &mut line).context("cannot read")?;"#,
        breaks: &["sends-before-its-input-ends"],
        cause: "",
    },
    Mistake {
        id: "holds-the-window-open",
        thought: "Otherwise the window closes before I can read it.",
        find: TELL,
        put: r#"    writeln!(io::stdout(), "Sent {} bytes to {target}", message.len())?;
    read_line()?;"#,
        breaks: &["sends-before-its-input-ends"],
        cause: "",
    },
    Mistake {
        id: "no-prompt",
        thought: "I know that I have to type.",
        find: PROMPT,
        put: "",
        breaks: &["prompts-before-it-reads"],
        cause: "",
    },
    Mistake {
        id: "unflushed-prompt",
        thought: "It is printed, so it is on the screen.",
        find: FLUSH,
        put: "",
        breaks: &["prompts-before-it-reads"],
        cause: "",
    },
    Mistake {
        id: "says-nothing",
        thought: "No news is good news.",
        find: TELL,
        put: "",
        breaks: &["says-that-it-has-sent"],
        cause: "",
    },
    Mistake {
        id: "says-an-empty-line",
        thought: "The cursor goes to the next line, so one sees that something happened.",
        find: TELL,
        put: "    writeln!(io::stdout())?;",
        breaks: &["says-that-it-has-sent"],
        cause: "",
    },
    Mistake {
        id: "only-addresses",
        thought: "An address is four numbers and a port.",
        find: RESOLVE,
        put: r#"    name.parse().with_context(|| format!("`{name}` is no address"))"#,
        breaks: &["sends-to-the-host-it-is-given"],
        cause: "",
    },
    Mistake {
        id: "only-the-port",
        thought: "127.0.0.1 is always right; only the port changes.",
        find: TARGET,
        put: r#"    let name = name.to_string_lossy();
    let (_, port) = name.rsplit_once(':').context("no port")?;
    let target = resolve(&format!("127.0.0.1:{port}"))?;"#,
        breaks: &["sends-to-the-host-it-is-given"],
        cause: "",
    },
    Mistake {
        id: "a-fixed-port",
        thought: "A socket must be bound to a port.",
        find: ANY,
        put: r#"    let any = "0.0.0.0:8089";"#,
        breaks: &["leaves-its-own-port-to-the-system"],
        cause: "",
    },
    Mistake {
        id: "asks-whether-it-came",
        thought: "If nobody is there, I tell the user.",
        find: SEND,
        put: r#"    socket.connect(target)?;
    send(&socket, &message, target)?;
    socket.set_read_timeout(Some(std::time::Duration::from_millis(100)))?;
    if let Err(error) = socket.recv(&mut [0; 1024])
        && [io::ErrorKind::ConnectionRefused, io::ErrorKind::ConnectionReset].contains(&error.kind())
    {
        anyhow::bail!("nobody listens at {target}");
    }"#,
        breaks: &["succeeds-without-a-receiver"],
        cause: "",
    },
    Mistake {
        id: "drops-the-error",
        thought: "Sending always works.",
        find: CHECKED,
        put: "    let _ = sent;",
        breaks: &["fails-if-the-system-refuses"],
        cause: "",
    },
    Mistake {
        id: "cut-to-what-fits",
        thought: "No datagram has more than 65,507 bytes, so I send as many.",
        find: SENT,
        put: "    let sent = socket.send_to(message.get(..65_507).unwrap_or(message), target);",
        breaks: &["fails-if-the-system-refuses"],
        cause: "",
    },
    Mistake {
        id: "tells-and-succeeds",
        thought: "I have told the user, so the program worked.",
        find: CHECKED,
        put: r#"    if let Err(error) = sent {
        eprintln!("cannot send: {error}");
    }"#,
        breaks: &["fails-if-the-system-refuses"],
        cause: "",
    },
    Mistake {
        id: "the-end-is-an-empty-line",
        thought: "Nothing was typed, so the message is empty.",
        find: MESSAGE,
        put: "    let message = read_line()?.unwrap_or_default();",
        breaks: &["sends-nothing-at-the-end-of-its-input"],
        cause: "",
    },
    Mistake {
        id: "asks-until-a-line-comes",
        thought: "I ask again until something is typed.",
        find: MESSAGE,
        put: r#"    let message = loop {
        if let Some(line) = read_line()? {
            break line;
        }
    };"#,
        breaks: &["sends-nothing-at-the-end-of-its-input"],
        cause: "",
    },
    Mistake {
        id: "unwraps-the-line",
        thought: "There is always a line.",
        find: MESSAGE,
        put: "    let message = read_line()?.unwrap();",
        breaks: &["sends-nothing-at-the-end-of-its-input"],
        cause: "",
    },
    Mistake {
        id: "says-only-that-it-failed",
        thought: "The user knows what he has typed.",
        find: RESOLVE,
        put: r#"    name.to_socket_addrs()?.min_by_key(SocketAddr::is_ipv6).context("no address")"#,
        breaks: &["names-a-malformed-argument"],
        cause: "",
    },
];

const VARIANTS: &[Variant] = &[
    Variant {
        id: "connected",
        what: "`connect` and `send` instead of `send_to`",
        edits: &[(
            SENT,
            r#"    socket.connect(target)?;
    let sent = socket.send(message);"#,
        )],
    },
    Variant {
        id: "bound-to-loopback",
        what: "a socket at 127.0.0.1:0",
        edits: &[(
            ANY,
            r#"    let any = if target.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };"#,
        )],
    },
    Variant {
        id: "chinese",
        what: "a prompt in Chinese, with a line end, and no flush",
        edits: &[
            (PROMPT, r#"    writeln!(io::stdout(), "请输入:")?;"#),
            (FLUSH, ""),
            (TELL, r#"    writeln!(io::stdout(), "发送完成")?;"#),
        ],
    },
    Variant {
        id: "a-banner",
        what: "a banner, and a prompt in two pieces",
        edits: &[
            (
                TARGET,
                r#"    writeln!(io::stdout(), "*** SENDER ***\n")?;
    let target = resolve(&name.to_string_lossy())?;"#,
            ),
            (
                PROMPT,
                r#"    write!(io::stdout(), "Your ")?;
    io::stdout().flush()?;
    write!(io::stdout(), "message: ")?;"#,
            ),
        ],
    },
    Variant {
        id: "many-lines",
        what: "several lines of output, no line end behind the last",
        edits: &[(
            TELL,
            r#"    write!(io::stdout(), "message:\n{}\nlength: {}", String::from_utf8_lossy(&message), message.len())?;
    io::stdout().flush()?;"#,
        )],
    },
    Variant {
        id: "lossy-text",
        what: "wrong bytes are replaced before they are sent",
        edits: &[(
            LINE,
            r#"    let line = String::from_utf8_lossy(&line).into_owned().into_bytes();
    Ok((length > 0).then_some(line))"#,
        )],
    },
    Variant {
        id: "success-at-the-end",
        what: "the end of the input is a good end",
        edits: &[(MESSAGE, "    let Some(message) = read_line()? else { return Ok(()) };")],
    },
    Variant {
        id: "does-not-block",
        what: "a socket that does not block",
        edits: &[(
            SENT,
            r#"    socket.set_nonblocking(true)?;
    let sent = socket.send_to(message, target);"#,
        )],
    },
    Variant {
        id: "a-thread",
        what: "a thread that sends",
        edits: &[(
            SEND,
            r#"    std::thread::scope(|scope| {
        let result = scope.spawn(|| send(&socket, &message, target)).join();
        result.unwrap_or_else(|_| anyhow::bail!("the thread has panicked"))
    })?;"#,
        )],
    },
    Variant {
        id: "any-address-first",
        what: "the first address of a name, of whatever family",
        edits: &[("        .min_by_key(SocketAddr::is_ipv6)", "        .next()")],
    },
];
