//! The class at a glance: the scores of each lesson, the checks that most students fail, and what
//! the instructor has to look at.

use super::escape::{Prose, Text};
use super::students::quality;
use crate::model::{Grade, Graded, Results, Status};
use crate::report::statistics::{self, CheckStatistics, Distribution, Flag};
use crate::text::{count, gist, short_name};
use base::text::cut;
use checks::check::Lesson;
use maud::{Markup, html};
use std::cmp::Reverse;

/// The checks that are explained at once; the others are in a table.
const WORST: usize = 8;

/// The most students of a kind that are named; the table below has all of them.
const NAMED: usize = 25;

/// Some numbers about everyone, and a chart a lesson.
pub fn scores(results: &Results) -> Markup {
    let lessons = results.lessons.iter().enumerate();
    let all: Vec<_> =
        lessons.map(|(at, lesson)| (lesson, statistics::distribution(results, at))).collect();
    // One scale for all, so that the charts can be compared.
    let highest = all.iter().flat_map(|(_, distribution)| distribution.bins).max().unwrap_or(0);
    html! {
        section {
            h2 { "The class at a glance" }
            dl class="tiles" {
                @for (name, number) in tiles(results) {
                    div { dt { (name) } dd { (number) } } "\n"
                }
            }
            div class="charts" {
                @for (lesson, distribution) in &all {
                    (chart(lesson, results.max_points(lesson), distribution, highest.max(1)))
                }
            }
        }
        "\n"
    }
}

