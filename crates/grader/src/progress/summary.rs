//! How a class was graded, in a few lines.

use super::{shown, visible};
use crate::model::{Grade, Results, Status};
use crate::report::text::count as several;
use std::fmt::Write;

/// Grader errors that are shown; the report has all of them.
const ERRORS: usize = 20;

/// The whole summary.
#[must_use]
pub fn summary(results: &Results) -> String {
    let grades = || results.submissions.iter().flat_map(|submission| &submission.grades);
    let count = |status| grades().filter(|g| g.has_score() && g.status == status).count();
    let errors = grades().filter(|grade| !grade.has_score()).count();
    let mut text = format!(
        "\n{}: {} graded, {} not submitted, {} not compiled, {}.\n",
        several(results.submissions.len(), "submission"),
        several(count(Status::Judged), "lesson"),
        count(Status::NotSubmitted),
        count(Status::NotCompiled),
        several(errors, "grader error"),
    );
    for (at, lesson) in results.lessons.iter().enumerate() {
        let grades = results.submissions.iter().filter_map(|s| s.grades.get(at));
        let grades: Vec<&Grade> = grades.filter(|grade| is_handed_in(grade)).collect();
        let sum: u64 = grades.iter().map(|grade| u64::from(grade.score)).sum();
        let mean = mean(sum, grades.len());
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "  {}: {} handed in, mean {mean} of {}",
            lesson.name,
            grades.len(),
            lesson.max_score
        );
    }
    text.push_str(&failures(results, errors));
    text
}

fn is_handed_in(grade: &Grade) -> bool {
    grade.has_score() && grade.status != Status::NotSubmitted
}

/// With one digit behind the point.
fn mean(sum: u64, count: usize) -> String {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    match (sum * 10 + count / 2).checked_div(count) {
        Some(tenths) => format!("{}.{}", tenths / 10, tenths % 10),
        None => "-".to_owned(),
    }
}

fn failures(results: &Results, errors: usize) -> String {
    if errors == 0 {
        return String::new();
    }
    let mut text =
        "Not judged, and nobody's fault but ours; --resume tries them again:\n".to_owned();
    let all = results.submissions.iter().flat_map(|s| s.grades.iter().map(move |g| (s, g)));
    for (submission, grade) in all.filter(|(_, grade)| !grade.has_score()).take(ERRORS) {
        let _ =
            writeln!(text, "- {}, {}: {}", visible(&submission.student), grade.lesson, why(grade));
    }
    if let Some(more @ 1..) = errors.checked_sub(ERRORS) {
        let _ = writeln!(text, "- and {more} more");
    }
    text
}

fn why(grade: &Grade) -> String {
    let check = grade.checks.iter().find(|check| check.status == "grader error");
    let message = check.map_or(&grade.message, |check| &check.message);
    shown(message.lines().next().unwrap_or_default(), 200)
}
