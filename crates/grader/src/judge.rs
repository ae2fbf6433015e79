//! One program: compiled, judged, and what comes of it.

use crate::folders;
use crate::jail::{Bench, CANNOT_CONFINE, Isolation};
use crate::model::{Grade, Status};
use crate::process::Patience;
use crate::submissions::Source;
use crate::workshop::Workshop;
use anyhow::{Context, Result, bail, ensure};
use base::run::End;
use checks::budget::Budget;
use checks::check::{Lesson, Limits};
use checks::failure::Failure;
use checks::verdict::{Finding, Outcome, Verdict};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Compiles and judges one program.
pub trait Judge: Sync {
    /// What goes wrong on our side is a grade of its own.
    fn judge(&self, unit: &Unit, turn: Turn) -> Grade;
    /// Of whatever decides about grades.
    fn checks_sha256(&self) -> String;
    /// The rung: `strict`, `best` or `none`.
    fn isolation(&self) -> String;
}

/// When a program is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// At the same time as others, which may take from the computer what it needs.
    Among,
    /// For the last time, and alone.
    Alone,
}

/// The smallest piece of work: one lesson of one student.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    pub student: String,
    pub lesson: &'static Lesson,
    pub source: Source,
    pub seed: u64,
}

impl Judge for Workshop {
    fn judge(&self, unit: &Unit, turn: Turn) -> Grade {
        judge(self, unit, turn)
    }

    fn checks_sha256(&self) -> String {
        self.checks_sha256.clone()
    }

    fn isolation(&self) -> String {
        self.jail.isolation.to_string()
    }
}

/// How long a program may take to compile. Its CPU time is limited as well; and who includes what
/// never comes, such as the compiler's own output, waits for ever without using any.
const COMPILE: Patience = Patience { whole: Duration::from_secs(60), idle: Some(IDLE) };

/// How long the compiler may do nothing.
const IDLE: Duration = Duration::from_secs(5);

/// How long the checks of a lesson may take. They end by themselves before that, whatever the
/// program does.
const CHECKS: Patience = Patience { whole: Budget::OF_A_LESSON.at_most(), idle: None };

/// Bytes that are kept of the compiler's errors.
const ERRORS: usize = 64 << 10;

/// Bytes that are kept of a verdict; the largest have some hundred thousand.
const VERDICT: usize = 16 << 20;

/// Compiles and judges one program. What goes wrong on our side is a grade of its own.
fn judge(workshop: &Workshop, unit: &Unit, turn: Turn) -> Grade {
    let started = Instant::now();
    let mut grade = blank(workshop, unit);
    if let Err(error) = fill(workshop, unit, turn, &mut grade) {
        grade.status = Status::GraderError;
        grade.message = format!("{error:#}");
    }
    grade.seconds = started.elapsed().as_secs_f64();
    grade
}

fn blank(workshop: &Workshop, unit: &Unit) -> Grade {
    Grade {
        seed: Some(unit.seed),
        isolation: workshop.jail.isolation.to_string(),
        source_sha256: unit.source.sha256.clone(),
        ..Grade::blank(unit.lesson, Status::Judged)
    }
}

fn fill(workshop: &Workshop, unit: &Unit, turn: Turn, grade: &mut Grade) -> Result<()> {
    let folder = workshop.unit_folder()?;
    let bench = bench(folder.path(), unit.lesson.limits);
    prepare(workshop, &bench, &unit.source.files)?;
    if let Some(errors) = compile(workshop, &bench)? {
        if turn == Turn::Alone {
            a_good_program_compiles(workshop)?;
        }
        grade.status = Status::NotCompiled;
        grade.message = errors;
        return Ok(());
    }
    grade.findings = check(workshop, &bench, unit)?.findings;
    Ok(())
}

/// The places of one program in its folder.
pub fn bench(folder: &Path, limits: Limits) -> Bench {
    Bench { source: folder.join("source"), built: folder.join("built"), limits }
}

/// Writes the source where the compiler will see it, and makes room for the program.
pub fn prepare(workshop: &Workshop, bench: &Bench, files: &[(String, Vec<u8>)]) -> Result<()> {
    for (name, bytes) in files {
        let path = bench.source.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&path, bytes));
        written.with_context(|| format!("cannot write {name} for the compiler"))?;
    }
    fs::create_dir(&bench.built).context("cannot create a folder for the program")?;
    folders::open_to_readers(&bench.source)?;
    workshop.jail.account.map_or(Ok(()), |account| account.may_fill(&bench.built))
}

