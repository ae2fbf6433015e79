//! Wrong ends.

use super::{IF_EXIT, LINE, RECEIVE, SEND_LINE, TIME_OUT};
use crate::mistakes::Mistake;

const NO_REPLY: &str =
    "anyhow::ensure!(!left.is_zero(), \"no reply from {server}: does a server run there?\");";

pub const ENDINGS: &[Mistake] = &[
    Mistake {
        id: "ends-before-the-reply-to-exit",
        thought: "`exit` was sent, so I can go.",
        find: SEND_LINE,
        put: "        send(&socket, &line, server)?;\n        if line == b\"exit\" { break; }\n",
        caught_by: "ends-after-exit",
    },
    Mistake {
        id: "never-ends",
        thought: "A line has its line end, hasn't it?",
        find: IF_EXIT,
        put: "if line == b\"exit\\n\" {",
        caught_by: "ends-after-exit",
    },
    Mistake {
        id: "ends-with-another-status",
        thought: "Any status will do.",
        find: IF_EXIT,
        put: "if line == b\"exit\" {\n            std::process::exit(2);\n        }\n        if false {",
        caught_by: "ends-after-exit",
    },
    Mistake {
        id: "ends-when-exit-comes-back",
        thought: "When `exit` comes back, both sides know that we are done.",
        find: IF_EXIT,
        put: "if reply == b\"exit\" {",
        caught_by: "goes-on-whatever-the-reply-says",
    },
    Mistake {
        id: "ends-at-an-empty-reply",
        thought: "No bytes: the server has closed the connection.",
        find: IF_EXIT,
        put: "if line == b\"exit\" || reply.is_empty() {",
        caught_by: "goes-on-whatever-the-reply-says",
    },
    Mistake {
        id: "knows-exit-in-capital-letters",
        thought: "EXIT is exit.",
        find: IF_EXIT,
        put: "if line.eq_ignore_ascii_case(b\"exit\") {",
        caught_by: "goes-on-after-words-like-exit",
    },
    Mistake {
        id: "knows-exit-among-spaces",
        thought: "A space too many does no harm.",
        find: IF_EXIT,
        put: "if line.trim_ascii() == b\"exit\" {",
        caught_by: "goes-on-after-words-like-exit",
    },
    Mistake {
        id: "the-end-of-the-input-is-an-error",
        thought: "Only `exit` ends it.",
        find: LINE,
        put: "anyhow::ensure!(length > 0, \"the input has ended\");\n    Ok(Some(line))",
        caught_by: "ends-with-its-input",
    },
    Mistake {
        id: "the-end-of-the-input-is-an-empty-line",
        thought: "There is always a next line.",
        find: LINE,
        put: "let _ = length;\n    Ok(Some(line))",
        caught_by: "ends-with-its-input",
    },
    Mistake {
        id: "waits-for-ever",
        thought: "A reply is sure to come.",
        find: TIME_OUT,
        put: "socket.set_read_timeout(None)?;",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "gives-up-after-a-second",
        thought: "A second is long for a computer.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(1))?;",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "does-not-wait",
        thought: "A reply is there, or it isn't.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_millis(20))?;",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "waits-too-long",
        thought: "Patience is a virtue.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(20))?;",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "ends-with-success-without-a-reply",
        thought: "I have done what I could.",
        find: RECEIVE,
        put: "let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {\n            \
              eprintln!(\"no reply\");\n            return Ok(());\n        };",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "goes-on-without-a-reply",
        thought: "Perhaps the next line has more luck.",
        find: RECEIVE,
        put: "let Ok(reply) = receive(&socket, server, Instant::now() + Duration::from_secs(2)) else {\n            \
              eprintln!(\"no reply\");\n            continue;\n        };",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "panics-without-a-reply",
        thought: "`unwrap` says what was wrong.",
        find: RECEIVE,
        put: "let reply = receive(&socket, server, Instant::now() + Duration::from_secs(2)).unwrap();",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "complains-on-stdout",
        thought: "Everything is printed to the same place.",
        find: NO_REPLY,
        put: "if left.is_zero() {\n            println!(\"no reply from {server}\");\n            \
              std::process::exit(1);\n        }",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "repeats-itself-at-once",
        thought: "UDP loses datagrams, so I send each one three times.",
        find: SEND_LINE,
        put: "        for _ in 0..3 { send(&socket, &line, server)?; }\n",
        caught_by: "gives-up-without-a-reply",
    },
    Mistake {
        id: "repeats-itself-too-soon",
        thought: "Half a second without a reply: it must be lost.",
        find: RECEIVE,
        put: "let mut reply = Err(anyhow::anyhow!(\"not tried\"));\n        for _ in 0..6 {\n            \
              reply = receive(&socket, server, Instant::now() + Duration::from_millis(500));\n            \
              if reply.is_ok() { break; }\n            send(&socket, &line, server)?;\n        }\n        \
              let reply = reply?;",
        caught_by: "gives-up-without-a-reply",
    },
];
