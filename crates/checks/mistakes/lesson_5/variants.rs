//! Right programs of lesson 5 that look different.

use super::{BIND, BUFFER, LINE, REPLY, SHOW};
use crate::mistakes::Variant;

pub const VARIANTS: &[Variant] = &[
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
