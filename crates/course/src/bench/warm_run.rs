//! `cargo xtask bench warm-run`: what the runner adds to the work that has to be done anyway.

use crate::bench::{
    BUILD_PATIENCE, Limit, PATIENCE, Report, Summary, cargo, complete, create, create_input,
    free_port, open, results_directory, start, target_directory, wait, wait_for_line,
};
use anyhow::{Context, Result};
use base::programs::Keeper;
use std::env::consts::EXE_SUFFIX;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RATIO: Limit = Limit::AtMost(1.5);
const ROUNDS: usize = 20;

pub fn run(report: &mut Report) -> Result<()> {
    let input = create_input(&results_directory()?)?;
    let mut keeper = Keeper::start()?;
    with_the_runner(&mut keeper, &input, BUILD_PATIENCE)?;
    by_hand(&mut keeper, &input)?;

    let (mut runner, mut hand) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        runner.push(with_the_runner(&mut keeper, &input, PATIENCE)?);
        hand.push(by_hand(&mut keeper, &input)?);
    }
    let (runner, hand) = (Summary::of(runner), Summary::of(hand));
    report.line(format_args!("{ROUNDS} rounds, in turn; milliseconds (min, median, max):"))?;
    show(report, "cargo xtask run lesson-3", &runner)?;
    show(report, "the same by hand", &hand)?;
    report.figure("ratio of the medians", runner.median / hand.median, &RATIO)
}

fn show(report: &mut Report, what: &str, Summary { min, median, max }: &Summary) -> Result<()> {
    report.line(format_args!("  {what:<28} {min:>7.1} {median:>7.1} {max:>7.1}"))
}

/// Returns how many milliseconds it took.
fn with_the_runner(keeper: &mut Keeper, input: &Path, patience: Duration) -> Result<f64> {
    let port = free_port()?.to_string();
    let mut command = cargo(&["xtask", "run", "lesson-3", "--port", &port])?;
    command.stdin(open(input)?).stdout(Stdio::null());
    let clock = Instant::now();
    complete(keeper, &mut command, patience)?;
    Ok(clock.elapsed().as_secs_f64() * 1000.0)
}

/// What the runner can't do without: two calls of cargo that find nothing to do, and the pair.
fn by_hand(keeper: &mut Keeper, input: &Path) -> Result<f64> {
    let clock = Instant::now();
    complete(keeper, &mut cargo(&["build", "--quiet", "--package", "xtask"])?, PATIENCE)?;
    let lessons = ["build", "--quiet", "--package", "lesson-2", "--package", "lesson-3"];
    complete(keeper, &mut cargo(&lessons)?, PATIENCE)?;
    run_pair(keeper, input)?;
    Ok(clock.elapsed().as_secs_f64() * 1000.0)
}

fn run_pair(keeper: &mut Keeper, input: &Path) -> Result<()> {
    let address = format!("127.0.0.1:{}", free_port()?);
    let output = input.with_file_name("output.txt");
    let mut receiver = program("lesson-3", &address)?;
    let mut receiver = start(keeper, receiver.stdout(create(&output)?))?;
    wait_for_line(&mut receiver, &output).context("cannot run the receiver")?;
    let mut sender = program("lesson-2", &address)?;
    complete(keeper, sender.stdin(open(input)?).stdout(Stdio::null()), PATIENCE)?;
    wait(&mut receiver, PATIENCE).context("cannot run the receiver")
}

fn program(name: &str, address: &str) -> Result<Command> {
    let file = target_directory()?.join("debug").join(format!("{name}{EXE_SUFFIX}"));
    let mut command = Command::new(file);
    command.arg(address);
    Ok(command)
}
