//! Where it listens, what it shows, and when it ends: all that goes wrong beside the replies.

use super::{BIND, LINE, MESSAGE, REPLY, SEND, SHOW};
use crate::mistakes::Mistake;

pub const CONDUCT: &[Mistake] = &[
    Mistake {
        id: "only-at-127.0.0.1",
        thought: "The server runs on my computer, so it binds 127.0.0.1, as in lesson 3.",
        find: BIND,
        put: r#"UdpSocket::bind(("127.0.0.1", port))"#,
        caught_by: "listens-at-every-address",
    },
    Mistake {
        id: "only-at-localhost",
        thought: "`localhost` is every address of this computer.",
        find: BIND,
        put: r#"UdpSocket::bind(("localhost", port))"#,
        caught_by: "listens-at-every-address",
    },
    Mistake {
        id: "prints-nothing",
        thought: "The server's work is to reply.",
        find: SHOW,
        put: "        let _ = line;\n",
        caught_by: "prints-each-payload",
    },
    Mistake {
        id: "prints-the-length-only",
        thought: "How many bytes there were is enough.",
        find: LINE,
        put: r#"format!("{client}: {} bytes\n", message.len())"#,
        caught_by: "prints-each-payload",
    },
    Mistake {
        id: "never-flushes",
        thought: "A buffer makes output faster.",
        find: SHOW,
        put: "        thread_local!(static OUT: std::cell::RefCell<io::BufWriter<io::Stdout>> = \
              std::cell::RefCell::new(io::BufWriter::new(io::stdout())));\n        \
              OUT.with(|out| out.borrow_mut().write_all(line.as_bytes()))?;\n",
        caught_by: "prints-each-payload",
    },
    Mistake {
        id: "prints-the-whole-buffer",
        thought: "What isn't used is empty, so it doesn't show.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&buffer[..1024]))"#,
        caught_by: "prints-each-payload",
    },
    Mistake {
        id: "prints-what-is-left-of-older-messages",
        thought: "Text ends at the first zero, so I print up to there.",
        find: LINE,
        put: r#"format!("{client}: {}\n", String::from_utf8_lossy(&buffer[..2048]).replace('\0', ""))"#,
        caught_by: "prints-each-payload",
    },
    Mistake {
        id: "prints-an-escaped-form",
        thought: "`{:?}` shows everything.",
        find: LINE,
        put: r#"format!("{client}: {}\n", message.escape_ascii())"#,
        caught_by: "prints-each-payload",
    },
    Mistake {
        id: "ends-at-exit",
        thought: "`exit` ends the client, so it ends the server as well.",
        find: REPLY,
        put: "if message == b\"exit\" { reply(&socket, message, client)?; return Ok(()); }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        caught_by: "goes-on-after-exit",
    },
    Mistake {
        id: "does-not-echo-exit",
        thought: "`exit` is a command and not a message.",
        find: REPLY,
        put: "if message == b\"exit\" { continue; }\n        \
              if let Err(error) = reply(&socket, message, client) {",
        caught_by: "goes-on-after-exit",
    },
    Mistake {
        id: "refuses-long-datagrams",
        thought: "More than 1,024 bytes are against the rules.",
        find: MESSAGE,
        put: "anyhow::ensure!(length <= 1024, \"{length} bytes are too many\");\n        \
              let message = buffer.get(..length).unwrap_or_default();",
        caught_by: "goes-on-after-a-long-datagram",
    },
    Mistake {
        id: "ends-when-it-is-quiet",
        thought: "If nobody writes for two seconds, nobody is there any more.",
        find: "        let (length, client) = receive(&socket, &mut buffer)?;\n",
        put: "        socket.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;\n        \
              let (length, client) = receive(&socket, &mut buffer)?;\n",
        caught_by: "goes-on-when-left-alone",
    },
    Mistake {
        id: "ends-with-its-input",
        thought: "I end it by typing `exit` or Ctrl-D.",
        find: "    // No datagram is larger than this",
        put: "    std::thread::spawn(|| {\n        \
              let _ = io::stdin().read_line(&mut String::new());\n        \
              std::process::exit(0);\n    });\n    // No datagram is larger than this",
        caught_by: "goes-on-when-left-alone",
    },
    Mistake {
        id: "ends-when-a-client-has-vanished",
        thought: "I connect to the client: then I'm told if it has gone.",
        find: SEND,
        put: "let sent = socket.send_to(message, client);\n    socket.connect(client)?;\n    \
              let sent = socket.send(message);",
        caught_by: "goes-on-when-left-alone",
    },
    Mistake {
        id: "a-taken-port-is-fine",
        thought: "If the port is taken, a server is there already, and all is well.",
        find: "    let socket = bind(&port.to_string_lossy())?;\n",
        put: "    let socket = match bind(&port.to_string_lossy()) {\n        \
              Ok(socket) => socket,\n        \
              Err(error) => { eprintln!(\"{error}\"); return Ok(()); }\n    };\n",
        caught_by: "fails-on-a-taken-port",
    },
    Mistake {
        id: "takes-another-port",
        thought: "If the port is taken, any other will do.",
        find: BIND,
        put: r#"UdpSocket::bind(("0.0.0.0", port)).or_else(|_| UdpSocket::bind("0.0.0.0:0"))"#,
        caught_by: "fails-on-a-taken-port",
    },
    Mistake {
        id: "panics-on-a-bad-port",
        thought: "`unwrap` says what was wrong.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.parse().unwrap()",
        caught_by: "refuses-a-bad-port",
    },
    Mistake {
        id: "a-bad-port-without-its-name",
        thought: "The user knows what they have typed.",
        find: "format!(\"`{port}` is no port (0 to 65535)\")",
        put: "\"that is no port\"",
        caught_by: "refuses-a-bad-port",
    },
    Mistake {
        id: "a-bad-port-is-8090",
        thought: "Without a useful port I take the usual one.",
        find: "port.parse().with_context(|| format!(\"`{port}` is no port (0 to 65535)\"))?",
        put: "port.parse().unwrap_or(0)",
        caught_by: "refuses-a-bad-port",
    },
];
