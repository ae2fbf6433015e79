//! `cargo xtask solution LESSON`: what the reference does otherwise than the student's program.

use crate::build;
use crate::command::{Subcommand, expect_lesson, lesson_and_flag};
use crate::workspace::{self, Score, Workspace};
use anyhow::{Context, Result, bail};
use base::lessons::{self, Lesson};
use base::programs::Keeper;
use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};

pub const COMMAND: Subcommand = Subcommand {
    name: "solution",
    arguments: "LESSON [--anyway]",
    summary: "compare your program with the reference",
    details: "\
Lines with `-` stand only in your program, and lines with `+` only in the reference. Yours needn't \
be the same: what counts is what the checks say.

  --anyway    show it even though your program doesn't have full points yet",
    run,
};

/// How `checks diff` ends.
const EQUAL: i32 = 0;
const DIFFERENT: i32 = 1;

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let (lesson, anyway) = lesson_and_flag(parser, &COMMAND, Some("anyway"))?;
    let workspace = workspace::expect(&COMMAND)?;
    show(&workspace, expect_lesson(lesson, &COMMAND)?, anyway)
}

fn show(workspace: &Workspace, lesson: &Lesson, anyway: bool) -> Result<ExitCode> {
    let name = lesson.name();
    workspace.expect_started(lesson)?;
    if workspace.graded {
        bail!(
            "this workspace is graded, and so it came without solutions; `cargo xtask hint {name}` helps"
        );
    }
    let is_done = workspace::progress()?.best(lesson).is_some_and(Score::is_full);
    if !is_done && !anyway {
        bail!(
            "{name} doesn't have full points yet: `cargo xtask check {name}` says what is missing, \
             `cargo xtask hint {name}` helps, and `--anyway` shows the solution nevertheless"
        );
    }
    compare(&lesson.source(), &workspace::solution_path(lesson))
}

/// Has the checks show what the student's program and the reference do differently; the paths are
/// from the root.
fn compare(mine: &str, theirs: &str) -> Result<ExitCode> {
    let mut keeper = Keeper::start()?;
    let mut checks = Command::new(build::checks(&mut keeper, "show the difference")?);
    checks.args(["diff", mine, theirs]).current_dir(lessons::root()).stdin(Stdio::null());
    let status = keeper.spawn(&mut checks).and_then(|mut checks| checks.wait());
    match status.context("cannot start the checks")?.code() {
        Some(EQUAL) => writeln!(io::stdout(), "{mine} is the reference, line by line.")?,
        Some(DIFFERENT) => {}
        // What is wrong, they have said.
        _ => return Ok(ExitCode::FAILURE),
    }
    Ok(ExitCode::SUCCESS)
}
