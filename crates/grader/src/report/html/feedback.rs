//! What a student's row unfolds to: each lesson's checks, with what was done and seen.

use super::escape::{Lines, Prose, Text};
use super::score;
use crate::model::{Grade, Results, Status, Submission};
use crate::text::{self, cut, short_name};
use checks::check::{Check, Lesson};
use checks::verdict::{Finding, Mark, Part};
use std::fmt::{self, Write};

/// The most notes of a student that are shown.
const NOTES: usize = 20;

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
    let (name, title) = (short_name(lesson), Text(lesson.title()));
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
    for finding in grade.with_mark(Mark::GraderError) {
        failure(page, finding, true)?;
    }
    for (at, finding) in grade.with_mark(Mark::Fail).into_iter().enumerate() {
        failure(page, finding, at == 0)?;
    }
    if is_passed(grade) {
        return Ok(());
    }
    titles(page, "p", "passed", &grade.with_mark(Mark::Pass))?;
    titles(page, "k", "not made", &grade.with_mark(Mark::Skipped))
}

fn is_passed(grade: &Grade) -> bool {
    !grade.findings.is_empty() && grade.count(Mark::Pass) == grade.findings.len()
}

/// A check that didn't pass, with everything that helps to see why.
fn failure(page: &mut String, finding: &Finding, is_open: bool) -> fmt::Result {
    let check = finding.check;
    let open = if is_open { " open" } else { "" };
    let (class, points) = match finding.mark() {
        Mark::GraderError => ("g", "the check failed, not the program".to_owned()),
        _ => ("w", format!("{} of {}", finding.points(), check.points)),
    };
    let title = Prose(check.title);
    write!(
        page,
        "<details class=\"{class}\"{open}><summary>{title} <small>{points}</small></summary>"
    )?;
    for part in finding.parts_by_weight() {
        self::part(page, part, check)?;
    }
    page.push_str("</details>\n");
    Ok(())
}

fn part(page: &mut String, part: Part, check: &Check) -> fmt::Result {
    let heading = part.heading();
    match part {
        Part::Failure(failure) => message(page, &failure.message()),
        Part::GraderError(text) => message(page, text),
        Part::Cause(cause) => {
            let (cause, section) = (cut(cause), Text(check.section));
            write!(page, "<p><b>{heading}</b> {} <code>{section}</code></p>", Prose(&cause))
        }
        Part::Steps(steps) => write!(page, "<pre>{}</pre>", Lines(&text::steps(steps))),
        Part::End(end) => write!(page, "<p>{heading}: {}</p>", Text(&cut(end))),
        Part::Stderr(lines) => {
            write!(page, "<p>{heading}</p><pre>{}</pre>", Lines(&text::stderr(lines)))
        }
        // The goal stands above, with all checks; where to read, with the cause.
        Part::Goal(_) | Part::Section(_) | Part::Needs(_) => Ok(()),
    }
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

fn titles(page: &mut String, class: &str, what: &str, findings: &[&Finding]) -> fmt::Result {
    if findings.is_empty() {
        return Ok(());
    }
    write!(page, "<p class=\"{class}\"><b>{} {what}</b> ", findings.len())?;
    for (at, finding) in findings.iter().enumerate() {
        let separator = if at == 0 { "" } else { " · " };
        write!(page, "{separator}{}", Prose(finding.check.title))?;
    }
    page.push_str("</p>\n");
    Ok(())
}
