//! The commands that other programs do: the grader for instructors, and `course` for maintainers.
//! So nobody who only wants to run a lesson waits for them to compile.

use crate::command::Subcommand;
use crate::{build, workspace};
use anyhow::{Context, Result, bail};
use base::lessons;
use base::programs::Keeper;
use base::usage::TYPED;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

pub const GRADE: Subcommand = Subcommand {
    name: "grade",
    arguments: "SUBMISSIONS… [OPTIONS] | merge DIRS… | gradescope-zip",
    summary: "grade a folder of submissions, isolated, in parallel",
    details: "\
SUBMISSIONS is a folder with a folder for each student: a workspace, or files such as lesson-3.rs. \
The results, a report for you and one for each student are written to a folder. `grade merge` \
joins the results of all partitions; `grade gradescope-zip` makes an autograder for Gradescope.

`cargo xtask grade --help` lists all options, once the grader is compiled: they are its own. \
lessons/instructors.md explains it all.",
    run: grade,
};

pub const VERIFY: Subcommand = Subcommand {
    name: "verify",
    arguments: "[--write] [--soak N]",
    summary: "check that catalogue, programs and prose agree",
    details: "\
catalogue  every lesson has its folder, package, program, walkthrough and pair
tables     the tables of lessons are what the catalogue says
regions    what becomes a gap is marked well, and the starters compile without a warning
quotes     the Rust blocks of the walkthroughs stand verbatim in the programs
links      links between files lead somewhere
pictures   each picture belongs to a console block that runs a pair with a wire
output     the console blocks are what their commands print, and the pictures are what they \
           draw (this runs them)

  --write     write the tables and draw the pictures anew instead, where they have changed
  --soak N    judge right programs at least N times, and wrong ones as well, with all \
              cores busy; no right one may lose a point, no wrong one may get through",
    run: |parser| maintain(&VERIFY, parser),
};

pub const BENCH: Subcommand = Subcommand {
    name: "bench",
    arguments: "[NAME] [--quick]",
    summary: "measure how fast the course is, against its limits",
    details: "\
Each figure stands beside its limit, with `ok` or `MISSED`; a missed limit is exit code 1. \
Measure while the computer has nothing else to do.

  first-run    CPU time and crates of the first `cargo xtask run lesson-3` after a clone
  warm-run     a later `cargo xtask run lesson-3`, compared with doing the same by hand
  echo         round trips a second of lesson 5, and of the same server in C and in Python
  link         what the link adds to a round trip, takes from the throughput, and how exact it is
  link-soak    ten minutes of load with faults: memory and threads must not grow
  grade        what it takes to grade 200 students, beside `cargo test` in a folder for each
  grade-2000   the same with ten times as many: the cost must grow no faster
  grade-stability  the same class several times on a busy computer: the grades must be the same
  grade-siege  16 students among the worst programs, with little of a computer: the same

  --quick    with as little as shows that a benchmark still measures, and without limits; \
             without a name all of them, which takes a minute or two",
    run: |parser| maintain(&BENCH, parser),
};

pub const NEW_LESSON: Subcommand = Subcommand {
    name: "new-lesson",
    arguments: "NUMBER SLUG [--tcp]",
    summary: "make the skeleton of a lesson, which compiles",
    details: "\
NUMBER is that of the next lesson, SLUG what its folder is called: `new-lesson 6 some-slug`. \
It makes the row in the catalogue, the crate, the checks, the mistakes and the walkthrough, and \
says what is to be written in them.

  --tcp    it speaks TCP, and not UDP",
    run: |parser| maintain(&NEW_LESSON, parser),
};

/// The package, and the program, that grades.
const GRADER: &str = "grader";

/// What may stand in place of SUBMISSIONS.
const OTHERS: [&str; 2] = ["merge", "gradescope-zip"];

fn grade(mut parser: lexopt::Parser) -> Result<ExitCode> {
    workspace::expect_none(&GRADE)?;
    let mut keeper = Keeper::start()?;
    if !build::build(&mut keeper, &[build::CHECKS.to_owned(), GRADER.to_owned()])? {
        bail!("the grader doesn't compile; what has to be mended is said above");
    }
    let mut words: Vec<OsString> = parser.raw_args()?.collect();
    if let Some(word) = words.first_mut().filter(|word| *word == "help") {
        *word = "--help".into();
    }
    let mut grader = Command::new(build::program(GRADER)?);
    grader.env(TYPED, format!("cargo xtask {}", GRADE.name));
    if !words.first().is_some_and(|word| OTHERS.iter().any(|other| word == other)) {
        grader.arg(GRADE.name);
    }
    run_to_its_end(&mut keeper, grader.args(words)).context("cannot start the grader")
}

/// Has cargo build and run the maintainers' program.
fn maintain(command: &Subcommand, mut parser: lexopt::Parser) -> Result<ExitCode> {
    workspace::expect_none(command)?;
    let mut cargo = build::cargo("run")?;
    cargo.args(["--quiet", "--package", "course"]);
    // Not by changing into it: paths on the command line are meant from where we are.
    cargo.arg("--manifest-path").arg(lessons::root().join("Cargo.toml"));
    cargo.arg("--").arg(command.name).args(parser.raw_args()?);
    run_to_its_end(&mut Keeper::start()?, &mut cargo).context(build::NO_CARGO)
}

/// Our exit code is that of the other program.
fn run_to_its_end(keeper: &mut Keeper, command: &mut Command) -> Result<ExitCode> {
    let status = keeper.spawn(command)?.wait()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
