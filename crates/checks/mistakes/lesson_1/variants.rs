//! Right programs of lesson 1 that look different.

use super::{CLOSED, PROMPT, TCP_LINE, UDP_LINE, WAIT};
use crate::mistakes::Variant;

pub const VARIANTS: &[Variant] = &[
    Variant {
        id: "a-tuple",
        what: "addresses as Python shows them",
        edits: &[
            (
                TCP_LINE,
                r#"    let address = tcp.local_addr()?;
    writeln!(out, "TCP: ('{}', {})", address.ip(), address.port())?;"#,
            ),
            (
                UDP_LINE,
                r#"    let address = udp.local_addr()?;
    writeln!(out, "UDP: ('{}', {})", address.ip(), address.port())?;"#,
            ),
        ],
    },
    Variant {
        id: "apart",
        what: "ip and port apart, and a descriptor before them",
        edits: &[
            (
                TCP_LINE,
                r#"    let address = tcp.local_addr()?;
    writeln!(out, "TCP socket 3: ip {}, port {}", address.ip(), address.port())?;"#,
            ),
            (
                UDP_LINE,
                r#"    let address = udp.local_addr()?;
    writeln!(out, "UDP socket 4: port {} at ip {}", address.port(), address.ip())?;"#,
            ),
        ],
    },
    Variant {
        id: "debug-form",
        what: "the sockets as they show themselves",
        edits: &[
            (TCP_LINE, r#"    writeln!(out, "TCP {tcp:?}")?;"#),
            (UDP_LINE, r#"    writeln!(out, "UDP {udp:?}")?;"#),
        ],
    },
    Variant {
        id: "a-banner",
        what: "a banner that names both protocols, and no prompt",
        edits: &[
            (
                TCP_LINE,
                r#"    writeln!(out, "*** TCP and UDP sockets at 127.0.0.1 ***\n")?;
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
            ),
            (PROMPT, ""),
        ],
    },
    Variant {
        id: "chinese",
        what: "labels in Chinese",
        edits: &[
            (
                TCP_LINE,
                r#"    writeln!(out, "TCP 套接字： {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
            ),
            (
                UDP_LINE,
                r#"    writeln!(out, "UDP 套接字： {}", udp.local_addr().context("the UDP socket has no address")?)?;"#,
            ),
            (PROMPT, r#"    writeln!(out, "按回车键结束")?;"#),
        ],
    },
    Variant {
        id: "udp-first",
        what: "UDP before TCP",
        edits: &[
            (TCP_LINE, ""),
            (
                UDP_LINE,
                r#"    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;"#,
            ),
        ],
    },
    Variant {
        id: "accepts",
        what: "a thread that accepts connections",
        edits: &[(
            WAIT,
            r#"    let listener = tcp.try_clone()?;
    std::thread::spawn(move || while listener.accept().is_ok() {});
    wait_for_enter()?;"#,
        )],
    },
    Variant { id: "silent-end", what: "nothing more after the line", edits: &[(CLOSED, "")] },
];
