//! Runs checks: those that don't depend on each other at the same time, each on its own ports.

use crate::check::{Check, Failure, Fault, Lesson, Outcome};
use crate::subject::Ending;
use crate::trial::{Program, Trial};
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Sender, channel};
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

/// A check that is being made holds it for reading; one that is repeated alone, for writing.
static ALONE: RwLock<()> = RwLock::new(());

/// How a check ended, and what had happened.
#[derive(Debug, Clone)]
pub struct Report {
    pub check: &'static Check,
    pub outcome: Outcome,
    /// What was done and seen, in order.
    pub steps: Vec<String>,
    /// How the program that was started last ended: `exit status: 1`; or that it was stopped.
    pub end: Option<String>,
    /// The last lines that it wrote to stderr.
    pub stderr: Vec<String>,
    pub duration: Duration,
}

/// Judges a program: makes all checks of a lesson, and returns their reports in the same order.
pub fn judge(lesson: &Lesson, program: &Program, seed: u64) -> Vec<Report> {
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        for check in lesson.checks.iter().filter(|check| check.needs.is_none()) {
            let sender = sender.clone();
            scope.spawn(move || follow(lesson, check, program, seed, &sender));
        }
    });
    drop(sender);
    let mut reports: Vec<Report> = receiver.into_iter().collect();
    let place = |report: &Report| lesson.checks.iter().position(|c| c.id == report.check.id);
    reports.sort_by_key(place);
    reports
}

/// Makes a check, and then those that need it.
fn follow(
    lesson: &Lesson,
    check: &'static Check,
    program: &Program,
    seed: u64,
    reports: &Sender<Report>,
) {
    let report = make(check, program, seed);
    let has_passed = matches!(report.outcome, Outcome::Pass);
    let _ = reports.send(report);
    thread::scope(|scope| {
        for next in lesson.checks.iter().filter(|next| next.needs == Some(check.id)) {
            if has_passed {
                scope.spawn(move || follow(lesson, next, program, seed, reports));
            } else {
                skip(lesson, next, check.id, reports);
            }
        }
    });
}

fn skip(lesson: &Lesson, check: &'static Check, needed: &'static str, reports: &Sender<Report>) {
    let _ = reports.send(Report {
        check,
        outcome: Outcome::Skipped(needed),
        steps: Vec::new(),
        end: None,
        stderr: Vec::new(),
        duration: Duration::ZERO,
    });
    for next in lesson.checks.iter().filter(|next| next.needs == Some(check.id)) {
        skip(lesson, next, needed, reports);
    }
}

/// Makes one check. Unless it passes, or can't pass, it is made once more, alone, before it counts.
pub fn make(check: &'static Check, program: &Program, seed: u64) -> Report {
    let report = {
        let _together = ALONE.read().unwrap_or_else(PoisonError::into_inner);
        make_once(check, program, seed)
    };
    match &report.outcome {
        Outcome::Fail(Failure { is_certain: false, .. }) | Outcome::GraderError(_) => {
            let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
            make_once(check, program, seed)
        }
        Outcome::Fail(_) | Outcome::Pass | Outcome::Skipped(_) => report,
    }
}

/// Makes one check, once.
pub fn make_once(check: &'static Check, program: &Program, seed: u64) -> Report {
    let started = Instant::now();
    let trial = Trial::new(program, seed, check.id);
    // A panic in a check is the grader's fault, and must not take the other checks with it.
    let result = panic::catch_unwind(AssertUnwindSafe(|| (check.run)(&trial)));
    let duration = started.elapsed();
    let (steps, endings) = trial.finish();
    let last = endings.last();
    let outcome = match result {
        Ok(Ok(())) => Outcome::Pass,
        Ok(Err(Fault::Failed(failure))) => Outcome::Fail(explain(*failure, &endings)),
        Ok(Err(Fault::Grader(error))) => Outcome::GraderError(format!("{error:#}")),
        Err(_) => Outcome::GraderError("the check panicked".to_owned()),
    };
    let how = |ending: &Ending| match ending.status() {
        Some(status) => status.to_string(),
        None => "it ran until it was stopped".to_owned(),
    };
    Report {
        check,
        outcome,
        steps,
        end: last.map(how),
        stderr: last.map(|ending| ending.last_lines(6)).unwrap_or_default(),
        duration,
    }
}

/// A gap that is still open explains everything else.
fn explain(failure: Failure, endings: &[Ending]) -> Failure {
    let Some(hint) = endings.iter().find_map(Ending::open_gap) else { return failure };
    Failure {
        problem: "a gap in the program is still open".to_owned(),
        cause: format!("Write what stands in the gap's place: {hint}"),
        is_certain: true,
        ..Failure::default()
    }
}

/// The points that were earned, and the most that could be.
pub fn points(reports: &[Report]) -> (u32, u32) {
    let passed = reports.iter().filter(|report| matches!(report.outcome, Outcome::Pass));
    let maximum = reports.iter().map(|report| report.check.points).sum();
    (passed.map(|report| report.check.points).sum(), maximum)
}
