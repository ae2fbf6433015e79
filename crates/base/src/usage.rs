//! How a program of ours ends: with success, with an error, or with a command line that can't be
//! understood, and the word that somebody probably meant.

use crate::terminal::Style;
use anyhow::Result;
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// A command line that can't be understood. It ends our programs with status 2.
#[derive(Debug)]
pub struct UsageError(pub String);

impl UsageError {
    /// Names the argument that can't be meant, and says what to try.
    pub fn about(argument: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self(format!("{argument}: {problem}"))
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// The variable that tells a program which command of ours people have typed to start it.
pub const TYPED: &str = "COURSE_TYPED_AS";

/// Turns a command's result into an exit code, and says what went wrong. Wrong usage is an error of
/// ours, or one that `is_usage` knows.
pub fn finish(result: Result<ExitCode>, is_usage: fn(&anyhow::Error) -> bool) -> ExitCode {
    match result {
        Ok(code) => code,
        // Whoever read our output has seen enough, as in `cargo xtask list | head -1`.
        Err(error) if is_closed_pipe(&error) => ExitCode::from(1),
        Err(error) => {
            print_error(&error);
            ExitCode::from(if error.is::<UsageError>() || is_usage(&error) { 2 } else { 1 })
        }
    }
}

/// Prints an error with its causes, in the style of cargo.
/// Where even that can't be written, the exit code has to do.
pub fn print_error(error: &anyhow::Error) {
    let style = Style::of_stderr();
    let _ = writeln!(io::stderr(), "{}: {error:#}", style.paint("1;31", "error"));
}

pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

/// The candidate with the fewest edits from `word`; among equals, the one with the nearest ending,
/// so that `lesson-9` is nearer to `lesson-5` than to `lesson-1`.
pub fn nearest<T: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = T>) -> Option<T> {
    let ending = |text: &str| i16::from(text.bytes().last().unwrap_or_default());
    candidates.into_iter().min_by_key(|candidate| {
        let candidate = candidate.as_ref();
        (edits(word, candidate), (ending(word) - ending(candidate)).abs())
    })
}

/// Levenshtein's distance: insertions, deletions and replacements of characters.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (index, a) in from.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        let mut next = vec![left];
        for (b, &above) in to.chars().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(a != b)).min(above + 1).min(left + 1);
            diagonal = above;
            next.push(left);
        }
        row = next;
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("leson-3", "lesson-3"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
    }

    #[test]
    fn the_ending_decides_among_equals() {
        let names = ["lesson-1", "lesson-3", "lesson-5"];
        assert_eq!(nearest("lesson-9", names), Some("lesson-5"));
        assert_eq!(nearest("leson-3", names), Some("lesson-3"));
    }
}
