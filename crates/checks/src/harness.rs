//! `cargo test -p lesson-3`: a lesson's checks as tests, one test a check.

use crate::check::{Check, Outcome};
use crate::judge::{Report, make};
use crate::lessons;
use crate::report::human::{self, Style};
use crate::subject::Program;
use base::random;
use libtest_mimic::{Arguments, Failed, Trial};
use std::env;
use std::path::Path;
use std::process::ExitCode;

/// The `main` of a lesson's test: judges `program`, cargo's own build of the lesson.
/// The seed of the payloads is printed; the variable `SEED` sets it.
pub fn main(lesson: &str, program: &str) -> ExitCode {
    let arguments = Arguments::from_args();
    let Some(lesson) = lessons::find(lesson) else {
        return ExitCode::FAILURE;
    };
    let seed =
        env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(random::seed);
    if !arguments.list {
        eprintln!("{}: seed {seed} (SEED={seed} repeats this run)", lesson.entry.name());
    }
    let command = vec![Path::new(program).into()];
    let program = Program { command, name: None };
    let tests = lesson.checks.iter().map(|check| {
        let program = program.clone();
        Trial::test(check.id, move || test(check, &program, seed))
    });
    libtest_mimic::run(&arguments, tests.collect()).exit_code()
}

fn test(check: &'static Check, program: &Program, seed: u64) -> Result<(), Failed> {
    let report: Report = make(check, program, seed);
    match report.outcome {
        Outcome::Pass => Ok(()),
        _ => Err(human::details(&report, Style { colour: false, all: true }).into()),
    }
}
