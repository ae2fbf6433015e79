//! JSON that carries everything, and CSV that any spreadsheet opens.

use super::Rendered;
use super::cells::{defused, table};
use super::entry::seconds;
use crate::model::{Grade, Results};
use anyhow::{Context as _, Result, ensure};
use checks::verdict::Mark;

const HEADER: [&str; 12] = [
    "student",
    "lesson",
    "score",
    "max_score",
    "passed",
    "failed",
    "skipped",
    "grader_errors",
    "seconds",
    "seed",
    "isolation",
    "source_sha256",
];

/// `results.json`: all of [`Results`], as it is.
pub fn json(results: &Results) -> Result<Rendered> {
    let mut grades = results.submissions.iter().flat_map(|submission| &submission.grades);
    ensure!(
        grades.all(|grade| grade.seconds.is_finite()),
        "cannot write JSON: a grade has `seconds` that aren't a number, which is a mistake in \
         the grader; please report it"
    );
    let mut bytes = serde_json::to_vec_pretty(results).context("cannot write JSON")?;
    bytes.push(b'\n');
    Ok(Rendered::one("results.json", bytes))
}

/// `results.csv`: a row a student and lesson.
///
/// Where there is no score the cell is empty, so that no average counts it. What wasn't
/// submitted has no points, so that every average does; it is told apart by its empty
/// `source_sha256`.
pub fn csv(results: &Results) -> Result<Rendered> {
    let grades = results.submissions.iter().flat_map(|submission| {
        submission.grades.iter().map(|grade| row(&submission.student, grade))
    });
    let rows = std::iter::once(HEADER.map(String::from).to_vec()).chain(grades);
    Ok(Rendered::one("results.csv", table(rows)?))
}

fn row(student: &str, grade: &Grade) -> Vec<String> {
    vec![
        defused(student),
        grade.lesson.name(),
        grade.score().map(|score| score.to_string()).unwrap_or_default(),
        grade.max_score().to_string(),
        grade.count(Mark::Pass).to_string(),
        grade.count(Mark::Fail).to_string(),
        grade.count(Mark::Skipped).to_string(),
        grade.count(Mark::GraderError).to_string(),
        format!("{:.3}", seconds(grade)),
        grade.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        defused(&grade.isolation),
        defused(&grade.source_sha256),
    ]
}
