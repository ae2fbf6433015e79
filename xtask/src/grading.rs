//! Starts the checks on a lesson's program, and learns their verdict. `check` and `watch` use it.

use crate::progress::{self, Best};
use crate::{build, workspace};
use anyhow::{Context, Result};
use base::lessons::Lesson;
use base::usage::print_error;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};

/// Exit codes of the checks, and so of `check`; 2 is wrong usage.
pub const FULL_MARKS: u8 = 0;
pub const FAILED: u8 = 1;
pub const GRADER_ERROR: u8 = 3;

/// What came of judging a program.
pub struct Verdict {
    /// One of the exit codes.
    pub code: u8,
    /// What the checks gave; nothing if they didn't come to their end.
    pub score: Option<Best>,
}

/// Where the checks write their score: beside our programs, one file a process.
pub fn score_file() -> Result<PathBuf> {
    build::program(&format!("score-{}", process::id()))
}

/// The call of the checks that judges a program; `program` is its command line.
pub fn command(
    checks: &Path,
    lesson: &Lesson,
    options: &[OsString],
    program: &[OsString],
    score: &Path,
) -> Command {
    // No old score may pass for the new one.
    let _ = fs::remove_file(score);
    let mut command = Command::new(checks);
    command.arg("check").arg(lesson.name()).args(options);
    command.arg("--score").arg(score).arg("--program").args(program);
    command.stdin(Stdio::null());
    command
}

/// Learns the verdict from how the checks ended, and from the score that they wrote.
pub fn verdict(lesson: &Lesson, status: ExitStatus, score: &Path) -> Result<Verdict> {
    let text = fs::read_to_string(score);
    let _ = fs::remove_file(score);
    let name = lesson.name();
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    let code = code.filter(|code| *code <= GRADER_ERROR).with_context(|| {
        format!(
            "the checks of {name} ended before their time ({status}); that is no fault of the \
             program, so try again"
        )
    })?;
    if code != FULL_MARKS && code != FAILED {
        return Ok(Verdict { code, score: None });
    }
    let file = score.display();
    let text =
        text.with_context(|| format!("the checks of {name} wrote no score to {file}; try again"))?;
    let score = parse_score(&text)
        .with_context(|| format!("the checks of {name} wrote no score but {text:?} to {file}"))?;
    Ok(Verdict { code, score: Some(score) })
}

/// Remembers a verdict on a student's own program. If that fails, the verdict still stands.
pub fn record(lesson: &Lesson, verdict: &Verdict) {
    let Some(Best { points, maximum }) = verdict.score else { return };
    let is_students = workspace::load().map(|workspace| workspace.is_some());
    if let Err(error) = is_students.and_then(|is_students| match is_students {
        true => progress::record(lesson, points, maximum),
        false => Ok(()),
    }) {
        print_error(&error.context("cannot remember the score"));
    }
}

/// What is said when cargo has shown its errors.
pub fn does_not_compile(lesson: &Lesson) -> String {
    format!("{} doesn't compile yet: what has to be mended is said above.", lesson.name())
}

/// Reads `85 100`.
fn parse_score(text: &str) -> Option<Best> {
    let (points, maximum) = text.trim_end().split_once(' ')?;
    Some(Best { points: points.parse().ok()?, maximum: maximum.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_two_numbers() {
        assert_eq!(parse_score("85 100\n"), Some(Best { points: 85, maximum: 100 }));
        for text in ["", "85", "85 100 3", "-1 100", "85,100"] {
            assert_eq!(parse_score(text), None);
        }
    }
}
