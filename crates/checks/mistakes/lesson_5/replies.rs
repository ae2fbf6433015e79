//! Wrong replies.

use super::{BIND, BUFFER, LINE, MESSAGE, REPLY, SEND};
use crate::mistakes::Mistake;

pub const REPLIES: &[Mistake] = &[
    Mistake {
        id: "never-replies",
        thought: "I have shown it, and that is what a server is for.",
        find: REPLY,
        put: "if let Err(error) = Ok::<(), anyhow::Error>(()) {",
        caught_by: "answers-a-datagram",
    },
    Mistake {
        id: "a-fixed-port",
        thought: "The server's port is 8090; why should it be anything else?",
        find: BIND,
        put: r#"UdpSocket::bind(("0.0.0.0", port % 1000 + 7000))"#,
        caught_by: "answers-a-datagram",
    },
    Mistake {
        id: "replies-to-a-fixed-address",
        thought: "The client is at port 8091, as I have agreed with myself.",
        find: SEND,
        put: r#"let sent = socket.send_to(message, "127.0.0.1:9");"#,
        caught_by: "answers-a-datagram",
    },
    Mistake {
        id: "ends-after-one",
        thought: "Lesson 3 ended after one datagram, too.",
        find: "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n",
        put: "            let _ = writeln!(io::stderr(), \"{error:#}\");\n        }\n        return Ok(());\n",
        caught_by: "answers-once",
    },
    Mistake {
        id: "shouts",
        thought: "In capital letters one sees better that it has come back.",
        find: SEND,
        put: "let sent = socket.send_to(&message.to_ascii_uppercase(), client);",
        caught_by: "returns-the-same-text",
    },
    Mistake {
        id: "trims",
        thought: "A message never begins or ends with spaces.",
        find: MESSAGE,
        put: "let message = buffer.get(..length).unwrap_or_default().trim_ascii();",
        caught_by: "returns-the-same-text",
    },
    Mistake {
        id: "adds-a-line-end",
        thought: "Every message ends in a line end.",
        find: SEND,
        put: "let sent = socket.send_to(&[message, b\"\\n\"].concat(), client);",
        caught_by: "returns-the-same-text",
    },
    Mistake {
        id: "adds-a-label",
        thought: "The client should see that this is the echo.",
        find: SEND,
        put: "let sent = socket.send_to(&[b\"echo: \", message].concat(), client);",
        caught_by: "returns-the-same-text",
    },
    Mistake {
        id: "stops-at-a-nul",
        thought: "A string ends at its first zero.",
        find: SEND,
        put: "let message = message.split(|byte| *byte == 0).next().unwrap_or_default();\n    \
              let sent = socket.send_to(message, client);",
        caught_by: "returns-the-same-text",
    },
    Mistake {
        id: "sends-the-whole-buffer",
        thought: "The message is in the buffer, so I send the buffer.",
        find: REPLY,
        put: "if let Err(error) = reply(&socket, &buffer[..1024], client) {",
        caught_by: "returns-every-length",
    },
    Mistake {
        id: "a-small-buffer",
        thought: "Nobody types more than 512 characters.",
        find: BUFFER,
        put: "vec![0; 512]",
        caught_by: "returns-every-length",
    },
    Mistake {
        id: "a-buffer-of-1023",
        thought: "One byte must stay free for the zero at the end.",
        find: BUFFER,
        put: "vec![0; 1023]",
        caught_by: "returns-every-length",
    },
    Mistake {
        id: "ends-at-an-empty-datagram",
        thought: "No bytes: the other side has closed the connection.",
        find: MESSAGE,
        put: "if length == 0 { break Ok(()); }\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        caught_by: "returns-an-empty-datagram",
    },
    Mistake {
        id: "passes-over-an-empty-datagram",
        thought: "There is nothing to send back.",
        find: MESSAGE,
        put: "if length == 0 { continue; }\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        caught_by: "returns-an-empty-datagram",
    },
    Mistake {
        id: "ends-at-bad-text",
        thought: "A message is text, so I decode it.",
        find: LINE,
        put: r#"format!("{client}: {}\n", std::str::from_utf8(message)?)"#,
        caught_by: "returns-bytes-that-are-no-text",
    },
    Mistake {
        id: "passes-over-bad-text",
        thought: "What isn't text can't be meant for me.",
        find: MESSAGE,
        put: "let message = buffer.get(..length).unwrap_or_default();\n        \
              if std::str::from_utf8(message).is_err() { continue; }",
        caught_by: "returns-bytes-that-are-no-text",
    },
    Mistake {
        id: "sends-the-decoded-text",
        thought: "I have the text already, so I encode it again and send that.",
        find: SEND,
        put: "let sent = socket.send_to(String::from_utf8_lossy(message).as_bytes(), client);",
        caught_by: "returns-bytes-that-are-no-text",
    },
    Mistake {
        id: "hides-bad-text",
        thought: "What isn't text can't be shown.",
        find: LINE,
        put: r#"format!("{client}: {}\n", std::str::from_utf8(message).unwrap_or("(binary)"))"#,
        caught_by: "returns-bytes-that-are-no-text",
    },
    Mistake {
        id: "replies-twice",
        thought: "UDP loses datagrams, so I send each one twice.",
        find: SEND,
        put: "socket.send_to(message, client)?;\n    let sent = socket.send_to(message, client);",
        caught_by: "answers-once",
    },
    Mistake {
        id: "confirms-first",
        thought: "First I tell the client that its message has come.",
        find: SEND,
        put: "socket.send_to(b\"ok\", client)?;\n    let sent = socket.send_to(message, client);",
        caught_by: "answers-once",
    },
    Mistake {
        id: "replies-from-a-new-socket",
        thought: "One socket receives, and another one sends.",
        find: SEND,
        put: "let sent = UdpSocket::bind(\"0.0.0.0:0\")?.send_to(message, client);",
        caught_by: "answers-from-its-port",
    },
    Mistake {
        id: "remembers-the-first-client",
        thought: "Now I know who my client is.",
        find: REPLY,
        put: "static FIRST: std::sync::OnceLock<SocketAddr> = std::sync::OnceLock::new();\n        \
              let client = *FIRST.get_or_init(|| client);\n        \
              if let Err(error) = reply(&socket, message, client) {",
        caught_by: "answers-each-client",
    },
    Mistake {
        id: "connects-to-the-first-client",
        thought: "As with TCP, a server accepts a client and then talks to it.",
        find: REPLY,
        put: "let _ = socket.connect(client);\n        \
              if let Err(error) = reply(&socket, message, client) {",
        caught_by: "answers-each-client",
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
        caught_by: "answers-each-client",
    },
    Mistake {
        id: "sleeps-in-the-loop",
        thought: "A pause keeps the processor cool.",
        find: MESSAGE,
        put: "std::thread::sleep(std::time::Duration::from_secs(1));\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        caught_by: "answers-promptly",
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
        caught_by: "answers-promptly",
    },
];
