//! What students get wrong in lesson 4, and what is right although it is different.

use super::mistake::{Course, InC, Mistake, Variant};
use base::lessons::numbered;

pub const COURSE: Course =
    Course { lesson: numbered(4), mistakes: MISTAKES, in_c: Some(IN_C), variants: VARIANTS };

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
const READ: &str = "    let length = io::stdin().lock().read_until(b'\\n', &mut line).context(\"cannot read input\")?;\n";
const STRANGER: &str = "            Ok(_) => {}\n";
const SENT: &str =
    "sent.with_context(|| format!(\"cannot send {} bytes to {server}\", message.len()))?;";
const BUFFER: &str = "let mut buffer = vec![0; 1024];";
const FROM_SERVER: &str = "Ok((length, sender)) if sender == server => {";
const TIME_OUT: &str = "socket.set_read_timeout(Some(left)).context(\"cannot set the time-out\")?;";
const NO_REPLY: &str =
    "anyhow::ensure!(!left.is_zero(), \"no reply from {server}: does a server run there?\");";

/// What is lost if nothing comes to the server.
const EVERYTHING_SENT: &[&str] = &[
    "sends-a-line",
    "sends-each-line-as-it-is",
    "sends-an-empty-line",
    "shows-each-reply",
    "shows-long-replies-whole",
    "goes-on-after-bytes-that-are-no-text",
    "prompts-before-each-line",
    "uses-one-socket",
    "runs-beside-others",
    "sends-one-message-at-a-time",
    "ignores-strangers",
    "ends-after-exit",
    "goes-on-after-words-like-exit",
    "goes-on-whatever-the-reply-says",
    "ends-with-its-input",
    "gives-up-without-a-reply",
    "gives-up-whatever-strangers-send",
    "survives-a-refusal",
    "fails-if-the-system-refuses",
    "knows-both-line-ends",
    "finds-the-server-by-name",
];

/// What is lost if a client takes one line, and no second one.
const EVERY_SECOND_LINE: &[&str] = &[
    "sends-each-line-as-it-is",
    "sends-an-empty-line",
    "shows-each-reply",
    "shows-long-replies-whole",
    "goes-on-after-bytes-that-are-no-text",
    "prompts-before-each-line",
    "uses-one-socket",
    "sends-one-message-at-a-time",
    "ignores-strangers",
    "ends-after-exit",
    "goes-on-after-words-like-exit",
    "goes-on-whatever-the-reply-says",
    "ends-with-its-input",
    "survives-a-refusal",
    "knows-both-line-ends",
];

