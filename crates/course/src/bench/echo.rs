//! `cargo xtask bench echo`: lesson 5 beside the same server in C and in Python.

use crate::bench::load::{self, IN_FLIGHT, Load, SIZE, Server};
use crate::bench::report::{BUILD_PATIENCE, Limit, PATIENCE, Report, Summary, results_directory};
use crate::programs::{cargo, complete};
use anyhow::{Context, Result};
use base::lessons;
use base::programs::{Keeper, target};
use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

const OF_C: Limit = Limit::AtLeast(0.65);
const OF_PYTHON: Limit = Limit::AtLeast(1.4);

/// Many short rounds, so that a busy moment of the computer hits all servers alike.
const ROUNDS: usize = 16;
const ROUND: Duration = Duration::from_millis(600);

const RELEASE: &str = "lesson 5 (release)";
const DEBUG: &str = "lesson 5 (debug)";
const C: &str = "C, which shows nothing";
const PYTHON: &str = "Python, the tutorial's";

pub fn run(report: &mut Report) -> Result<()> {
    let mut keeper = Keeper::start()?;
    let mut candidates = candidates(&mut keeper, report)?;
    let (rounds, time) = report.amount((ROUNDS, ROUND), (1, ROUND / 4));
    report
        .line(format_args!("{IN_FLIGHT} datagrams of {SIZE} bytes in flight, {rounds} rounds"))?;
    report.line(format_args!("of {time:?} for each; round trips a second (min, median, max):"))?;
    for round in 0..rounds {
        // Each has its turn to be the first.
        let first = round % candidates.len();
        let (before, from_first) = candidates.split_at_mut(first);
        for candidate in from_first.iter_mut().chain(before) {
            let load = measure(&mut keeper, candidate, time);
            let load = load.with_context(|| format!("cannot measure {}", candidate.name))?;
            candidate.rates.push(load.rate);
            candidate.lost += load.lost;
        }
    }
    let mut medians = Vec::new();
    for Candidate { name, rates, lost, .. } in candidates {
        let Summary { min, median, max } = Summary::of(rates);
        report
            .line(format_args!("  {name:<28} {min:>7.0} {median:>7.0} {max:>7.0}   {lost} lost"))?;
        medians.push((name, median));
    }
    let median = |name| medians.iter().find(|(n, _)| *n == name).map(|(_, median)| *median);
    let lesson = median(RELEASE).unwrap_or(f64::NAN);
    for (what, name, limit) in [("release / C", C, OF_C), ("release / Python", PYTHON, OF_PYTHON)] {
        if let Some(other) = median(name) {
            report.figure(what, lesson / other, &limit)?;
        }
    }
    Ok(())
}

/// A server that can be measured, and what has been measured so far.
struct Candidate {
    name: &'static str,
    /// The program, and what stands before the port on its command line.
    command: Vec<PathBuf>,
    rates: Vec<f64>,
    lost: u64,
}

/// Builds all servers; says by name which ones can't be measured here.
fn candidates(keeper: &mut Keeper, report: &mut Report) -> Result<Vec<Candidate>> {
    let target = target()?;
    let build = ["build", "--quiet", "--package", "lesson-5"];
    complete(keeper, &mut cargo(&build)?, BUILD_PATIENCE)?;
    complete(keeper, cargo(&build)?.arg("--release"), BUILD_PATIENCE)?;
    let file = format!("lesson-5{EXE_SUFFIX}");
    let mut servers = vec![
        (RELEASE, vec![target.join("release").join(&file)]),
        (DEBUG, vec![target.join("debug").join(&file)]),
    ];
    let sources = lessons::root().join("crates/course/src/bench");
    let program = results_directory()?.join(format!("echo-c{EXE_SUFFIX}"));
    let mut compiler = Command::new("cc");
    compiler.arg("-O2").arg("-o").arg(&program).arg(sources.join("echo.c"));
    if complete(keeper, &mut compiler, BUILD_PATIENCE).is_ok() {
        servers.push((C, vec![program]));
    } else {
        report.line("C: skipped, `cc` is not installed or can't compile echo.c here")?;
    }
    let mut python = Command::new("python3");
    if complete(keeper, python.arg("--version").stdout(Stdio::null()), PATIENCE).is_ok() {
        servers.push((PYTHON, vec!["python3".into(), sources.join("echo.py")]));
    } else {
        report.line("Python: skipped, `python3` is not installed")?;
    }
    let candidate = |(name, command)| Candidate { name, command, rates: Vec::new(), lost: 0 };
    Ok(servers.into_iter().map(candidate).collect())
}

/// One round with one server.
fn measure(keeper: &mut Keeper, candidate: &Candidate, time: Duration) -> Result<Load> {
    let (program, arguments) = candidate.command.split_first().context("there is no program")?;
    let mut command = Command::new(program);
    command.args(arguments);
    let server = Server::start(keeper, command)?;
    load::generate(server.address, time)
}
