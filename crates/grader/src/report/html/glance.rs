//! The class at a glance: the scores of each lesson, the checks that most students fail, and what
//! the instructor has to look at.

use super::escape::{Prose, Text};
use super::students::quality;
use crate::model::{Grade, Graded, Results, Status};
use crate::report::statistics::{self, CheckStatistics, Distribution, Flag};
use crate::text::{count, cut, gist, short_name};
use checks::check::Lesson;
use std::fmt::{self, Write};

/// The checks that are explained at once; the others are in a table.
const WORST: usize = 8;

/// The most students of a kind that are named; the table below has all of them.
const NAMED: usize = 25;

/// Some numbers about everyone, and a chart a lesson.
pub fn scores(page: &mut String, results: &Results) -> fmt::Result {
    page.push_str("<section>\n<h2>The class at a glance</h2>\n<dl class=\"tiles\">\n");
    for (name, number) in tiles(results) {
        writeln!(page, "<div><dt>{name}</dt><dd>{number}</dd></div>")?;
    }
    page.push_str("</dl>\n<div class=\"charts\">\n");
    let lessons = results.lessons.iter().enumerate();
    let all: Vec<_> =
        lessons.map(|(at, lesson)| (lesson, statistics::distribution(results, at))).collect();
    // One scale for all, so that the charts can be compared.
    let highest = all.iter().flat_map(|(_, distribution)| distribution.bins).max().unwrap_or(0);
    for (lesson, distribution) in &all {
        chart(page, lesson, distribution, highest.max(1))?;
    }
    page.push_str("</div>\n</section>\n");
    Ok(())
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
    let maximum: u32 = results.lessons.iter().map(|lesson| lesson.max_points()).sum();
    [
        ("students", students.len().to_string()),
        ("median total", median.map_or("–".into(), |median| format!("{median} of {maximum}"))),
        ("with full marks", is_there(Flag::FullMarks).to_string()),
        ("need your eyes", eyes.to_string()),
    ]
}

/// How many scored how much, as bars.
fn chart(page: &mut String, lesson: &Lesson, scores: &Distribution, highest: usize) -> fmt::Result {
    let median = scores.median.map_or("no scores".into(), |median| format!("median {median}"));
    let full = format!("{} with full marks", scores.full());
    let name = short_name(lesson);
    write!(
        page,
        "<figure>\n<figcaption><b>{}</b> {}</figcaption>\n\
         <svg viewBox=\"0 0 220 92\" role=\"img\" aria-label=\"{} of {} points, {full}\">",
        Text(&name),
        Text(lesson.title()),
        Text(&median),
        lesson.max_points(),
    )?;
    for (tenth, &students) in scores.bins.iter().enumerate() {
        bar(page, lesson, tenth, students, highest)?;
    }
    write!(
        page,
        "<path d=\"M0 78.5H220\"/><text x=\"10\" y=\"89\">0</text>\
         <text x=\"110\" y=\"89\">{}</text><text x=\"210\" y=\"89\">{}</text></svg>\n<p>{median}",
        f64::from(lesson.max_points()) / 2.0,
        lesson.max_points(),
    )?;
    let besides = [
        (scores.not_compiled, "didn’t compile"),
        (scores.not_submitted, "not submitted"),
        (scores.without_score, "no score"),
    ];
    for (number, what) in besides.iter().filter(|(number, _)| *number > 0) {
        write!(page, " · {number} {what}")?;
    }
    page.push_str("</p>\n</figure>\n");
    Ok(())
}

fn bar(
    page: &mut String,
    lesson: &Lesson,
    tenth: usize,
    students: usize,
    highest: usize,
) -> fmt::Result {
    let (x, height) = (tenth * 20, (students * 64).div_ceil(highest));
    let range = match tenth {
        10 => "full marks".to_owned(),
        _ => format!("{} to {} % of {}", tenth * 10, tenth * 10 + 9, lesson.max_points()),
    };
    if students > 0 {
        write!(
            page,
            "<g><title>{}: {range}</title><rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"16\" \
             height=\"{height}\" rx=\"2\"/><text x=\"{}\" y=\"{}\">{students}</text></g>",
            count(students, "student"),
            quality(tenth),
            x + 2,
            78 - height,
            x + 10,
            75 - height,
        )?;
    }
    Ok(())
}

