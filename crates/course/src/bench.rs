//! `cargo xtask bench NAME`: measures what the course promises, and holds it against its limits.
//!
//! # Layout
//!
//! - this file: the table of benchmarks, and what they share
//! - [`first_run`], [`warm_run`], [`echo`], [`link`], [`link_soak`], [`grade`],
//!   [`grade_stability`], [`grade_siege`]: one file a benchmark
//! - [`server`], [`load`]: an echo server, and a client that keeps it busy
//! - [`usage`]: CPU time and memory of other processes
//! - [`scratch`]: a temporary folder that is removed on every way out

mod echo;
mod first_run;
mod grade;
mod grade_siege;
mod grade_stability;
mod link;
mod link_soak;
mod load;
mod scratch;
mod server;
mod usage;
mod warm_run;

use anyhow::{Context, Result, bail, ensure};
use base::lessons;
use base::programs::Keeper;
use base::usage::UsageError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fmt, thread};
use xtask::course::BENCH;
use xtask::help;

type Benchmark = fn(&mut Report) -> Result<()>;

const BENCHMARKS: &[(&str, Benchmark)] = &[
    ("first-run", first_run::run),
    ("warm-run", warm_run::run),
    ("echo", echo::run),
    ("link", link::run),
    ("link-soak", link_soak::run),
    ("grade", grade::run),
    ("grade-2000", grade::run_with_many),
    ("grade-stability", grade_stability::run),
    ("grade-siege", grade_siege::run),
];

/// How long a build may take.
const BUILD_PATIENCE: Duration = Duration::from_secs(600);

/// How long anything else may take that should be over at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often we look whether something has happened. Short beside what is measured.
const LOOK_AGAIN: Duration = Duration::from_micros(200);

pub fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let name = match parser.next()? {
        Some(lexopt::Arg::Value(name)) => name.to_string_lossy().into_owned(),
        Some(other) => return Err(help::unexpected(&other, &BENCH)),
        None => String::new(),
    };
    if name == scratch::REMOVER {
        return scratch::remove(&parser.value()?);
    }
    if name == grade::class::WRITER {
        return grade::class::write_into(&parser.value()?);
    }
    if name == link::CLIENT {
        return link::client(&parser.value()?);
    }
    let Some((_, benchmark)) = BENCHMARKS.iter().find(|(candidate, _)| name == *candidate) else {
        let names = BENCH.arguments;
        let message = format!("there is no benchmark `{name}`: try `cargo xtask bench {names}`");
        return Err(UsageError(message).into());
    };
    if let Some(argument) = parser.next()? {
        return Err(help::unexpected(&argument, &BENCH));
    }
    let mut report = Report { missed: false };
    benchmark(&mut report)?;
    Ok(ExitCode::from(u8::from(report.missed)))
}

/// What a benchmark prints; remembers whether a limit was missed.
struct Report {
    missed: bool,
}

enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Report {
    fn line(&mut self, text: impl fmt::Display) -> Result<()> {
        writeln!(io::stdout(), "{text}").context("cannot show the results")
    }

    fn figure(&mut self, what: &str, figure: f64, limit: &Limit) -> Result<()> {
        let (is_kept, words, limit) = match limit {
            Limit::AtMost(limit) => (figure <= *limit, "at most", limit),
            Limit::AtLeast(limit) => (figure >= *limit, "at least", limit),
        };
        self.missed |= !is_kept;
        let verdict = if is_kept { "ok" } else { "MISSED" };
        self.line(format_args!("  {what:<28} {figure:>7.2}   {words} {limit:.2}: {verdict}"))
    }
}

/// What is left of many measurements of the same thing.
struct Summary {
    min: f64,
    median: f64,
    max: f64,
}

impl Summary {
    fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let last = figures.len().saturating_sub(1);
        let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
        Self {
            min: at(0),
            median: f64::midpoint(at(last / 2), at(last.div_ceil(2))),
            max: at(last),
        }
    }
}

/// Cargo, in this workspace, with the target folder that this program was built in.
fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(lessons::root()).env("CARGO_TARGET_DIR", target_directory()?);
    command.args(arguments);
    Ok(command)
}

fn target_directory() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot find the path of this program")?;
    let target = program.parent().and_then(Path::parent);
    Ok(target.context("this program is in no target folder: start it with cargo")?.to_owned())
}

/// A folder for what benchmarks leave behind, inside the target folder.
fn results_directory() -> Result<PathBuf> {
    let directory = target_directory()?.join("bench");
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create the folder {}", directory.display()))?;
    Ok(directory)
}

/// Starts a program that ends no later than the keeper does.
fn start(keeper: &mut Keeper, command: &mut Command) -> Result<Child> {
    let child = keeper.spawn(command);
    child.with_context(|| format!("cannot start {:?}: is it installed?", command.get_program()))
}

/// Runs a program that has to succeed.
fn complete(keeper: &mut Keeper, command: &mut Command, patience: Duration) -> Result<()> {
    let mut child = start(keeper, command)?;
    wait(&mut child, patience).with_context(|| {
        let words = command.get_args().map(|word| word.to_string_lossy()).collect::<Vec<_>>();
        format!("cannot go on without {:?} {}", command.get_program(), words.join(" "))
    })
}

/// Waits for a program that has to succeed.
fn wait(child: &mut Child, patience: Duration) -> Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for a program")? {
            ensure!(status.success(), "it failed ({status}); what it said stands above");
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "it has been running for {patience:?}");
        thread::sleep(LOOK_AGAIN);
    }
}

/// Waits until a program whose output goes to the file `output` has written a line.
fn wait_for_line(child: &mut Child, output: &Path) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !fs::read(output).is_ok_and(|bytes| bytes.contains(&b'\n')) {
        if let Some(status) = child.try_wait().context("cannot wait for a program")? {
            bail!("it ended before it was ready ({status}); what it said stands above");
        }
        ensure!(Instant::now() < deadline, "it has written no line for {PATIENCE:?}");
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

fn create(file: &Path) -> Result<File> {
    File::create(file).with_context(|| format!("cannot create {}", file.display()))
}

/// Makes the input for a pair of programs.
fn create_input(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("input.txt");
    fs::write(&file, "hello\n").with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

fn open(file: &Path) -> Result<File> {
    File::open(file).with_context(|| format!("cannot open {}", file.display()))
}

/// A UDP port that is free now, at every address.
fn free_port() -> Result<u16> {
    let address = UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.local_addr());
    Ok(address.context("cannot find a free UDP port")?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_ones() {
        let Summary { min, median, max } = Summary::of(vec![4.0, 1.0, 3.0, 8.0]);
        assert_eq!((min, median, max), (1.0, 3.5, 8.0));
        assert_eq!(Summary::of(vec![2.0, 9.0, 1.0]).median, 2.0);
        assert!(Summary::of(Vec::new()).median.is_nan());
    }

    #[test]
    fn a_missed_limit_is_remembered() {
        let mut report = Report { missed: false };
        report.figure("kept", 0.65, &Limit::AtLeast(0.65)).unwrap();
        assert!(!report.missed);
        report.figure("missed", f64::NAN, &Limit::AtMost(1.5)).unwrap();
        report.figure("kept", 1.0, &Limit::AtMost(1.5)).unwrap();
        assert!(report.missed);
    }
}
