//! `cargo xtask bench NAME`: measures what the course promises, and holds it against its limits.
//!
//! # Layout
//!
//! - this file: the table of benchmarks, and what they share
//! - [`waits`], [`echo`], [`link`], [`grade`], [`stability`]: the benchmarks
//! - [`class`], [`grader`]: a class that doesn't exist, and the grader that grades it
//! - [`load`]: an echo server, and a client that keeps it busy
//! - [`usage`]: CPU time and memory of other processes
//! - [`scratch`]: a temporary folder that is removed on every way out

mod class;
mod echo;
mod grade;
mod grader;
mod link;
mod load;
mod scratch;
mod stability;
mod usage;
mod waits;

use crate::programs::LOOK_AGAIN;
use anyhow::{Context, Result, bail, ensure};
use base::programs::target;
use base::usage::UsageError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode};
use std::time::{Duration, Instant};
use std::{fmt, thread};

pub const NAME: &str = "bench";

type Benchmark = fn(&mut Report) -> Result<()>;

const BENCHMARKS: &[(&str, Benchmark)] = &[
    ("first-run", waits::first_run),
    ("warm-run", waits::warm_run),
    ("echo", echo::run),
    ("link", link::run),
    ("link-soak", link::soak),
    ("grade", grade::run),
    ("grade-2000", grade::run_with_many),
    ("grade-stability", stability::run),
    ("grade-siege", stability::siege),
];

/// How long a build may take.
const BUILD_PATIENCE: Duration = Duration::from_secs(600);

/// How long anything else may take that should be over at once.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let name = match parser.next()? {
        Some(lexopt::Arg::Value(name)) => name.to_string_lossy().into_owned(),
        Some(other) => return Err(crate::unexpected(&other, &usage())),
        None => String::new(),
    };
    if name == scratch::REMOVER {
        return scratch::remove(&parser.value()?);
    }
    if name == link::CLIENT {
        return link::client(&parser.value()?);
    }
    let Some((_, benchmark)) = BENCHMARKS.iter().find(|(candidate, _)| name == *candidate) else {
        let message = format!("there is no benchmark `{name}`: try `cargo xtask {}`", usage());
        return Err(UsageError(message).into());
    };
    if let Some(argument) = parser.next()? {
        return Err(crate::unexpected(&argument, &usage()));
    }
    let mut report = Report { missed: false };
    benchmark(&mut report)?;
    Ok(ExitCode::from(u8::from(report.missed)))
}

/// `bench` with the names of all benchmarks.
fn usage() -> String {
    let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
    format!("{NAME} {}", names.join("|"))
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

/// A folder for what benchmarks leave behind, inside the target folder.
fn results_directory() -> Result<PathBuf> {
    let directory = target()?.join("bench");
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create the folder {}", directory.display()))?;
    Ok(directory)
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
