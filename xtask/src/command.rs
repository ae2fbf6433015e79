//! What a command is, and how it refuses words that it can't use.

use anyhow::Result;
use base::lessons::{self, Lesson};
use base::usage::UsageError;
use std::process::ExitCode;

/// A subcommand of `cargo xtask`.
pub struct Subcommand {
    pub name: &'static str,
    /// What stands behind the name on a command line.
    pub arguments: &'static str,
    /// One line for the list of commands.
    pub summary: &'static str,
    /// What `cargo xtask help NAME` adds to the summary.
    pub details: &'static str,
    pub run: fn(lexopt::Parser) -> Result<ExitCode>,
}

/// Refuses all arguments, for a command that takes none.
pub fn expect_none(mut parser: lexopt::Parser, command: &Subcommand) -> Result<()> {
    match parser.next()? {
        Some(argument) => Err(unexpected(&argument, command)),
        None => Ok(()),
    }
}

/// Reads the lesson that a command is about, and whether its only option, `flag`, is given.
pub fn lesson_and_flag(
    mut parser: lexopt::Parser,
    command: &Subcommand,
    flag: Option<&str>,
) -> Result<(Option<&'static Lesson>, bool)> {
    let (mut lesson, mut is_given) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long(name) if Some(name) == flag => is_given = true,
            lexopt::Arg::Value(word) if lesson.is_none() => lesson = Some(lessons::named(&word)?),
            other => return Err(unexpected(&other, command)),
        }
    }
    Ok((lesson, is_given))
}

/// Refuses a command line without a lesson, for a command that needs one.
pub fn expect_lesson(
    lesson: Option<&'static Lesson>,
    command: &Subcommand,
) -> Result<&'static Lesson> {
    let hint = || format!("which lesson? For example `cargo xtask {} lesson-3`", command.name);
    lesson.ok_or_else(|| UsageError(hint()).into())
}

/// Refuses a word that a command can't use.
pub fn unexpected(argument: &lexopt::Arg<'_>, command: &Subcommand) -> anyhow::Error {
    let word = match argument {
        lexopt::Arg::Short(letter) => format!("-{letter}"),
        lexopt::Arg::Long(name) => format!("--{name}"),
        lexopt::Arg::Value(value) => value.to_string_lossy().into_owned(),
    };
    let Subcommand { name, arguments, .. } = command;
    UsageError(format!("`{word}` is unexpected here: try `cargo xtask {name} {arguments}`")).into()
}
