//! One row a student, which unfolds to each lesson's checks, with what was done and seen.

use super::escape::{Lines, Prose, Text};
use crate::model::{Grade, Graded, Results, Status};
use crate::report::statistics::{self, Flag, tenth};
use crate::text::{self, cut, short_name};
use checks::check::{Check, Lesson};
use checks::verdict::{Finding, Mark, Part};
use std::fmt::{self, Write};

/// The most notes of a student that are shown.
const NOTES: usize = 20;

pub fn section(page: &mut String, results: &Results) -> fmt::Result {
    page.push_str("<section id=\"students\">\n<h2>Students</h2>\n");
    controls(page, results)?;
    page.push_str(
        "<div class=\"scroll\"><table id=\"class\" aria-label=\"Students\">\n<thead><tr>",
    );
    column(page, "Student", "")?;
    for lesson in &results.lessons {
        column(page, &short_name(lesson), lesson.title())?;
    }
    let maximum: u32 = results.lessons.iter().map(|lesson| lesson.max_points()).sum();
    column(page, "Total", &format!("of {maximum}"))?;
    column(page, "Status", "")?;
    page.push_str("</tr></thead>\n");
    let numbers = statistics::first_numbers(results);
    for (at, student) in results.submissions.iter().enumerate() {
        row(page, at, student, &numbers)?;
        unfolded(page, results, student)?;
        page.push_str("</tbody>\n");
    }
    page.push_str("</table></div>\n<p id=\"nobody\" hidden>Nobody matches.</p>\n</section>\n");
    Ok(())
}

/// What the script makes work; without it, they don't show.
fn controls(page: &mut String, results: &Results) -> fmt::Result {
    let total = results.submissions.len();
    page.push_str(
        "<div class=\"controls\">\n<p><label for=\"find\">Find</label> \
         <input type=\"search\" id=\"find\" autocomplete=\"off\" spellcheck=\"false\"> \
         <label><input type=\"checkbox\" id=\"deep\"> in the feedback, too</label></p>\n\
         <p role=\"group\" aria-label=\"Show students by status\">",
    );
    write!(
        page,
        "<button type=\"button\" data-flag=\"\" aria-pressed=\"true\">all {total}</button>"
    )?;
    let all: Vec<_> = results.submissions.iter().map(statistics::flags).collect();
    for flag in Flag::ALL {
        let number = all.iter().filter(|flags| flags.contains(&flag)).count();
        if number > 0 {
            write!(
                page,
                " <button type=\"button\" data-flag=\"{}\" aria-pressed=\"false\">{} {number}</button>",
                key(flag),
                flag.label()
            )?;
        }
    }
    page.push_str(
        " <button type=\"button\" id=\"uncheck\" hidden></button></p>\n\
         <p><output id=\"count\"></output> \
         <button type=\"button\" id=\"unfold\">Unfold these</button> \
         <button type=\"button\" id=\"fold\">Fold all</button> \
         <small>Printing prints what shows.</small></p>\n</div>\n",
    );
    Ok(())
}

fn column(page: &mut String, name: &str, small: &str) -> fmt::Result {
    write!(page, "<th scope=\"col\"><button type=\"button\">{}", Text(name))?;
    if !small.is_empty() {
        write!(page, "<small>{}</small>", Text(small))?;
    }
    page.push_str("</button></th>");
    Ok(())
}

/// The row that always shows; `tbody` stays open for the feedback.
fn row(page: &mut String, at: usize, student: &Graded, numbers: &[usize]) -> fmt::Result {
    let flags = statistics::flags(student);
    write!(page, "<tbody id=\"s{at}\" data-s=\"")?;
    for flag in &flags {
        page.push(key(*flag));
    }
    page.push('"');
    let failed = failed(student, numbers);
    if !failed.is_empty() {
        write!(page, " data-f=\" {failed}\"")?;
    }
    write!(page, "><tr><th scope=\"row\"><details><summary>{}", Text(&cut(student.name())))?;
    if student.name() != student.student {
        write!(page, " <small>{}</small>", Text(&cut(&student.student)))?;
    }
    page.push_str("</summary></details></th>");
    for grade in &student.grades {
        score(page, grade)?;
    }
    let total = statistics::total(student);
    if total.is_whole {
        write!(page, "<td class=\"t\">{}</td><td>", total.score)?;
    } else {
        write!(page, "<td class=\"t x\">no score<small>{} so far</small></td><td>", total.score)?;
    }
    for flag in flags {
        write!(page, "<span class=\"f{}\">{}</span> ", key(flag), flag.label())?;
    }
    page.push_str("</td></tr>\n");
    Ok(())
}

/// The numbers of the checks that a student fails, as the script knows them, each with a space
/// behind it.
fn failed(student: &Graded, numbers: &[usize]) -> String {
    let mut failed = String::new();
    for (first, grade) in numbers.iter().zip(&student.grades) {
        let is_failed = |check: &Check| {
            grade.with_mark(Mark::Fail).iter().any(|finding| finding.check == check)
        };
        for (place, _) in grade.lesson.checks.iter().enumerate().filter(|(_, c)| is_failed(c)) {
            let _ = write!(failed, "{} ", first + place);
        }
    }
    failed
}

fn score(page: &mut String, grade: &Grade) -> fmt::Result {
    let class = class(grade);
    match (grade.status, grade.score()) {
        (_, None) => write!(page, "<td class={class}>no score</td>"),
        (Status::NotSubmitted, _) => {
            write!(page, "<td class={class}>–<small>not submitted</small></td>")
        }
        (Status::NotCompiled, Some(score)) => {
            write!(page, "<td class={class}>{score}<small>didn’t compile</small></td>")
        }
        (Status::Judged | Status::GraderError, Some(score)) => {
            write!(page, "<td class={class}>{score}</td>")
        }
    }
}

/// A flag in a letter, for the script and the style sheet.
fn key(flag: Flag) -> char {
    match flag {
        Flag::NoScore => 'e',
        Flag::NotCompiled => 'c',
        Flag::Notes => 'n',
        Flag::Failing => 'f',
        Flag::NotSubmitted => 'm',
        Flag::FullMarks => 'a',
    }
}

/// The second row of a student.
fn unfolded(page: &mut String, results: &Results, student: &Graded) -> fmt::Result {
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
fn who(page: &mut String, student: &Graded) -> fmt::Result {
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
    let (class, score) = (class(grade), words(grade));
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

/// The class of a grade, which gives it its colours.
fn class(grade: &Grade) -> &'static str {
    match (grade.status, grade.score()) {
        (_, None) => "x",
        (Status::NotSubmitted, _) => "n",
        (_, Some(score)) => quality(tenth(score, grade.max_score())),
    }
}

/// Steps from nothing to full marks, for a share in tenths.
pub fn quality(tenth: usize) -> &'static str {
    match tenth {
        0..=2 => "q0",
        3..=4 => "q1",
        5..=6 => "q2",
        7..=8 => "q3",
        9 => "q4",
        _ => "q5",
    }
}

/// A score in words; never a number if there is none.
fn words(grade: &Grade) -> String {
    match (grade.status, grade.score()) {
        (_, None) => "no score".to_owned(),
        (Status::NotSubmitted, _) => "not submitted".to_owned(),
        (_, Some(score)) => format!("{score} of {}", grade.max_score()),
    }
}
