//! Which students have a row in a platform's gradebook.

use super::cells::is_harmless;
use super::entry::total;
use crate::model::{Grade, Results, Student, Submission};
use crate::text;
use checks::check::Lesson;
use std::collections::BTreeMap;

/// A student whom the platform knows, with points in every lesson.
pub struct Row<'a> {
    pub submission: &'a Submission,
    /// What the platform knows the student by; those that it doesn't are empty.
    pub identifiers: Vec<String>,
    /// One a lesson, in their order.
    pub points: Vec<u32>,
}

/// The rows, and why others were left out.
///
/// A row is whole or not there at all: Canvas and Moodle both take an empty cell for a change of
/// the grade that they have. What wasn't submitted is 0 points: both leave empty cells out of a
/// course's total, so who hands in nothing would be better off than who hands in half.
pub fn rows<'a>(
    results: &'a Results,
    identifiers: impl Fn(&Student) -> Vec<String>,
) -> (Vec<Row<'a>>, Vec<String>) {
    let of = |submission: &Submission| submission.roster.as_ref().map(&identifiers);
    let known: Vec<Option<Vec<String>>> = results.submissions.iter().map(of).collect();
    let count = count(known.iter().flatten());
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    for (submission, identifiers) in results.submissions.iter().zip(known) {
        match row(&results.lessons, submission, identifiers, &count) {
            Ok(row) => rows.push(row),
            Err(why) => notes.push(format!("{}: left out, {why}", name(submission))),
        }
    }
    (rows, notes)
}

/// How many submissions have an identifier, by its column.
type Count = BTreeMap<(usize, String), usize>;

fn count<'a>(known: impl Iterator<Item = &'a Vec<String>>) -> Count {
    let mut count = Count::new();
    for identifiers in known {
        for key in keys(identifiers) {
            *count.entry(key).or_default() += 1;
        }
    }
    count
}

/// Identifiers and their columns. Some databases take `Ann` for `ann`.
fn keys(identifiers: &[String]) -> impl Iterator<Item = (usize, String)> {
    let keys = identifiers.iter().map(|identifier| identifier.to_lowercase()).enumerate();
    keys.filter(|(_, key)| !key.is_empty())
}

fn row<'a>(
    lessons: &[&'static Lesson],
    submission: &'a Submission,
    identifiers: Option<Vec<String>>,
    count: &Count,
) -> Result<Row<'a>, String> {
    let identifiers = identifiers.ok_or("because the roster doesn't have this student")?;
    if identifiers.iter().all(String::is_empty) {
        return Err("because the roster has no usable identifier of this student".to_string());
    }
    let is_shared = |key: &(usize, String)| count.get(key).is_some_and(|&count| count > 1);
    if let Some((_, shared)) = keys(&identifiers).find(is_shared) {
        return Err(format!("because another submission is of `{shared}`, too"));
    }
    if let Err(lessons) = total(&submission.grades) {
        return Err(format!(
            "because there is no score for {lessons}: grade it again, or type the grades in"
        ));
    }
    let points = lessons.iter().map(|lesson| {
        let grade = submission.grades.iter().find(|grade| grade.lesson == *lesson);
        let score = grade.and_then(Grade::score);
        score.ok_or_else(|| format!("because it has no grade for {}", lesson.name()))
    });
    Ok(Row { submission, identifiers, points: points.collect::<Result<_, _>>()? })
}

/// An identifier, or nothing if a spreadsheet could take it for a formula: what is changed
/// isn't this student's any more.
pub fn identifier(text: &str) -> String {
    let text = text.trim();
    if is_harmless(text) { text.to_string() } else { String::new() }
}

/// An identifier that is a positive number, written as the platform writes it, or nothing: of
/// `12x`, a database may see the 12, which is somebody else.
pub fn number(text: &str) -> String {
    let is_number = |text: &str| text.parse().is_ok_and(|id: u64| id > 0 && id.to_string() == text);
    Some(text.trim()).filter(|text| is_number(text)).unwrap_or_default().to_string()
}

fn name(submission: &Submission) -> String {
    text::name(&submission.student, 200)
}
