//! `cargo xtask bench grade-stability`: whether grades depend on anything but the submissions.
//! `grade-siege`: whether the worst programs that are known cost anybody else anything, on a computer
//! that has little to give. The tests of the grader describe these programs.

use crate::bench::class::{self, Work};
use crate::bench::grade::{FEW, NONE, STUDENTS, unfair};
use crate::bench::grader::{Grader, Row, SEED};
use crate::bench::report::{Limit, Report, scratch};
use crate::bench::usage::{self, Share};
use anyhow::{Context, Result, ensure};
use base::programs::Keeper;
use base::{files, lessons};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use std::{fs, hint, thread};

/// How often the class is graded by itself.
const TIMES: usize = 3;

/// The lesson that hostile programs are handed in for.
const ATTACKED: &str = "lesson-3";

pub fn run(report: &mut Report) -> Result<()> {
    let scratch = scratch()?;
    let mut keeper = Keeper::start()?;
    let grader = Grader::build(&mut keeper, scratch.path())?;
    let students = report.amount(STUDENTS, FEW);
    let works = class::make(students, SEED)?;
    let folder = scratch.path().join("class");
    class::write(&works, &folder)?;
    let lessons = class::submitted(&works);
    report.line(format_args!(
        "{students} students, {lessons} lessons handed in, isolation `{}`, all cores kept busy:",
        grader.isolation
    ))?;
    let mut first = None;
    for time in 1..=report.amount(TIMES, 1) {
        let rows = grade(report, &mut keeper, &grader, &folder, &format!("time {time}"), &works)?;
        compare(report, &rows, first.get_or_insert_with(|| rows.clone()))?;
    }
    if grader.isolation != "strict" {
        return report.line("  with hostile ones: skipped, only `strict` may be given them");
    }
    let names = programs()?.into_iter().take(report.amount(usize::MAX, 1));
    let attacks: Vec<Attack> = names.map(|name| Attack { name, lesson: ATTACKED }).collect();
    among(&folder, students, &attacks, scratch.path())?;
    let name = format!("with {} attacks", attacks.len());
    let rows = grade(report, &mut keeper, &grader, &folder, &name, &works)?;
    compare(report, &rows, first.as_deref().context("the class was never graded")?)
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

const BESIEGED: usize = 16;
const SIEGES: usize = 3;

/// They take tasks, time, memory, output, ports or the compiler.
const WORST: [(&str, &str); 10] = [
    ("busy_threads", "lesson-3"),
    ("many_threads", "lesson-3"),
    ("fork_bomb", "lesson-3"),
    ("memory_hog", "lesson-3"),
    ("hoards_in_sockets", "lesson-3"),
    ("floods_stdout", "lesson-3"),
    ("fills_ports", "lesson-3"),
    ("at_the_last_moment", "lesson-5"),
    ("takes_minutes", "lesson-3"),
    ("takes_gigabytes", "lesson-3"),
];

/// Of twice the time of the honest ones, and what the attackers take in two tries: among others,
/// and once more alone.
const TIME: Limit = Limit::AtMost(1.0);

pub fn siege(report: &mut Report) -> Result<()> {
    let scratch = scratch()?;
    let mut keeper = Keeper::start()?;
    let grader = Grader::build(&mut keeper, scratch.path())?;
    if grader.isolation != "strict" {
        return report.line("skipped: only `strict` may be given programs that attack");
    }
    let students = report.amount(BESIEGED, FEW);
    let works = class::make(students, SEED)?;
    let folder = scratch.path().join("class");
    class::write(&works, &folder)?;
    report.line(format_args!("{students} students by themselves, with {}:", usage::LITTLE))?;
    let (alone, first) = grade_with_little(report, &mut keeper, &grader, &folder, &works)?;
    let worst = WORST.iter().take(report.amount(WORST.len(), 1));
    let worst: Vec<_> =
        worst.map(|(name, lesson)| Attack { name: (*name).to_owned(), lesson }).collect();
    among(&folder, students, &worst, scratch.path())?;
    for time in 1..=report.amount(SIEGES, 1) {
        report.line(format_args!("with {} attacks, time {time}:", worst.len()))?;
        let (seconds, rows) = grade_with_little(report, &mut keeper, &grader, &folder, &works)?;
        compare(report, &ours(&rows, &works), &ours(&first, &works))?;
        let attackers: f64 =
            rows.iter().filter(|row| !is_ours(row, &works)).map(|row| row.seconds).sum();
        report.line(format_args!("  the attackers' own seconds   {attackers:>7.2}"))?;
        report.figure("of what it may take", seconds / (2.0 * (alone + attackers)), &TIME)?;
    }
    Ok(())
}

/// Grades what is in a folder, with little of the computer; returns the seconds that it took.
fn grade_with_little(
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

const PROGRAMS: &str = "crates/grader/tests/grader/hostile/programs";

/// A program, and the lesson that it is handed in for.
struct Attack {
    name: String,
    lesson: &'static str,
}

/// The names of all of them.
fn programs() -> Result<Vec<String>> {
    let folder = lessons::root().join(PROGRAMS);
    let context = || format!("cannot list the programs in {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// Puts them among a class of so many students, so that they are graded with it and not after it.
fn among(folder: &Path, students: usize, attacks: &[Attack], outside: &Path) -> Result<()> {
    for (number, attack) in attacks.iter().enumerate() {
        let lesson = lessons::find(attack.lesson).context("there is no lesson to attack")?;
        let step = fs::read_to_string(lessons::root().join(lesson.source()));
        // What an attacker does afterwards, to look honest.
        let honest =
            step.context("cannot read a step")?.replacen("\nfn main()", "\npub fn main()", 1);
        let turn = number * students / attacks.len() + 1;
        let student = folder.join(format!("student-{turn:04}-{}", attack.name));
        let source = student.join(lesson.source());
        files::write(&source, &program(&attack.name)?)?;
        files::write(&source.with_file_name("honest.rs"), honest.as_bytes())?;
        files::write(&source.with_file_name("outside.rs"), targets(outside).as_bytes())?;
    }
    Ok(())
}

fn program(name: &str) -> Result<Vec<u8>> {
    let path: PathBuf = lessons::root().join(PROGRAMS).join(name).with_extension("rs");
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
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
        lessons::root().join("crates/checks/src/lib.rs").display().to_string(),
        path("results/results.json"),
    )
}
