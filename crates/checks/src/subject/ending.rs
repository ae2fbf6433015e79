//! How a program has ended, and what it said last.

use super::{Ended, Ending};
use crate::failure::{Verdict, require};
use base::text::{line as printable, shortened as visible};
use std::process::ExitStatus;

impl Ended {
    /// Requires exit status 0.
    pub fn succeeded(&self, cause: &str) -> Verdict {
        let status = self.status;
        require(status.success(), format!("it ended with {status}, not with success"), cause)
    }

    /// Whether it was a panic or a signal, which is never a right way to end.
    pub fn is_crash(&self) -> bool {
        // 101 is what a Rust program ends with when it has panicked.
        self.status.code().is_none_or(|code| code == 101 || stands_for_a_signal(code))
    }

    /// Requires an error of the program's own making: a status that isn't 0, neither a panic nor
    /// a signal, and a message on stderr that has `name` in it, if one is given.
    pub fn failed_properly(&self, name: &str, cause: &str) -> Verdict {
        let (status, stderr) = (self.status, visible(&self.stderr));
        require(!status.success(), "it ended with success, where nothing could succeed", cause)?;
        let panic = "A panic or a signal is no error message: return the error from `main`.";
        require(!self.is_crash(), format!("it crashed: {status}"), panic)?;
        require(!self.stderr.is_empty(), "it said nothing on stderr", cause)?;
        let is_named = crate::failure::find(&self.stderr, name.as_bytes());
        require(is_named, format!("its message doesn't name `{name}`: {stderr}"), cause)
    }
}

/// Characters of a line that a report shows; who writes more doesn't write for people.
const LINE: usize = 400;

fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        Some((end, _)) => {
            let start = line.get(..end).unwrap_or_default();
            format!("{} … ({} bytes)", printable(start), line.len())
        }
        None => printable(line),
    }
}

/// Whether a program that starts another, such as a shell or a sandbox, tells by this status that
/// a signal for crashes has ended it: 128 and the signal's number. Others end with such numbers,
/// too, but hardly with these.
fn stands_for_a_signal(code: i32) -> bool {
    // Illegal instruction, trap, abort, bus error, arithmetic, killed, segmentation fault.
    [4, 5, 6, 7, 8, 9, 11].contains(&(code - 128))
}

impl Ending {
    /// How it ended, unless that was our doing.
    pub fn status(&self) -> Option<ExitStatus> {
        self.0.lock().status
    }

    /// The last lines that it wrote to stderr, at most `count`.
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let streams = self.0.lock();
        let text = String::from_utf8_lossy(&streams.stderr);
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.len().saturating_sub(count);
        lines.into_iter().skip(first).map(cut).collect()
    }

    /// The hint of a gap that is still open, if it ended because of one.
    pub fn open_gap(&self) -> Option<String> {
        const TODO: &str = "not yet implemented: ";
        let streams = self.0.lock();
        let text = String::from_utf8_lossy(&streams.stderr);
        let crashed = streams.status.is_some_and(|status| status.code() == Some(101));
        let (_, hint) = text.split_once(TODO).filter(|_| crashed)?;
        Some(cut(hint.lines().next().unwrap_or_default()))
    }
}
