//! What students get wrong in lesson 5, and what is right although it is different.

use super::mistake::{Course, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course = Course {
    lesson: numbered(5),
    is_exact: false,
    mistakes: MISTAKES,
    in_c: None,
    variants: VARIANTS,
};

// Pieces of the step that are changed more than once.
const SHOW: &str = "        io::stdout().write_all(line.as_bytes())?;\n";
const LINE: &str = r#"format!("{client}: {}\n", String::from_utf8_lossy(message))"#;
const MESSAGE: &str = "let message = buffer.get(..length).unwrap_or_default();";
const SEND: &str = "let sent = socket.send_to(message, client);";
const REPLY: &str = "if let Err(error) = reply(&socket, message, client) {";
const BIND: &str = r#"UdpSocket::bind(("0.0.0.0", port))"#;
const BUFFER: &str = "vec![0; 65_536]";

const MISTAKES: &[Mistake] = &[
    // Wrong replies.
    Mistake {
        id: "never-replies",
        thought: "I have shown it, and that is what a server is for.",
        find: REPLY,
        put: "if let Err(error) = Ok::<(), anyhow::Error>(()) {",
        breaks: &["answers-a-datagram"],
        cause: "",
    },
    Mistake {
        id: "a-fixed-port",
        thought: "The server's port is 8090; why should it be anything else?",
        find: BIND,
        put: r#"UdpSocket::bind(("0.0.0.0", port % 1000 + 7000))"#,
        breaks: &["answers-a-datagram"],
        cause: "",
    },
    Mistake {
        id: "replies-to-a-fixed-address",
        thought: "The client is at port 8091, as I have agreed with myself.",
        find: SEND,
        put: r#"let sent = socket.send_to(message, "127.0.0.1:9");"#,
        breaks: &["answers-a-datagram"],
        cause: "",
    },
    Mistake {
        id: "ends-after-one",
        thought: "Lesson 3 ended after one datagram, too.",
        find: "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n",
        put: "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n        return Ok(());\n",
        breaks: &["answers-once"],
        cause: "",
    },
    Mistake {
        id: "shouts",
        thought: "In capital letters one sees better that it has come back.",
        find: SEND,
        put: "let sent = socket.send_to(&message.to_ascii_uppercase(), client);",
        breaks: &["returns-the-same-text"],
        cause: "",
    },
    Mistake {
        id: "trims",
        thought: "A message never begins or ends with spaces.",
        find: MESSAGE,
        put: "let message = buffer.get(..length).unwrap_or_default().trim_ascii();",
        breaks: &["returns-the-same-text"],
        cause: "",
    },
    Mistake {
        id: "adds-a-line-end",
        thought: "Every message ends in a line end.",
        find: SEND,
        put: "let sent = socket.send_to(&[message, b\"\\n\"].concat(), client);",
        breaks: &["returns-the-same-text"],
        cause: "",
    },
    Mistake {
        id: "adds-a-label",
        thought: "The client should see that this is the echo.",
        find: SEND,
        put: "let sent = socket.send_to(&[b\"echo: \", message].concat(), client);",
        breaks: &["returns-the-same-text"],
        cause: "",
    },
    Mistake {
        id: "stops-at-a-nul",
        thought: "A string ends at its first zero.",
        find: SEND,
        put: "let message = message.split(|byte| *byte == 0).next().unwrap_or_default();\n    \
              let sent = socket.send_to(message, client);",
        breaks: &["returns-the-same-text"],
        cause: "",
    },
    Mistake {
        id: "sends-the-whole-buffer",
        thought: "The message is in the buffer, so I send the buffer.",
        find: REPLY,
        put: "if let Err(error) = reply(&socket, &buffer[..1024], client) {",
        breaks: &["returns-every-length"],
        cause: "",
    },
    Mistake {
        id: "a-small-buffer",
        thought: "Nobody types more than 512 characters.",
        find: BUFFER,
        put: "vec![0; 512]",
        breaks: &["returns-every-length"],
        cause: "",
    },
    Mistake {
        id: "a-buffer-of-1023",
        thought: "One byte must stay free for the zero at the end.",
        find: BUFFER,
        put: "vec![0; 1023]",
        breaks: &["returns-every-length"],
        cause: "",
    },
    Mistake {
        id: "ends-at-an-empty-datagram",
        thought: "No bytes: the other side has closed the connection.",
        find: MESSAGE,
        put: "if length == 0 { break Ok(()); }\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["returns-an-empty-datagram"],
        cause: "",
    },
    Mistake {
        id: "passes-over-an-empty-datagram",
        thought: "There is nothing to send back.",
        find: MESSAGE,
        put: "if length == 0 { continue; }\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["returns-an-empty-datagram"],
        cause: "",
    },
    Mistake {
        id: "ends-at-bad-text",
        thought: "A message is text, so I decode it.",
        find: LINE,
        put: r#"format!("{client}: {}\n", std::str::from_utf8(message)?)"#,
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "",
    },
    Mistake {
        id: "passes-over-bad-text",
        thought: "What isn't text can't be meant for me.",
        find: MESSAGE,
        put: "let message = buffer.get(..length).unwrap_or_default();\n        \
              if std::str::from_utf8(message).is_err() { continue; }",
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "",
    },
    Mistake {
        id: "sends-the-decoded-text",
        thought: "I have the text already, so I encode it again and send that.",
        find: SEND,
        put: "let sent = socket.send_to(String::from_utf8_lossy(message).as_bytes(), client);",
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "",
    },
    Mistake {
        id: "hides-bad-text",
        thought: "What isn't text can't be shown.",
        find: LINE,
        put: r#"format!("{client}: {}\n", std::str::from_utf8(message).unwrap_or("(binary)"))"#,
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "",
    },
    Mistake {
        id: "replies-twice",
        thought: "UDP loses datagrams, so I send each one twice.",
        find: SEND,
        put: "socket.send_to(message, client)?;\n    let sent = socket.send_to(message, client);",
        breaks: &["answers-once"],
        cause: "",
    },
    Mistake {
        id: "confirms-first",
        thought: "First I tell the client that its message has come.",
        find: SEND,
        put: "socket.send_to(b\"ok\", client)?;\n    let sent = socket.send_to(message, client);",
        breaks: &["answers-once"],
        cause: "",
    },
    Mistake {
        id: "replies-from-a-new-socket",
        thought: "One socket receives, and another one sends.",
        find: SEND,
        put: "let sent = UdpSocket::bind(\"0.0.0.0:0\")?.send_to(message, client);",
        breaks: &["answers-from-its-port"],
        cause: "",
    },
    Mistake {
        id: "remembers-the-first-client",
        thought: "Now I know who my client is.",
        find: REPLY,
        put: "static FIRST: std::sync::OnceLock<SocketAddr> = std::sync::OnceLock::new();\n        \
              let client = *FIRST.get_or_init(|| client);\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "",
    },
    Mistake {
        id: "connects-to-the-first-client",
        thought: "As with TCP, a server accepts a client and then talks to it.",
        find: REPLY,
        put: "let _ = socket.connect(client);\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "",
    },
    Mistake {
        id: "tells-everybody",
        thought: "It's like a chat: all who have written get all.",
        find: REPLY,
        put: "static ALL: std::sync::Mutex<Vec<SocketAddr>> = std::sync::Mutex::new(Vec::new());\n        \
              let mut all = ALL.lock().unwrap();\n        \
              for other in all.iter().filter(|other| **other != client) {\n            \
                  reply(&socket, message, *other)?;\n        \
              }\n        \
              if !all.contains(&client) { all.push(client); }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "",
    },
    Mistake {
        id: "sleeps-in-the-loop",
        thought: "A pause keeps the processor cool.",
        find: MESSAGE,
        put: "std::thread::sleep(std::time::Duration::from_secs(1));\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["answers-promptly"],
        cause: "",
    },
    Mistake {
        id: "waits-for-the-client-to-finish",
        thought: "I serve one client after another: when the first says nothing more, the next.",
        find: REPLY,
        put: "socket.set_read_timeout(Some(std::time::Duration::from_millis(600)))?;\n        \
              let _ = socket.peek_from(&mut [0; 1]);\n        \
              std::thread::sleep(std::time::Duration::from_millis(600));\n        \
              socket.set_read_timeout(None)?;\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-promptly"],
        cause: "",
    },
    // Where it listens, what it shows, and when it ends: all that goes wrong beside the replies.
    Mistake {
        id: "only-at-127.0.0.1",
        thought: "The server runs on my computer, so it binds 127.0.0.1, as in lesson 3.",
        find: BIND,
        put: r#"UdpSocket::bind(("127.0.0.1", port))"#,
        breaks: &["listens-at-every-address"],
        cause: "",
    },
    Mistake {
        id: "only-at-localhost",
        thought: "`localhost` is every address of this computer.",
        find: BIND,
        put: r#"UdpSocket::bind(("localhost", port))"#,
        breaks: &["listens-at-every-address"],
        cause: "",
    },
    Mistake {
        id: "prints-nothing",
        thought: "The server's work is to reply.",
        find: SHOW,
        put: "        let _ = line;\n",
        breaks: &["prints-each-payload"],
        cause: "",
    },
    Mistake {
        id: "prints-the-length-only",
        thought: "How many bytes there were is enough.",
        find: LINE,
        put: r#"format!("{client}: {} bytes\n", message.len())"#,
        breaks: &["prints-each-payload"],
        cause: "",
    },
    Mistake {
        id: "never-flushes",
        thought: "A buffer makes output faster.",
        find: SHOW,
        put: "        thread_local!(static OUT: std::cell::RefCell<io::BufWriter<io::Stdout>> = \
              std::cell::RefCell::new(io::BufWriter::new(io::stdout())));\n        \
              OUT.with(|out| out.borrow_mut().write_all(line.as_bytes()))?;\n",
        breaks: &["prints-each-payload"],
        cause: "",
    },
    Mistake {
        id: "prints-the-whole-buffer",
        thought: "What isn't used is empty, so it doesn't show.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&buffer[..1024]))"#,
        breaks: &["prints-each-payload"],
        cause: "",
    },
    Mistake {
        id: "prints-what-is-left-of-older-messages",
        thought: "Text ends at the first zero, so I print up to there.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&buffer[..2048]).replace('\0', ""))"#,
        breaks: &["prints-each-payload"],
        cause: "",
    },
    Mistake {
        id: "prints-an-escaped-form",
        thought: "`{:?}` shows everything.",
        find: LINE,
        put: r#"format!("{client}: {}\n", message.escape_ascii())"#,
        breaks: &["prints-each-payload"],
        cause: "",
    },
    Mistake {
        id: "ends-at-exit",
        thought: "`exit` ends the client, so it ends the server as well.",
        find: REPLY,
        put: "if message == b\"exit\" { reply(&socket, message, client)?; return Ok(()); }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["goes-on-after-exit"],
        cause: "",
    },
    Mistake {
        id: "does-not-echo-exit",
        thought: "`exit` is a command and not a message.",
        find: REPLY,
        put: "if message == b\"exit\" { continue; }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["goes-on-after-exit"],
        cause: "",
    },
    Mistake {
        id: "refuses-long-datagrams",
        thought: "More than 1,024 bytes are against the rules.",
        find: MESSAGE,
        put: "anyhow::ensure!(length <= 1024, \"{length} bytes are too many\");\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["goes-on-after-a-long-datagram"],
        cause: "",
    },
    Mistake {
        id: "ends-when-it-is-quiet",
        thought: "If nobody writes for two seconds, nobody is there any more.",
        find: "        let (length, client) = receive(&socket, &mut buffer)?;\n",
        put: "        socket.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;\n        \
              let (length, client) = receive(&socket, &mut buffer)?;\n",
        breaks: &["goes-on-when-left-alone"],
        cause: "",
    },
    Mistake {
        id: "ends-with-its-input",
        thought: "I end it by typing `exit` or Ctrl-D.",
        find: "    // No datagram is larger than this",
        put: "    std::thread::spawn(|| {\n        \
              let _ = io::stdin().read_line(&mut String::new());\n        \
              std::process::exit(0);\n    });\n    // No datagram is larger than this",
        breaks: &["goes-on-when-left-alone"],
        cause: "",
    },
    Mistake {
        id: "ends-when-a-client-has-vanished",
        thought: "I connect to the client: then I'm told if it has gone.",
        find: SEND,
        put: "let sent = socket.send_to(message, client);\n    socket.connect(client)?;\n    \
              let sent = socket.send(message);",
        breaks: &["goes-on-when-left-alone"],
        cause: "",
    },
    Mistake {
        id: "a-taken-port-is-fine",
        thought: "If the port is taken, a server is there already, and all is well.",
        find: "    let socket = bind(&port.to_string_lossy())?;\n",
        put: "    let socket = match bind(&port.to_string_lossy()) {\n        \
              Ok(socket) => socket,\n        \
              Err(error) => { eprintln!(\"{error}\"); return Ok(()); }\n    };\n",
        breaks: &["fails-on-a-taken-port"],
        cause: "",
    },
    Mistake {
        id: "takes-another-port",
        thought: "If the port is taken, any other will do.",
        find: BIND,
        put: r#"UdpSocket::bind(("0.0.0.0", port)).or_else(|_| UdpSocket::bind("0.0.0.0:0"))"#,
        breaks: &["fails-on-a-taken-port"],
        cause: "",
    },
    Mistake {
        id: "panics-on-a-bad-port",
        thought: "`unwrap` says what was wrong.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.parse().unwrap()",
        breaks: &["refuses-a-bad-port"],
        cause: "",
    },
    Mistake {
        id: "a-bad-port-without-its-name",
        thought: "The user knows what they have typed.",
        find: "format!(\"`{port}` is no port (0 to 65535)\")",
        put: "\"that is no port\"",
        breaks: &["refuses-a-bad-port"],
        cause: "",
    },
    Mistake {
        id: "a-bad-port-is-8090",
        thought: "Without a useful port I take the usual one.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.parse().unwrap_or(0)",
        breaks: &["refuses-a-bad-port"],
        cause: "",
    },
];

