//! What benchmarks print, and what else they share.

use crate::programs::LOOK_AGAIN;
use anyhow::{Context, Result, bail, ensure};
use base::programs::target;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};
use std::{fmt, thread};
use tempfile::TempDir;

/// How long a build may take.
pub const BUILD_PATIENCE: Duration = Duration::from_secs(600);

/// How long anything else may take that should be over at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What a benchmark prints; remembers whether a limit was missed.
pub struct Report {
    /// Whether it only has to show that it can measure.
    is_quick: bool,
    pub missed: bool,
}

pub enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Report {
    pub fn new(is_quick: bool) -> Self {
        Self { is_quick, missed: false }
    }

    /// How much is to be done: so much, or as little as shows that it can be.
    pub fn amount<T>(&self, usual: T, quick: T) -> T {
        if self.is_quick { quick } else { usual }
    }

    pub fn line(&mut self, text: impl fmt::Display) -> Result<()> {
        writeln!(io::stdout(), "{text}").context("cannot show the results")
    }

    pub fn figure(&mut self, what: &str, figure: f64, limit: &Limit) -> Result<()> {
        let (is_kept, words, limit) = match limit {
            Limit::AtMost(limit) => (figure <= *limit, "at most", limit),
            Limit::AtLeast(limit) => (figure >= *limit, "at least", limit),
        };
        if self.is_quick {
            ensure!(figure.is_finite(), "{what}: this gives no figure");
            return self.line(format_args!("  {what:<28} {figure:>7.2}   not judged"));
        }
        self.missed |= !is_kept;
        let verdict = if is_kept { "ok" } else { "MISSED" };
        self.line(format_args!("  {what:<28} {figure:>7.2}   {words} {limit:.2}: {verdict}"))
    }
}

/// What is left of many measurements of the same thing.
pub struct Summary {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

impl Summary {
    pub fn of(mut figures: Vec<f64>) -> Self {
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
pub fn results_directory() -> Result<PathBuf> {
    let directory = target()?.join("bench");
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create the folder {}", directory.display()))?;
    Ok(directory)
}

/// A folder that goes with its value, inside the target folder: what is left there when we are
/// killed goes with that.
pub fn scratch() -> Result<TempDir> {
    tempfile::tempdir_in(results_directory()?).context("cannot create a folder for a while")
}

/// Waits until a program whose output goes to the file `output` has written a line.
pub fn wait_for_line(child: &mut Child, output: &Path) -> Result<()> {
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

pub fn create(file: &Path) -> Result<File> {
    File::create(file).with_context(|| format!("cannot create {}", file.display()))
}

/// Makes the input for a pair of programs.
pub fn create_input(folder: &Path) -> Result<PathBuf> {
    let file = folder.join("input.txt");
    fs::write(&file, "hello\n").with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

pub fn open(file: &Path) -> Result<File> {
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
        let mut report = Report::new(false);
        report.figure("kept", 0.65, &Limit::AtLeast(0.65)).unwrap();
        assert!(!report.missed);
        report.figure("missed", f64::NAN, &Limit::AtMost(1.5)).unwrap();
        report.figure("kept", 1.0, &Limit::AtMost(1.5)).unwrap();
        assert!(report.missed);
    }

    #[test]
    fn a_quick_benchmark_needs_figures_and_may_miss_limits() {
        let mut report = Report::new(true);
        assert_eq!(report.amount(200, 2), 2);
        report.figure("missed", 2.0, &Limit::AtMost(1.5)).unwrap();
        assert!(!report.missed);
        assert!(report.figure("no figure", f64::NAN, &Limit::AtMost(1.5)).is_err());
    }
}