/// The checks that most students fail, each with what is to be taught; and a table of all checks.
pub fn teach(page: &mut String, checks: &[CheckStatistics<'_>]) -> fmt::Result {
    page.push_str("<section>\n<h2>Teach again tomorrow</h2>\n");
    let mut worst: Vec<_> = checks.iter().filter(|check| check.failed > 0).collect();
    worst.sort_by_key(|check| (std::cmp::Reverse(check.failed), check.number));
    if worst.is_empty() {
        page.push_str("<p>No check has failed.</p>\n");
    }
    page.push_str("<ol class=\"worst\">\n");
    for check in worst.into_iter().take(WORST) {
        lecture(page, check)?;
    }
    page.push_str("</ol>\n");
    all_checks(page, checks)?;
    page.push_str("</section>\n");
    Ok(())
}

fn lecture(page: &mut String, statistics: &CheckStatistics<'_>) -> fmt::Result {
    let CheckStatistics { lesson, check, number, failed, skipped, .. } = statistics;
    let share = statistics.share();
    write!(
        page,
        "<li>\n<h3>{} <small>{}</small></h3>\n<p class=\"share\">{}<b>{share} %</b> \
         {failed} of {} fail",
        Prose(check.title),
        Text(&short_name(lesson)),
        share_bar(share),
        statistics.judged(),
    )?;
    if *skipped > 0 {
        write!(page, ", {skipped} never got that far")?;
    }
    write!(
        page,
        " <button type=\"button\" data-check=\"{number}\">Show who</button></p>\n\
         <dl><dt>Goal</dt><dd>{}</dd>",
        Prose(check.goal)
    )?;
    if let Some((cause, times)) = statistics.cause {
        let of_them =
            if times == *failed { String::new() } else { format!(" ({times} of {failed})") };
        write!(page, "<dt>Likely cause{of_them}</dt><dd>{}</dd>", Prose(&cut(cause)))?;
    }
    writeln!(
        page,
        "<dt>Teach again</dt><dd><code>lessons/{}</code></dd></dl>\n</li>",
        Text(check.section)
    )
}

fn share_bar(share: usize) -> String {
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"rest\" width=\"100\" height=\"8\"/><rect width=\"{share}\" height=\"8\"/></svg>"
    )
}

fn all_checks(page: &mut String, checks: &[CheckStatistics<'_>]) -> fmt::Result {
    page.push_str(
        "<details class=\"all\"><summary>All checks of all lessons</summary>\n\
         <div class=\"scroll\"><table><thead><tr><th>Lesson</th><th>Check</th><th>Goal</th>\
         <th>Points</th><th>Failed</th><th>Passed</th><th>Not made</th></tr></thead><tbody>\n",
    );
    for statistics in checks {
        let CheckStatistics { lesson, check, passed, failed, skipped, .. } = statistics;
        writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{failed}</td><td>{passed}</td>\
             <td>{skipped}</td></tr>",
            Text(&short_name(lesson)),
            Prose(check.title),
            Prose(check.goal),
            check.points,
        )?;
    }
    page.push_str("</tbody></table></div></details>\n");
    Ok(())
}

/// What the instructor has to look at, with a link to each student.
pub fn eyes(page: &mut String, results: &Results) -> fmt::Result {
    page.push_str("<section>\n<h2>Needs your eyes</h2>\n");
    let mut is_empty = true;
    for flag in Flag::ALL.into_iter().filter(|flag| flag.needs_eyes()) {
        let all = results.submissions.iter().enumerate();
        let found: Vec<_> = all
            .filter_map(|(at, student)| Some((at, student, reason(results, student, flag)?)))
            .collect();
        if !found.is_empty() {
            is_empty = false;
            group(page, flag, &found)?;
        }
    }
    if is_empty {
        page.push_str("<p>Nothing: everything that was handed in has been judged.</p>\n");
    }
    page.push_str("</section>\n");
    Ok(())
}

fn group(page: &mut String, flag: Flag, found: &[(usize, &Graded, String)]) -> fmt::Result {
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
    write!(
        page,
        "<h3>{title} <small>{}</small></h3>\n<p>{advice}</p>\n<ul class=\"eyes\">\n",
        found.len()
    )?;
    for (at, student, reason) in found.iter().take(NAMED) {
        writeln!(
            page,
            "<li><a href=\"#s{at}\">{}</a> {}</li>",
            Text(&cut(student.name())),
            Text(&cut(reason))
        )?;
    }
    page.push_str("</ul>\n");
    let others = found.len().saturating_sub(NAMED);
    if others > 0 {
        writeln!(page, "<p>And {others} more: they are marked “{}” below.</p>", flag.label())?;
    }
    Ok(())
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
