//! What is said about a class: what was found in the submissions, how everything is graded, and how
//! it went. Writing to a string can't fail.

use crate::class::{Found, Options};
use crate::jail::{Isolation, REMEDY};
use crate::log::{said, visible};
use crate::model::{Grade, Results, Status, Student};
use crate::roster::Roster;
use crate::store::Run;
use crate::submissions::{Submission, Survey};
use crate::text::count as several;
use std::fmt::Write;

/// Notes of a submission that are shown; the report has all of them.
const NOTES: usize = 5;

/// Names that are shown of a list that should be empty.
const NAMED: usize = 20;

/// What stands between the submissions, and where they and the roster differ.
#[must_use]
pub fn survey(survey: &Survey, roster: Option<&Roster>) -> String {
    let mut text = format!("Found {}.\n", several(survey.submissions.len(), "submission"));
    let ignored = survey.ignored.iter().map(|what| said(what));
    list(&mut text, "ignored: ", ignored.collect());
    let Some(roster) = roster else { return text };
    let students = survey.submissions.iter().map(|submission| submission.student.as_str());
    let comparison = roster.compare(students);
    let unknown = comparison.unknown.iter().map(|name| visible(name));
    list(&mut text, "not on the roster: ", unknown.collect());
    let called = |student: &Student| {
        let names = [&student.name, &student.sis_login_id, &student.email, &student.id];
        let name = names.into_iter().find(|name| !name.is_empty());
        visible(name.map_or("somebody", |name| name.as_str()))
    };
    let absent = comparison.absent.iter().map(called);
    list(&mut text, "on the roster, and no submission is theirs: ", absent.collect());
    let doubled = comparison.doubled.iter().map(|(student, names)| {
        let names: Vec<String> = names.iter().map(|name| visible(name)).collect();
        format!("{}: {}", called(student), names.join(", "))
    });
    list(&mut text, "one student's, and more than one: ", doubled.collect());
    text
}

fn list(text: &mut String, title: &str, entries: Vec<String>) {
    let more = entries.len().checked_sub(NAMED).filter(|more| *more > 0);
    for entry in entries.into_iter().take(NAMED) {
        let _ = writeln!(text, "- {title}{entry}");
    }
    if let Some(more) = more {
        let _ = writeln!(text, "- {title}{more} more");
    }
}

const NO_GROUP: &str = "Memory is limited for each program, but what the kernel holds for it isn't \
                        counted: no control group (cgroup v2) is ours.\n";

/// How everything is graded. `limits_trials` says whether a trial's memory is limited as a whole.
#[must_use]
pub fn conditions(run: &Run, gaps: &[String], limits_trials: bool) -> String {
    let mut text = format!("Isolation {}", run.isolation);
    if let Some(partition) = run.partition {
        let _ = write!(text, ", partition {partition}");
    }
    text.push_str(".\n");
    text.push_str(&match run.seed {
        Some(seed) => format!(
            "Seed {seed}: who knows this number knows the payloads, so it is for demonstrations \
             and tests only.\n"
        ),
        None => "The payloads follow from the run's key: it is in run.json, and for no student.\n"
            .to_owned(),
    });
    for gap in gaps {
        let _ = writeln!(text, "! not prevented: {gap}");
    }
    let is_limited = run.isolation != Isolation::None.to_string();
    if is_limited && !limits_trials {
        text.push_str(NO_GROUP);
    }
    if run.isolation == Isolation::Best.to_string() {
        let _ = writeln!(text, "`strict` would prevent that. {REMEDY}.");
    }
    text
}

/// The whole list.
#[must_use]
pub fn listing(submissions: &[Submission], options: &Options, found: &[Vec<Found>]) -> String {
    let names: Vec<String> = submissions.iter().map(|s| visible(&s.student)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default().min(32);
    let lessons: Vec<String> = options.lessons.iter().map(|lesson| lesson.name()).collect();
    let lessons: Vec<&str> = lessons.iter().map(String::as_str).collect();
    let mut text = format!(
        "To be graded: {} of {}.\n",
        lessons.join(", "),
        several(submissions.len(), "submission")
    );
    for ((submission, name), row) in submissions.iter().zip(&names).zip(found) {
        let marks: Vec<String> = lessons.iter().zip(row).map(|(l, f)| mark(l, f)).collect();
        let gaps = gaps(&lessons, row);
        let _ = writeln!(text, "- {name:width$}  {}{gaps}", marks.join(" "));
        for detail in details(submission, &lessons, row) {
            let _ = writeln!(text, "  - {detail}");
        }
    }
    text
}

/// The lesson's number if it is there.
fn mark(lesson: &str, found: &Found) -> String {
    let number = lesson.strip_prefix("lesson-").unwrap_or(lesson);
    match found {
        Found::Source(_) => number.to_owned(),
        Found::Missing => "-".to_owned(),
        Found::Refused(_) | Found::Unreadable(_) => "!".to_owned(),
    }
}

fn gaps(lessons: &[&str], row: &[Found]) -> String {
    let missing = lessons.iter().zip(row).filter(|(_, found)| **found == Found::Missing);
    let missing: Vec<&str> = missing.map(|(lesson, _)| *lesson).collect();
    match missing.len() {
        0 => String::new(),
        count if count == lessons.len() => "  nothing was submitted".to_owned(),
        _ => format!("  not submitted: {}", missing.join(", ")),
    }
}

fn details(submission: &Submission, lessons: &[&str], row: &[Found]) -> Vec<String> {
    let mut details = Vec::new();
    for (lesson, found) in lessons.iter().zip(row) {
        match found {
            Found::Refused(why) => details.push(format!("{lesson} isn't taken: {}", said(why))),
            Found::Unreadable(why) => {
                details.push(format!("{lesson} can't be read, and is tried again: {}", said(why)));
            }
            Found::Source(_) | Found::Missing => {}
        }
    }
    let notes = &submission.notes;
    details.extend(notes.iter().take(NOTES).map(|note| format!("note: {}", said(note))));
    if let Some(more @ 1..) = notes.len().checked_sub(NOTES) {
        details.push(format!("{} more", several(more, "note")));
    }
    details
}

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
        let grades = results.submissions.iter().map(|s| &s.grades[at]);
        let grades: Vec<&Grade> = grades.filter(|grade| is_handed_in(grade)).collect();
        let sum: u64 = grades.iter().map(|grade| u64::from(grade.points())).sum();
        let mean = mean(sum, grades.len());
        let _ = writeln!(
            text,
            "  {}: {} handed in, mean {mean} of {}",
            lesson.name(),
            grades.len(),
            results.max_points(lesson)
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
    let count = count as u64;
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
        let _ = writeln!(
            text,
            "- {}, {}: {}",
            visible(&submission.student),
            grade.lesson.name(),
            why(grade)
        );
    }
    if let Some(more @ 1..) = errors.checked_sub(ERRORS) {
        let _ = writeln!(text, "- and {more} more");
    }
    text
}

fn why(grade: &Grade) -> String {
    said(grade.error().lines().next().unwrap_or(""))
}
