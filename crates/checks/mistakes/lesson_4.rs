//! What students get wrong in lesson 4, and what is right although it is different.

use super::mistake::{Course, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course = Course {
    lesson: numbered(4),
    is_exact: false,
    mistakes: MISTAKES,
    in_c: None,
    variants: VARIANTS,
};

// Pieces of the step that are changed more than once.
const SEND_LINE: &str = "        send(&socket, &line, server)?;\n";
const RECEIVE: &str =
    "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;";
const SHOWN: &str = r#"format!("Reply: {}\n", String::from_utf8_lossy(&reply))"#;
const SHOW: &str = "        io::stdout().write_all(shown.as_bytes())?;\n";
const IF_EXIT: &str = "if line == b\"exit\" {";
const LOOK_UP: &str = "        .to_socket_addrs()\n";
const LINE: &str = "Ok((length > 0).then_some(line))";
const PROMPT: &str = "    write!(io::stdout(), \"Your message: \")?;\n    io::stdout().flush()?;\n";
const SEND: &str = "let sent = socket.send_to(message, server);";
const BUFFER: &str = "let mut buffer = vec![0; 1024];";
const FROM_SERVER: &str = "Ok((length, sender)) if sender == server => {";
const TIME_OUT: &str = "socket.set_read_timeout(Some(left)).context(\"cannot set the time-out\")?;";
const NO_REPLY: &str =
    "anyhow::ensure!(!left.is_zero(), \"no reply from {server}: does a server run there?\");";

const MISTAKES: &[Mistake] = &[
    // Wrong messages, and wrong ways to send them.
    Mistake {
        id: "a-fixed-address",
        thought: "The server is at 127.0.0.1:8090; that is what the tutorial says.",
        find: SEND,
        put: "let sent = socket.send_to(message, \"127.0.0.1:8090\");",
        breaks: &["sends-a-line"],
        cause: "",
    },
    Mistake {
        id: "reads-all-its-input-first",
        thought: "First I read what there is, and then I send it.",
        find: "    while let Some(line) = read_line()? {\n",
        put: "    let mut lines = Vec::new();\n    while let Some(line) = read_line()? {\n        \
              lines.push(line);\n    }\n    for line in lines {\n",
        breaks: &["sends-a-line"],
        cause: "",
    },
    Mistake {
        id: "keeps-the-line-end",
        thought: "What was read is what was typed.",
        find: r#"if line.ends_with(b"\n") {"#,
        put: "if false {",
        breaks: &["sends-each-line-as-it-is"],
        cause: "",
    },
    Mistake {
        id: "keeps-the-carriage-return",
        thought: "A line ends in `\\n`.",
        find: r#"if line.ends_with(b"\r") {"#,
        put: "if false {",
        breaks: &["knows-both-line-ends"],
        cause: "",
    },
    Mistake {
        id: "trims",
        thought: "`trim` takes the line end off.",
        find: LINE,
        put: "Ok((length > 0).then(|| line.trim_ascii().to_vec()))",
        breaks: &["sends-each-line-as-it-is"],
        cause: "",
    },
    Mistake {
        id: "trims-the-end",
        thought: "`trim_end` takes only the line end off.",
        find: LINE,
        put: "Ok((length > 0).then(|| line.trim_ascii_end().to_vec()))",
        breaks: &["sends-each-line-as-it-is"],
        cause: "",
    },
    Mistake {
        id: "sends-at-most-1024-bytes",
        thought: "A datagram has 1,024 bytes.",
        find: SEND,
        put: "let sent = socket.send_to(message.get(..1024).unwrap_or(message), server);",
        breaks: &["sends-each-line-as-it-is"],
        cause: "",
    },
    Mistake {
        id: "ends-at-an-empty-line",
        thought: "Nothing was typed, so the user is done.",
        find: SEND_LINE,
        put: "        if line.is_empty() { break; }\n        send(&socket, &line, server)?;\n",
        breaks: &["sends-an-empty-line"],
        cause: "",
    },
    Mistake {
        id: "passes-over-an-empty-line",
        thought: "There is nothing to send.",
        find: SEND_LINE,
        put: "        if line.is_empty() { continue; }\n        send(&socket, &line, server)?;\n",
        breaks: &["sends-an-empty-line"],
        cause: "",
    },
    Mistake {
        id: "a-socket-for-each-line",
        thought: "The tutorial creates all it needs in the loop.",
        find: SEND_LINE,
        put: "        let (socket, server) = open(&name.to_string_lossy())?;\n        \
              send(&socket, &line, server)?;\n",
        breaks: &["uses-one-socket"],
        cause: "",
    },
    Mistake {
        id: "reads-ahead",
        thought: "While the reply is on its way, I can send the next line.",
        find: RECEIVE,
        put: "if let Some(next) = read_line()? { send(&socket, &next, server)?; }\n        \
              let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;",
        breaks: &["sends-one-message-at-a-time"],
        cause: "",
    },
    Mistake {
        id: "receives-in-a-thread",
        thought: "A thread shows the replies, whenever they come.",
        find: RECEIVE,
        put: "let other = socket.try_clone()?;\n        std::thread::spawn(move || {\n            \
              if let Ok(reply) = receive(&other, server, Instant::now() + Duration::from_secs(3)) {\n                \
              println!(\"Reply: {}\", String::from_utf8_lossy(&reply));\n            }\n        });\n        \
              let reply = Vec::<u8>::new();",
        breaks: &["sends-one-message-at-a-time"],
        cause: "",
    },
    Mistake {
        id: "takes-no-names",
        thought: "An address is four numbers and a port.",
        find: LOOK_UP,
        put: "        .parse::<SocketAddr>().map(|address| vec![address].into_iter())\n",
        breaks: &["finds-the-server-by-name"],
        cause: "",
    },
    Mistake {
        id: "compares-with-the-name",
        thought: "The sender must be what was typed as the server's address.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;\n        \
              if name.to_string_lossy() != server.to_string() { continue; }",
        breaks: &["finds-the-server-by-name"],
        cause: "",
    },
    Mistake {
        id: "panics-at-a-bad-address",
        thought: "`unwrap` says what was wrong.",
        find: "        .with_context(|| format!(\"cannot find the address `{name}`: is it HOST:PORT?\"))?\n",
        put: "        .unwrap()\n",
        breaks: &["refuses-a-bad-address"],
        cause: "",
    },
    Mistake {
        id: "a-bad-address-without-its-name",
        thought: "The user knows what they have typed.",
        find: "format!(\"cannot find the address `{name}`: is it HOST:PORT?\")",
        put: "\"cannot find that address\"",
        breaks: &["refuses-a-bad-address"],
        cause: "",
    },
    Mistake {
        id: "a-bad-address-is-the-usual-one",
        thought: "If the address is of no use, I take the usual one.",
        find: LOOK_UP,
        put: "        .to_socket_addrs()\n        .or_else(|_| \"127.0.0.1:9\".to_socket_addrs())\n",
        breaks: &["refuses-a-bad-address"],
        cause: "",
    },
    Mistake {
        id: "ends-before-it-sends-exit",
        thought: "`exit` is meant for me, and not for the server.",
        find: SEND_LINE,
        put: "        if line == b\"exit\" { break; }\n        send(&socket, &line, server)?;\n",
        breaks: &["ends-after-exit"],
        cause: "",
    },
    Mistake {
        id: "knows-exit-by-its-beginning",
        thought: "Whoever begins with `exit` wants to go.",
        find: IF_EXIT,
        put: "if line.starts_with(b\"exit\") {",
        breaks: &["goes-on-after-words-like-exit"],
        cause: "",
    },
    // What is received and shown wrongly.
    Mistake {
        id: "shows-what-was-typed",
        thought: "An echo is the same as what was sent.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", String::from_utf8_lossy(&line))"#,
        breaks: &["shows-each-reply"],
        cause: "",
    },
    Mistake {
        id: "shows-nothing",
        thought: "The reply has come, and that is what counts.",
        find: SHOW,
        put: "        let _ = shown;\n",
        breaks: &["shows-each-reply"],
        cause: "",
    },
    Mistake {
        id: "shows-the-replies-at-the-end",
        thought: "A buffer makes output faster.",
        find: SHOW,
        put: "        thread_local!(static OUT: std::cell::RefCell<io::BufWriter<io::Stdout>> = \
              std::cell::RefCell::new(io::BufWriter::new(io::stdout())));\n        \
              OUT.with(|out| out.borrow_mut().write_all(shown.as_bytes()))?;\n",
        breaks: &["shows-each-reply"],
        cause: "",
    },
    Mistake {
        id: "shows-an-escaped-form",
        thought: "`{:?}` shows everything.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", reply.escape_ascii())"#,
        breaks: &["shows-each-reply"],
        cause: "",
    },
    Mistake {
        id: "shows-it-trimmed",
        thought: "Spaces can't be seen anyway.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", String::from_utf8_lossy(&reply).trim())"#,
        breaks: &["shows-each-reply"],
        cause: "",
    },
    Mistake {
        id: "a-small-buffer",
        thought: "Nobody types more than 512 characters.",
        find: BUFFER,
        put: "let mut buffer = vec![0; 512];",
        breaks: &["shows-long-replies-whole"],
        cause: "",
    },
    Mistake {
        id: "shows-the-whole-buffer",
        thought: "What isn't used is empty, so it doesn't show.",
        find: "                buffer.truncate(length);\n",
        put: "",
        breaks: &["shows-long-replies-whole"],
        cause: "",
    },
    Mistake {
        id: "ends-at-a-reply-that-is-no-text",
        thought: "A reply is text, so I decode it.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", std::str::from_utf8(&reply)?)"#,
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "",
    },
    Mistake {
        id: "ends-at-a-line-that-is-no-text",
        thought: "What is typed is text.",
        find: SEND_LINE,
        put: "        std::str::from_utf8(&line)?;\n        send(&socket, &line, server)?;\n",
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "",
    },
    Mistake {
        id: "no-prompt",
        thought: "The user knows what to do.",
        find: PROMPT,
        put: "",
        breaks: &["prompts-before-each-line"],
        cause: "",
    },
    Mistake {
        id: "a-prompt-that-stays-in-the-buffer",
        thought: "What is printed is on the screen.",
        find: PROMPT,
        put: "    write!(io::stdout(), \"Your message: \")?;\n",
        breaks: &["prompts-before-each-line"],
        cause: "",
    },
    Mistake {
        id: "a-prompt-on-stderr",
        thought: "The prompt is no result.",
        find: PROMPT,
        put: "    write!(io::stderr(), \"Your message: \")?;\n",
        breaks: &["prompts-before-each-line"],
        cause: "",
    },
    Mistake {
        id: "only-one-prompt",
        thought: "After the first time the user knows.",
        find: PROMPT,
        put: "    static ONCE: std::sync::Once = std::sync::Once::new();\n    \
              ONCE.call_once(|| print!(\"Your messages: \"));\n    io::stdout().flush()?;\n",
        breaks: &["prompts-before-each-line"],
        cause: "",
    },
    Mistake {
        id: "only-one-prompt-and-much-around-replies",
        thought: "After the first time the user knows; and now they see who has replied.",
        find: "    while let Some(line) = read_line()? {\n",
        put: "    println!(\"Type your messages!\");\n    \
              while let Some(line) = {\n        let mut line = String::new();\n        \
              let length = io::stdin().read_line(&mut line)?;\n        \
              (length > 0).then(|| line.trim_end_matches('\\n').as_bytes().to_vec())\n    } {\n        \
              struct Trailer;\n        impl Drop for Trailer { fn drop(&mut self) { \
              println!(\"(that was the reply)\"); } }\n        let _trailer = Trailer;\n",
        breaks: &["prompts-before-each-line"],
        cause: "",
    },
    Mistake {
        id: "listens-to-everybody",
        thought: "Who else should write to me?",
        find: FROM_SERVER,
        put: "Ok((length, _)) => {",
        breaks: &["ignores-strangers"],
        cause: "",
    },
    Mistake {
        id: "compares-only-the-address",
        thought: "A computer has one address, so it's the server.",
        find: FROM_SERVER,
        put: "Ok((length, sender)) if sender.ip() == server.ip() => {",
        breaks: &["ignores-strangers"],
        cause: "",
    },
    Mistake {
        id: "compares-only-the-port",
        thought: "The port says which program it is.",
        find: FROM_SERVER,
        put: "Ok((length, sender)) if sender.port() == server.port() => {",
        breaks: &["ignores-strangers"],
        cause: "",
    },
    Mistake {
        id: "ends-at-a-stranger",
        thought: "That isn't the server, so something is wrong.",
        find: "            Ok(_) => {}\n",
        put: "            Ok((_, sender)) => anyhow::bail!(\"who is {sender}?\"),\n",
        breaks: &["ignores-strangers"],
        cause: "",
    },
    Mistake {
        id: "overlooks-one-stranger",
        thought: "If the first wasn't the server, the next one is.",
        find: "            Ok(_) => {}\n",
        put: "            Ok(_) => {\n                let (length, _) = socket.recv_from(&mut buffer)?;\n                \
              buffer.truncate(length);\n                return Ok(buffer);\n            }\n",
        breaks: &["ignores-strangers"],
        cause: "",
    },
    Mistake {
        id: "does-not-show-the-reply-to-exit",
        thought: "After `exit` nobody looks any more.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;\n        \
              if line == b\"exit\" { break; }",
        breaks: &["ends-after-exit"],
        cause: "",
    },
    // Wrong ends.
    Mistake {
        id: "ends-before-the-reply-to-exit",
        thought: "`exit` was sent, so I can go.",
        find: SEND_LINE,
        put: "        send(&socket, &line, server)?;\n        if line == b\"exit\" { break; }\n",
        breaks: &["ends-after-exit"],
        cause: "",
    },
    Mistake {
        id: "never-ends",
        thought: "A line has its line end, hasn't it?",
        find: IF_EXIT,
        put: "if line == b\"exit\\n\" {",
        breaks: &["ends-after-exit"],
        cause: "",
    },
    Mistake {
        id: "ends-with-another-status",
        thought: "Any status will do.",
        find: IF_EXIT,
        put: "if line == b\"exit\" {\n            std::process::exit(2);\n        }\n        if false {",
        breaks: &["ends-after-exit"],
        cause: "",
    },
    Mistake {
        id: "ends-when-exit-comes-back",
        thought: "When `exit` comes back, both sides know that we are done.",
        find: IF_EXIT,
        put: "if reply == b\"exit\" {",
        breaks: &["goes-on-whatever-the-reply-says"],
        cause: "",
    },
    Mistake {
        id: "ends-at-an-empty-reply",
        thought: "No bytes: the server has closed the connection.",
        find: IF_EXIT,
        put: "if line == b\"exit\" || reply.is_empty() {",
        breaks: &["goes-on-whatever-the-reply-says"],
        cause: "",
    },
    Mistake {
        id: "knows-exit-in-capital-letters",
        thought: "EXIT is exit.",
        find: IF_EXIT,
        put: "if line.eq_ignore_ascii_case(b\"exit\") {",
        breaks: &["goes-on-after-words-like-exit"],
        cause: "",
    },
    Mistake {
        id: "knows-exit-among-spaces",
        thought: "A space too many does no harm.",
        find: IF_EXIT,
        put: "if line.trim_ascii() == b\"exit\" {",
        breaks: &["goes-on-after-words-like-exit"],
        cause: "",
    },
    Mistake {
        id: "the-end-of-the-input-is-an-error",
        thought: "Only `exit` ends it.",
        find: LINE,
        put: "anyhow::ensure!(length > 0, \"the input has ended\");\n    Ok(Some(line))",
        breaks: &["ends-with-its-input"],
        cause: "",
    },
    Mistake {
        id: "the-end-of-the-input-is-an-empty-line",
        thought: "There is always a next line.",
        find: LINE,
        put: "let _ = length;\n    Ok(Some(line))",
        breaks: &["ends-with-its-input"],
        cause: "",
    },
    Mistake {
        id: "waits-for-ever",
        thought: "A reply is sure to come.",
        find: TIME_OUT,
        put: "socket.set_read_timeout(None)?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "gives-up-after-a-second",
        thought: "A second is long for a computer.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(1))?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "does-not-wait",
        thought: "A reply is there, or it isn't.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_millis(20))?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "waits-too-long",
        thought: "Patience is a virtue.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(20))?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "ends-with-success-without-a-reply",
        thought: "I have done what I could.",
        find: RECEIVE,
        put: "let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {\n            \
              eprintln!(\"no reply\");\n            return Ok(());\n        };",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "goes-on-without-a-reply",
        thought: "Perhaps the next line has more luck.",
        find: RECEIVE,
        put: "let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {\n            \
              eprintln!(\"no reply\");\n            continue;\n        };",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "panics-without-a-reply",
        thought: "`unwrap` says what was wrong.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(2)).unwrap();",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "complains-on-stdout",
        thought: "Everything is printed to the same place.",
        find: NO_REPLY,
        put: "if left.is_zero() {\n            println!(\"no reply from {server}\");\n            \
              std::process::exit(1);\n        }",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "repeats-itself-at-once",
        thought: "UDP loses datagrams, so I send each one three times.",
        find: SEND_LINE,
        put: "        for _ in 0..3 { send(&socket, &line, server)?; }\n",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
    Mistake {
        id: "repeats-itself-too-soon",
        thought: "Half a second without a reply: it must be lost.",
        find: RECEIVE,
        put: "let mut reply = Err(anyhow::anyhow!(\"not tried\"));\n        for _ in 0..6 {\n            \
              reply = receive(&socket, server, Instant::now() + Duration::from_millis(500));\n            \
              if reply.is_ok() { break; }\n            send(&socket, &line, server)?;\n        }\n        \
              let reply = reply?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "",
    },
];

