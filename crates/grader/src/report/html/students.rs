//! One row a student, which unfolds to each lesson's checks, with what was done and seen.

use super::escape::{Lines, Prose, Said, Text};
use crate::model::{Grade, Graded, Results, Status};
use crate::report::statistics::{self, Flag, tenth};
use crate::text::{self, short_name};
use base::text::cut;
use checks::check::{Check, Lesson};
use checks::verdict::{Finding, Mark, Part, same_fault};
use maud::{Markup, html};

/// The most notes of a student that are shown.
const NOTES: usize = 20;

pub fn section(results: &Results) -> Markup {
    let maximum: u32 = results.lessons.iter().map(|lesson| results.max_points(lesson)).sum();
    let numbers = statistics::first_numbers(results);
    html! {
        section id="students" {
            h2 { "Students" }
            (controls(results))
            div class="scroll" {
                table id="class" aria-label="Students" {
                    thead {
                        tr {
                            (column("Student", ""))
                            @for lesson in &results.lessons {
                                (column(&short_name(lesson), lesson.title()))
                            }
                            (column("Total", &format!("of {maximum}")))
                            (column("Status", ""))
                        }
                    }
                    @for (at, student) in results.submissions.iter().enumerate() {
                        "\n" (rows(at, student, results, &numbers))
                    }
                }
            }
            p id="nobody" hidden { "Nobody matches." }
        }
        "\n"
    }
}

/// What the script makes work; without it, they don't show.
fn controls(results: &Results) -> Markup {
    let all: Vec<_> = results.submissions.iter().map(statistics::flags).collect();
    let of = |flag| (flag, all.iter().filter(|flags| flags.contains(&flag)).count());
    html! {
        div class="controls" {
            p {
                label for="find" { "Find" } " "
                input type="search" id="find" autocomplete="off" spellcheck="false"; " "
                label { input type="checkbox" id="deep"; " in the feedback, too" }
            }
            p role="group" aria-label="Show students by status" {
                button type="button" data-flag="" aria-pressed="true" { "all " (all.len()) }
                @for (flag, number) in Flag::ALL.map(of).into_iter().filter(|(_, n)| *n > 0) {
                    " " button type="button" data-flag=(key(flag)) aria-pressed="false" {
                        (flag.label()) " " (number)
                    }
                }
                " " button type="button" id="uncheck" hidden {}
            }
            p {
                output id="count" {} " "
                button type="button" id="unfold" { "Unfold these" } " "
                button type="button" id="fold" { "Fold all" } " "
                small { "Printing prints what shows." }
            }
        }
        "\n"
    }
}

fn column(name: &str, small: &str) -> Markup {
    html! {
        th scope="col" {
            button type="button" {
                (Text(name)) @if !small.is_empty() { small { (Text(small)) } }
            }
        }
    }
}

/// The row that always shows, and the one with the feedback.
fn rows(at: usize, student: &Graded, results: &Results, numbers: &[usize]) -> Markup {
    let flags = statistics::flags(student);
    let keys: String = flags.iter().map(|flag| key(*flag)).collect();
    // The student, the lessons, the total, the status.
    let columns = results.lessons.len() + 3;
    html! {
        tbody id={ "s" (at) } data-s=(keys) data-f=[failed(student, numbers)] {
            tr {
                th scope="row" {
                    details {
                        summary {
                            (Text(&cut(student.name())))
                            @if student.name() != student.student {
                                " " small { (Text(&cut(&student.student))) }
                            }
                        }
                    }
                }
                @for grade in &student.grades { (score(grade)) }
                (total(student))
                td {
                    @for flag in flags { span class={ "f" (key(flag)) } { (flag.label()) } " " }
                }
            }
            "\n"
            tr class="more" { td colspan=(columns) { div { "\n" (feedback(results, student)) } } }
        }
    }
}

fn total(student: &Graded) -> Markup {
    let statistics::Total { score, is_whole, .. } = statistics::total(student);
    html! {
        @if is_whole { td class="t" { (score) } }
        @else { td class="t x" { "no score" small { (score) " so far" } } }
    }
}

/// The numbers of the checks that a student fails, if any, as the script knows them: each between
/// spaces.
fn failed(student: &Graded, numbers: &[usize]) -> Option<String> {
    let mut failed = String::new();
    for (first, grade) in numbers.iter().zip(&student.grades) {
        let is_failed = |check: &Check| {
            grade.with_mark(Mark::Fail).iter().any(|finding| finding.check == check)
        };
        for (place, _) in grade.lesson.checks.iter().enumerate().filter(|(_, c)| is_failed(c)) {
            failed += &format!("{} ", first + place);
        }
    }
    (!failed.is_empty()).then(|| format!(" {failed}"))
}

