//! `cargo xtask grade`: builds the grader, and lets it grade a class.

use crate::{Command as Subcommand, build, workspace};
use anyhow::{Context, Result, bail};
use base::programs::Keeper;
use std::process::{Command, ExitCode};

pub const COMMAND: Subcommand = Subcommand {
    name: "grade",
    arguments: "SUBMISSIONS… [OPTIONS] | merge DIRS… | gradescope-zip",
    summary: "grade a folder of submissions, isolated and in parallel",
    details: "\
SUBMISSIONS is a folder with a folder for each student: a workspace, or files such as lesson-3.rs.
The results, a report for you and one for each student are written to a folder.

  --lessons LIST      which lessons: 2, 1-3 or 1-3,5; otherwise all
  --out DIR           where the results go: `grades`, if it isn't said
  --resume            go on with what was interrupted; what hasn't changed isn't graded again
  --jobs N            programs that are judged at a time
  --seed N            for demonstrations and tests: payloads that all know who know N
  --key FILE          payloads as in all runs with this file; if it isn't there, it is made
  --roster FILE.csv   who the students are, as your platform knows them
  --format LIST       json, csv, canvas, moodle, gradescope, classroom50, junit, exercism, github
  --isolation RUNG    strict (bubblewrap), best (without it) or none (your own code only)
  --partition I/N     grade a fixed share of the students, on one of N machines

`grade merge DIRS…` joins the results of all partitions; `grade gradescope-zip` makes an
autograder for Gradescope. lessons/instructors.md explains it all.",
    run,
};

/// The package, and the program, that grades.
const GRADER: &str = "grader";

/// What may stand in place of SUBMISSIONS.
const OTHERS: [&str; 2] = ["merge", "gradescope-zip"];

fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    workspace::expect_none(&COMMAND)?;
    let mut keeper = Keeper::start()?;
    if !build::build(&mut keeper, &[build::CHECKS.to_owned(), GRADER.to_owned()])? {
        bail!("the grader doesn't compile; what has to be mended is said above");
    }
    let words: Vec<_> = parser.raw_args()?.collect();
    let mut grader = Command::new(build::program(GRADER)?);
    if !words.first().is_some_and(|word| OTHERS.iter().any(|other| word == other)) {
        grader.arg(COMMAND.name);
    }
    let child = keeper.spawn(grader.args(words)).context("cannot start the grader")?;
    let status = { child }.wait().context("cannot learn how the grader has ended")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
