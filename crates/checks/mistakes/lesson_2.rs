//! What students get wrong in lesson 2, and what is right although it is different.

use super::mistake::{Course, InC, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course =
    Course { lesson: numbered(2), mistakes: MISTAKES, in_c: Some(IN_C), variants: VARIANTS };

// Pieces of the step.
const NAME: &str =
    r#"    let name = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());"#;
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

// What several mistakes lose: every check that looks at a datagram, and those that look at what a
// program does that has sent one.
const NO_DATAGRAM: &[&str] = &[
    "sends-the-line",
    "leaves-out-the-line-end",
    "sends-an-empty-line",
    "sends-3000-bytes-as-one-datagram",
    "keeps-spaces",
    "takes-both-line-ends",
    "survives-invalid-utf8",
    "sends-just-one-datagram",
    "sends-to-the-host-it-is-given",
    "leaves-its-own-port-to-the-system",
    "names-a-malformed-argument",
];
const NOTHING_SENT: &[&str] = &[
    "sends-the-line",
    "leaves-out-the-line-end",
    "sends-an-empty-line",
    "sends-3000-bytes-as-one-datagram",
    "keeps-spaces",
    "takes-both-line-ends",
    "survives-invalid-utf8",
    "sends-just-one-datagram",
    "waits-for-no-reply",
    "sends-before-its-input-ends",
    "says-that-it-has-sent",
    "sends-to-the-host-it-is-given",
    "leaves-its-own-port-to-the-system",
    "succeeds-without-a-receiver",
];
const ITS_TARGET: &[&str] = &[
    "sends-the-line",
    "leaves-out-the-line-end",
    "sends-an-empty-line",
    "sends-3000-bytes-as-one-datagram",
    "keeps-spaces",
    "takes-both-line-ends",
    "survives-invalid-utf8",
    "sends-just-one-datagram",
    "sends-to-the-host-it-is-given",
    "leaves-its-own-port-to-the-system",
];
const EVERY_TEXT: &[&str] = &[
    "sends-the-line",
    "leaves-out-the-line-end",
    "sends-3000-bytes-as-one-datagram",
    "keeps-spaces",
    "takes-both-line-ends",
    "survives-invalid-utf8",
];

const MISTAKES: &[Mistake] = &[
    Mistake {
        id: "hard-coded-target",
        thought: "The receiver is at 127.0.0.1:8090.",
        find: TARGET,
        put: r#"    let target = resolve("127.0.0.1:8090")?;"#,
        breaks: NO_DATAGRAM,
        cause: "nothing-came",
    },
    Mistake {
        id: "over-tcp",
        thought: "A stream is a socket, too.",
        find: SENT,
        put: "    let sent = std::net::TcpStream::connect(target).and_then(|mut stream| stream.write(message));",
        breaks: NOTHING_SENT,
        cause: "over-tcp",
    },
    Mistake {
        id: "line-end-sent-along",
        thought: "I send what I have read.",
        find: CHOP,
        put: "",
        breaks: &["leaves-out-the-line-end", "takes-both-line-ends"],
        cause: "line-end",
    },
    Mistake {
        id: "the-whole-buffer",
        thought: "I read into a buffer of 1,024 bytes, and send it.",
        find: SENT,
        put: r#"    let mut buffer = message.to_vec();
    buffer.resize(1024.max(message.len()), 0);
    let sent = socket.send_to(&buffer, target);"#,
        breaks: &["leaves-out-the-line-end"],
        cause: "whole-buffer",
    },
    Mistake {
        id: "empty-is-not-sent",
        thought: "There is nothing to send.",
        find: SEND,
        put: r#"    if !message.is_empty() {
        send(&socket, &message, target)?;
    }"#,
        breaks: &["sends-an-empty-line"],
        cause: "empty-is-not-sent",
    },
    Mistake {
        id: "empty-is-the-end",
        thought: "An empty line means that the input has ended.",
        find: LINE,
        put: "    Ok((!line.is_empty()).then_some(line))",
        breaks: &["sends-an-empty-line"],
        cause: "empty-is-not-sent",
    },
    Mistake {
        id: "in-pieces",
        thought: "A buffer has 1,024 bytes, so I send as much at a time.",
        find: SENT,
        put: "    let sent = message.chunks(1024).try_for_each(|part| socket.send_to(part, target).map(drop));",
        breaks: &[
            "sends-an-empty-line",
            "sends-3000-bytes-as-one-datagram",
            "fails-if-the-system-refuses",
        ],
        cause: "empty-is-not-sent",
    },
    Mistake {
        id: "cut-at-1024-bytes",
        thought: "The receiver takes 1,024 bytes, so I send no more.",
        find: SENT,
        put: "    let sent = socket.send_to(message.get(..1024).unwrap_or(message), target);",
        breaks: &["sends-3000-bytes-as-one-datagram", "fails-if-the-system-refuses"],
        cause: "cut",
    },
    Mistake {
        id: "one-byte-a-character",
        thought: "A character is a byte.",
        find: SENT,
        put: r#"    let bytes: Vec<u8> = String::from_utf8_lossy(message).chars().map(|c| c as u8).collect();
    let sent = socket.send_to(&bytes, target);"#,
        breaks: &["sends-3000-bytes-as-one-datagram"],
        cause: "other-bytes",
    },
    Mistake {
        id: "trims-the-line",
        thought: "`trim` takes the line end off.",
        find: LINE,
        put: "    Ok((length > 0).then(|| line.trim_ascii().to_vec()))",
        breaks: &["keeps-spaces"],
        cause: "trimmed",
    },
    Mistake {
        id: "carriage-return-sent-along",
        thought: r#"Lines end in \n."#,
        find: CR,
        put: "",
        breaks: &["takes-both-line-ends"],
        cause: "carriage-return",
    },
    Mistake {
        id: "reads-text",
        thought: "`read_line` is what reads a line.",
        find: READ,
        put: r#"    let mut text = String::new();
    let length = io::stdin().read_line(&mut text).context("cannot read input")?;
    line = text.into_bytes();"#,
        breaks: &["survives-invalid-utf8"],
        cause: "strict-decoding",
    },
    Mistake {
        id: "sends-twice",
        thought: "UDP loses datagrams, so I send it twice.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    send(&socket, &message, target)?;"#,
        breaks: &["sends-just-one-datagram"],
        cause: "sends-again",
    },
    Mistake {
        id: "sends-every-line",
        thought: "Whoever types more wants to send more.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    while let Some(message) = read_line()? {
        send(&socket, &message, target)?;
    }"#,
        breaks: &["sends-just-one-datagram", "sends-before-its-input-ends"],
        cause: "more-than-a-line",
    },
    Mistake {
        id: "awaits-a-reply",
        thought: "A client gets a reply.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    socket.recv_from(&mut [0; 1024])?;"#,
        breaks: &["waits-for-no-reply"],
        cause: "waits-for-something",
    },
    Mistake {
        id: "awaits-a-reply-for-a-second",
        thought: "If a reply comes I take it.",
        find: SEND,
        put: r#"    send(&socket, &message, target)?;
    socket.set_read_timeout(Some(std::time::Duration::from_secs(1)))?;
    let _ = socket.recv_from(&mut [0; 1024]);"#,
        breaks: &["waits-for-no-reply"],
        cause: "waits-for-something",
    },
    Mistake {
        id: "reads-all-of-its-input",
        thought: "I read until there is no more.",
        find: READ,
        put: r#"    let length = io::Read::read_to_end(&mut io::stdin(), &mut line).context("cannot read")?;"#,
        breaks: &["sends-just-one-datagram", "sends-before-its-input-ends"],
        cause: "more-than-a-line",
    },
    Mistake {
        id: "holds-the-window-open",
        thought: "Otherwise the window closes before I can read it.",
        find: TELL,
        put: r#"    writeln!(io::stdout(), "Sent {} bytes to {target}", message.len())?;
    read_line()?;"#,
        breaks: &["sends-before-its-input-ends"],
        cause: "reads-on",
    },
    Mistake {
        id: "no-prompt",
        thought: "I know that I have to type.",
        find: PROMPT,
        put: "",
        breaks: &["prompts-before-it-reads"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "unflushed-prompt",
        thought: "It is printed, so it is on the screen.",
        find: FLUSH,
        put: "",
        breaks: &["prompts-before-it-reads"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "says-nothing",
        thought: "No news is good news.",
        find: TELL,
        put: "",
        breaks: &["says-that-it-has-sent"],
        cause: "says-nothing",
    },
    Mistake {
        id: "says-an-empty-line",
        thought: "The cursor goes to the next line, so one sees that something happened.",
        find: TELL,
        put: "    writeln!(io::stdout())?;",
        breaks: &["says-that-it-has-sent"],
        cause: "says-nothing",
    },
    Mistake {
        id: "only-addresses",
        thought: "An address is four numbers and a port.",
        find: RESOLVE,
        put: r#"    name.parse().with_context(|| format!("`{name}` is no address"))"#,
        breaks: &["sends-to-the-host-it-is-given"],
        cause: "no-names",
    },
    Mistake {
        id: "only-the-port",
        thought: "127.0.0.1 is always right; only the port changes.",
        find: TARGET,
        put: r#"    let name = name.to_string_lossy();
    let (_, port) = name.rsplit_once(':').context("no port")?;
    let target = resolve(&format!("127.0.0.1:{port}"))?;"#,
        breaks: &["sends-to-the-host-it-is-given", "names-a-malformed-argument"],
        cause: "host-ignored",
    },
    Mistake {
        id: "a-fixed-port",
        thought: "A socket must be bound to a port.",
        find: ANY,
        put: r#"    let any = "0.0.0.0:8089";"#,
        breaks: &["leaves-its-own-port-to-the-system"],
        cause: "fixed-port",
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
        cause: "nobody-is-an-error",
    },
    Mistake {
        id: "drops-the-error",
        thought: "Sending always works.",
        find: CHECKED,
        put: "    let _ = sent;",
        breaks: &["fails-if-the-system-refuses"],
        cause: "error-dropped",
    },
    Mistake {
        id: "cut-to-what-fits",
        thought: "No datagram has more than 65,507 bytes, so I send as many.",
        find: SENT,
        put: "    let sent = socket.send_to(message.get(..65_507).unwrap_or(message), target);",
        breaks: &["fails-if-the-system-refuses"],
        cause: "cut-to-fit",
    },
    Mistake {
        id: "tells-and-succeeds",
        thought: "I have told the user, so the program worked.",
        find: CHECKED,
        put: r#"    if let Err(error) = sent {
        eprintln!("cannot send: {error}");
    }"#,
        breaks: &["fails-if-the-system-refuses"],
        cause: "error-dropped",
    },
    Mistake {
        id: "the-end-is-an-empty-line",
        thought: "Nothing was typed, so the message is empty.",
        find: MESSAGE,
        put: "    let message = read_line()?.unwrap_or_default();",
        breaks: &["sends-nothing-at-the-end-of-its-input"],
        cause: "end-is-a-line",
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
        cause: "end-not-noticed",
    },
    Mistake {
        id: "unwraps-the-line",
        thought: "There is always a line.",
        find: MESSAGE,
        put: "    let message = read_line()?.unwrap();",
        breaks: &["sends-nothing-at-the-end-of-its-input"],
        cause: "panicked",
    },
    Mistake {
        id: "says-only-that-it-failed",
        thought: "The user knows what he has typed.",
        find: RESOLVE,
        put: r#"    name.to_socket_addrs()?.min_by_key(SocketAddr::is_ipv6).context("no address")"#,
        breaks: &["names-a-malformed-argument"],
        cause: "argument-not-named",
    },
    Mistake {
        id: "sends-nothing",
        thought: "I have said that it is sent.",
        find: SEND,
        put: r#"    let _ = &socket;"#,
        breaks: &[
            "sends-the-line",
            "leaves-out-the-line-end",
            "sends-an-empty-line",
            "sends-3000-bytes-as-one-datagram",
            "keeps-spaces",
            "takes-both-line-ends",
            "survives-invalid-utf8",
            "sends-just-one-datagram",
            "sends-to-the-host-it-is-given",
            "leaves-its-own-port-to-the-system",
            "fails-if-the-system-refuses",
        ],
        cause: "nothing-came",
    },
    Mistake {
        id: "binds-its-target",
        thought: "I was given an address, and a socket must be bound to one.",
        find: ANY,
        put: "    let any = target;",
        breaks: ITS_TARGET,
        cause: "binds-its-target",
    },
    Mistake {
        id: "port-bytes-swapped",
        thought: "A port is a number like any other.",
        find: TARGET,
        put: r#"    let mut target = resolve(&name.to_string_lossy())?;
    target.set_port(target.port().swap_bytes());"#,
        breaks: ITS_TARGET,
        cause: "port-bytes-swapped",
    },
    Mistake {
        id: "a-byte-a-datagram",
        thought: "I send one character after another.",
        find: SENT,
        put: r#"    let mut bytes = message.chunks(1);
    let sent = bytes.try_for_each(|byte| socket.send_to(byte, target).map(drop));"#,
        breaks: &[
            "sends-an-empty-line",
            "sends-3000-bytes-as-one-datagram",
            "sends-just-one-datagram",
            "fails-if-the-system-refuses",
        ],
        cause: "empty-is-not-sent",
    },
    Mistake {
        id: "a-prefix",
        thought: "The receiver should know what it is.",
        find: SENT,
        put: r#"    let message = &[b"Message: ", message].concat();
    let sent = socket.send_to(message, target);"#,
        breaks: &["leaves-out-the-line-end"],
        cause: "something-in-front",
    },
    Mistake {
        id: "a-prefix-of-its-own",
        thought: "The receiver should know what comes.",
        find: SENT,
        put: r#"    socket.send_to(b"Message: ", target)?;
    let sent = socket.send_to(message, target);"#,
        breaks: &["sends-just-one-datagram"],
        cause: "several-calls",
    },
    Mistake {
        id: "a-final-zero",
        thought: "A string ends in a zero.",
        find: SENT,
        put: r#"    let message = &[message, b"\0"].concat();
    let sent = socket.send_to(message, target);"#,
        breaks: &["leaves-out-the-line-end"],
        cause: "final-zero",
    },
    Mistake {
        id: "eight-bytes",
        thought: "`sizeof` says how long it is.",
        find: SENT,
        put: r#"    let message = &message[..message.len().min(8)];
    let sent = socket.send_to(message, target);"#,
        breaks: &[
            "sends-the-line",
            "leaves-out-the-line-end",
            "sends-3000-bytes-as-one-datagram",
            "keeps-spaces",
            "takes-both-line-ends",
            "survives-invalid-utf8",
            "fails-if-the-system-refuses",
        ],
        cause: "cut",
    },
    Mistake {
        id: "one-byte-too-few",
        thought: "The last byte is the line end.",
        find: LINE,
        put: r#"    line.pop();
    Ok((length > 0).then_some(line))"#,
        breaks: EVERY_TEXT,
        cause: "cut",
    },
    Mistake {
        id: "cut-at-255-bytes",
        thought: "Nobody types more than that.",
        find: SENT,
        put: r#"    let message = &message[..message.len().min(255)];
    let sent = socket.send_to(message, target);"#,
        breaks: &["sends-3000-bytes-as-one-datagram", "fails-if-the-system-refuses"],
        cause: "cut",
    },
    Mistake {
        id: "cut-at-a-zero",
        thought: "A string ends at a zero.",
        find: SENT,
        put: r#"    let message = message.split(|byte| *byte == 0).next().unwrap_or_default();
    let sent = socket.send_to(message, target);"#,
        breaks: &["survives-invalid-utf8"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "cut-at-a-carriage-return",
        thought: "A line ends at the first of the two.",
        find: LINE,
        put: r#"    let end = line.iter().position(|byte| *byte == b'\r').unwrap_or(line.len());
    line.truncate(end);
    Ok((length > 0).then_some(line))"#,
        breaks: &["survives-invalid-utf8"],
        cause: "cut-at-carriage-return",
    },
    Mistake {
        id: "cut-at-255",
        thought: "A character is a `char`, and the end of the file is one, too.",
        find: SENT,
        put: r#"    let message = message.split(|byte| *byte == 255).next().unwrap_or_default();
    let sent = socket.send_to(message, target);"#,
        breaks: &["survives-invalid-utf8"],
        cause: "cut-at-255",
    },
    Mistake {
        id: "only-ascii",
        thought: "Letters are ASCII.",
        find: SENT,
        put: r#"    let message: Vec<u8> = String::from_utf8_lossy(message)
        .chars()
        .map(|c| if c.is_ascii() { c as u8 } else { b'?' })
        .collect();
    let sent = socket.send_to(&message, target);"#,
        breaks: &["sends-3000-bytes-as-one-datagram"],
        cause: "replaced",
    },
    Mistake {
        id: "words-apart",
        thought: "`scanf` reads a word after the other.",
        find: LINE,
        put: r#"    let words: Vec<_> = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    Ok((length > 0).then(|| words.join(&b' ')))"#,
        breaks: &["keeps-spaces", "survives-invalid-utf8"],
        cause: "taken-apart",
    },
    Mistake {
        id: "in-capitals",
        thought: "It looks better.",
        find: SENT,
        put: r#"    let message = &message.to_ascii_uppercase();
    let sent = socket.send_to(message, target);"#,
        breaks: EVERY_TEXT,
        cause: "other-case",
    },
    Mistake {
        id: "prompt-on-stderr",
        thought: "The prompt isn't a result.",
        find: PROMPT,
        put: r#"    write!(io::stderr(), "Your message: ")?;"#,
        breaks: &["prompts-before-it-reads"],
        cause: "all-on-stderr",
    },
    Mistake {
        id: "prints-its-buffer",
        thought: "It is all in the buffer.",
        find: TELL,
        put: r#"    writeln!(io::stdout(), "Sent {:\0<64}", String::from_utf8_lossy(&message))?;"#,
        breaks: &["says-that-it-has-sent"],
        cause: "prints-nul",
    },
    Mistake {
        id: "ends-with-1",
        thought: "1 is true.",
        find: TELL,
        put: r#"    writeln!(io::stdout(), "Sent {} bytes to {target}", message.len())?;
    std::process::exit(1);"#,
        breaks: &["waits-for-no-reply"],
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "panics-at-the-end",
        thought: "That is how far I am.",
        find: TELL,
        put: r#"    writeln!(io::stdout(), "Sent {} bytes to {target}", message.len())?;
    panic!("what now?");"#,
        breaks: &["waits-for-no-reply"],
        cause: "panicked",
    },
    Mistake {
        id: "asks-for-an-argument",
        thought: "Without an address I can do nothing.",
        find: NAME,
        put: r#"    let name = env::args_os().nth(1).context("usage: lesson-2 HOST:PORT")?;"#,
        breaks: &["needs-no-argument"],
        cause: "no-default",
    },
    Mistake {
        id: "checks-the-length-itself",
        thought: "Only what is too long fails.",
        find: CHECKED,
        put: r#"    anyhow::ensure!(message.len() <= 65_507, "too long");
    let _ = sent;"#,
        breaks: &["fails-if-the-system-refuses"],
        cause: "error-dropped",
    },
    Mistake {
        id: "has-another-default",
        thought: "Any free port will do.",
        find: "\"127.0.0.1:8090\".into()",
        put: "\"127.0.0.1:8080\".into()",
        breaks: &["uses-the-default"],
        cause: "other-default",
    },
];

const IN_C: InC = InC { step: include_str!("c/lesson_2.c"), mistakes: MISTAKES_IN_C };

const MISTAKES_IN_C: &[Mistake] = &[
    Mistake {
        id: "256-bytes",
        thought: "Nobody types more.",
        find: r#"    ssize_t length = getline(&line, &room, stdin);
    if (length < 0)
        return 0;"#,
        put: r#"    line = malloc(256);
    if (fgets(line, 256, stdin) == NULL)
        return 0;
    ssize_t length = strlen(line);"#,
        breaks: &[
            "sends-3000-bytes-as-one-datagram",
            "survives-invalid-utf8",
            "fails-if-the-system-refuses",
        ],
        cause: "cut",
    },
    Mistake {
        id: "strlen-of-the-line",
        thought: "`strlen` tells how long a line is.",
        find: r#"    if (length > 0 && line[length - 1] == '\n')"#,
        put: r#"    length = strlen(line);
    if (length > 0 && line[length - 1] == '\n')"#,
        breaks: &["survives-invalid-utf8"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "a-zero-sent-along",
        thought: "A string ends in a zero.",
        find: "    if (sendto(s, line, length, 0,",
        put: "    line[length] = 0;\n    if (sendto(s, line, length + 1, 0,",
        breaks: &["leaves-out-the-line-end"],
        cause: "final-zero",
    },
    Mistake {
        id: "the-line-end-sent-along",
        thought: "`getline` gives me the line.",
        find: r#"    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length > 0 && line[length - 1] == '\r')
        length--;"#,
        put: r#""#,
        breaks: &["leaves-out-the-line-end", "takes-both-line-ends"],
        cause: "line-end",
    },
    Mistake {
        id: "size-of-a-pointer",
        thought: "`sizeof` tells how long it is.",
        find: r#"sendto(s, line, length, 0,"#,
        put: r#"sendto(s, line, sizeof line, 0,"#,
        breaks: &[
            "sends-the-line",
            "leaves-out-the-line-end",
            "sends-3000-bytes-as-one-datagram",
            "keeps-spaces",
            "takes-both-line-ends",
            "survives-invalid-utf8",
            "fails-if-the-system-refuses",
        ],
        cause: "cut",
    },
    Mistake {
        id: "a-char-for-getchar",
        thought: "A character is a `char`.",
        find: r#"    ssize_t length = getline(&line, &room, stdin);
    if (length < 0)
        return 0;"#,
        put: r#"    line = malloc(100000);
    ssize_t length = 0;
    char c;
    while ((c = getchar()) != EOF) {
        line[length++] = c;
        if (c == '\n')
            break;
    }
    if (length == 0)
        return 0;"#,
        breaks: &["survives-invalid-utf8"],
        cause: "cut-at-255",
    },
    Mistake {
        id: "prompt-not-flushed",
        thought: "`printf` prints.",
        find: r#"    fflush(stdout);
"#,
        put: r#""#,
        breaks: &["prompts-before-it-reads"],
        cause: "nothing-on-stdout",
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
    Variant {
        id: "no-words-but-the-line",
        what: "the line itself, and nothing else, when it is sent; and a prompt of one character",
        edits: &[
            (PROMPT, r#"    write!(io::stdout(), "?")?;"#),
            (TELL, r#"    writeln!(io::stdout(), "{}", String::from_utf8_lossy(&message))?;"#),
        ],
    },
    Variant {
        id: "may-broadcast",
        what: "a socket that may send to everybody, as those of Go and Java",
        edits: &[(
            SENT,
            r#"    socket.set_broadcast(true)?;
    let sent = socket.send_to(message, target);"#,
        )],
    },
    Variant {
        id: "reads-ahead",
        what: "all that there is to read at once, of which only the first line counts",
        edits: &[(
            READ,
            r#"    let mut buffer = [0; 65_536];
    let mut length = 0;
    while !line.contains(&b'\n') {
        let more = io::Read::read(&mut io::stdin(), &mut buffer).context("cannot read input")?;
        if more == 0 {
            break;
        }
        length += more;
        line.extend(&buffer[..more]);
    }
    if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
        line.truncate(end + 1);
    }"#,
        )],
    },
    Variant {
        id: "a-socket-at-last",
        what: "the socket is made when the line is there",
        edits: &[
            ("    let socket = create_socket(target)?;\n", ""),
            (
                SEND,
                "    let socket = create_socket(target)?;\n    send(&socket, &message, target)?;",
            ),
        ],
    },
];
