//! Right programs of lesson 4 that look different.

use super::{BUFFER, FROM_SERVER, PROMPT, RECEIVE, SEND, SHOW, SHOWN, TIME_OUT};
use crate::mistakes::Variant;

pub const VARIANTS: &[Variant] = &[
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
