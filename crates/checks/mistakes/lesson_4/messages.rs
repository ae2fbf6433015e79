//! Wrong messages, and wrong ways to send them.

use super::{IF_EXIT, LINE, LOOK_UP, RECEIVE, SEND, SEND_LINE};
use crate::mistakes::Mistake;

pub const MESSAGES: &[Mistake] = &[
    Mistake {
        id: "a-fixed-address",
        thought: "The server is at 127.0.0.1:8090; that is what the tutorial says.",
        find: SEND,
        put: "let sent = socket.send_to(message, \"127.0.0.1:8090\");",
        caught_by: "sends-a-line",
    },
    Mistake {
        id: "reads-all-its-input-first",
        thought: "First I read what there is, and then I send it.",
        find: "    while let Some(line) = read_line()? {\n",
        put: "    let mut lines = Vec::new();\n    while let Some(line) = read_line()? {\n        \
              lines.push(line);\n    }\n    for line in lines {\n",
        caught_by: "sends-a-line",
    },
    Mistake {
        id: "keeps-the-line-end",
        thought: "What was read is what was typed.",
        find: r#"if line.ends_with(b"\n") {"#,
        put: "if false {",
        caught_by: "sends-each-line-as-it-is",
    },
    Mistake {
        id: "keeps-the-carriage-return",
        thought: "A line ends in `\\n`.",
        find: r#"if line.ends_with(b"\r") {"#,
        put: "if false {",
        caught_by: "knows-both-line-ends",
    },
    Mistake {
        id: "trims",
        thought: "`trim` takes the line end off.",
        find: LINE,
        put: "Ok((length > 0).then(|| line.trim_ascii().to_vec()))",
        caught_by: "sends-each-line-as-it-is",
    },
    Mistake {
        id: "trims-the-end",
        thought: "`trim_end` takes only the line end off.",
        find: LINE,
        put: "Ok((length > 0).then(|| line.trim_ascii_end().to_vec()))",
        caught_by: "sends-each-line-as-it-is",
    },
    Mistake {
        id: "sends-at-most-1024-bytes",
        thought: "A datagram has 1,024 bytes.",
        find: SEND,
        put: "let sent = socket.send_to(message.get(..1024).unwrap_or(message), server);",
        caught_by: "sends-each-line-as-it-is",
    },
    Mistake {
        id: "ends-at-an-empty-line",
        thought: "Nothing was typed, so the user is done.",
        find: SEND_LINE,
        put: "        if line.is_empty() { break; }\n        send(&socket, &line, server)?;\n",
        caught_by: "sends-an-empty-line",
    },
    Mistake {
        id: "passes-over-an-empty-line",
        thought: "There is nothing to send.",
        find: SEND_LINE,
        put: "        if line.is_empty() { continue; }\n        send(&socket, &line, server)?;\n",
        caught_by: "sends-an-empty-line",
    },
    Mistake {
        id: "a-socket-for-each-line",
        thought: "The tutorial creates all it needs in the loop.",
        find: SEND_LINE,
        put: "        let (socket, server) = open(&name.to_string_lossy())?;\n        \
              send(&socket, &line, server)?;\n",
        caught_by: "uses-one-socket",
    },
    Mistake {
        id: "reads-ahead",
        thought: "While the reply is on its way, I can send the next line.",
        find: RECEIVE,
        put: "if let Some(next) = read_line()? { send(&socket, &next, server)?; }\n        \
              let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;",
        caught_by: "sends-one-message-at-a-time",
    },
    Mistake {
        id: "receives-in-a-thread",
        thought: "A thread shows the replies, whenever they come.",
        find: RECEIVE,
        put: "let other = socket.try_clone()?;\n        std::thread::spawn(move || {\n            \
              if let Ok(reply) = receive(&other, server, Instant::now() + Duration::from_secs(3)) {\n                \
              println!(\"Reply: {}\", String::from_utf8_lossy(&reply));\n            }\n        });\n        \
              let reply = Vec::<u8>::new();",
        caught_by: "sends-one-message-at-a-time",
    },
    Mistake {
        id: "takes-no-names",
        thought: "An address is four numbers and a port.",
        find: LOOK_UP,
        put: "        .parse::<SocketAddr>().map(|address| vec![address].into_iter())\n",
        caught_by: "finds-the-server-by-name",
    },
    Mistake {
        id: "compares-with-the-name",
        thought: "The sender must be what was typed as the server's address.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;\n        \
              if name.to_string_lossy() != server.to_string() { continue; }",
        caught_by: "finds-the-server-by-name",
    },
    Mistake {
        id: "panics-at-a-bad-address",
        thought: "`unwrap` says what was wrong.",
        find: "        .with_context(|| format!(\"cannot find the address `{name}`: is it HOST:PORT?\"))?\n",
        put: "        .unwrap()\n",
        caught_by: "refuses-a-bad-address",
    },
    Mistake {
        id: "a-bad-address-without-its-name",
        thought: "The user knows what they have typed.",
        find: "format!(\"cannot find the address `{name}`: is it HOST:PORT?\")",
        put: "\"cannot find that address\"",
        caught_by: "refuses-a-bad-address",
    },
    Mistake {
        id: "a-bad-address-is-the-usual-one",
        thought: "If the address is of no use, I take the usual one.",
        find: LOOK_UP,
        put: "        .to_socket_addrs()\n        .or_else(|_| \"127.0.0.1:9\".to_socket_addrs())\n",
        caught_by: "refuses-a-bad-address",
    },
    Mistake {
        id: "ends-before-it-sends-exit",
        thought: "`exit` is meant for me, and not for the server.",
        find: SEND_LINE,
        put: "        if line == b\"exit\" { break; }\n        send(&socket, &line, server)?;\n",
        caught_by: "ends-after-exit",
    },
    Mistake {
        id: "knows-exit-by-its-beginning",
        thought: "Whoever begins with `exit` wants to go.",
        find: IF_EXIT,
        put: "if line.starts_with(b\"exit\") {",
        caught_by: "goes-on-after-words-like-exit",
    },
];
