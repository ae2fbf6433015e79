//! What students get wrong in lesson 5, and what is right although it is different.

use super::mistake::{Course, InC, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course =
    Course { lesson: numbered(5), mistakes: MISTAKES, in_c: Some(IN_C), variants: VARIANTS };

// Pieces of the step that are changed more than once.
const SHOW: &str = "        io::stdout().write_all(line.as_bytes())?;\n";
const LINE: &str = r#"format!("{client}: {}\n", String::from_utf8_lossy(message))"#;
const MESSAGE: &str = "let message = buffer.get(..length).unwrap_or_default();";
const SEND: &str = "let sent = socket.send_to(message, client);";
const REPLY: &str = "if let Err(error) = reply(&socket, message, client) {";
const BIND: &str = r#"UdpSocket::bind(("0.0.0.0", port))"#;
const BUFFER: &str = "vec![0; 65_536]";
const LOOP: &str = r#"    loop {
        let (length, client) = receive(&socket, &mut buffer)?;
        // The first `length` bytes; behind them stands what is left of older messages.
        let message = buffer.get(..length).unwrap_or_default();
        // First shown, then sent: when a client has its reply, the line is on the screen.
        let line = format!("{client}: {}\n", String::from_utf8_lossy(message));
        io::stdout().write_all(line.as_bytes())?;
        if let Err(error) = reply(&socket, message, client) {
            // One client's trouble is no reason to leave all the others alone, and neither is it
            // if we can't even report it.
            let _ = writeln!(io::stderr(), "{error:#}");
        }
    }"#;

// What several mistakes lose.
/// All that needs a reply.
const UNANSWERED: &[&str] = &[
    "answers-a-datagram",
    "goes-on-after-a-reply",
    "answers-from-its-port",
    "answers-once",
    "returns-the-same-text",
    "returns-every-length",
    "returns-an-empty-datagram",
    "returns-bytes-that-are-no-text",
    "answers-each-client",
    "answers-promptly",
    "goes-on-after-exit",
    "goes-on-after-a-long-datagram",
    "goes-on-when-left-alone",
];
/// All that needs the server's port.
const ALL_BUT_THE_ARGUMENT: &[&str] = &[
    "answers-a-datagram",
    "goes-on-after-a-reply",
    "answers-from-its-port",
    "answers-once",
    "returns-the-same-text",
    "returns-every-length",
    "returns-an-empty-datagram",
    "returns-bytes-that-are-no-text",
    "answers-each-client",
    "answers-promptly",
    "listens-at-every-address",
    "prints-each-payload",
    "goes-on-after-exit",
    "goes-on-after-a-long-datagram",
    "goes-on-when-left-alone",
    "fails-on-a-taken-port",
];
/// All that needs a second datagram to one server: half of the points, or more.
const A_SECOND_DATAGRAM: &[&str] = &[
    "goes-on-after-a-reply",
    "answers-once",
    "returns-the-same-text",
    "returns-every-length",
    "returns-an-empty-datagram",
    "returns-bytes-that-are-no-text",
    "answers-each-client",
    "answers-promptly",
    "prints-each-payload",
    "goes-on-after-exit",
    "goes-on-after-a-long-datagram",
    "goes-on-when-left-alone",
];

