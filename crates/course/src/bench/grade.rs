//! `cargo xtask bench grade`: what grading a class costs, beside the naive way of doing it.

use crate::bench::class::{self, Marks, Work};
use crate::bench::grader::{Grader, Row, SEED};
use crate::bench::report::{Limit, Report, scratch};
use crate::bench::usage::{self, Cost, Share};
use crate::programs::cargo;
use anyhow::{Context, Result, ensure};
use base::lessons::LESSONS;
use base::programs::Keeper;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

pub const STUDENTS: usize = 200;

/// A class that shows that grades can be measured.
pub const FEW: usize = 2;

const MANY: usize = 2000;

/// A submitted lesson, compiled and judged.
const CPU_SECONDS: Limit = Limit::AtMost(0.6);
const BUSY: Limit = Limit::AtLeast(75.0);
const MEGABYTES: Limit = Limit::AtMost(500.0);
const LESS_THAN_NAIVE: Limit = Limit::AtLeast(8.0);
/// From 200 students to 2,000, a lesson's cost may grow by the computer's moods, and no more.
const GROWTH: Limit = Limit::AtMost(1.1);
pub const NONE: Limit = Limit::AtMost(0.0);

/// Submissions that are tested in the naive way.
const NAIVE: usize = 10;

pub fn run(report: &mut Report) -> Result<()> {
    let scratch = scratch()?;
    let mut keeper = Keeper::start()?;
    let grader = Grader::build(&mut keeper, scratch.path())?;
    let works = class::make(report.amount(STUDENTS, FEW), SEED)?;
    let lesson = grade_class(report, &mut keeper, &grader, &works)?;
    let naive = grade_naively(report, &mut keeper, &works, scratch.path())?;
    match lesson.zip(naive) {
        Some((lesson, naive)) => report.figure("naive / grader", naive / lesson, &LESS_THAN_NAIVE),
        None => report.line("  naive / grader: skipped, only Linux tells what processes use"),
    }
}

/// The same with ten times as many students.
pub fn run_with_many(report: &mut Report) -> Result<()> {
    let scratch = scratch()?;
    let mut keeper = Keeper::start()?;
    let grader = Grader::build(&mut keeper, scratch.path())?;
    let (few, many) = report.amount((STUDENTS, MANY), (FEW, 2 * FEW));
    let works = class::make(many, SEED)?;
    let (few, _) = works.split_at(few * LESSONS.len());
    let few = grade_class(report, &mut keeper, &grader, few)?;
    let many = grade_class(report, &mut keeper, &grader, &works)?;
    few.zip(many).map_or(Ok(()), |(few, many)| report.figure("growth", many / few, &GROWTH))
}

/// Grades a class; returns the CPU-seconds of a submitted lesson.
fn grade_class(
    report: &mut Report,
    keeper: &mut Keeper,
    grader: &Grader,
    works: &[Work],
) -> Result<Option<f64>> {
    let (cost, rows) = grader.grade(keeper, works)?;
    let submitted = class::submitted(works);
    let students = works.len() / LESSONS.len();
    report.line(format_args!(
        "{students} students, {submitted} lessons handed in, isolation `{}`:",
        grader.isolation
    ))?;
    let lesson = show_cost(report, &cost, submitted)?;
    let unfair = unfair(works, &rows)?;
    report.figure("unfair grades", unfair.len() as f64, &NONE)?;
    unfair.iter().try_for_each(|text| report.line(format_args!("    {text}")))?;
    Ok(lesson)
}

fn show_cost(report: &mut Report, cost: &Cost, submitted: usize) -> Result<Option<f64>> {
    show(report, "seconds on the clock", cost.seconds)?;
    let Some(cpu_seconds) = cost.cpu_seconds else {
        report.line("  the rest: skipped, only Linux tells what programs use")?;
        return Ok(None);
    };
    let lesson = cpu_seconds / submitted as f64;
    report.figure("CPU-seconds a lesson", lesson, &CPU_SECONDS)?;
    if let Some([used, others]) = cost.shares() {
        report.figure("% of the cores used", used, &BUSY)?;
        show(report, "% used by other programs", others)?;
    }
    if let Some(megabytes) = cost.peak_megabytes {
        report.figure("MB, the grader at most", megabytes, &MEGABYTES)?;
    }
    if let Some(megabytes) = cost.peak_megabytes_of_all {
        report.figure("MB, all at most", megabytes, &MEGABYTES)?;
    }
    Ok(Some(lesson))
}

fn show(report: &mut Report, what: &str, figure: f64) -> Result<()> {
    report.line(format_args!("  {what:<28} {figure:>7.2}"))
}

/// What isn't as it should be: a right program without full marks, a wrong one with them, a work
/// without a grade.
pub fn unfair(works: &[Work], rows: &[Row]) -> Result<Vec<String>> {
    let mut unfair = Vec::new();
    for Work { student, lesson, what, deserves, .. } in works {
        let row = rows.iter().find(|row| row.student == *student && row.lesson == *lesson);
        let row = row.with_context(|| format!("there is no grade for {lesson} of {student}"))?;
        let is_fair = match deserves {
            Marks::Full => row.score == row.most,
            Marks::NotFull => !row.score.is_empty() && row.score != row.most,
            Marks::None => row.score == "0",
        };
        if !is_fair {
            unfair.push(format!("{student}, {lesson} ({what}): {:?} of {}", row.score, row.most));
        }
    }
    Ok(unfair)
}

/// A workspace for each of some submissions, with a target folder of its own, and `cargo test` of
/// the lessons' tests in it; returns the CPU-seconds of a lesson.
fn grade_naively(
    report: &mut Report,
    keeper: &mut Keeper,
    works: &[Work],
    scratch: &Path,
) -> Result<Option<f64>> {
    let count = report.amount(NAIVE, 1);
    report.line(format_args!("{count} of them with `cargo test`, a workspace each:"))?;
    let (mut seconds, mut cpu_seconds, mut lessons) = (0.0, Some(0.0), 0);
    for works in works.chunks(LESSONS.len()).take(count) {
        let folder = scratch.join("naive");
        class::write_workspace(works, &folder)?;
        let cost = usage::measure(
            keeper,
            naive(works, &folder)?,
            Share::All,
            Stdio::null(),
            Stdio::null(),
        )?;
        seconds += cost.seconds;
        cpu_seconds = cpu_seconds.zip(cost.cpu_seconds).map(|(sum, more)| sum + more);
        lessons += class::submitted(works);
        let was_built = folder.join("target").join("debug").is_dir();
        ensure!(was_built, "`cargo test` did nothing: are all crates downloaded (`cargo fetch`)?");
        fs::remove_dir_all(&folder).context("cannot remove a workspace")?;
    }
    show(report, "seconds on the clock", seconds)?;
    let Some(cpu_seconds) = cpu_seconds else { return Ok(None) };
    let lesson = cpu_seconds / lessons as f64;
    show(report, "CPU-seconds a lesson", lesson)?;
    Ok(Some(lesson))
}

/// Builds and tests what was handed in; whether tests fail isn't the question.
fn naive(works: &[Work], folder: &Path) -> Result<Command> {
    let mut command = cargo(&["test", "--quiet", "--no-fail-fast"])?;
    for work in works.iter().filter(|work| work.is_submitted()) {
        command.args(["--package", &work.lesson]);
    }
    command.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    command.env("CARGO_NET_OFFLINE", "true");
    // A compiler cache would hide the work.
    command.env_remove("RUSTC_WRAPPER").env_remove("RUSTC_WORKSPACE_WRAPPER");
    Ok(command)
}