/// Compiles; returns the errors, if it doesn't.
pub fn compile(workshop: &Workshop, bench: &Bench) -> Result<Option<String>> {
    let command = workshop.jail.compiler(bench, &workshop.externs);
    let _turn = workshop.compilers.wait_for_turn();
    let (finished, _) = workshop.run(command, COMPILE, ERRORS)?;
    let errors = String::from_utf8_lossy(&finished.stderr).into_owned();
    let status = match finished.end {
        End::Ended(status) => status,
        End::GivenUp => {
            let why =
                format!("The compiler did nothing for {IDLE:?}: it waits for what never comes.");
            return Ok(Some(format!("{why}\n{errors}")));
        }
        End::OutOfTime => {
            let why = format!("It didn't compile within {:?}.", COMPILE.whole);
            return Ok(Some(format!("{why}\n{errors}")));
        }
    };
    if status.success() {
        return Ok(None);
    }
    // A source can make the compiler say the second, but not end like that.
    let isnt_confined = status.code() == Some(125) && errors.starts_with(CANNOT_CONFINE);
    if errors.starts_with("bwrap: ") || isnt_confined {
        bail!("the compiler's jail couldn't be made: {}", errors.trim_end());
    }
    // A compiler that was ended by its limits has no last words.
    let ended =
        if status.code() == Some(1) { "" } else { "The compiler was ended by its limits.\n" };
    Ok(Some(format!("{ended}{errors}")))
}

/// A program of ours, with as many lines as a lesson's: the self-test's, or a lesson's where that
/// doesn't compile.
pub const GOOD: &str = if cfg!(target_os = "linux") {
    include_str!("../canary/inside.rs")
} else {
    include_str!("../../lesson-1-create-sockets/src/main.rs")
};

/// The files of a program that has just this one.
pub fn program(source: &str) -> Vec<(String, Vec<u8>)> {
    vec![("main.rs".to_owned(), source.as_bytes().to_vec())]
}

/// How long it is known that a good program compiles. Who is compiled alone is so with nobody beside
/// it, and so are those that follow in the next seconds.
const KNOWN: Duration = Duration::from_secs(5);

/// If it doesn't compile, it isn't the source's fault that another didn't, a moment ago.
fn a_good_program_compiles(workshop: &Workshop) -> Result<()> {
    let mut compiled = workshop.good_compiled.lock().unwrap_or_else(PoisonError::into_inner);
    if compiled.is_some_and(|moment| moment.elapsed() < KNOWN) {
        return Ok(());
    }
    let folder = workshop.unit_folder()?;
    let bench = bench(folder.path(), Limits::USUAL);
    prepare(workshop, &bench, &program(GOOD))?;
    match compile(workshop, &bench)? {
        None => {
            *compiled = Some(Instant::now());
            Ok(())
        }
        Some(errors) => bail!(
            "it didn't compile, but a program that is known to be right didn't either: is the \
             disk full, or a limit on tasks or memory reached?\n{errors}"
        ),
    }
}

/// The checks were ended with the program: there was no memory left for either.
fn failed_for_memory(unit: &Unit) -> Verdict {
    let problem = "the program took all the memory that there was for it and for its checks";
    let failure = Failure { problem: problem.to_owned(), ..Failure::default() };
    let failed = |check| Finding::blank(check, Outcome::Fail(failure.clone()));
    Verdict {
        lesson: unit.lesson,
        program: vec![unit.lesson.name()],
        seed: unit.seed,
        findings: unit.lesson.checks.iter().map(failed).collect(),
    }
}

fn check(workshop: &Workshop, bench: &Bench, unit: &Unit) -> Result<Verdict> {
    let (lesson, seed) = (unit.lesson.name(), unit.seed.to_string());
    let words = ["check", &lesson, "--format", "json", "--seed", &seed, "--shown", &lesson];
    let mut words = words.map(OsString::from).to_vec();
    if workshop.jail.isolation == Isolation::Strict {
        words.push("--own-network".into());
    }
    let command = workshop.jail.checks(bench, &words);
    let (finished, was_short) = workshop.run(command, CHECKS, VERDICT)?;
    if was_short && finished.stdout.is_empty() {
        return Ok(failed_for_memory(unit));
    }
    let errors = String::from_utf8_lossy(&finished.stderr);
    let End::Ended(status) = finished.end else {
        bail!("the checks took more than {:?}; they said: {errors}", CHECKS.whole);
    };
    let verdict: Verdict = serde_json::from_slice(&finished.stdout)
        .with_context(|| format!("the checks gave no verdict ({status}); they said: {errors}"))?;
    let is_ours = verdict.lesson == unit.lesson && verdict.seed == unit.seed;
    ensure!(is_ours, "the checks gave a verdict about {} with another seed", verdict.lesson.name());
    Ok(verdict)
}
