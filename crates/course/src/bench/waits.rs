//! `cargo xtask bench first-run` and `warm-run`: what a student waits for after cloning, and what
//! the runner adds later to the work that has to be done anyway.

use super::report::{
    BUILD_PATIENCE, Limit, PATIENCE, Report, Summary, create, create_input, open,
    results_directory, scratch, wait_for_line,
};
use super::usage::cpu_seconds_of_children;
use crate::programs::{cargo, complete, start, wait};
use anyhow::{Context, Result, ensure};
use base::programs::{Keeper, target};
use base::{files, lessons, ports::Port};
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CPU_SECONDS: Limit = Limit::AtMost(6.0);
const CRATES: Limit = Limit::AtMost(10.0);

pub fn first_run(report: &mut Report) -> Result<()> {
    report.line("The first `cargo xtask run lesson-3` in a new copy, with downloaded crates:")?;
    let scratch = scratch()?;
    let workspace = scratch.path().join("workspace");
    let root = lessons::root();
    for file in files::list(&root)? {
        files::copy(&file, &root, &workspace)?;
    }
    let input = create_input(scratch.path())?;

    let mut keeper = Keeper::start()?;
    let before = cpu_seconds_of_children();
    let clock = Instant::now();
    let messages = run_in(&mut keeper, &workspace, &input)?;
    let wall = clock.elapsed().as_secs_f64();
    if let Some((before, after)) = before.zip(cpu_seconds_of_children()) {
        report.figure("CPU-seconds", after - before, &CPU_SECONDS)?;
    } else {
        report.line("  CPU-seconds: skipped, only Unix tells them")?;
    }
    report.figure("crates compiled", crates_compiled(&messages)?, &CRATES)?;
    report.line(format_args!("  {:<28} {wall:>7.2}", "seconds on the clock"))
}

/// Runs the pair; returns what cargo and the runner wrote to stderr.
fn run_in(keeper: &mut Keeper, workspace: &Path, input: &Path) -> Result<String> {
    let log = workspace.with_file_name("stderr.txt");
    // The alias `xtask` without its `--quiet`, so that cargo names what it compiles.
    let mut command = cargo(&["run", "--package", "xtask", "--", "run", "lesson-3"])?;
    let port = Port::new().context("cannot find a free UDP port")?;
    command.args(["--port", &port.number().to_string()]);
    command.current_dir(workspace).env("CARGO_TARGET_DIR", workspace.join("target"));
    command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
    // A compiler cache would hide the work, and a wrapper would add to it.
    command.env_remove("RUSTC_WRAPPER").env_remove("RUSTC_WORKSPACE_WRAPPER");
    command.stdin(open(input)?).stdout(Stdio::null()).stderr(create(&log)?);
    let result = complete(keeper, &mut command, BUILD_PATIENCE);
    let messages = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
    let messages = String::from_utf8_lossy(&messages).into_owned();
    if let Err(error) = result {
        write!(io::stderr(), "{messages}")?;
        let hint = "if crates are missing, download them with `cargo fetch`";
        return Err(error.context(format!("the first run failed, as said above; {hint}")));
    }
    Ok(messages)
}

fn crates_compiled(messages: &str) -> Result<f64> {
    let lines = messages.lines().filter(|line| line.trim_start().starts_with("Compiling "));
    let names: Vec<_> = lines.collect();
    for name in ["xtask", "lesson-2", "lesson-3"] {
        let is_named = names.iter().any(|line| line.contains(&format!(" {name} ")));
        ensure!(is_named, "cargo doesn't say that it compiled {name}; it said:\n{messages}");
    }
    Ok(u32::try_from(names.len())?.into())
}

const RATIO: Limit = Limit::AtMost(1.5);
const ROUNDS: usize = 20;

pub fn warm_run(report: &mut Report) -> Result<()> {
    let input = create_input(&results_directory()?)?;
    let mut keeper = Keeper::start()?;
    with_the_runner(&mut keeper, &input, BUILD_PATIENCE)?;
    by_hand(&mut keeper, &input)?;

    let (mut runner, mut hand) = (Vec::new(), Vec::new());
    let rounds = report.amount(ROUNDS, 1);
    for _ in 0..rounds {
        runner.push(with_the_runner(&mut keeper, &input, PATIENCE)?);
        hand.push(by_hand(&mut keeper, &input)?);
    }
    let (runner, hand) = (Summary::of(runner), Summary::of(hand));
    report.line(format_args!("{rounds} rounds, in turn; milliseconds (min, median, max):"))?;
    show(report, "cargo xtask run lesson-3", &runner)?;
    show(report, "the same by hand", &hand)?;
    report.figure("ratio of the medians", runner.median / hand.median, &RATIO)
}

fn show(report: &mut Report, what: &str, Summary { min, median, max }: &Summary) -> Result<()> {
    report.line(format_args!("  {what:<28} {min:>7.1} {median:>7.1} {max:>7.1}"))
}

/// Returns how many milliseconds it took.
fn with_the_runner(keeper: &mut Keeper, input: &Path, patience: Duration) -> Result<f64> {
    let port = Port::new().context("cannot find a free UDP port")?;
    let number = port.number().to_string();
    let mut command = cargo(&["xtask", "run", "lesson-3", "--port", &number])?;
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
    let port = Port::new().context("cannot find a free UDP port")?;
    let address = port.address().to_string();
    let output = input.with_file_name("output.txt");
    let mut receiver = program("lesson-3", &address)?;
    let mut receiver = start(keeper, receiver.stdout(create(&output)?))?;
    wait_for_line(&mut receiver, &output).context("cannot run the receiver")?;
    let mut sender = program("lesson-2", &address)?;
    complete(keeper, sender.stdin(open(input)?).stdout(Stdio::null()), PATIENCE)?;
    wait(&mut receiver, PATIENCE).context("cannot run the receiver")
}

fn program(name: &str, address: &str) -> Result<Command> {
    let file = target()?.join("debug").join(format!("{name}{EXE_SUFFIX}"));
    let mut command = Command::new(file);
    command.arg(address);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_that_cargo_prints_for_crates() {
        let messages = "   Compiling xtask v0.1.0 (/w)\n   Compiling lesson-2 v0.1.0 (/w)\n   \
                        Compiling lesson-3 v0.1.0 (/w)\n    Finished `dev`\n";
        assert_eq!(crates_compiled(messages).unwrap(), 3.0);
        assert!(crates_compiled("    Finished `dev`\n").is_err());
    }
}
