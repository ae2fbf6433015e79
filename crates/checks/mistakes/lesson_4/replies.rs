//! What is received and shown wrongly.

use super::{BUFFER, FROM_SERVER, PROMPT, RECEIVE, SEND_LINE, SHOW, SHOWN};
use crate::mistakes::Mistake;

pub const REPLIES: &[Mistake] = &[
    Mistake {
        id: "shows-what-was-typed",
        thought: "An echo is the same as what was sent.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", String::from_utf8_lossy(&line))"#,
        caught_by: "shows-each-reply",
    },
    Mistake {
        id: "shows-nothing",
        thought: "The reply has come, and that is what counts.",
        find: SHOW,
        put: "        let _ = shown;\n",
        caught_by: "shows-each-reply",
    },
    Mistake {
        id: "shows-the-replies-at-the-end",
        thought: "A buffer makes output faster.",
        find: SHOW,
        put: "        thread_local!(static OUT: std::cell::RefCell<io::BufWriter<io::Stdout>> = \
              std::cell::RefCell::new(io::BufWriter::new(io::stdout())));\n        \
              OUT.with(|out| out.borrow_mut().write_all(shown.as_bytes()))?;\n",
        caught_by: "shows-each-reply",
    },
    Mistake {
        id: "shows-an-escaped-form",
        thought: "`{:?}` shows everything.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", reply.escape_ascii())"#,
        caught_by: "shows-each-reply",
    },
    Mistake {
        id: "shows-it-trimmed",
        thought: "Spaces can't be seen anyway.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", String::from_utf8_lossy(&reply).trim())"#,
        caught_by: "shows-each-reply",
    },
    Mistake {
        id: "a-small-buffer",
        thought: "Nobody types more than 512 characters.",
        find: BUFFER,
        put: "let mut buffer = vec![0; 512];",
        caught_by: "shows-long-replies-whole",
    },
    Mistake {
        id: "shows-the-whole-buffer",
        thought: "What isn't used is empty, so it doesn't show.",
        find: "                buffer.truncate(length);\n",
        put: "",
        caught_by: "shows-long-replies-whole",
    },
    Mistake {
        id: "ends-at-a-reply-that-is-no-text",
        thought: "A reply is text, so I decode it.",
        find: SHOWN,
        put: r#"format!("Reply: {}\n", std::str::from_utf8(&reply)?)"#,
        caught_by: "goes-on-after-bytes-that-are-no-text",
    },
    Mistake {
        id: "ends-at-a-line-that-is-no-text",
        thought: "What is typed is text.",
        find: SEND_LINE,
        put: "        std::str::from_utf8(&line)?;\n        send(&socket, &line, server)?;\n",
        caught_by: "goes-on-after-bytes-that-are-no-text",
    },
    Mistake {
        id: "no-prompt",
        thought: "The user knows what to do.",
        find: PROMPT,
        put: "",
        caught_by: "prompts-before-each-line",
    },
    Mistake {
        id: "a-prompt-that-stays-in-the-buffer",
        thought: "What is printed is on the screen.",
        find: PROMPT,
        put: "    write!(io::stdout(), \"Your message: \")?;\n",
        caught_by: "prompts-before-each-line",
    },
    Mistake {
        id: "a-prompt-on-stderr",
        thought: "The prompt is no result.",
        find: PROMPT,
        put: "    write!(io::stderr(), \"Your message: \")?;\n",
        caught_by: "prompts-before-each-line",
    },
    Mistake {
        id: "only-one-prompt",
        thought: "After the first time the user knows.",
        find: PROMPT,
        put: "    static ONCE: std::sync::Once = std::sync::Once::new();\n    \
              ONCE.call_once(|| print!(\"Your messages: \"));\n    io::stdout().flush()?;\n",
        caught_by: "prompts-before-each-line",
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
        caught_by: "prompts-before-each-line",
    },
    Mistake {
        id: "listens-to-everybody",
        thought: "Who else should write to me?",
        find: FROM_SERVER,
        put: "Ok((length, _)) => {",
        caught_by: "ignores-strangers",
    },
    Mistake {
        id: "compares-only-the-address",
        thought: "A computer has one address, so it's the server.",
        find: FROM_SERVER,
        put: "Ok((length, sender)) if sender.ip() == server.ip() => {",
        caught_by: "ignores-strangers",
    },
    Mistake {
        id: "compares-only-the-port",
        thought: "The port says which program it is.",
        find: FROM_SERVER,
        put: "Ok((length, sender)) if sender.port() == server.port() => {",
        caught_by: "ignores-strangers",
    },
    Mistake {
        id: "ends-at-a-stranger",
        thought: "That isn't the server, so something is wrong.",
        find: "            Ok(_) => {}\n",
        put: "            Ok((_, sender)) => anyhow::bail!(\"who is {sender}?\"),\n",
        caught_by: "ignores-strangers",
    },
    Mistake {
        id: "overlooks-one-stranger",
        thought: "If the first wasn't the server, the next one is.",
        find: "            Ok(_) => {}\n",
        put: "            Ok(_) => {\n                let (length, _) = socket.recv_from(&mut buffer)?;\n                \
              buffer.truncate(length);\n                return Ok(buffer);\n            }\n",
        caught_by: "ignores-strangers",
    },
    Mistake {
        id: "does-not-show-the-reply-to-exit",
        thought: "After `exit` nobody looks any more.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;\n        \
              if line == b\"exit\" { break; }",
        caught_by: "ends-after-exit",
    },
];
