//! Receive one datagram, show it, say who sent it, and end.

use crate::check::{Lesson, Limits};
use base::ports::PortCount;

mod address;
mod ends;
mod text;

pub const LESSON: Lesson = Lesson {
    name: "lesson-3",
    title: "Receive once",
    limits: Limits::USUAL,
    ports: PortCount { udp: 14, both: 0 },
    checks: &[
        text::PRINTS,
        ends::AFTER_ONE,
        address::SENDER,
        ends::EMPTY,
        text::WHOLE,
        text::ONLY_WHAT_CAME,
        text::CHARACTERS,
        text::SPACES,
        text::INVALID,
        ends::WAITS,
        ends::SILENT,
        address::ARGUMENT,
        address::TAKEN,
        address::MALFORMED,
    ],
};

/// What most checks need: without it they would say nothing.
const NEEDED: Option<&str> = Some(text::PRINTS.id);
