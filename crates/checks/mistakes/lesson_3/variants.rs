//! Right programs of lesson 3 that look different.

use super::{BUFFER, LINE, OUT, RECEIVE, RECEIVE_CALL, TEXT, WAITING};
use crate::mistakes::Variant;

pub const VARIANTS: &[Variant] = &[
    Variant {
        id: "a-large-buffer",
        what: "a buffer of 65,536 bytes",
        edits: &[(BUFFER, "vec![0; 65_536]")],
    },
    Variant {
        id: "several-lines",
        what: "each thing on a line of its own, with the ip and the port apart",
        edits: &[(
            LINE,
            r#"    let (ip, port) = (sender.ip(), sender.port());
    let line = format!("message:\n{text}\nsender:\n  ip {ip}\n  port {port}\n");"#,
        )],
    },
    Variant {
        id: "a-tuple",
        what: "the sender as Python shows it",
        edits: &[(
            LINE,
            r#"    let line = format!("{text}\n('{}', {})\n", sender.ip(), sender.port());"#,
        )],
    },
    Variant { id: "no-banner", what: "nothing before the text", edits: &[(WAITING, "")] },
    Variant {
        id: "chinese",
        what: "labels in Chinese, and no line end",
        edits: &[
            (WAITING, r#"    write!(out, "等待数据：")?;"#),
            (LINE, r#"    let line = format!("收到来自 {sender} 的数据：{text}");"#),
        ],
    },
    Variant {
        id: "escaped-bytes",
        what: "bytes that are not UTF-8 as escapes",
        edits: &[(
            TEXT,
            r#"    let show = |chunk: std::str::Utf8Chunk| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii());
    let text: String = message.utf8_chunks().map(show).collect();"#,
        )],
    },
    Variant {
        id: "raw-bytes",
        what: "the bytes themselves, not decoded at all",
        edits: &[(
            OUT,
            r#"    write!(out, "{sender}\n")?;
    out.write_all(&message)?;"#,
        )],
    },
    Variant {
        id: "a-loop-that-does-not-block",
        what: "a socket that does not block, asked again and again",
        edits: &[(
            RECEIVE,
            r#"    socket.set_nonblocking(true)?;
    let (length, sender) = loop {
        match socket.recv_from(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            result => break result?,
        }
    };"#,
        )],
    },
    Variant {
        id: "a-loop-of-time-outs",
        what: "a time-out, and another try after it",
        edits: &[(
            RECEIVE,
            r#"    socket.set_read_timeout(Some(std::time::Duration::from_millis(300)))?;
    let (length, sender) = loop {
        match socket.recv_from(&mut buffer) {
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            result => break result?,
        }
    };"#,
        )],
    },
    Variant {
        id: "a-thread",
        what: "a thread that receives",
        edits: &[(
            RECEIVE_CALL,
            r#"    let (message, sender) = std::thread::scope(|scope| {
        scope.spawn(|| receive(&socket)).join().unwrap_or_else(|_| anyhow::bail!("no thread"))
    })?;"#,
        )],
    },
    Variant {
        id: "buffered-output",
        what: "output in a buffer that is flushed at the end",
        edits: &[
            (
                "    let mut out = io::stdout();",
                "    let mut out = io::BufWriter::new(io::stdout());",
            ),
            (
                OUT,
                r#"    out.write_all(line.as_bytes())?;
    out.flush()?;"#,
            ),
        ],
    },
    Variant {
        id: "peeks-first",
        what: "the length first, the datagram afterwards",
        edits: &[(
            RECEIVE_CALL,
            r#"    socket.peek_from(&mut [0; 1024])?;
    let (message, sender) = receive(&socket)?;"#,
        )],
    },
];
