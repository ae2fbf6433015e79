//! How a program of ours ends: with success, with an error, or with a command line that can't be
//! understood, and the word that somebody probably meant.

use crate::terminal::{Style, spelled};
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
    let text = format!("{}: {error:#}", style.paint("1;31", "error"));
    let _ = writeln!(io::stderr(), "{}", spelled(&text));
}

pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

/// The candidate that somebody probably meant by `word`, if one is near: with the fewest slips, and
/// no more than one for each three characters.
pub fn nearest<T: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = T>) -> Option<T> {
    let most = (word.chars().count() / 3).max(1);
    let slips =
        candidates.into_iter().map(|candidate| (slips(word, candidate.as_ref()), candidate));
    let near = slips.filter(|(slips, _)| *slips <= most).min_by_key(|(slips, _)| *slips);
    near.map(|(_, candidate)| candidate)
}

/// How many characters are too many, missing, wrong, or have changed places with their neighbours.
/// Source: optimal string alignment, the restricted distance of Damerau and Levenshtein.
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut table = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            let wrong = |i: usize, j: usize| usize::from(from[i] != to[j]);
            table[i][j] = match (i, j) {
                (0, _) | (_, 0) => i + j,
                _ => (table[i - 1][j - 1] + wrong(i - 1, j - 1))
                    .min(table[i - 1][j] + 1)
                    .min(table[i][j - 1] + 1),
            };
            let is_swap = i > 1 && j > 1 && wrong(i - 1, j - 2) + wrong(i - 2, j - 1) == 0;
            if is_swap {
                table[i][j] = table[i][j].min(table[i - 2][j - 2] + 1);
            }
        }
    }
    table[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_slips() {
        for (from, to, count) in [
            ("", "abc", 3),
            ("leson-3", "lesson-3", 1),
            ("kitten", "sitting", 3),
            ("rnu", "run", 1),
        ] {
            assert_eq!(slips(from, to), count, "{from}");
        }
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let names = ["run", "list", "lesson-1", "lesson-3", "lesson-5"];
        for (word, meant) in [
            ("leson-3", Some("lesson-3")),
            ("lessn3", Some("lesson-3")),
            ("rnu", Some("run")),
            ("lst", Some("list")),
            ("three", None),
            ("foo", None),
            ("9", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, names), meant, "{word}");
        }
    }
}
