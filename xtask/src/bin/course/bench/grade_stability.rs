//! `cargo xtask bench grade-stability`: whether grades depend on anything but the submissions.

use crate::bench::grade::class::{self, Work};
use crate::bench::grade::grader::{Grader, Row};
use crate::bench::grade::{NONE, SEED, STUDENTS, unfair};
use crate::bench::scratch::Scratch;
use crate::bench::{Report, usage};
use crate::files;
use anyhow::{Context, Result, ensure};
use keeper::Keeper;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use std::{fs, hint, thread};
use xtask::catalog;

/// How often the class is graded by itself.
const TIMES: usize = 3;

/// Programs that attack; the tests of the grader describe them.
const HOSTILE: &str = "crates/grader/tests/hostile/programs";

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
    let attacks = attack(&folder, &scratch.path)?;
    let name = format!("with {attacks} attacks");
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
    let (_, rows) = with_all_cores_busy(|| grader.grade_folder(keeper, folder))?;
    let is_ours = |row: &Row| works.iter().any(|work| work.student == row.student);
    let rows: Vec<Row> = rows.into_iter().filter(is_ours).collect();
    report.line(format_args!("{name}, {:.0} s:", clock.elapsed().as_secs_f64()))?;
    let unfair = unfair(works, &rows)?;
    report.figure("unfair grades", unfair.len() as f64, &NONE)?;
    unfair.iter().try_for_each(|text| report.line(format_args!("    {text}")))?;
    Ok(rows)
}

fn compare(report: &mut Report, rows: &[Row], first: &[Row]) -> Result<()> {
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

/// Puts hostile submissions among the others; returns how many.
fn attack(folder: &Path, outside: &Path) -> Result<usize> {
    let lesson = catalog::find(ATTACKED).context("there is no lesson to attack")?;
    let step = fs::read_to_string(catalog::root().join(lesson.source()));
    // What an attacker does afterwards, to look honest.
    let honest = step.context("cannot read a step")?.replacen("\nfn main()", "\npub fn main()", 1);
    let programs = hostile_programs()?;
    for (number, program) in programs.iter().enumerate() {
        let name = program.file_stem().unwrap_or_default().to_string_lossy();
        // So that they are graded among the others, and not after them.
        let turn = number * STUDENTS / programs.len() + 1;
        let student = folder.join(format!("student-{turn:04}-{name}"));
        let source = student.join(lesson.source());
        let bytes = fs::read(program).context("cannot read a hostile program")?;
        files::write(&source, &bytes)?;
        files::write(&source.with_file_name("honest.rs"), honest.as_bytes())?;
        files::write(&source.with_file_name("outside.rs"), targets(outside).as_bytes())?;
    }
    Ok(programs.len())
}

fn hostile_programs() -> Result<Vec<PathBuf>> {
    let folder = catalog::root().join(HOSTILE);
    let listed = fs::read_dir(&folder).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
    });
    let mut programs =
        listed.with_context(|| format!("cannot list the programs in {}", folder.display()))?;
    programs.sort();
    Ok(programs)
}

/// The module that tells hostile programs what they should reach for: nothing but our own folder.
fn targets(folder: &Path) -> String {
    let path = |name: &str| folder.join(name).display().to_string();
    format!(
        "#![allow(dead_code)]\n\
         pub const MARK: &str = \"attacker\\0\";\n\
         pub const FOLDER: &str = {:?};\n\
         pub const SECRET: &str = {:?};\n\
         pub const OTHER: &str = {:?};\n\
         pub const CHECKS: &str = {:?};\n\
         pub const RESULTS: [&str; 1] = [{:?}];\n\
         pub const TCP: [&str; 0] = [];\n\
         pub const UDP: [&str; 0] = [];\n",
        path(""),
        path("secret"),
        path("class/student-0001/lesson-1.rs"),
        catalog::root().join("crates/checks/src/lib.rs").display().to_string(),
        path("results/results.json"),
    )
}