const MISTAKES: &[Mistake] = &[
    // Wrong messages, and wrong ways to send them.
    Mistake {
        id: "a-fixed-address",
        thought: "The server is at 127.0.0.1:8090; that is what the tutorial says.",
        find: SEND,
        put: "let sent = socket.send_to(message, \"127.0.0.1:8090\");",
        breaks: EVERYTHING_SENT,
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "reads-all-its-input-first",
        thought: "First I read what there is, and then I send it.",
        find: "    while let Some(line) = read_line()? {\n",
        put: "    let mut lines = Vec::new();\n    while let Some(line) = read_line()? {\n        \
              lines.push(line);\n    }\n    for line in lines {\n",
        breaks: EVERYTHING_SENT,
        cause: "reads-to-the-end",
    },
    Mistake {
        id: "keeps-the-line-end",
        thought: "What was read is what was typed.",
        find: r#"if line.ends_with(b"\n") {"#,
        put: "if false {",
        breaks: &["sends-each-line-as-it-is", "ends-after-exit", "knows-both-line-ends"],
        cause: "line-end",
    },
    Mistake {
        id: "keeps-the-carriage-return",
        thought: "A line ends in `\\n`.",
        find: r#"if line.ends_with(b"\r") {"#,
        put: "if false {",
        breaks: &["knows-both-line-ends"],
        cause: "carriage-return",
    },
    Mistake {
        id: "trims",
        thought: "`trim` takes the line end off.",
        find: LINE,
        put: "Ok((length > 0).then(|| line.trim_ascii().to_vec()))",
        breaks: &["sends-each-line-as-it-is"],
        cause: "trimmed",
    },
    Mistake {
        id: "trims-the-end",
        thought: "`trim_end` takes only the line end off.",
        find: LINE,
        put: "Ok((length > 0).then(|| line.trim_ascii_end().to_vec()))",
        breaks: &["sends-each-line-as-it-is"],
        cause: "trimmed",
    },
    Mistake {
        id: "sends-at-most-1024-bytes",
        thought: "A datagram has 1,024 bytes.",
        find: SEND,
        put: "let sent = socket.send_to(message.get(..1024).unwrap_or(message), server);",
        breaks: &["sends-each-line-as-it-is", "fails-if-the-system-refuses"],
        cause: "cut",
    },
    Mistake {
        id: "ends-at-an-empty-line",
        thought: "Nothing was typed, so the user is done.",
        find: SEND_LINE,
        put: "        if line.is_empty() { break; }\n        send(&socket, &line, server)?;\n",
        breaks: &["sends-an-empty-line"],
        cause: "empty-line-is-nothing",
    },
    Mistake {
        id: "passes-over-an-empty-line",
        thought: "There is nothing to send.",
        find: SEND_LINE,
        put: "        if line.is_empty() { continue; }\n        send(&socket, &line, server)?;\n",
        breaks: &["sends-an-empty-line"],
        cause: "empty-line-is-nothing",
    },
    Mistake {
        id: "a-socket-for-each-line",
        thought: "The tutorial creates all it needs in the loop.",
        find: SEND_LINE,
        put: "        let (socket, server) = open(&name.to_string_lossy())?;\n        \
              send(&socket, &line, server)?;\n",
        breaks: &["uses-one-socket"],
        cause: "many-sockets",
    },
    Mistake {
        id: "reads-ahead",
        thought: "While the reply is on its way, I can send the next line.",
        find: RECEIVE,
        put: "if let Some(next) = read_line()? { send(&socket, &next, server)?; }\n        \
              let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;",
        breaks: &[
            "shows-each-reply",
            "shows-long-replies-whole",
            "sends-one-message-at-a-time",
            "ignores-strangers",
            "ends-after-exit",
            "gives-up-without-a-reply",
        ],
        cause: "shown-too-late",
    },
    Mistake {
        id: "receives-in-a-thread",
        thought: "A thread shows the replies, whenever they come.",
        find: RECEIVE,
        put: "let other = socket.try_clone()?;\n        std::thread::spawn(move || {\n            \
              if let Ok(reply) = receive(&other, server, Instant::now() + Duration::from_secs(3)) {\n                \
              println!(\"Reply: {}\", String::from_utf8_lossy(&reply));\n            }\n        });\n        \
              let reply = Vec::<u8>::new();",
        breaks: &[
            "sends-one-message-at-a-time",
            "ignores-strangers",
            "ends-after-exit",
            "gives-up-without-a-reply",
        ],
        cause: "sends-ahead",
    },
    Mistake {
        id: "takes-no-names",
        thought: "An address is four numbers and a port.",
        find: LOOK_UP,
        put: "        .parse::<SocketAddr>().map(|address| vec![address].into_iter())\n",
        breaks: &["finds-the-server-by-name"],
        cause: "takes-no-names",
    },
    Mistake {
        id: "compares-with-the-name",
        thought: "The sender must be what was typed as the server's address.",
        find: RECEIVE,
        put: "let reply = loop {\n            \
              let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;\n            \
              if name.to_string_lossy() == server.to_string() { break reply; }\n        };",
        breaks: &["finds-the-server-by-name"],
        cause: "compares-with-a-name",
    },
    Mistake {
        id: "panics-at-a-bad-address",
        thought: "`unwrap` says what was wrong.",
        find: "        .with_context(|| format!(\"cannot find the address `{name}`: is it HOST:PORT?\"))?\n",
        put: "        .unwrap()\n",
        breaks: &["refuses-a-bad-address"],
        cause: "panicked",
    },
    Mistake {
        id: "a-bad-address-without-its-name",
        thought: "The user knows what they have typed.",
        find: "format!(\"cannot find the address `{name}`: is it HOST:PORT?\")",
        put: "\"cannot find that address\"",
        breaks: &["refuses-a-bad-address"],
        cause: "argument-not-named",
    },
    Mistake {
        id: "a-bad-address-is-the-usual-one",
        thought: "If the address is of no use, I take the usual one.",
        find: LOOK_UP,
        put: "        .to_socket_addrs()\n        .or_else(|_| \"127.0.0.1:9\".to_socket_addrs())\n",
        breaks: &["refuses-a-bad-address"],
        cause: "argument-not-named",
    },
    Mistake {
        id: "ends-before-it-sends-exit",
        thought: "`exit` is meant for me, and not for the server.",
        find: SEND_LINE,
        put: "        if line == b\"exit\" { break; }\n        send(&socket, &line, server)?;\n",
        breaks: &["ends-after-exit"],
        cause: "exit-not-sent",
    },
    Mistake {
        id: "knows-exit-by-its-beginning",
        thought: "Whoever begins with `exit` wants to go.",
        find: IF_EXIT,
        put: "if line.starts_with(b\"exit\") {",
        breaks: &["goes-on-after-words-like-exit"],
        cause: "taken-for-exit",
    },
    // What is received and shown wrongly.
    Mistake {
        id: "shows-what-was-typed",
        thought: "An echo is the same as what was sent.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", String::from_utf8_lossy(&line))"#,
        breaks: &["shows-each-reply", "shows-long-replies-whole"],
        cause: "shows-what-was-typed",
    },
    Mistake {
        id: "shows-nothing",
        thought: "The reply has come, and that is what counts.",
        find: SHOW,
        put: "        let _ = shown;\n",
        breaks: &["shows-each-reply", "shows-long-replies-whole"],
        cause: "not-shown",
    },
    Mistake {
        id: "shows-the-replies-at-the-end",
        thought: "A buffer makes output faster.",
        find: SHOW,
        put: "        thread_local!(static OUT: std::cell::RefCell<io::BufWriter<io::Stdout>> = \
              std::cell::RefCell::new(io::BufWriter::new(io::stdout())));\n        \
              OUT.with(|out| out.borrow_mut().write_all(shown.as_bytes()))?;\n",
        breaks: &["shows-each-reply"],
        cause: "shown-too-late",
    },
    Mistake {
        id: "shows-an-escaped-form",
        thought: "`{:?}` shows everything.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", reply.escape_ascii())"#,
        breaks: &["shows-each-reply"],
        cause: "escaped",
    },
    Mistake {
        id: "shows-it-trimmed",
        thought: "Spaces can't be seen anyway.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", String::from_utf8_lossy(&reply).trim())"#,
        breaks: &["shows-each-reply"],
        cause: "trimmed",
    },
    Mistake {
        id: "a-small-buffer",
        thought: "Nobody types more than 512 characters.",
        find: BUFFER,
        put: "let mut buffer = vec![0; 512];",
        breaks: &["shows-long-replies-whole"],
        cause: "cut",
    },
    Mistake {
        id: "shows-the-whole-buffer",
        thought: "What isn't used is empty, so it doesn't show.",
        find: "                buffer.truncate(length);\n",
        put: "",
        breaks: &["shows-long-replies-whole"],
        cause: "more-than-received",
    },
    Mistake {
        id: "ends-at-a-reply-that-is-no-text",
        thought: "A reply is text, so I decode it.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", std::str::from_utf8(&reply)?)"#,
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "strict-decoding-of-replies",
    },
    Mistake {
        id: "ends-at-a-line-that-is-no-text",
        thought: "What is typed is text.",
        find: SEND_LINE,
        put: "        std::str::from_utf8(&line)?;\n        send(&socket, &line, server)?;\n",
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "strict-decoding-of-lines",
    },
    Mistake {
        id: "no-prompt",
        thought: "The user knows what to do.",
        find: PROMPT,
        put: "",
        breaks: &["prompts-before-each-line"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "a-prompt-that-stays-in-the-buffer",
        thought: "What is printed is on the screen.",
        find: PROMPT,
        put: "    write!(io::stdout(), \"Your message: \")?;\n",
        breaks: &["prompts-before-each-line"],
        cause: "nothing-on-stdout",
    },
    Mistake {
        id: "a-prompt-on-stderr",
        thought: "The prompt is no result.",
        find: PROMPT,
        put: "    write!(io::stderr(), \"Your message: \")?;\n",
        breaks: &["prompts-before-each-line"],
        cause: "all-on-stderr",
    },
    Mistake {
        id: "only-one-prompt",
        thought: "After the first time the user knows.",
        find: PROMPT,
        put: "    static ONCE: std::sync::Once = std::sync::Once::new();\n    \
              ONCE.call_once(|| print!(\"Your messages: \"));\n    io::stdout().flush()?;\n",
        breaks: &["prompts-before-each-line"],
        cause: "no-prompt",
    },
    Mistake {
        id: "only-one-prompt-and-much-around-replies",
        thought: "After the first time the user knows; and now they see who has replied.",
        find: "    while let Some(line) = read_line()? {\n",
        put: r#"    println!("Type your messages!");
    while let Some(line) = {
        let mut line = Vec::new();
        let length = io::stdin().lock().read_until(b'\n', &mut line)?;
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        (length > 0).then(|| text.to_vec())
    } {
        struct Trailer;
        impl Drop for Trailer {
            fn drop(&mut self) {
                println!("(that was the reply)");
            }
        }
        let _trailer = Trailer;
"#,
        breaks: &["prompts-before-each-line"],
        cause: "no-prompt",
    },
    Mistake {
        id: "listens-to-everybody",
        thought: "Who else should write to me?",
        find: FROM_SERVER,
        put: "Ok((length, _)) => {",
        breaks: &["ignores-strangers"],
        cause: "takes-strangers",
    },
    Mistake {
        id: "compares-only-the-address",
        thought: "A computer has one address, so it's the server.",
        find: FROM_SERVER,
        put: "Ok((length, sender)) if sender.ip() == server.ip() => {",
        breaks: &["ignores-strangers"],
        cause: "takes-strangers",
    },
    Mistake {
        id: "compares-only-the-port",
        thought: "The port says which program it is.",
        find: FROM_SERVER,
        put: "Ok((length, sender)) if sender.port() == server.port() => {",
        breaks: &["ignores-strangers"],
        cause: "takes-strangers",
    },
    Mistake {
        id: "ends-at-a-stranger",
        thought: "That isn't the server, so something is wrong.",
        find: STRANGER,
        put: "            Ok((_, sender)) => anyhow::bail!(\"who is {sender}?\"),\n",
        breaks: &["ignores-strangers"],
        cause: "takes-strangers",
    },
    Mistake {
        id: "overlooks-one-stranger",
        thought: "If the first wasn't the server, the next one is.",
        find: STRANGER,
        put: "            Ok(_) => {\n                let (length, _) = socket.recv_from(&mut buffer)?;\n                \
              buffer.truncate(length);\n                return Ok(buffer);\n            }\n",
        breaks: &["ignores-strangers"],
        cause: "takes-strangers",
    },
    Mistake {
        id: "does-not-show-the-reply-to-exit",
        thought: "After `exit` nobody looks any more.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;\n        \
              if line == b\"exit\" { break; }",
        breaks: &["ends-after-exit"],
        cause: "last-reply-not-shown",
    },
    // Wrong ends.
    Mistake {
        id: "ends-before-the-reply-to-exit",
        thought: "`exit` was sent, so I can go.",
        find: SEND_LINE,
        put: "        send(&socket, &line, server)?;\n        if line == b\"exit\" { break; }\n",
        breaks: &["ends-after-exit"],
        cause: "ends-before-the-reply",
    },
    Mistake {
        id: "never-ends",
        thought: "A line has its line end, hasn't it?",
        find: IF_EXIT,
        put: "if line == b\"exit\\n\" {",
        breaks: &["ends-after-exit"],
        cause: "goes-on-after-exit",
    },
    Mistake {
        id: "ends-with-another-status",
        thought: "Any status will do.",
        find: IF_EXIT,
        put: "if line == b\"exit\" {\n            std::process::exit(2);\n        }\n        if false {",
        breaks: &["ends-after-exit"],
        cause: "ended-with-an-error",
    },
    Mistake {
        id: "ends-when-exit-comes-back",
        thought: "When `exit` comes back, both sides know that we are done.",
        find: IF_EXIT,
        put: "if reply == b\"exit\" {",
        breaks: &["goes-on-whatever-the-reply-says"],
        cause: "obeys-the-reply",
    },
    Mistake {
        id: "ends-at-an-empty-reply",
        thought: "No bytes: the server has closed the connection.",
        find: IF_EXIT,
        put: "if line == b\"exit\" || reply.is_empty() {",
        breaks: &["goes-on-whatever-the-reply-says"],
        cause: "obeys-the-reply",
    },
    Mistake {
        id: "knows-exit-in-capital-letters",
        thought: "EXIT is exit.",
        find: IF_EXIT,
        put: "if line.eq_ignore_ascii_case(b\"exit\") {",
        breaks: &["goes-on-after-words-like-exit"],
        cause: "taken-for-exit",
    },
    Mistake {
        id: "knows-exit-among-spaces",
        thought: "A space too many does no harm.",
        find: IF_EXIT,
        put: "if line.trim_ascii() == b\"exit\" {",
        breaks: &["goes-on-after-words-like-exit"],
        cause: "taken-for-exit",
    },
    Mistake {
        id: "the-end-of-the-input-is-an-error",
        thought: "Only `exit` ends it.",
        find: LINE,
        put: "anyhow::ensure!(length > 0, \"the input has ended\");\n    Ok(Some(line))",
        breaks: &["ends-with-its-input"],
        cause: "end-is-an-error",
    },
    Mistake {
        id: "the-end-of-the-input-is-an-empty-line",
        thought: "There is always a next line.",
        find: LINE,
        put: "let _ = length;\n    Ok(Some(line))",
        breaks: &["ends-with-its-input"],
        cause: "end-is-a-line",
    },
    Mistake {
        id: "waits-for-ever",
        thought: "A reply is sure to come.",
        find: TIME_OUT,
        put: "socket.set_read_timeout(None)?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "no-time-out",
    },
    Mistake {
        id: "gives-up-after-a-second",
        thought: "A second is long for a computer.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(1))?;",
        breaks: &["gives-up-without-a-reply"],
        cause: "gives-up-too-soon",
    },
    Mistake {
        id: "does-not-wait",
        thought: "A reply is there, or it isn't.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_millis(20))?;",
        breaks: &["ignores-strangers", "gives-up-without-a-reply"],
        cause: "gives-up-too-soon",
    },
    Mistake {
        id: "waits-too-long",
        thought: "Patience is a virtue.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(20))?;",
        breaks: &["gives-up-without-a-reply", "gives-up-whatever-strangers-send"],
        cause: "no-time-out",
    },
    Mistake {
        id: "ends-with-success-without-a-reply",
        thought: "I have done what I could.",
        find: RECEIVE,
        put: "let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {\n            \
              eprintln!(\"no reply\");\n            return Ok(());\n        };",
        breaks: &["gives-up-without-a-reply"],
        cause: "no-reply-is-no-error",
    },
    Mistake {
        id: "goes-on-without-a-reply",
        thought: "Perhaps the next line has more luck.",
        find: RECEIVE,
        put: "let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {\n            \
              eprintln!(\"no reply\");\n            continue;\n        };",
        breaks: &["gives-up-without-a-reply"],
        cause: "goes-on-without-a-reply",
    },
    Mistake {
        id: "panics-without-a-reply",
        thought: "`unwrap` says what was wrong.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(2)).unwrap();",
        breaks: &["gives-up-without-a-reply"],
        cause: "panicked",
    },
    Mistake {
        id: "complains-on-stdout",
        thought: "Everything is printed to the same place.",
        find: NO_REPLY,
        put: "if left.is_zero() {\n            println!(\"no reply from {server}\");\n            \
              std::process::exit(1);\n        }",
        breaks: &["gives-up-without-a-reply"],
        cause: "no-reply-is-no-error",
    },
    Mistake {
        id: "repeats-itself-at-once",
        thought: "UDP loses datagrams, so I send each one three times.",
        find: SEND_LINE,
        put: "        for _ in 0..3 { send(&socket, &line, server)?; }\n",
        breaks: &["sends-each-line-as-it-is"],
        cause: "sent-twice",
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
        cause: "repeats-too-soon",
    },
    Mistake {
        id: "opens-a-connection",
        thought: "First I connect, and then I send; as in every tutorial.",
        find: SEND_LINE,
        put: r##"        let mut stream = std::net::TcpStream::connect(server)?;
        stream.write_all(&line)?;
"##,
        breaks: EVERYTHING_SENT,
        cause: "opens-a-tcp-connection",
    },
    Mistake {
        id: "a-fixed-text",
        thought: "The client says hello.",
        find: SEND,
        put: r##"let sent = socket.send_to(b"Hello, server!", server);"##,
        breaks: &[
            "sends-each-line-as-it-is",
            "sends-an-empty-line",
            "goes-on-after-bytes-that-are-no-text",
            "fails-if-the-system-refuses",
        ],
        cause: "other-bytes",
    },
    Mistake {
        id: "one-line-and-no-loop",
        thought: "One request, one reply.",
        find: IF_EXIT,
        put: r##"if true {"##,
        breaks: EVERY_SECOND_LINE,
        cause: "ended-too-early",
    },
    Mistake {
        id: "adds-a-line-end",
        thought: "A message ends in a line end.",
        find: SEND,
        put: r##"let message = [message, b"\n"].concat();
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "line-end",
    },
    Mistake {
        id: "adds-a-zero-byte",
        thought: "A string ends in a zero byte.",
        find: SEND,
        put: r##"let message = [message, b"\0"].concat();
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "final-zero",
    },
    Mistake {
        id: "adds-a-name",
        thought: "The server wants to know who it is.",
        find: SEND,
        put: r##"let message = [b"client: ", message].concat();
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "something-in-front",
    },
    Mistake {
        id: "cuts-the-last-byte",
        thought: "The last one is the line end.",
        find: SEND,
        put: r##"let message = &message[..message.len().saturating_sub(1)];
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "cut",
    },
    Mistake {
        id: "sends-no-more-than-80-bytes",
        thought: "A line has 80 characters.",
        find: SEND,
        put: r##"let message = &message[..message.len().min(80)];
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is", "fails-if-the-system-refuses"],
        cause: "cut",
    },
    Mistake {
        id: "cuts-at-a-zero-byte",
        thought: "A zero byte ends a string.",
        find: SEND,
        put: r##"let message = message.split(|byte| *byte == 0).next().unwrap_or(b"");
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "cuts-at-a-return",
        thought: "`\\r` ends a line, as `\\n` does.",
        find: SEND,
        put: r##"let message = message.split(|byte| *byte == b'\r').next().unwrap_or(b"");
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "cut-at-a-return",
    },
    Mistake {
        id: "sends-letters-of-one-case",
        thought: "Everything in small letters.",
        find: SEND,
        put: r##"let message = message.to_ascii_lowercase();
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is"],
        cause: "other-case",
    },
    Mistake {
        id: "fills-the-datagram",
        thought: "A datagram has 1,024 bytes.",
        find: SEND,
        put: r##"let message = { let mut buffer = message.to_vec(); buffer.resize(1024.max(message.len()), 0); buffer };
    let sent = socket.send_to(&message, server);"##,
        breaks: &["sends-each-line-as-it-is", "sends-an-empty-line"],
        cause: "whole-buffer",
    },
    Mistake {
        id: "loses-what-was-typed-ahead",
        thought: "Each line gets a reader of its own.",
        find: READ,
        put: r##"    let mut stdin = io::stdin().lock();
    let length = loop {
        let more = stdin.fill_buf()?;
        let count = more.len();
        line.extend_from_slice(more);
        stdin.consume(count);
        if count == 0 || line.contains(&b'\n') {
            break line.len();
        }
    };
    let end = line.iter().position(|byte| *byte == b'\n').map_or(line.len(), |end| end + 1);
    line.truncate(end);
"##,
        breaks: &["sends-one-message-at-a-time"],
        cause: "loses-a-line",
    },
    Mistake {
        id: "connects-for-each-message",
        thought: "A connection for each message.",
        find: SEND_LINE,
        put: r##"        let (socket, server) = open(&name.to_string_lossy())?;
        socket.connect(server)?;
        socket.send(&line)?;
"##,
        breaks: &["uses-one-socket"],
        cause: "many-sockets",
    },
    Mistake {
        id: "binds-a-port-of-its-own",
        thought: "The client needs a port, so I choose one.",
        find: r#"{ "0.0.0.0:0" }"#,
        put: r##"{ "0.0.0.0:19091" }"##,
        breaks: &["runs-beside-others"],
        cause: "fixed-port-of-its-own",
    },
    Mistake {
        id: "prompts-with-a-line-end-only",
        thought: "A new line is prompt enough.",
        find: PROMPT,
        put: r##"    println!();
"##,
        breaks: &["prompts-before-each-line"],
        cause: "no-prompt",
    },
    Mistake {
        id: "replies-on-stderr",
        thought: "Output is output.",
        find: SHOW,
        put: r##"        io::stderr().write_all(shown.as_bytes())?;
"##,
        breaks: &["shows-each-reply", "shows-long-replies-whole"],
        cause: "on-stderr",
    },
    Mistake {
        id: "numbers-instead-of-text",
        thought: "A reply is bytes, and `{:?}` prints bytes.",
        find: SHOWN,
        put: r##"format!("Reply: {reply:?}\n")"##,
        breaks: &["shows-each-reply", "shows-long-replies-whole"],
        cause: "escaped",
    },
    Mistake {
        id: "debug-form-of-the-text",
        thought: "`{:?}` shows what a value is.",
        find: SHOWN,
        put: r##"format!("Reply: {:?}\n", String::from_utf8_lossy(&reply))"##,
        breaks: &["shows-each-reply"],
        cause: "escaped",
    },
    Mistake {
        id: "one-byte-one-character",
        thought: "A byte is a character.",
        find: SHOWN,
        put: r##"format!("Reply: {}\n", reply.iter().map(|byte| char::from(*byte)).collect::<String>())"##,
        breaks: &["shows-each-reply"],
        cause: "wrong-encoding",
    },
    Mistake {
        id: "a-byte-for-the-final-zero",
        thought: "A string ends in a zero, so I receive one byte less.",
        find: BUFFER,
        put: r##"let mut buffer = vec![0; 1023];"##,
        breaks: &["shows-long-replies-whole"],
        cause: "cut",
    },
    Mistake {
        id: "room-for-80-bytes",
        thought: "Nobody types more than that.",
        find: BUFFER,
        put: r##"let mut buffer = vec![0; 80];"##,
        breaks: &["shows-long-replies-whole"],
        cause: "cut",
    },
    Mistake {
        id: "shows-a-reply-up-to-a-zero-byte",
        thought: "A zero byte ends a string.",
        find: SHOWN,
        put: r##"format!("Reply: {}\n", String::from_utf8_lossy(reply.split(|byte| *byte == 0).next().unwrap_or(b"")))"##,
        breaks: &["shows-long-replies-whole"],
        cause: "reply-cut-at-nul",
    },
    Mistake {
        id: "hides-what-is-no-text",
        thought: "What can't be decoded can't be shown.",
        find: SHOWN,
        put: r##"format!("Reply: {}\n", std::str::from_utf8(&reply).unwrap_or("(no text)"))"##,
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "strict-decoding-of-replies",
    },
    Mistake {
        id: "unwraps-a-reply",
        thought: "A reply is text.",
        find: SHOWN,
        put: r##"format!("Reply: {}\n", std::str::from_utf8(&reply).unwrap())"##,
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "strict-decoding-of-replies",
    },
    Mistake {
        id: "waits-anew-after-each-stranger",
        thought: "That wasn't the server, so I begin again.",
        find: STRANGER,
        put: r##"            Ok(_) => return receive(socket, server, Instant::now() + Duration::from_secs(3)),
"##,
        breaks: &["gives-up-whatever-strangers-send"],
        cause: "waits-for-strangers",
    },
    Mistake {
        id: "ten-tries",
        thought: "Ten datagrams, and none from the server: it isn't there.",
        find: STRANGER,
        put: r##"            Ok(_) => {
                static TRIES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
                let tries = TRIES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                anyhow::ensure!(tries < 10, "too many datagrams from others");
            }
"##,
        breaks: &["gives-up-whatever-strangers-send"],
        cause: "strangers-use-up-its-tries",
    },
    Mistake {
        id: "goes-on-and-says-so-on-stdout",
        thought: "The user may try again.",
        find: RECEIVE,
        put: r##"let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {
            println!("no reply");
            continue;
        };"##,
        breaks: &["gives-up-without-a-reply"],
        cause: "goes-on-without-a-reply",
    },
    Mistake {
        id: "panics-at-a-refusal",
        thought: "`unwrap` says what was wrong.",
        find: SEND,
        put: r##"socket.connect(server)?;
    let sent = socket.send(message);
    socket.set_read_timeout(Some(Duration::from_millis(50)))?;
    if let Err(error) = socket.peek(&mut [0]) {
        assert!(error.kind() != io::ErrorKind::ConnectionRefused, "{error}");
    }"##,
        breaks: &["survives-a-refusal"],
        cause: "panicked",
    },
    Mistake {
        id: "a-refusal-is-the-end",
        thought: "There is no server, so there is nothing to do.",
        find: SEND,
        put: r##"socket.connect(server)?;
    let sent = socket.send(message);
    socket.set_read_timeout(Some(Duration::from_millis(50)))?;
    if let Err(error) = socket.peek(&mut [0]) {
        if error.kind() == io::ErrorKind::ConnectionRefused {
            std::process::exit(0);
        }
    }"##,
        breaks: &["survives-a-refusal"],
        cause: "refusal-is-no-error",
    },
    Mistake {
        id: "says-that-it-could-not-send-and-ends-well",
        thought: "I have told the user.",
        find: SENT,
        put: r##"if let Err(error) = sent {
        eprintln!("{error}");
        std::process::exit(0);
    }"##,
        breaks: &["fails-if-the-system-refuses"],
        cause: "sent-in-vain",
    },
    Mistake {
        id: "says-that-it-could-not-send-and-goes-on",
        thought: "The next line may be shorter.",
        find: SEND_LINE,
        put: r##"        if let Err(error) = send(&socket, &line, server) {
            eprintln!("{error:#}");
            continue;
        }
