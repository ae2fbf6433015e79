//! Create a TCP socket and a UDP socket, show their addresses, wait, and close them.

use crate::check::{Lesson, Limits};
use base::ports::PortCount;

mod given;
mod shown;
mod sockets;
mod waits;

pub const LESSON: Lesson = Lesson {
    name: "lesson-1",
    title: "Create sockets",
    limits: Limits::USUAL,
    ports: PortCount { udp: 1, both: 5 },
    checks: &[
        sockets::TCP,
        sockets::UDP,
        sockets::LISTENS,
        sockets::HOLDS,
        waits::LINE,
        waits::END_OF_FILE,
        waits::WAITS,
        waits::INVALID,
        given::PORT,
        given::ADDRESS,
        given::NONE,
        given::TAKEN,
        given::MALFORMED,
    ],
};

/// What most checks need: without it they would say nothing.
const NEEDED: Option<&str> = Some(sockets::TCP.id);