const VARIANTS: &[Variant] = &[
    Variant {
        id: "a-buffer-of-1024",
        what: "a buffer of 1,024 bytes, which cuts what is longer; to Windows that is error 10040",
        edits: &[
            (BUFFER, "vec![0; 1024]"),
            (
                "Err(e) if [ConnectionReset, Interrupted].contains(&e.kind()) => {}",
                "Err(e) if cfg!(windows) && e.raw_os_error() == Some(10040) => {}\n            \
                 Err(e) if [ConnectionReset, Interrupted].contains(&e.kind()) => {}",
            ),
        ],
    },
    Variant {
        id: "dual-stack",
        what: "an IPv6 socket, which Linux and macOS let receive IPv4 as well",
        edits: &[(
            BIND,
            r#"UdpSocket::bind((if cfg!(windows) { "0.0.0.0" } else { "::" }, port))"#,
        )],
    },
    Variant {
        id: "non-blocking",
        what: "a loop that looks for a datagram again and again",
        edits: &[
            (
                "    // No datagram is larger than this",
                "    socket.set_nonblocking(true)?;\n    // No datagram is larger than this",
            ),
            (
                "Err(e) if [ConnectionReset, Interrupted].contains(&e.kind()) => {}",
                "Err(e) if e.kind() == io::ErrorKind::WouldBlock => {\n                \
                 std::thread::sleep(std::time::Duration::from_millis(20));\n            }\n            \
                 Err(e) if [ConnectionReset, Interrupted].contains(&e.kind()) => {}",
            ),
        ],
    },
    Variant {
        id: "a-loop-with-a-time-out",
        what: "a time-out after which it waits again",
        edits: &[
            (
                "    // No datagram is larger than this",
                "    socket.set_read_timeout(Some(std::time::Duration::from_millis(500)))?;\n    \
                 // No datagram is larger than this",
            ),
            (
                "Err(e) if [ConnectionReset, Interrupted].contains(&e.kind()) => {}",
                "Err(e) if [ConnectionReset, Interrupted, io::ErrorKind::WouldBlock, \
                 io::ErrorKind::TimedOut].contains(&e.kind()) => {}",
            ),
        ],
    },
    Variant {
        id: "a-thread-a-datagram",
        what: "each reply is sent by a thread of its own",
        edits: &[(
            REPLY,
            "let (other, message) = (socket.try_clone()?, message.to_vec());\n        \
             std::thread::spawn(move || reply(&other, &message, client));\n        \
             if let Err(error) = Ok::<(), anyhow::Error>(()) {",
        )],
    },
    Variant {
        id: "replies-first",
        what: "the reply before the line, and the line in three parts",
        edits: &[
            (SHOW, ""),
            (
                "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n",
                "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n        \
                 writeln!(io::stdout(), \"from {client}\\n{} bytes:\\n\", message.len())?;\n        \
                 io::stdout().write_all(line.as_bytes())?;\n",
            ),
        ],
    },
    Variant {
        id: "silent-until-asked",
        what: "no banner",
        edits: &[("    writeln!(io::stdout(), \"Echo server on {here}\")?;\n", "")],
    },
    Variant {
        id: "escaped",
        what: "bad UTF-8 in an escaped form, and no address",
        edits: &[(
            LINE,
            r#"format!("{}\n", message.utf8_chunks().map(|c| format!("{}{}", c.valid(), c.invalid().escape_ascii())).collect::<String>())"#,
        )],
    },
    Variant {
        id: "a-banner-in-chinese-and-a-tuple",
        what: "a banner in another language, the text and then the tuple of text and address",
        edits: &[
            ("\"Echo server on {here}\"", "\"回声服务器 {here}\\n正在等待……\""),
            (
                LINE,
                r#"format!("{0}\n(b{0:?}, ('{1}', {2}))\n", String::from_utf8_lossy(message), client.ip(), client.port())"#,
            ),
        ],
    },
    Variant {
        id: "buffered-and-flushed",
        what: "buffered output that is flushed",
        edits: &[(
            SHOW,
            "        let mut out = io::BufWriter::new(io::stdout());\n        \
             out.write_all(line.as_bytes())?;\n        out.flush()?;\n",
        )],
    },
    Variant {
        id: "raw-bytes",
        what: "the payload's own bytes on stdout, whatever they are",
        edits: &[(
            SHOW,
            "        io::stdout().write_all(message)?;\n        writeln!(io::stdout())?;\n",
        )],
    },
];
