//! What a student's row unfolds to: each lesson's checks, with what was done and seen.

use super::escape::{Lines, Prose, Text};
use super::score;
use crate::model::{Check, Grade, Lesson, Results, Status, Submission};
use crate::report::statistics::{self, with_status};
use crate::report::text::{self, cut, short_name};
use std::collections::HashMap;
use std::fmt::{self, Write};

/// The most notes of a student that are shown.
const NOTES: usize = 20;

/// The numbers of all checks, as the script knows them.
pub struct Numbering<'a> {
    /// A lesson's first number, and the places of its checks behind it.
    lessons: Vec<(usize, HashMap<&'a str, usize>)>,
}

impl<'a> Numbering<'a> {
    pub fn new(results: &'a Results) -> Self {
        let mut next = 0;
        let mut number = |lesson: &'a Lesson| {
            let first = next;
            next += lesson.checks.len();
            (first, statistics::places(lesson.checks.iter()))
        };
        Self { lessons: results.lessons.iter().map(&mut number).collect() }
    }

    /// The numbers of the checks that a student fails, each with a space behind it.
    pub fn failed(&self, student: &Submission) -> String {
        let mut numbers = String::new();
        for ((first, places), grade) in self.lessons.iter().zip(&student.grades) {
            let failed = grade.checks.iter().filter(|check| check.status == "fail");
            for place in failed.filter_map(|check| places.get(check.id.as_str())) {
                let _ = write!(numbers, "{} ", first + place);
            }
        }
        numbers
    }
}

/// The second row of a student.
pub fn row(page: &mut String, results: &Results, student: &Submission) -> fmt::Result {
    // The student, the lessons, the total, the status.
    let columns = results.lessons.len() + 3;
    writeln!(page, "<tr class=\"more\"><td colspan=\"{columns}\"><div>")?;
    who(page, student)?;
    for (lesson, grade) in results.lessons.iter().zip(&student.grades) {
        lesson_part(page, lesson, grade)?;
    }
    page.push_str("</div></td></tr>");
    Ok(())
}

/// What the roster and the grader say about them.
fn who(page: &mut String, student: &Submission) -> fmt::Result {
    if let Some(known) = &student.roster {
        let parts =
            [&known.section, &known.email, &known.sis_login_id, &known.sis_user_id, &known.id];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if !parts.is_empty() {
            let parts: Vec<String> =
                parts.iter().map(|part| Text(&cut(part)).to_string()).collect();
            writeln!(page, "<p class=\"who\">{}</p>", parts.join(" · "))?;
        }
    }
    if !student.notes.is_empty() {
        page.push_str("<ul class=\"notes\">");
        for note in student.notes.iter().take(NOTES) {
            write!(page, "<li>{}</li>", Text(&cut(note)))?;
        }
        if student.notes.len() > NOTES {
            write!(page, "<li>… and {} more</li>", student.notes.len() - NOTES)?;
        }
        page.push_str("</ul>\n");
    }
    Ok(())
}

fn lesson_part(page: &mut String, lesson: &Lesson, grade: &Grade) -> fmt::Result {
    let (class, score) = (score::class(grade), score::words(grade));
    let (name, title) = (short_name(lesson), Text(&lesson.title));
    write!(page, "<h4>{}: {title} <b class=\"{class}\">{score}</b> ", Text(&name))?;
    if grade.status != Status::NotSubmitted {
        let (seconds, rung) = (grade.seconds, Text(&grade.isolation));
        let all = if is_passed(grade) { "all checks passed · " } else { "" };
        let seed = grade.seed.map(|seed| format!("seed {seed} · ")).unwrap_or_default();
        write!(page, "<small>{all}{seconds:.1} s · {seed}{rung}")?;
        if let Some(hash) = grade.source_sha256.get(..12) {
            write!(page, " · source {}", Text(hash))?;
        }
        page.push_str("</small>");
    }
    page.push_str("</h4>\n");
    if !grade.message.is_empty() {
        writeln!(page, "<pre>{}</pre>", Lines(&text::message(&grade.message)))?;
    }
    checks(page, grade)
}

fn checks(page: &mut String, grade: &Grade) -> fmt::Result {
    for check in with_status(grade, "grader error") {
        failure(page, check, "g", true)?;
    }
    for (at, check) in with_status(grade, "fail").into_iter().enumerate() {
        failure(page, check, "w", at == 0)?;
    }
    if is_passed(grade) {
        return Ok(());
    }
    titles(page, "p", "passed", &with_status(grade, "pass"))?;
    titles(page, "k", "not made", &with_status(grade, "skipped"))
}

fn is_passed(grade: &Grade) -> bool {
    !grade.checks.is_empty() && grade.checks.iter().all(|check| check.status == "pass")
}

/// A check that didn't pass, with everything that helps to see why.
fn failure(page: &mut String, check: &Check, class: &str, is_open: bool) -> fmt::Result {
    let open = if is_open { " open" } else { "" };
    let points = match class {
        "g" => "the check failed, not the program".to_owned(),
        _ => format!("{} of {}", check.points, check.max_points),
    };
    let title = Prose(&check.title);
    write!(
        page,
        "<details class=\"{class}\"{open}><summary>{title} <small>{points}</small></summary>"
    )?;
    message(page, &check.message)?;
    if !check.cause.is_empty() {
        let (cause, section) = (cut(&check.cause), Text(&check.section));
        write!(page, "<p><b>Likely cause</b> {} <code>{section}</code></p>", Prose(&cause))?;
    }
    write!(page, "<pre>{}", Lines(&text::steps(&check.transcript)))?;
    if let Some(end) = &check.end {
        writeln!(page, "How it ended: {}", Text(&cut(end)))?;
    }
    page.push_str("</pre>");
    if !check.stderr.is_empty() {
        let lines = text::stderr(&check.stderr);
        write!(page, "<p>The end of its stderr</p><pre>{}</pre>", Lines(&lines))?;
    }
    page.push_str("</details>\n");
    Ok(())
}

/// A sentence; or a sentence, and then bytes in columns.
fn message(page: &mut String, message: &str) -> fmt::Result {
    let lines = text::message(message);
    let Some((first, others)) = lines.split_first() else { return Ok(()) };
    write!(page, "<p>{}</p>", Text(first))?;
    if !others.is_empty() {
        write!(page, "<pre>{}</pre>", Lines(others))?;
    }
    Ok(())
}

fn titles(page: &mut String, class: &str, what: &str, checks: &[&Check]) -> fmt::Result {
    if checks.is_empty() {
        return Ok(());
    }
    write!(page, "<p class=\"{class}\"><b>{} {what}</b> ", checks.len())?;
    for (at, check) in checks.iter().enumerate() {
        let separator = if at == 0 { "" } else { " · " };
        write!(page, "{separator}{}", Prose(&check.title))?;
    }
    page.push_str("</p>\n");
    Ok(())
}
