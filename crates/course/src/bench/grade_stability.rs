//! `cargo xtask bench grade-stability`: whether grades depend on anything but the submissions.

use crate::bench::grade::attack::{self, Attack};
use crate::bench::grade::class::{self, Work};
use crate::bench::grade::grader::{Grader, Row};
use crate::bench::grade::meter::Share;
use crate::bench::grade::{NONE, SEED, STUDENTS, unfair};
use crate::bench::scratch::Scratch;
use crate::bench::{Report, usage};
use anyhow::{Result, ensure};
use base::programs::Keeper;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use std::{hint, thread};

/// How often the class is graded by itself.
const TIMES: usize = 3;

/// The lesson that hostile programs are handed in for.
const ATTACKED: &str = "lesson-3";

pub fn run(report: &mut Report) -> Result<()> {
    let scratch = Scratch::create()?;
    let mut keeper = Keeper::start()?;
    let grader = Grader::build(&mut keeper, &scratch.path)?;
    let works = class::make(STUDENTS, SEED)?;
    let folder = scratch.path.join("class");
    class::write(&works, &folder)?;
    let lessons = class::submitted(&works);
    report.line(format_args!(
        "{STUDENTS} students, {lessons} lessons handed in, isolation `{}`, all cores kept busy:",
        grader.isolation
    ))?;
    let mut first = None;
    for time in 1..=TIMES {
        let rows = grade(report, &mut keeper, &grader, &folder, &format!("time {time}"), &works)?;
        compare(report, &rows, first.get_or_insert_with(|| rows.clone()))?;
    }
    if grader.isolation != "strict" {
        return report.line("  with hostile ones: skipped, only `strict` may be given them");
    }
    let attacks: Vec<Attack> =
        attack::programs()?.into_iter().map(|name| Attack { name, lesson: ATTACKED }).collect();
    attack::among(&folder, STUDENTS, &attacks, &scratch.path)?;
    let name = format!("with {} attacks", attacks.len());
    let rows = grade(report, &mut keeper, &grader, &folder, &name, &works)?;
    compare(report, &rows, first.as_deref().unwrap_or_default())
}

/// Grades the class while all cores are kept busy.
fn grade(
    report: &mut Report,
    keeper: &mut Keeper,
    grader: &Grader,
    folder: &Path,
    name: &str,
    works: &[Work],
) -> Result<Vec<Row>> {
    let clock = Instant::now();
    let (_, rows) = with_all_cores_busy(|| grader.grade_folder(keeper, folder, Share::All))?;
    let is_ours = |row: &Row| works.iter().any(|work| work.student == row.student);
    let rows: Vec<Row> = rows.into_iter().filter(is_ours).collect();
    report.line(format_args!("{name}, {:.0} s:", clock.elapsed().as_secs_f64()))?;
    let unfair = unfair(works, &rows)?;
    report.figure("unfair grades", unfair.len() as f64, &NONE)?;
    unfair.iter().try_for_each(|text| report.line(format_args!("    {text}")))?;
    Ok(rows)
}

pub fn compare(report: &mut Report, rows: &[Row], first: &[Row]) -> Result<()> {
    ensure!(rows.len() == first.len(), "some grades are missing");
    let changed: Vec<_> = rows.iter().zip(first).filter(|(row, first)| row != first).collect();
    report.figure("other grades than at first", changed.len() as f64, &NONE)?;
    for (row, first) in changed {
        report.line(format_args!("    {first} at first, now {row}"))?;
    }
    Ok(())
}

fn with_all_cores_busy<T>(work: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..usage::cores() as usize {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    hint::spin_loop();
                }
            });
        }
        let result = work();
        is_over.store(true, Ordering::Relaxed);
        result
    })
}