fn score(grade: &Grade) -> Markup {
    html! {
        td class=(class(grade)) {
            @match (grade.status, grade.score()) {
                (_, None) => "no score",
                (Status::NotSubmitted, _) => { "–" small { "not submitted" } }
                (Status::NotCompiled, Some(score)) => { (score) small { "didn’t compile" } }
                (Status::Judged | Status::GraderError, Some(score)) => (score),
            }
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

/// What the roster and the grader say about them, and each lesson.
fn feedback(results: &Results, student: &Graded) -> Markup {
    let known = student.roster.as_ref();
    let known = known.map(|r| [&r.section, &r.email, &r.sis_login_id, &r.sis_user_id, &r.id]);
    let known: Vec<_> = known.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    html! {
        @if !known.is_empty() {
            p class="who" {
                @for (at, part) in known.iter().enumerate() { (separator(at)) (Text(&cut(part))) }
            }
            "\n"
        }
        @if !student.notes.is_empty() {
            ul class="notes" {
                @for note in student.notes.iter().take(NOTES) { li { (Text(&cut(note))) } }
                @if student.notes.len() > NOTES {
                    li { "… and " (student.notes.len() - NOTES) " more" }
                }
            }
            "\n"
        }
        @for (lesson, grade) in results.lessons.iter().zip(&student.grades) {
            (lesson_part(lesson, grade))
        }
    }
}

/// What stands before the part of a list at this place.
fn separator(at: usize) -> &'static str {
    if at == 0 { "" } else { " · " }
}

fn lesson_part(lesson: &Lesson, grade: &Grade) -> Markup {
    html! {
        h4 {
            (Text(&short_name(lesson))) ": " (Text(lesson.title())) " "
            b class=(class(grade)) { (words(grade)) } " "
            @if grade.status != Status::NotSubmitted {
                small {
                    @if grade.is_full() { "all checks passed · " }
                    (format!("{:.1}", grade.seconds)) " s · "
                    @if let Some(seed) = grade.seed { "seed " (seed) " · " }
                    (Text(&grade.isolation))
                    @if let Some(hash) = grade.source_sha256.get(..12) { " · source " (Text(hash)) }
                }
            }
        }
        "\n"
        @if !grade.message.is_empty() {
            pre { (Lines(&text::message(&grade.message))) } "\n"
        }
        (checks(grade))
    }
}

fn checks(grade: &Grade) -> Markup {
    html! {
        @for finding in grade.with_mark(Mark::GraderError) { (failure(finding, None, true)) }
        @for (at, finding) in grade.with_mark(Mark::Fail).into_iter().enumerate() {
            (failure(finding, same_fault(&grade.findings, finding), at == 0))
        }
        @if !grade.is_full() {
            (titles("p", "passed", &grade.with_mark(Mark::Pass)))
            (titles("k", "not made", &grade.with_mark(Mark::Skipped)))
        }
        (titles("k", "not judged here", &grade.with_mark(Mark::NotJudged)))
    }
}

/// A check that didn't pass, with everything that helps to see why.
fn failure(finding: &Finding, same: Option<&str>, is_open: bool) -> Markup {
    let check = finding.check;
    let (class, points) = match finding.mark() {
        Mark::GraderError => ("g", "the check failed, not the program".to_owned()),
        _ => ("w", format!("{} of {}", finding.points(), check.points)),
    };
    html! {
        details class=(class) open[is_open] {
            summary {
                (Prose(check.title)) " " small { (points) }
                @if let Some(first) = same { ": the same fault as " code { (first) } }
            }
            @for part in finding.parts_by_weight() { (self::part(part, check)) }
        }
        "\n"
    }
}

fn part(part: Part, check: &Check) -> Markup {
    let heading = part.heading();
    html! {
        @match part {
            Part::Failure(failure) => (message(&failure.message())),
            Part::GraderError(text) => (message(text)),
            Part::Cause(cause) => p {
                b { (heading) } " " (Prose(&cut(cause))) " " code { (Text(check.section)) }
            }
            Part::Steps(steps) => pre { (Lines(&text::steps(steps))) }
            Part::End(end) => p { (heading) ": " (Said(&cut(end))) }
            Part::Stderr(lines) => { p { (heading) } pre { (Lines(&text::stderr(lines))) } }
            // The goal stands above, with all checks; where to read, with the cause.
            Part::Goal(_) | Part::Section(_) | Part::Needs(_) | Part::NotJudged(_) => {}
        }
    }
}

/// A sentence; or a sentence, and then bytes in columns.
fn message(message: &str) -> Markup {
    let lines = text::message(message);
    html! {
        @if let Some((first, others)) = lines.split_first() {
            p { (Said(first)) }
            @if !others.is_empty() { pre { (Lines(others)) } }
        }
    }
}

fn titles(class: &str, what: &str, findings: &[&Finding]) -> Markup {
    html! {
        @if !findings.is_empty() {
            p class=(class) {
                b { (findings.len()) " " (what) } " "
                @for (at, finding) in findings.iter().enumerate() {
                    (separator(at)) (Prose(finding.check.title))
                }
            }
            "\n"
        }
    }
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
