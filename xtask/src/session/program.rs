//! One of the programs of a session.

use std::process::ExitStatus;
use std::time::Instant;

/// What is known about one of the programs.
#[derive(Default)]
pub struct Program {
    /// Its process; 0 before it is started.
    pub pid: u32,
    /// How it ended, once it has.
    pub status: Option<ExitStatus>,
    /// Whether it has written to stdout since the client was given its newest line.
    pub has_spoken: bool,
    pub(super) open_streams: u8,
    /// When its output counts as ended even if a child of its own still holds it open.
    pub(super) output_deadline: Option<Instant>,
}

impl Program {
    /// Whether it has ended, and all of its output has been shown.
    pub fn is_done(&self) -> bool {
        self.status.is_some() && self.open_streams == 0
    }

    pub(super) fn give_up_late_output(&mut self) {
        if has_passed(self.output_deadline) {
            self.output_deadline = None;
            self.open_streams = 0;
        }
    }
}

pub(super) fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}
