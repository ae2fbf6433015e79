//! What maintainers do: `cargo xtask verify`, `bench` and `new-lesson` start this program, for which
//! no student waits.
//!
//! # Layout
//!
//! - [`verify`]: holds the list of lessons, the programs and the prose against each other
//! - [`bench`]: measures what the course promises
//! - [`new_lesson`]: makes the skeleton of a lesson
//! - [`programs`]: starts programs for both

#![allow(clippy::indexing_slicing)]

mod bench;
#[path = "../../checks/mistakes/mod.rs"]
mod mistakes;
mod new_lesson;
mod programs;
mod verify;

use anyhow::Result;
use base::usage::{UsageError, finish};
use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1);
    let name = words.next().unwrap_or_default();
    let parser = lexopt::Parser::from_args(words);
    let result = match name.to_str() {
        Some("verify") => verify::run(parser),
        Some(bench::NAME) => bench::run(parser),
        Some("new-lesson") => new_lesson::run(parser),
        _ => unknown(),
    };
    finish(result, anyhow::Error::is::<lexopt::Error>)
}

/// Refuses a word that a command can't use.
fn unexpected(argument: &lexopt::Arg<'_>, usage: &str) -> anyhow::Error {
    let word = match argument {
        lexopt::Arg::Short(letter) => format!("-{letter}"),
        lexopt::Arg::Long(name) => format!("--{name}"),
        lexopt::Arg::Value(value) => value.to_string_lossy().into_owned(),
    };
    UsageError(format!("`{word}` is unexpected here: try `cargo xtask {usage}`")).into()
}

fn unknown() -> Result<ExitCode> {
    Err(UsageError("this program is for `cargo xtask verify`, `bench` and `new-lesson`".into())
        .into())
}
