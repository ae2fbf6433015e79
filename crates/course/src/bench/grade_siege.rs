//! `cargo xtask bench grade-siege`: whether the worst programs that are known cost anybody else
//! anything, on a computer that has little to give.

use crate::bench::grade::attack::{self, Attack};
use crate::bench::grade::class::{self, Work};
use crate::bench::grade::grader::{Grader, Row};
use crate::bench::grade::meter::{self, Share};
use crate::bench::grade::{NONE, SEED, unfair};
use crate::bench::grade_stability::compare;
use crate::bench::scratch::Scratch;
use crate::bench::{Limit, Report};
use anyhow::Result;
use base::programs::Keeper;
use std::path::Path;
use std::time::Instant;

const STUDENTS: usize = 16;
const TIMES: usize = 3;

/// They take tasks, time, memory, output, ports or the compiler.
const WORST: [(&str, &str); 10] = [
    ("busy_threads", "lesson-3"),
    ("many_threads", "lesson-3"),
    ("fork_bomb", "lesson-3"),
    ("memory_hog", "lesson-3"),
    ("hoards_in_sockets", "lesson-3"),
    ("floods_stdout", "lesson-3"),
    ("fills_ports", "lesson-3"),
    ("just_in_time", "lesson-5"),
    ("takes_minutes", "lesson-3"),
    ("takes_gigabytes", "lesson-3"),
];

/// Of twice the time of the honest ones, and what the attackers take in two tries: among others,
/// and once more alone.
const TIME: Limit = Limit::AtMost(1.0);

pub fn run(report: &mut Report) -> Result<()> {
    let scratch = Scratch::create()?;
    let mut keeper = Keeper::start()?;
    let grader = Grader::build(&mut keeper, &scratch.path)?;
    if grader.isolation != "strict" {
        return report.line("skipped: only `strict` may be given programs that attack");
    }
    let works = class::make(STUDENTS, SEED)?;
    let folder = scratch.path.join("class");
    class::write(&works, &folder)?;
    report.line(format_args!("{STUDENTS} students by themselves, with {}:", meter::LITTLE))?;
    let (alone, first) = grade(report, &mut keeper, &grader, &folder, &works)?;
    let worst = WORST.map(|(name, lesson)| Attack { name: name.to_owned(), lesson });
    attack::among(&folder, STUDENTS, &worst, &scratch.path)?;
    for time in 1..=TIMES {
        report.line(format_args!("with {} attacks, time {time}:", WORST.len()))?;
        let (seconds, rows) = grade(report, &mut keeper, &grader, &folder, &works)?;
        compare(report, &ours(&rows, &works), &ours(&first, &works))?;
        let attackers: f64 =
            rows.iter().filter(|row| !is_ours(row, &works)).map(|row| row.seconds).sum();
        report.line(format_args!("  the attackers' own seconds   {attackers:>7.2}"))?;
        report.figure("of what it may take", seconds / (2.0 * (alone + attackers)), &TIME)?;
    }
    Ok(())
}

/// Grades what is in a folder; returns the seconds that it took.
fn grade(
    report: &mut Report,
    keeper: &mut Keeper,
    grader: &Grader,
    folder: &Path,
    works: &[Work],
) -> Result<(f64, Vec<Row>)> {
    let clock = Instant::now();
    let (_, rows) = grader.grade_folder(keeper, folder, Share::Little)?;
    let seconds = clock.elapsed().as_secs_f64();
    report.line(format_args!("  seconds on the clock         {seconds:>7.2}"))?;
    let unfair = unfair(works, &rows)?;
    report.figure("unfair grades", unfair.len() as f64, &NONE)?;
    unfair.iter().try_for_each(|text| report.line(format_args!("    {text}")))?;
    Ok((seconds, rows))
}

fn ours(rows: &[Row], works: &[Work]) -> Vec<Row> {
    rows.iter().filter(|row| is_ours(row, works)).cloned().collect()
}

fn is_ours(row: &Row, works: &[Work]) -> bool {
    works.iter().any(|work| work.student == row.student)
}