const MISTAKES: &[Mistake] = &[
    // Wrong replies.
    Mistake {
        id: "never-replies",
        thought: "I have shown it, and that is what a server is for.",
        find: REPLY,
        put: "if let Err(error) = Ok::<(), anyhow::Error>(()) {",
        breaks: UNANSWERED,
        cause: "no-reply",
    },
    Mistake {
        id: "a-fixed-port",
        thought: "The server's port is 8090; why should it be anything else?",
        find: BIND,
        put: r#"UdpSocket::bind(("0.0.0.0", port % 1000 + 7000))"#,
        breaks: ALL_BUT_THE_ARGUMENT,
        cause: "other-port",
    },
    Mistake {
        id: "replies-to-a-fixed-address",
        thought: "The client is at port 8091, as I have agreed with myself.",
        find: SEND,
        put: r#"let sent = socket.send_to(message, "127.0.0.1:9");"#,
        breaks: UNANSWERED,
        cause: "no-reply",
    },
    Mistake {
        id: "ends-after-one",
        thought: "Lesson 3 ended after one datagram, too.",
        find: "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n",
        put: "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n        return Ok(());\n",
        breaks: A_SECOND_DATAGRAM,
        cause: "ended-too-early",
    },
    Mistake {
        id: "replies-once-and-shows-nothing",
        thought: "It has its reply; what else is there to do?",
        find: LOOP,
        put: "let (length, client) = receive(&socket, &mut buffer)?;
    reply(&socket, buffer.get(..length).unwrap_or_default(), client)",
        breaks: A_SECOND_DATAGRAM,
        cause: "ended-too-early",
    },
    Mistake {
        id: "answers-no-more",
        thought: "One client, one reply; then I wait for Enter.",
        find: "        if let Err(error) = reply(&socket, message, client) {",
        put: "        reply(&socket, message, client)?;\n        \
              io::stdin().read_line(&mut String::new())?;\n        \
              if let Err(error) = Ok::<(), anyhow::Error>(()) {",
        breaks: A_SECOND_DATAGRAM,
        cause: "answers-no-more",
    },
    Mistake {
        id: "eats-memory",
        thought: "Who knows what it is good for? I keep everything, and room for more.",
        find: MESSAGE,
        put: "static KEPT: std::sync::Mutex<Vec<Vec<u8>>> = std::sync::Mutex::new(Vec::new());\n        \
              let mut kept = KEPT.lock().unwrap();\n        \
              let room = 1_usize.checked_shl(31 * kept.len() as u32).unwrap_or(usize::MAX / 4);\n        \
              kept.push(Vec::with_capacity(room));\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: A_SECOND_DATAGRAM,
        cause: if cfg!(windows) { "ended-with-an-error" } else { "crashed" },
    },
    Mistake {
        id: "ends-after-twenty",
        thought: "Twenty messages are enough for a test.",
        find: "    loop {\n        let (length, client)",
        put: "    let mut count = 0;\n    loop {\n        count += 1;\n        \
              if count > 20 { return Ok(()); }\n        let (length, client)",
        breaks: &["goes-on-after-a-reply"],
        cause: "ended-too-early",
    },
    Mistake {
        id: "a-tcp-server",
        thought: "A server listens.",
        find: BIND,
        put: "{ std::mem::forget(std::net::TcpListener::bind((\"0.0.0.0\", port))?); UdpSocket::bind(\"127.0.0.1:0\") }",
        breaks: ALL_BUT_THE_ARGUMENT,
        cause: "other-protocol",
    },
    Mistake {
        id: "shouts",
        thought: "In capital letters one sees better that it has come back.",
        find: SEND,
        put: "let sent = socket.send_to(&message.to_ascii_uppercase(), client);",
        breaks: &["returns-the-same-text"],
        cause: "other-case",
    },
    Mistake {
        id: "trims",
        thought: "A message never begins or ends with spaces.",
        find: MESSAGE,
        put: "let message = buffer.get(..length).unwrap_or_default().trim_ascii();",
        breaks: &["returns-the-same-text", "prints-each-payload"],
        cause: "trimmed",
    },
    Mistake {
        id: "adds-a-line-end",
        thought: "Every message ends in a line end.",
        find: SEND,
        put: "let sent = socket.send_to(&[message, b\"\\n\"].concat(), client);",
        breaks: &["returns-the-same-text"],
        cause: "line-end",
    },
    Mistake {
        id: "adds-a-label",
        thought: "The client should see that this is the echo.",
        find: SEND,
        put: "let sent = socket.send_to(&[b\"echo: \", message].concat(), client);",
        breaks: &["returns-the-same-text"],
        cause: "something-in-front",
    },
    Mistake {
        id: "stops-at-a-nul",
        thought: "A string ends at its first zero.",
        find: SEND,
        put: "let message = message.split(|byte| *byte == 0).next().unwrap_or_default();\n    \
              let sent = socket.send_to(message, client);",
        breaks: &["returns-the-same-text"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "sends-the-whole-buffer",
        thought: "The message is in the buffer, so I send the buffer.",
        find: REPLY,
        put: "if let Err(error) = reply(&socket, &buffer[..1024], client) {",
        breaks: &["returns-the-same-text", "returns-every-length"],
        cause: "whole-buffer",
    },
    Mistake {
        id: "80-bytes-are-a-line",
        thought: "A line has 80 characters.",
        find: BUFFER,
        put: "vec![0; 80]",
        breaks: &["returns-every-length"],
        cause: "cut",
    },
    Mistake {
        id: "a-small-buffer",
        thought: "Nobody types more than 512 characters.",
        find: BUFFER,
        put: "vec![0; 512]",
        breaks: &["returns-every-length"],
        cause: "cut",
    },
    Mistake {
        id: "a-buffer-of-1023",
        thought: "One byte must stay free for the zero at the end.",
        find: BUFFER,
        put: "vec![0; 1023]",
        breaks: &["returns-every-length"],
        cause: "cut",
    },
    Mistake {
        id: "ends-at-an-empty-datagram",
        thought: "No bytes: the other side has closed the connection.",
        find: MESSAGE,
        put: "if length == 0 { break Ok(()); }\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["returns-an-empty-datagram"],
        cause: "empty-is-nothing",
    },
    Mistake {
        id: "passes-over-an-empty-datagram",
        thought: "There is nothing to send back.",
        find: MESSAGE,
        put: "if length == 0 { continue; }\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["returns-an-empty-datagram"],
        cause: "empty-is-nothing",
    },
    Mistake {
        id: "ends-at-bad-text",
        thought: "A message is text, so I decode it.",
        find: LINE,
        put: r#"format!("{client}: {}\n", std::str::from_utf8(message)?)"#,
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "strict-decoding",
    },
    Mistake {
        id: "passes-over-bad-text",
        thought: "What isn't text can't be meant for me.",
        find: MESSAGE,
        put: "let message = buffer.get(..length).unwrap_or_default();\n        \
              if std::str::from_utf8(message).is_err() { continue; }",
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "strict-decoding",
    },
    Mistake {
        id: "sends-the-decoded-text",
        thought: "I have the text already, so I encode it again and send that.",
        find: SEND,
        put: "let sent = socket.send_to(String::from_utf8_lossy(message).as_bytes(), client);",
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "replaced",
    },
    Mistake {
        id: "hides-bad-text",
        thought: "What isn't text can't be shown.",
        find: LINE,
        put: r#"format!("{client}: {}\n", std::str::from_utf8(message).unwrap_or("(binary)"))"#,
        breaks: &["returns-bytes-that-are-no-text"],
        cause: "hides-bad-text",
    },
    Mistake {
        id: "replies-twice",
        thought: "UDP loses datagrams, so I send each one twice.",
        find: SEND,
        put: "socket.send_to(message, client)?;\n    let sent = socket.send_to(message, client);",
        breaks: &["answers-once"],
        cause: "not-one-reply-each",
    },
    Mistake {
        id: "confirms-first",
        thought: "First I tell the client that its message has come.",
        find: SEND,
        put: "socket.send_to(b\"ok\", client)?;\n    let sent = socket.send_to(message, client);",
        breaks: &["answers-once"],
        cause: "not-one-reply-each",
    },
    Mistake {
        id: "label-as-its-own-datagram",
        thought: "As with TCP, I send it piece by piece.",
        find: SEND,
        put: "socket.send_to(b\"echo: \", client)?;\n    let sent = socket.send_to(message, client);",
        breaks: &["answers-once"],
        cause: "not-one-reply-each",
    },
    Mistake {
        id: "answers-no-repetition",
        thought: "UDP may deliver twice, so I answer only what is new.",
        find: REPLY,
        put: "static LAST: std::sync::Mutex<Vec<u8>> = std::sync::Mutex::new(Vec::new());\n        \
              let mut last = LAST.lock().unwrap();\n        \
              let is_new = message.is_empty() || *last != message;\n        \
              *last = message.to_vec();\n        \
              if !is_new { continue; }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-once"],
        cause: "not-one-reply-each",
    },
    Mistake {
        id: "sends-once-more-later",
        thought: "In case the reply was lost, I send it again after a while.",
        find: SEND,
        put: "let (other, text) = (socket.try_clone()?, message.to_vec());\n    \
              std::thread::spawn(move || {\n        \
                  std::thread::sleep(std::time::Duration::from_millis(600));\n        \
                  let _ = other.send_to(&text, client);\n    });\n    \
              let sent = socket.send_to(message, client);",
        breaks: &["answers-once"],
        cause: "not-one-reply-each",
    },
    Mistake {
        id: "replies-from-a-new-socket",
        thought: "One socket receives, and another one sends.",
        find: SEND,
        put: "let sent = UdpSocket::bind(\"0.0.0.0:0\")?.send_to(message, client);",
        breaks: &["answers-from-its-port"],
        cause: "other-socket",
    },
    Mistake {
        id: "remembers-the-first-client",
        thought: "Now I know who my client is.",
        find: REPLY,
        put: "static FIRST: std::sync::OnceLock<SocketAddr> = std::sync::OnceLock::new();\n        \
              let client = *FIRST.get_or_init(|| client);\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "not-each-client",
    },
    Mistake {
        id: "connects-to-the-first-client",
        thought: "As with TCP, a server accepts a client and then talks to it.",
        find: REPLY,
        put: "let _ = socket.connect(client);\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "not-each-client",
    },
    Mistake {
        id: "only-clients-at-127.0.0.1",
        thought: "All clients are on this computer; only their ports differ.",
        find: SEND,
        put: "let sent = socket.send_to(message, (\"127.0.0.1\", client.port()));",
        breaks: &["answers-each-client"],
        cause: "not-each-client",
    },
    Mistake {
        id: "one-client-after-another",
        thought: "I serve a client until it says `exit`, and then the next one.",
        find: REPLY,
        put: "static OF: std::sync::Mutex<Option<SocketAddr>> = std::sync::Mutex::new(None);\n        \
              let mut of = OF.lock().unwrap();\n        \
              if *of.get_or_insert(client) != client { continue; }\n        \
              if message == b\"exit\" { *of = None; }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "not-each-client",
    },
    Mistake {
        id: "five-clients-are-enough",
        thought: "More than five can't be meant seriously.",
        find: REPLY,
        put: "static ALL: std::sync::Mutex<Vec<SocketAddr>> = std::sync::Mutex::new(Vec::new());\n        \
              let mut all = ALL.lock().unwrap();\n        \
              if !all.contains(&client) { all.push(client); }\n        \
              if all.len() > 5 { all.pop(); continue; }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["answers-each-client"],
        cause: "not-each-client",
    },
    Mistake {
        id: "drops-what-came-meanwhile",
        thought: "Old messages are of no interest: I empty the buffer first.",
        find: MESSAGE,
        put: "std::thread::sleep(std::time::Duration::from_millis(50));\n        \
              socket.set_nonblocking(true)?;\n        \
              while socket.recv_from(&mut [0; 2000]).is_ok() {}\n        \
              socket.set_nonblocking(false)?;\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["answers-each-client", "answers-promptly"],
        cause: "not-each-client",
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
        cause: "not-each-client",
    },
    Mistake {
        id: "sleeps-in-the-loop",
        thought: "A pause keeps the processor cool.",
        find: MESSAGE,
        put: "std::thread::sleep(std::time::Duration::from_millis(1_300));\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["answers-promptly", "prints-each-payload"],
        cause: "slow-reply",
    },
    Mistake {
        id: "a-short-pause",
        thought: "A pause of a third of a second isn't noticed.",
        find: MESSAGE,
        put: "std::thread::sleep(std::time::Duration::from_millis(330));\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["answers-promptly"],
        cause: "slow-reply",
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
        cause: "slow-reply",
    },
    // Where it listens, what it shows, and when it ends: all that goes wrong beside the replies.
    Mistake {
        id: "only-at-127.0.0.1",
        thought: "The server runs on my computer, so it binds 127.0.0.1, as in lesson 3.",
        find: BIND,
        put: r#"UdpSocket::bind(("127.0.0.1", port))"#,
        breaks: &["listens-at-every-address"],
        cause: "one-address-only",
    },
    Mistake {
        id: "prints-nothing",
        thought: "The server's work is to reply.",
        find: SHOW,
        put: "        let _ = line;\n",
        breaks: &["prints-each-payload"],
        cause: "not-printed",
    },
    Mistake {
        id: "logs-to-stderr",
        thought: "What a server says is a log.",
        find: SHOW,
        put: "        io::stderr().write_all(line.as_bytes())?;\n",
        breaks: &["prints-each-payload"],
        cause: "on-stderr",
    },
    Mistake {
        id: "never-ends-its-line",
        thought: "The message has its own line end.",
        find: LINE,
        put: r#"format!("{client}: {} | ", String::from_utf8_lossy(message))"#,
        breaks: &["prints-each-payload"],
        cause: "not-printed",
    },
    Mistake {
        id: "prints-when-there-is-time",
        thought: "I show the messages of the last second together.",
        find: SHOW,
        put: "        std::thread::spawn(move || {\n            \
              std::thread::sleep(std::time::Duration::from_millis(1500));\n            \
              print!(\"{line}\");\n        });\n",
        breaks: &["prints-each-payload"],
        cause: "printed-late",
    },
    Mistake {
        id: "prints-80-characters",
        thought: "More would fill the screen.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&message[..length.min(80)]))"#,
        breaks: &["prints-each-payload"],
        cause: "cut",
    },
    Mistake {
        id: "prints-the-length-only",
        thought: "How many bytes there were is enough.",
        find: LINE,
        put: r#"format!("{client}: {} bytes\n", message.len())"#,
        breaks: &["prints-each-payload"],
        cause: "not-printed",
    },
    Mistake {
        id: "never-flushes",
        thought: "A buffer makes output faster.",
        find: SHOW,
        put: "        thread_local!(static OUT: std::cell::RefCell<io::BufWriter<io::Stdout>> = \
              std::cell::RefCell::new(io::BufWriter::new(io::stdout())));\n        \
              OUT.with(|out| out.borrow_mut().write_all(line.as_bytes()))?;\n",
        breaks: &["prints-each-payload"],
        cause: "not-printed",
    },
    Mistake {
        id: "prints-the-whole-buffer",
        thought: "What isn't used is empty, so it doesn't show.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&buffer[..1024]))"#,
        breaks: &["prints-each-payload"],
        cause: "prints-nul",
    },
    Mistake {
        id: "prints-what-is-left-of-older-messages",
        thought: "Text ends at the first zero, so I print up to there.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&buffer[..2048]).replace('\0', ""))"#,
        breaks: &["prints-each-payload"],
        cause: "prints-old-text",
    },
    Mistake {
        id: "prints-an-escaped-form",
        thought: "`{:?}` shows everything.",
        find: LINE,
        put: r#"format!("{client}: {}\n", message.escape_ascii())"#,
        breaks: &["prints-each-payload"],
        cause: "escaped",
    },
    Mistake {
        id: "ends-at-exit",
        thought: "`exit` ends the client, so it ends the server as well.",
        find: REPLY,
        put: "if message == b\"exit\" { reply(&socket, message, client)?; return Ok(()); }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["goes-on-after-exit"],
        cause: "exit-is-a-command",
    },
    Mistake {
        id: "does-not-echo-exit",
        thought: "`exit` is a command and not a message.",
        find: REPLY,
        put: "if message == b\"exit\" { continue; }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["goes-on-after-exit"],
        cause: "exit-is-a-command",
    },
    Mistake {
        id: "ends-at-bye",
        thought: "`bye` is what one says at the end.",
        find: REPLY,
        put: "if message == b\"bye\" { reply(&socket, message, client)?; return Ok(()); }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        breaks: &["goes-on-after-exit"],
        cause: "exit-is-a-command",
    },
    Mistake {
        id: "refuses-long-datagrams",
        thought: "More than 1,024 bytes are against the rules.",
        find: MESSAGE,
        put: "anyhow::ensure!(length <= 1024, \"{length} bytes are too many\");\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        breaks: &["goes-on-after-a-long-datagram"],
        cause: "long-is-an-error",
    },
    Mistake {
        id: "ends-when-it-is-quiet",
        thought: "If nobody writes for two seconds, nobody is there any more.",
        find: "        let (length, client) = receive(&socket, &mut buffer)?;\n",
        put: "        socket.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;\n        \
              let (length, client) = receive(&socket, &mut buffer)?;\n",
        breaks: &["goes-on-when-left-alone"],
        cause: "gives-up",
    },
    Mistake {
        id: "ends-after-3-s-of-silence",
        thought: "Three seconds are long.",
        find: "        let (length, client) = receive(&socket, &mut buffer)?;\n",
        put: "        socket.set_read_timeout(Some(std::time::Duration::from_secs(3)))?;\n        \
              let (length, client) = receive(&socket, &mut buffer)?;\n",
        breaks: &["goes-on-when-left-alone"],
        cause: "gives-up",
    },
    Mistake {
        id: "ends-with-its-input",
        thought: "I end it by typing `exit` or Ctrl-D.",
        find: "    // No datagram is larger than this",
        put: "    std::thread::spawn(|| {\n        \
              let _ = io::stdin().read_line(&mut String::new());\n        \
              std::process::exit(0);\n    });\n    // No datagram is larger than this",
        breaks: &["goes-on-when-left-alone"],
        cause: "reads-its-input",
    },
    Mistake {
        id: "ends-when-a-client-has-vanished",
        thought: "Each client gets a connected socket: then I'm told if it has gone.",
        find: SEND,
        put: "let own = UdpSocket::bind(\"0.0.0.0:0\")?;\n    own.connect(client)?;\n    \
              let sent = own.send(message);\n    \
              if let Some(error) = own.take_error()? {\n        \
                  eprintln!(\"the client has gone: {error}\");\n        \
                  std::process::exit(1);\n    }",
        breaks: &["answers-from-its-port", "goes-on-when-left-alone"],
        cause: "other-socket",
    },
    Mistake {
        id: "a-taken-port-is-fine",
        thought: "If the port is taken, a server is there already, and all is well.",
        find: "    let socket = bind(&port.to_string_lossy())?;\n",
        put: "    let socket = match bind(&port.to_string_lossy()) {\n        \
              Ok(socket) => socket,\n        \
              Err(error) => { eprintln!(\"{error}\"); return Ok(()); }\n    };\n",
        breaks: &["fails-on-a-taken-port", "refuses-a-bad-port"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "takes-another-port",
        thought: "If the port is taken, any other will do.",
        find: BIND,
        put: r#"UdpSocket::bind(("0.0.0.0", port)).or_else(|_| UdpSocket::bind("0.0.0.0:0"))"#,
        breaks: &["fails-on-a-taken-port"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "unwraps-the-socket",
        thought: "Binding always works.",
        find: "UdpSocket::bind((\"0.0.0.0\", port))\n        .with_context(|| format!(\"cannot bind UDP port {port}: is it free?\"))",
        put: "Ok(UdpSocket::bind((\"0.0.0.0\", port)).unwrap())",
        breaks: &["fails-on-a-taken-port"],
        cause: "panicked",
    },
    Mistake {
        id: "panics-on-a-bad-port",
        thought: "`unwrap` says what was wrong.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.parse().unwrap()",
        breaks: &["refuses-a-bad-port"],
        cause: "panicked",
    },
    Mistake {
        id: "a-bad-port-without-its-name",
        thought: "The user knows what they have typed.",
        find: "format!(\"`{port}` is no port (0 to 65535)\")",
        put: "\"that is no port\"",
        breaks: &["refuses-a-bad-port"],
        cause: "bad-port",
    },
    Mistake {
        id: "takes-the-digits-of-it",
        thought: "A number is a number, whatever stands behind it.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.trim_end_matches('x').parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        breaks: &["refuses-a-bad-port"],
        cause: "bad-port",
    },
    Mistake {
        id: "a-bad-port-is-8090",
        thought: "Without a useful port I take the usual one.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.parse().unwrap_or(0)",
        breaks: &["refuses-a-bad-port"],
        cause: "bad-port",
    },
    Mistake {
        id: "has-another-default",
        thought: "Any free port will do.",
        find: "\"8090\".into()",
        put: "\"8080\".into()",
        breaks: &["uses-the-default"],
        cause: "other-default",
    },
    Mistake {
        id: "has-no-default",
        thought: "Who starts it must say where.",
        find: ".unwrap_or_else(|| \"8090\".into())",
        put: ".context(\"which port?\")?",
        breaks: &["uses-the-default"],
        cause: "other-default",
    },
];

const IN_C: InC = InC { step: include_str!("c/lesson_5.c"), mistakes: MISTAKES_IN_C };

// Pieces of that.
const SEND_IN_C: &str = "sendto(s, buffer, length, 0,";
const SIZE_IN_C: &str = "socklen_t size = sizeof client;";
const BIND_IN_C: &str = "    if (bind(";

const MISTAKES_IN_C: &[Mistake] = &[
    Mistake {
        id: "size-of-the-array",
        thought: "`sizeof` tells how long the message is.",
        find: SEND_IN_C,
        put: "sendto(s, buffer, sizeof buffer, 0,",
        breaks: &["returns-the-same-text", "returns-every-length"],
        cause: "whole-buffer",
    },
    Mistake {
        id: "size-of-a-pointer",
        thought: "`sizeof` tells how much room there is.",
        find: "    static char buffer[1024];",
        put: "    char *buffer = malloc(1024);",
        breaks: &["returns-the-same-text", "returns-every-length", "prints-each-payload"],
        cause: "cut",
    },
    Mistake {
        id: "a-zero-sent-along",
        thought: "A string ends in a zero, and that belongs to it.",
        find: SEND_IN_C,
        put: "sendto(s, buffer, length + 1, 0,",
        breaks: &["returns-the-same-text"],
        cause: "final-zero",
    },
    Mistake {
        id: "length-up-to-a-zero",
        thought: "`strlen` counts what is in a string.",
        find: SEND_IN_C,
        put: "sendto(s, buffer, strnlen(buffer, length), 0,",
        breaks: &["returns-the-same-text"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "no-zero-before-printing",
        thought: "`%s` prints a string, and it is one.",
        find: "fwrite(buffer, 1, length, stdout);",
        put: "printf(\"%s\", buffer);",
        breaks: &["prints-each-payload"],
        cause: "prints-old-text",
    },
    Mistake {
        id: "no-flush",
        thought: "A line end brings each line out.",
        find: "        fflush(stdout);\n",
        put: "",
        breaks: &["prints-each-payload"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "no-room-for-the-client",
        thought: "The call sets the size, so I needn't.",
        find: SIZE_IN_C,
        put: "socklen_t size = 0;\n        memset(&client, 0, sizeof client);",
        breaks: UNANSWERED,
        cause: "no-reply",
    },
    Mistake {
        id: "shares-the-address",
        thought: "\"Address already in use\" is a nuisance.",
        find: BIND_IN_C,
        put: "    int yes = 1;\n    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);\n    if (bind(",
        breaks: &["fails-on-a-taken-port"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "shares-the-port",
        thought: "Several servers serve more clients.",
        find: BIND_IN_C,
        put: "    int yes = 1;\n    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);\n    if (bind(",
        breaks: &["fails-on-a-taken-port"],
        cause: "shares-its-port",
    },
    Mistake {
        id: "a-word-is-port-0",
        thought: "`atoi` makes a number of it.",
        find: "port_of(argc > 1 ? argv[1] : \"8090\")",
        put: "atoi(argc > 1 ? argv[1] : \"8090\")",
        breaks: &["refuses-a-bad-port"],
        cause: "bad-port",
    },
    Mistake {
        id: "over-tcp",
        thought: "A socket is a socket.",
        find: "socket(AF_INET, SOCK_DGRAM, 0)",
        put: "socket(AF_INET, SOCK_STREAM, 0)",
        breaks: ALL_BUT_THE_ARGUMENT,
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "for-ipv6-alone",
        thought: "IPv6 is newer, and has all that IPv4 has.",
        find: "    int s = socket(AF_INET, SOCK_DGRAM, 0);",
        put: "    int s = socket(AF_INET6, SOCK_DGRAM, 0), yes = 1;\n    \
              setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);\n    \
              struct sockaddr_in6 all = {.sin6_family = AF_INET6, .sin6_port = here.sin_port};\n\
              #define here all",
        breaks: ALL_BUT_THE_ARGUMENT,
        cause: "ipv6-alone",
    },
    Mistake {
        id: "crashes-at-a-long-one",
        thought: "There is always room for one more byte.",
        find: SEND_IN_C,
        put: "if (length == sizeof buffer)\n            abort();\n        sendto(s, buffer, length, 0,",
        breaks: &["returns-every-length", "goes-on-after-a-long-datagram"],
        cause: "crashed",
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
        id: "several-threads-that-receive",
        what: "one socket, from which four threads receive",
        edits: &[(
            "    let mut buffer = vec![0; 65_536];\n",
            "    for _ in 0..3 {\n        let socket = socket.try_clone()?;\n        \
             std::thread::spawn(move || serve(socket));\n    }\n    serve(socket)\n}\n\n\
             fn serve(socket: UdpSocket) -> Result<()> {\n    let mut buffer = vec![0; 65_536];\n",
        )],
    },
    Variant {
        id: "a-thread-that-shows",
        what: "lines that are printed by threads, and so perhaps in another order",
        edits: &[(SHOW, "        std::thread::spawn(move || print!(\"{line}\"));\n")],
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