"##,
        breaks: &["fails-if-the-system-refuses"],
        cause: "sent-in-vain",
    },
    Mistake {
        id: "unwraps-what-could-not-be-sent",
        thought: "Sending works always.",
        find: SENT,
        put: r##"sent.unwrap();"##,
        breaks: &["fails-if-the-system-refuses"],
        cause: "panicked",
    },
    Mistake {
        id: "cuts-what-is-too-long",
        thought: "More than that doesn't fit.",
        find: SEND,
        put: r##"let sent = socket.send_to(message.get(..65_507).unwrap_or(message), server);"##,
        breaks: &["fails-if-the-system-refuses"],
        cause: "sent-in-part",
    },
    Mistake {
        id: "compares-exit-with-its-line-end",
        thought: "`exit` and a line end.",
        find: r#"    if line.ends_with(b"\n") {
        line.pop();"#,
        put: r##"    if line == b"exit\r\n" {
        return Ok(Some(b"exit\r".to_vec()));
    }
    if line.ends_with(b"\n") {
        line.pop();"##,
        breaks: &["knows-both-line-ends"],
        cause: "exit-with-its-line-end",
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

const IN_C: InC = InC { step: include_str!("c/lesson_4.c"), mistakes: MISTAKES_IN_C };

const MISTAKES_IN_C: &[Mistake] = &[
    Mistake {
        id: "size-of-a-pointer",
        thought: "`sizeof` tells how long it is.",
        find: r#"send(s, line, length, 0)"#,
        put: r#"send(s, line, sizeof line, 0)"#,
        breaks: &[
            "sends-each-line-as-it-is",
            "sends-an-empty-line",
            "goes-on-after-bytes-that-are-no-text",
            "fails-if-the-system-refuses",
        ],
        cause: "cut",
    },
    Mistake {
        id: "a-zero-behind-it",
        thought: "A string ends in a zero.",
        find: r#"send(s, line, length, 0)"#,
        put: r#"send(s, line, (line[length] = '\0', length + 1), 0)"#,
        breaks: &["sends-each-line-as-it-is"],
        cause: "final-zero",
    },
    Mistake {
        id: "counts-what-was-typed-up-to-a-zero",
        thought: "`strlen` tells how long a string is.",
        find: r#"send(s, line, length, 0)"#,
        put: r#"send(s, line, (line[length] = '\0', strlen(line)), 0)"#,
        breaks: &["sends-each-line-as-it-is"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "looks-for-either-line-end",
        thought: "`strcspn` finds the line's end.",
        find: r#"send(s, line, length, 0)"#,
        put: r#"send(s, line, length = strcspn(line, "\r\n"), 0)"#,
        breaks: &["sends-each-line-as-it-is"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "room-for-256-bytes",
        thought: "Nobody types more than that.",
        find: r#"        length = getline(&line, &room, stdin);
"#,
        put: r#"        line = realloc(line, 256);
        length = fgets(line, 256, stdin) ? strlen(line) : -1;
"#,
        breaks: &["sends-each-line-as-it-is", "fails-if-the-system-refuses"],
        cause: "cut-at-nul",
    },
    Mistake {
        id: "a-byte-is-a-char",
        thought: "`getchar` returns a character.",
        find: r#"        length = getline(&line, &room, stdin);
"#,
        put: r#"        char c;
        line = realloc(line, 100000);
        length = 0;
        while ((c = getchar()) != EOF) {
            line[length++] = c;
            if (c == '\n')
                break;
        }
        if (length == 0)
            length = -1;
"#,
        breaks: &["goes-on-after-bytes-that-are-no-text"],
        cause: "strict-decoding-of-lines",
    },
    Mistake {
        id: "port-as-it-is",
        thought: "A port is a number.",
        find: r#"    struct timeval patience"#,
        put: r#"    server.sin_port = argc > 1 ? atoi(strrchr(argv[1], ':') + 1) : 8090;
    struct timeval patience"#,
        breaks: EVERYTHING_SENT,
        cause: "port-bytes-swapped",
    },
    Mistake {
        id: "no-zero-behind-the-reply",
        thought: "What was received is a string.",
        find: r#"        fwrite(reply, 1, count, stdout);
"#,
        put: r#"        printf("%s", reply);
"#,
        breaks: &["shows-long-replies-whole"],
        cause: "reply-cut-at-nul",
    },
    Mistake {
        id: "prints-the-reply-as-a-string",
        thought: "A zero behind it, and it is a string.",
        find: r#"        fwrite(reply, 1, count, stdout);
"#,
        put: r#"        reply[count] = '\0';
        printf("%s", reply);
"#,
        breaks: &["shows-long-replies-whole"],
        cause: "reply-cut-at-nul",
    },
    Mistake {
        id: "prints-the-whole-buffer",
        thought: "`sizeof` tells how long it is.",
        find: r#"        fwrite(reply, 1, count, stdout);
"#,
        put: r#"        fwrite(reply, 1, sizeof reply, stdout);
"#,
        breaks: &["shows-long-replies-whole"],
        cause: "more-than-received",
    },
    Mistake {
        id: "flushes-nothing",
        thought: "A line end brings each line out.",
        find: r#"#include "address.h"
"#,
        put: r#"#include "address.h"
#define fflush(stream)
"#,
        breaks: &["shows-each-reply", "prompts-before-each-line"],
        cause: "shown-too-late",
    },
    Mistake {
        id: "a-time-out-of-another-type",
        thought: "A time-out is a number of milliseconds.",
        find: r#"    if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
        fail("setsockopt");
"#,
        put: r#"    int milliseconds = 3000;
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &milliseconds, sizeof milliseconds);
"#,
        breaks: &["gives-up-without-a-reply", "gives-up-whatever-strangers-send"],
        cause: "no-time-out",
    },
    Mistake {
        id: "too-many-microseconds",
        thought: "3 seconds are 3,000,000 microseconds.",
        find: r#"    if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
        fail("setsockopt");
"#,
        put: r#"    patience = (struct timeval){.tv_usec = 3000000};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
"#,
        breaks: &["gives-up-without-a-reply", "gives-up-whatever-strangers-send"],
        cause: "no-time-out",
    },
    Mistake {
        id: "compares-as-much-as-was-typed",
        thought: "`strncmp` takes the length.",
        find: r#"length == 4 && memcmp(line, "exit", 4) == 0"#,
        put: r#"strncmp(line, "exit", length) == 0"#,
        breaks: &["sends-an-empty-line", "goes-on-after-words-like-exit"],
        cause: "empty-line-is-nothing",
    },
    Mistake {
        id: "compares-only-four-characters",
        thought: "`exit` has four characters.",
        find: r#"length == 4 && memcmp(line, "exit", 4) == 0"#,
        put: r#"strncmp(line, "exit", 4) == 0"#,
        breaks: &["goes-on-after-words-like-exit"],
        cause: "taken-for-exit",
    },
    Mistake {
        id: "shares-a-port-of-its-own",
        thought: "The client needs a port, and \"Address already in use\" is a nuisance.",
        find: r#"    if (connect("#,
        put: r#"    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(19092)};
    int yes = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bind(s, (struct sockaddr *)&here, sizeof here);
    if (connect("#,
        breaks: &["runs-beside-others"],
        cause: "fixed-port-of-its-own",
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
            (STRANGER, ""),
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
    Variant {
        id: "waits-for-the-very-echo",
        what: "ends when `exit` was typed and has come back",
        edits: &[(IF_EXIT, "if line == b\"exit\" && reply == b\"exit\" {")],
    },
    Variant {
        id: "receives-in-a-thread-that-is-awaited",
        what: "a thread for each datagram",
        edits: &[(
            RECEIVE,
            r#"let reply = std::thread::scope(|scope| {
            let receive = || receive(&socket, server, Instant::now() + Duration::from_secs(3));
            scope.spawn(receive).join().unwrap_or_else(|_| anyhow::bail!("no thread"))
        })?;"#,
        )],
    },
    Variant {
        id: "a-return-alone-is-a-line-end",
        what: "reads lines as Java and JavaScript do",
        edits: &[(
            READ,
            r#"    static WAS_RETURN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let mut stdin = io::stdin().lock();
    let length = loop {
        let Some(byte) = stdin.fill_buf()?.first().copied() else { break line.len() };
        stdin.consume(1);
        let was_return = WAS_RETURN.swap(byte == b'\r', std::sync::atomic::Ordering::Relaxed);
        if byte == b'\n' && was_return {
            continue;
        }
        if [b'\r', b'\n'].contains(&byte) {
            line.push(b'\n');
            break line.len();
        }
        line.push(byte);
    };
"#,
        )],
    },
];
