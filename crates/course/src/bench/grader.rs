//! Runs the grader, and measures it.

use crate::bench::class::{self, Work};
use crate::bench::report::{BUILD_PATIENCE, create};
use crate::bench::usage::{self, Cost, Share};
use crate::programs::{cargo, complete};
use anyhow::{Context, Result, bail, ensure};
use base::programs::{Keeper, target};
use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fmt, fs};

/// Makes classes, and their payloads.
pub const SEED: u64 = 1;

/// From the best; the first one that works here is taken.
const RUNGS: [&str; 3] = ["strict", "best", "none"];

const COLUMNS: &str = "student,lesson,score,max_score,passed,failed,skipped,grader_errors,seconds,";

/// The grader, built.
pub struct Grader {
    program: PathBuf,
    /// Where classes and results are written.
    folder: PathBuf,
    pub isolation: String,
}

/// A line of `results.csv`.
#[derive(Clone, Debug)]
pub struct Row {
    pub student: String,
    pub lesson: String,
    /// Empty if it couldn't be judged.
    pub score: String,
    pub most: String,
    /// How many checks passed, failed, were skipped, and couldn't be made.
    counts: [String; 4],
    pub seconds: f64,
}

/// What must be the same each time.
impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        let row = |row: &Self| (row.student.clone(), row.lesson.clone(), row.to_string());
        row(self) == row(other)
    }
}

impl Grader {
    /// Builds it, and finds out how well it can isolate programs here.
    pub fn build(keeper: &mut Keeper, folder: &Path) -> Result<Self> {
        let build = ["build", "--quiet", "--package", "grader", "--package", "checks"];
        complete(keeper, &mut cargo(&build)?, BUILD_PATIENCE)?;
        let program = target()?.join("debug").join(format!("grader{EXE_SUFFIX}"));
        let mut grader = Self { program, folder: folder.to_owned(), isolation: String::new() };
        let works = class::make(1, SEED)?;
        for rung in RUNGS {
            grader.isolation = rung.to_owned();
            if grader.grade(keeper, &works).is_ok() {
                return Ok(grader);
            }
        }
        bail!("the grader grades nothing here; `cargo xtask grade` says why")
    }

    /// Grades a class.
    pub fn grade(&self, keeper: &mut Keeper, works: &[Work]) -> Result<(Cost, Vec<Row>)> {
        let submissions = self.folder.join("submissions");
        let _ = fs::remove_dir_all(&submissions);
        class::write(works, &submissions)?;
        self.grade_folder(keeper, &submissions, Share::All)
    }

    /// Grades what is in a folder.
    pub fn grade_folder(
        &self,
        keeper: &mut Keeper,
        submissions: &Path,
        share: Share,
    ) -> Result<(Cost, Vec<Row>)> {
        let results = self.folder.join("results");
        let _ = fs::remove_dir_all(&results);
        let log = self.folder.join("log.txt");
        let mut command = Command::new(&self.program);
        command.arg("grade").arg(submissions).arg("--out").arg(&results);
        command.args(["--seed", &SEED.to_string(), "--isolation", &self.isolation]);
        let cost = usage::measure(keeper, command, share, create(&log)?, create(&log)?)?;
        let text = fs::read_to_string(results.join("results.csv")).with_context(|| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            format!("the grader has written no results; it said:\n{said}")
        })?;
        Ok((cost, read(&text)?))
    }
}

/// The lines of `results.csv`.
fn read(table: &str) -> Result<Vec<Row>> {
    let mut lines = table.lines();
    let header = lines.next().context("results.csv is empty")?;
    ensure!(header.starts_with(COLUMNS), "results.csv has other columns than `{COLUMNS}`");
    lines.map(Row::read).collect()
}

impl Row {
    /// None of our classes has a name with a comma.
    fn read(line: &str) -> Result<Self> {
        let cells: Vec<_> = line.split(',').map(str::to_owned).take(9).collect();
        let cells = <[String; 9]>::try_from(cells).ok();
        let [student, lesson, score, most, passed, failed, skipped, errors, seconds] =
            cells.with_context(|| format!("`{line}` is no line of results.csv"))?;
        let seconds = seconds.parse().context("results.csv has no seconds")?;
        Ok(Self {
            student,
            lesson,
            score,
            most,
            counts: [passed, failed, skipped, errors],
            seconds,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { student, lesson, score, most, counts, .. } = self;
        write!(f, "{student} {lesson}: {score:?} of {most}, checks {}", counts.join("/"))
    }
}
