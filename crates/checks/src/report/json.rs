//! The verdict as one JSON object. README.md of this crate describes it.

use crate::check::{Failure, Lesson, Outcome};
use crate::judge::{Report, points};
use crate::report::bytes;
use crate::trial::Program;
use serde_json::{Value, json};

/// One line of JSON, without its line end.
pub fn verdict(lesson: &Lesson, program: &Program, reports: &[Report], seed: u64) -> String {
    let (earned, maximum) = points(reports);
    let count = |word| reports.iter().filter(|report| report.outcome.word() == word).count();
    let verdict = json!({
        "tool": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "lesson": lesson.entry.name(),
        "program": program.shown(),
        // A string: many readers of JSON can't hold 64 bits in a number.
        "seed": seed.to_string(),
        "points": earned,
        "max_points": maximum,
        "passed": count("pass"),
        "failed": count("fail"),
        "skipped": count("skipped"),
        "grader_errors": count("grader error"),
        "checks": reports.iter().map(entry).collect::<Vec<_>>(),
    });
    verdict.to_string()
}

fn entry(report: &Report) -> Value {
    let (message, cause) = match &report.outcome {
        Outcome::Pass => (String::new(), ""),
        Outcome::Fail(failure) => (problem(failure), failure.cause.as_str()),
        Outcome::Skipped(needed) => (format!("needs {needed}"), ""),
        Outcome::GraderError(error) => (error.clone(), ""),
    };
    let has_passed = matches!(report.outcome, Outcome::Pass);
    json!({
        "id": report.check.id,
        "title": report.check.title,
        "points": if has_passed { report.check.points } else { 0 },
        "max_points": report.check.points,
        "status": report.outcome.word(),
        "message": message,
        "cause": cause,
        "section": report.check.section,
        "transcript": report.steps,
        "end": report.end,
        "stderr": report.stderr,
        "milliseconds": u64::try_from(report.duration.as_millis()).unwrap_or(u64::MAX),
    })
}

/// A sentence; behind it, in lines of their own, the bytes that were compared, if any were.
fn problem(failure: &Failure) -> String {
    let mut text = failure.problem.clone();
    for (name, dump) in failure.comparison.iter().flat_map(|both| bytes::compare(both, false)) {
        text += &format!("\n{name}: {dump}");
    }
    text
}