fn tiles(results: &Results) -> [(&'static str, String); 4] {
    let students = &results.submissions;
    let is_there = |flag: Flag| {
        students.iter().filter(|student| statistics::flags(student).contains(&flag)).count()
    };
    let eyes = |flags: Vec<Flag>| flags.into_iter().any(Flag::needs_eyes);
    let eyes = students.iter().filter(|student| eyes(statistics::flags(student))).count();
    let handed_in = students
        .iter()
        .filter(|student| student.grades.iter().any(|grade| grade.status != Status::NotSubmitted));
    let totals = handed_in.map(statistics::total).filter(|total| total.is_whole);
    let median = statistics::median(totals.map(|total| f64::from(total.score)).collect());
    let maximum: u32 = results.lessons.iter().map(|lesson| results.max_points(lesson)).sum();
    [
        ("students", students.len().to_string()),
        ("median total", median.map_or("–".into(), |median| format!("{median} of {maximum}"))),
        ("with full marks", is_there(Flag::FullMarks).to_string()),
        ("need your eyes", eyes.to_string()),
    ]
}

/// How many scored how much, as bars.
fn chart(lesson: &Lesson, points: u32, scores: &Distribution, highest: usize) -> Markup {
    let median = scores.median.map_or("no scores".into(), |median| format!("median {median}"));
    let label = format!("{median} of {points} points, {} with full marks", scores.full());
    let besides = [
        (scores.not_compiled, "didn’t compile"),
        (scores.not_submitted, "not submitted"),
        (scores.without_score, "no score"),
    ];
    html! {
        figure {
            figcaption { b { (Text(&short_name(lesson))) } " " (Text(lesson.title())) } "\n"
            svg viewBox="0 0 220 92" role="img" aria-label=(label) {
                @for (tenth, &students) in scores.bins.iter().enumerate().filter(|(_, n)| **n > 0) {
                    (bar(points, tenth, students, highest))
                }
                path d="M0 78.5H220" {}
                text x="10" y="89" { "0" }
                text x="110" y="89" { (f64::from(points) / 2.0) }
                text x="210" y="89" { (points) }
            }
            "\n"
            p {
                (median)
                @for (number, what) in besides.iter().filter(|(number, _)| *number > 0) {
                    " · " (number) " " (what)
                }
            }
        }
        "\n"
    }
}

fn bar(points: u32, tenth: usize, students: usize, highest: usize) -> Markup {
    let (x, height) = (tenth * 20, (students * 64).div_ceil(highest));
    let range = match tenth {
        10 => "full marks".to_owned(),
        _ => format!("{} to {} % of {points}", tenth * 10, tenth * 10 + 9),
    };
    html! {
        g {
            title { (count(students, "student")) ": " (range) }
            rect class=(quality(tenth)) x=(x + 2) y=(78 - height) width="16" height=(height) rx="2" {}
            text x=(x + 10) y=(75 - height) { (students) }
        }
    }
}

/// The checks that most students fail, each with what is to be taught; and a table of all checks.
pub fn teach(checks: &[CheckStatistics<'_>]) -> Markup {
    let mut worst: Vec<_> = checks.iter().filter(|check| check.failed > 0).collect();
    worst.sort_by_key(|check| (Reverse(check.failed), check.number));
    html! {
        section {
            h2 { "Teach again tomorrow" }
            @if worst.is_empty() { p { "No check has failed." } }
            ol class="worst" { @for check in worst.into_iter().take(WORST) { (lecture(check)) } }
            "\n"
            (all_checks(checks))
        }
        "\n"
    }
}

fn lecture(statistics: &CheckStatistics<'_>) -> Markup {
    let CheckStatistics { lesson, check, number, failed, skipped, .. } = statistics;
    let share = statistics.share();
    html! {
        li {
            h3 { (Prose(check.title)) " " small { (Text(&short_name(lesson))) } } "\n"
            p class="share" {
                (share_bar(share)) b { (share) " %" } " " (failed) " of " (statistics.judged()) " fail"
                @if *skipped > 0 { ", " (skipped) " never got that far" }
                " " button type="button" data-check=(number) { "Show who" }
            }
            "\n"
            dl {
                dt { "Goal" } dd { (Prose(check.goal)) }
                @if let Some((cause, times)) = statistics.cause {
                    dt {
                        "Likely cause"
                        @if times != *failed { " (" (times) " of " (failed) ")" }
                    }
                    dd { (Prose(&cut(cause))) }
                }
                dt { "Teach again" } dd { code { "lessons/" (Text(check.section)) } }
            }
        }
        "\n"
    }
}

fn share_bar(share: usize) -> Markup {
    html! {
        svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect class="rest" width="100" height="8" {}
            rect width=(share) height="8" {}
        }
    }
}

fn all_checks(checks: &[CheckStatistics<'_>]) -> Markup {
    let columns = ["Lesson", "Check", "Goal", "Points", "Failed", "Passed", "Not made"];
    html! {
        details class="all" {
            summary { "All checks of all lessons" } "\n"
            div class="scroll" {
                table {
                    thead { tr { @for column in columns { th { (column) } } } }
                    tbody {
                        @for CheckStatistics { lesson, check, passed, failed, skipped, .. } in checks {
                            "\n"
                            tr {
                                td { (Text(&short_name(lesson))) }
                                td { (Prose(check.title)) }
                                td { (Prose(check.goal)) }
                                td { (check.points) }
                                td { (failed) }
                                td { (passed) }
                                td { (skipped) }
                            }
                        }
                    }
                }
            }
        }
        "\n"
    }
}

/// What the instructor has to look at, with a link to each student.
pub fn eyes(results: &Results) -> Markup {
    let with = |flag: Flag| {
        let all = results.submissions.iter().enumerate();
        let found: Vec<_> = all
            .filter_map(|(at, student)| Some((at, student, reason(results, student, flag)?)))
            .collect();
        (flag, found)
    };
    let flags = Flag::ALL.into_iter().filter(|flag| flag.needs_eyes());
    let groups: Vec<_> = flags.map(with).filter(|(_, found)| !found.is_empty()).collect();
    html! {
        section {
            h2 { "Needs your eyes" }
            @for (flag, found) in &groups { (group(*flag, found)) }
            @if groups.is_empty() { p { "Nothing: everything that was handed in has been judged." } }
        }
        "\n"
    }
}

fn group(flag: Flag, found: &[(usize, &Graded, String)]) -> Markup {
    let (title, advice) = match flag {
        Flag::NoScore => (
            "No score",
            "The grader failed, not the student: there is no score to publish yet. Grade them again.",
        ),
        Flag::NotCompiled => (
            "Didn’t compile",
            "No points. A single missing character may be worth a second chance.",
        ),
        _ => ("Notes", "Something in the submission wasn’t as expected."),
    };
    let others = found.len().saturating_sub(NAMED);
    html! {
        h3 { (title) " " small { (found.len()) } } "\n"
        p { (advice) } "\n"
        ul class="eyes" {
            @for (at, student, reason) in found.iter().take(NAMED) {
                li {
                    a href={ "#s" (at) } { (Text(&cut(student.name()))) } " " (Text(&cut(reason)))
                }
                "\n"
            }
        }
        @if others > 0 {
            p { "And " (others) " more: they are marked “" (flag.label()) "” below." } "\n"
        }
    }
}

/// Why a student belongs in a group, in a line.
fn reason(results: &Results, student: &Graded, flag: Flag) -> Option<String> {
    let text = match flag {
        Flag::Notes => {
            let (first, others) = student.notes.split_first()?;
            match others.len() {
                0 => gist(first).to_owned(),
                more => format!("{} (and {more} more)", cut(gist(first))),
            }
        }
        Flag::NoScore => first(results, student, |grade| !grade.has_score())?,
        Flag::NotCompiled => first(results, student, |grade| grade.status == Status::NotCompiled)?,
        Flag::Failing | Flag::NotSubmitted | Flag::FullMarks => return None,
    };
    Some(text)
}

/// The first grade of that kind, and how many more there are.
fn first(results: &Results, student: &Graded, is_it: fn(&Grade) -> bool) -> Option<String> {
    let grades = results.lessons.iter().zip(&student.grades);
    let mut found = grades.filter(|(_, grade)| is_it(grade));
    let (lesson, grade) = found.next()?;
    let others = found.count();
    let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    Some(format!("{}{more}: {}", short_name(lesson), gist(&grade.error())))
}
