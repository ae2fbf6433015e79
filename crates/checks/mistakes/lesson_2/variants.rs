//! Right programs of lesson 2 that look different.

use super::{ANY, FLUSH, LINE, MESSAGE, PROMPT, SEND, SENT, TARGET, TELL};
use crate::mistakes::Variant;

pub const VARIANTS: &[Variant] = &[
    Variant {
        id: "connected",
        what: "`connect` and `send` instead of `send_to`",
        edits: &[(
            SENT,
            r#"    socket.connect(target)?;
    let sent = socket.send(message);"#,
        )],
    },
    Variant {
        id: "bound-to-loopback",
        what: "a socket at 127.0.0.1:0",
        edits: &[(
            ANY,
            r#"    let any = if target.is_ipv4() { "127.0.0.1:0" } else { "[::1]:0" };"#,
        )],
    },
    Variant {
        id: "chinese",
        what: "a prompt in Chinese, with a line end, and no flush",
        edits: &[
            (PROMPT, r#"    writeln!(io::stdout(), "请输入:")?;"#),
            (FLUSH, ""),
            (TELL, r#"    writeln!(io::stdout(), "发送完成")?;"#),
        ],
    },
    Variant {
        id: "a-banner",
        what: "a banner, and a prompt in two pieces",
        edits: &[
            (
                TARGET,
                r#"    writeln!(io::stdout(), "*** SENDER ***\n")?;
    let target = resolve(&name.to_string_lossy())?;"#,
            ),
            (
                PROMPT,
                r#"    write!(io::stdout(), "Your ")?;
    io::stdout().flush()?;
    write!(io::stdout(), "message: ")?;"#,
            ),
        ],
    },
    Variant {
        id: "many-lines",
        what: "several lines of output, no line end behind the last",
        edits: &[(
            TELL,
            r#"    write!(io::stdout(), "message:\n{}\nlength: {}", String::from_utf8_lossy(&message), message.len())?;
    io::stdout().flush()?;"#,
        )],
    },
    Variant {
        id: "lossy-text",
        what: "wrong bytes are replaced before they are sent",
        edits: &[(
            LINE,
            r#"    let line = String::from_utf8_lossy(&line).into_owned().into_bytes();
    Ok((length > 0).then_some(line))"#,
        )],
    },
    Variant {
        id: "success-at-the-end",
        what: "the end of the input is a good end",
        edits: &[(MESSAGE, "    let Some(message) = read_line()? else { return Ok(()) };")],
    },
    Variant {
        id: "does-not-block",
        what: "a socket that does not block",
        edits: &[(
            SENT,
            r#"    socket.set_nonblocking(true)?;
    let sent = socket.send_to(message, target);"#,
        )],
    },
    Variant {
        id: "a-thread",
        what: "a thread that sends",
        edits: &[(
            SEND,
            r#"    std::thread::scope(|scope| {
        let result = scope.spawn(|| send(&socket, &message, target)).join();
        result.unwrap_or_else(|_| anyhow::bail!("the thread has panicked"))
    })?;"#,
        )],
    },
    Variant {
        id: "any-address-first",
        what: "the first address of a name, of whatever family",
        edits: &[("        .min_by_key(SocketAddr::is_ipv6)", "        .next()")],
    },
];