const VARIANTS: &[Variant] = &[
    Variant {
        id: "connected",
        what: "`connect`, `send` and `recv`",
        edits: &[
            (
                "    Ok((socket, server))\n",
                "    socket.connect(server)?;\n    Ok((socket, server))\n",
            ),
            (SEND, "let sent = socket.send(message);"),
            ("match socket.recv_from(&mut buffer) {", "match socket.recv(&mut buffer) {"),
            (FROM_SERVER, "Ok(length) => {"),
            ("            Ok(_) => {}\n", ""),
        ],
    },
    Variant {
        id: "bound-to-127.0.0.1",
        what: "127.0.0.1:0 in place of 0.0.0.0:0",
        edits: &[("{ \"0.0.0.0:0\" }", "{ \"127.0.0.1:0\" }")],
    },
    Variant {
        id: "a-prompt-in-chinese-with-a-line-end",
        what: "another language, a line of its own for the prompt, and a label behind the reply",
        edits: &[
            (PROMPT, "    writeln!(io::stdout(), \"请输入:\")?;\n"),
            (SHOWN, r#"format!("返回的数值是:\n{}\n(服务器)\n", String::from_utf8_lossy(&reply))"#),
        ],
    },
    Variant {
        id: "a-banner-and-several-lines",
        what: "a banner, and several lines for each reply",
        edits: &[
            (
                "    while let Some(line) = read_line()? {\n",
                "    println!(\"Echo client. Type exit to end.\\n\");\n    \
                 while let Some(line) = read_line()? {\n",
            ),
            (
                RECEIVE,
                "println!(\"sent {} bytes\", line.len());\n        \
              let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;",
            ),
            (
                SHOWN,
                r#"format!("{} bytes from ('{}', {}):\n\n{}\n\n", reply.len(), server.ip(), server.port(), String::from_utf8_lossy(&reply))"#,
            ),
        ],
    },
    Variant {
        id: "a-large-buffer",
        what: "a buffer of 65,536 bytes",
        edits: &[(BUFFER, "let mut buffer = vec![0; 65_536];")],
    },
    Variant {
        id: "escaped",
        what: "bad UTF-8 in an escaped form",
        edits: &[(
            SHOWN,
            r#"format!("{}\n", reply.utf8_chunks().map(|c| format!("{}{}", c.valid(), c.invalid().escape_ascii())).collect::<String>())"#,
        )],
    },
    Variant {
        id: "non-blocking",
        what: "a loop that looks for a reply again and again",
        edits: &[(
            TIME_OUT,
            "socket.set_nonblocking(true)?;\n        std::thread::sleep(Duration::from_millis(20));",
        )],
    },
    Variant {
        id: "short-time-outs",
        what: "many short time-outs up to the deadline, and a goodbye",
        edits: &[
            (TIME_OUT, "socket.set_read_timeout(Some(left.min(Duration::from_millis(50))))?;"),
            ("            break;\n", "            println!(\"bye\");\n            break;\n"),
        ],
    },
    Variant {
        id: "in-a-hurry",
        what: "a time-out of 1.6 seconds",
        edits: &[(
            RECEIVE,
            "let reply = receive(&socket, server, Instant::now() + Duration::from_millis(1600))?;",
        )],
    },
    Variant {
        id: "patient",
        what: "a time-out of 9 seconds",
        edits: &[(
            RECEIVE,
            "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(9))?;",
        )],
    },
    Variant {
        id: "sends-again-after-2-seconds",
        what: "three copies of a message, each after 2 seconds of silence",
        edits: &[(
            RECEIVE,
            "let mut reply = receive(&socket, server, Instant::now() + Duration::from_secs(2));\n        \
             for _ in 0..2 {\n            if reply.is_ok() { break; }\n            \
             send(&socket, &line, server)?;\n            \
             reply = receive(&socket, server, Instant::now() + Duration::from_secs(2));\n        }\n        \
             let reply = reply?;",
        )],
    },
    Variant {
        id: "buffered-and-flushed",
        what: "buffered output that is flushed",
        edits: &[(
            SHOW,
            "        let mut out = io::BufWriter::new(io::stdout());\n        \
             out.write_all(shown.as_bytes())?;\n        out.flush()?;\n",
        )],
    },
    Variant {
        id: "a-prompt-with-a-number",
        what: "another prompt each time, in front of a reply without a label",
        edits: &[
            (
                PROMPT,
                "    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);\n    \
                 print!(\"[{}] \", COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));\n    \
                 io::stdout().flush()?;\n",
            ),
            (SHOWN, r#"format!("{}\n", String::from_utf8_lossy(&reply))"#),
        ],
    },
];
