//! `cargo test -p lesson-3`: a lesson's checks as tests, one test a check.

use crate::check::Check;
use crate::judge::make;
use crate::lessons;
use crate::network::Network;
use crate::report;
use crate::subject::Program;
use crate::verdict::Mark;
use anyhow::{Context, Result, ensure};
use base::builds::Build;
use base::terminal::Style;
use base::{programs, random};
use libtest_mimic::{Arguments, Failed, Trial};
use std::env;
use std::path::Path;
use std::process::ExitCode;

/// What cargo has built of a lesson.
pub struct Built {
    /// The package: `lesson-3`.
    pub package: &'static str,
    /// Where its program is.
    pub program: &'static str,
}

/// The `main` of a lesson's test: judges its program.
/// The seed of the payloads is printed; the variable `SEED` sets it.
pub fn main(built: &Built) -> ExitCode {
    let arguments = Arguments::from_args();
    match tests(built, &arguments) {
        Ok(tests) => libtest_mimic::run(&arguments, tests).exit_code(),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn tests(built: &Built, arguments: &Arguments) -> Result<Vec<Trial>> {
    let package = built.package;
    let lesson = lessons::find(package).with_context(|| format!("nothing judges {package}"))?;
    let seed = match env::var("SEED") {
        Ok(seed) => seed.parse().with_context(|| format!("SEED={seed} is no number"))?,
        Err(_) => random::seed(),
    };
    if !arguments.list {
        build_again(built)?;
        eprintln!("{package}: seed {seed} (SEED={seed} repeats this run)");
    }
    let program = Program { command: vec![built.program.into()], name: None };
    let here: Vec<&Check> = lesson.checks_in(Network::Shared).collect();
    let tests = lesson.checks.iter().map(|check| {
        let program = program.clone();
        let trial = Trial::test(check.id, move || test(check, &program, seed));
        trial.with_ignored_flag(!here.contains(&check))
    });
    Ok(tests.collect())
}

/// Has cargo build the program once more, unless it is known to be what its file says now: cargo
/// itself goes by the file's date, and would judge another program than `cargo xtask check` does.
fn build_again(built: &Built) -> Result<()> {
    // Cargo sets it for tests; who starts a test without cargo wants to know of this very program.
    if env::var_os("CARGO").is_none() {
        return Ok(());
    }
    let Built { package, program } = *built;
    let lesson = base::lessons::find(package).context("the catalogue doesn't have this lesson")?;
    let program = Path::new(program);
    let mut build = Build::begin(lesson, program)?;
    if build.is_current() {
        return Ok(());
    }
    let mut cargo = programs::cargo();
    cargo.args(["build", "--quiet", "--package", package, "--bin", package]);
    cargo.envs(programs::beside(program)?);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let status = cargo.status().context("cannot start cargo")?;
    ensure!(status.success(), "{package} doesn't compile; what has to be mended is said above");
    build.end();
    Ok(())
}

fn test(check: &'static Check, program: &Program, seed: u64) -> std::result::Result<(), Failed> {
    let finding = make(check, program, seed);
    match finding.mark() {
        Mark::Pass => Ok(()),
        _ => Err(report::details(&finding, Style::PLAIN).into()),
    }
}
