//! The commands for maintainers, `verify` and `bench`. They are a program of their own, so that
//! nobody who only wants to run a lesson waits for them to compile.

use crate::{Command as Subcommand, build, workspace};
use anyhow::{Context, Result};
use base::lessons;
use base::programs::Keeper;
use std::process::ExitCode;

pub const VERIFY: Subcommand = Subcommand {
    name: "verify",
    arguments: "[--draw] [--soak N]",
    summary: "check that catalogue, programs and prose fit together",
    details: "\
catalogue  every lesson has its folder, package, program, walkthrough and pair
regions    what becomes a gap in a starter is marked well
quotes     the Rust blocks of the walkthroughs stand verbatim in the programs
links      links between files lead somewhere
pictures   each picture belongs to a console block that runs a pair with a wire
output     the console blocks are what their commands print, and the pictures are what they
           draw (this runs them)

  --draw      draw the pictures anew instead, where they have changed
  --soak N    judge right programs at least N times, and wrong ones as well, with all
              cores busy; no right one may lose a point, no wrong one may get through",
    run: |parser| delegate(&VERIFY, parser),
};

pub const BENCH: Subcommand = Subcommand {
    name: "bench",
    arguments: "first-run|warm-run|echo|link|link-soak|grade|grade-2000|grade-stability|grade-siege",
    summary: "measure how fast the course is, against its limits",
    details: "\
Each figure stands beside its limit, with `ok` or `MISSED`; a missed limit is exit code 1.
Measure while the computer has nothing else to do.

  first-run    CPU time and crates of the first `cargo xtask run lesson-3` after a clone
  warm-run     a later `cargo xtask run lesson-3`, compared with doing the same by hand
  echo         round trips a second of lesson 5, and of the same server in C and in Python
  link         what the link adds to a round trip, takes from the throughput, and how exact it is
  link-soak    ten minutes of load with faults: memory and threads must not grow
  grade        what it takes to grade 200 students, beside `cargo test` in a folder for each
  grade-2000   the same with ten times as many: the cost must grow no faster
  grade-stability  the same class several times on a busy computer: the grades must be the same
  grade-siege  16 students among the worst programs, with little of a computer: the same",
    run: |parser| delegate(&BENCH, parser),
};

/// Lets the other program do it.
fn delegate(command: &Subcommand, mut parser: lexopt::Parser) -> Result<ExitCode> {
    workspace::expect_none(command)?;
    let mut cargo = build::cargo("run")?;
    cargo.args(["--quiet", "--package", "course"]);
    // Not by changing into it: paths on the command line are meant from where we are.
    cargo.arg("--manifest-path").arg(lessons::root().join("Cargo.toml"));
    cargo.arg("--").arg(command.name).args(parser.raw_args()?);
    let mut keeper = Keeper::start()?;
    let status = keeper.spawn(&mut cargo).and_then(|mut cargo| cargo.wait());
    let status = status.context(build::NO_CARGO)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
