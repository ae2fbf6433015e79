//! What maintainers do: `cargo xtask verify`, `bench` and `new-lesson` start this program, for which
//! no student waits.
//!
//! # Layout
//!
//! - [`verify`]: holds the list of lessons, the programs and the prose against each other
//! - [`bench`]: measures what the course promises
//! - [`new_lesson`]: makes the skeleton of a lesson
//! - [`programs`]: starts programs for them; [`arguments`]: refuses words

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

mod arguments;
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

fn unknown() -> Result<ExitCode> {
    Err(UsageError("this program is for `cargo xtask verify`, `bench` and `new-lesson`".into())
        .into())
}
