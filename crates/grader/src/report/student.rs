//! `report-STUDENT.md`: what a student gets back.
//!
//! # Layout
//!
//! - `markdown`: hostile text as Markdown

mod markdown;

use crate::model::{Check, CheckInfo, Grade, Lesson, Results, Status, Submission};
use crate::report::statistics::{self, with_status};
use crate::report::text::{self, count, cut, short_name};
use markdown::{block, code, html, plain, prose};
use std::fmt::{self, Write};

/// The whole page.
#[must_use]
pub fn page(results: &Results, submission: &Submission) -> String {
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = write(&mut page, results, submission);
    page
}

fn write(page: &mut String, results: &Results, submission: &Submission) -> fmt::Result {
    let graded: Vec<_> = results.lessons.iter().zip(&submission.grades).collect();
    write!(page, "# Results of {}\n\n", code(&text::visible_name(&cut(submission.name()))))?;
    page.push_str("| lesson | score | |\n| --- | ---: | --- |\n");
    for (lesson, grade) in &graded {
        let name = format!("{}: {}", short_name(lesson), lesson.title);
        writeln!(page, "| {} | {} | {} |", plain(&name), score(grade), summary(grade))?;
    }
    let total = statistics::total(submission);
    match total.is_whole {
        true => writeln!(page, "| **Total** | **{} of {}** | |", total.score, total.max_score)?,
        false => writeln!(page, "| **Total** | **no score** | {} points so far |", total.score)?,
    }
    for (lesson, grade) in graded {
        lesson_part(page, lesson, grade)?;
    }
    Ok(())
}

fn score(grade: &Grade) -> String {
    match grade.has_score() {
        true => format!("{} of {}", grade.score, grade.max_score),
        false => "no score".to_owned(),
    }
}

/// A lesson in a few words.
fn summary(grade: &Grade) -> String {
    if !grade.has_score() {
        return "we couldn’t judge it; that is not your fault".to_owned();
    }
    match grade.status {
        Status::NotSubmitted => "not submitted".to_owned(),
        Status::NotCompiled => "didn’t compile".to_owned(),
        Status::Judged | Status::GraderError => {
            let (failed, skipped) = (with_status(grade, "fail"), with_status(grade, "skipped"));
            match (failed.len(), skipped.len()) {
                (0, 0) => "all checks passed".to_owned(),
                (failed, 0) => format!("{} failed", count(failed, "check")),
                (failed, skipped) => {
                    format!("{} failed, {skipped} not made", count(failed, "check"))
                }
            }
        }
    }
}

/// A lesson of which there is more to say than its score.
fn lesson_part(page: &mut String, lesson: &Lesson, grade: &Grade) -> fmt::Result {
    let is_full = grade.has_score() && with_status(grade, "pass").len() == grade.checks.len();
    if grade.status == Status::NotSubmitted || (grade.status == Status::Judged && is_full) {
        return Ok(());
    }
    let title = format!("{}: {}", short_name(lesson), lesson.title);
    write!(page, "\n## {} ({})\n", plain(&title), score(grade))?;
    match grade.status {
        Status::NotCompiled => {
            page.push_str("\nIt isn’t judged before it compiles:\n\n");
            page.push_str(&block("text", &text::message(&grade.message)));
            return Ok(());
        }
        // What went wrong with us may name what no student needs to see.
        Status::GraderError => {
            page.push_str(
                "\nSomething went wrong on our side, so this lesson has no score. Your instructor \
                 can see what it was; you needn’t do anything.\n",
            );
            return Ok(());
        }
        Status::Judged | Status::NotSubmitted => {}
    }
    if let Some(seed) = grade.seed {
        page.push_str(
            "\nA changed program is judged with other payloads. This repeats the run, with the \
             same ones:\n\n",
        );
        let command = format!("cargo xtask check {} --seed {seed}", text::visible(&lesson.name));
        page.push_str(&block("sh", &[command]));
    }
    checks(page, lesson, grade)
}

fn checks(page: &mut String, lesson: &Lesson, grade: &Grade) -> fmt::Result {
    let failed = with_status(grade, "fail");
    for (at, check) in failed.iter().enumerate() {
        let points = format!("{} of {} points", check.points, check.max_points);
        let title = &check.title;
        match at {
            0 => write!(page, "\n### ✗ {} ({points})\n", prose(title))?,
            _ => write!(page, "\n<details>\n<summary>✗ {} ({points})</summary>\n", html(title))?,
        }
        failure(page, lesson, check)?;
        if at > 0 {
            page.push_str("\n</details>\n");
        }
    }
    let broken = with_status(grade, "grader error");
    titles(page, "Couldn’t be made, which is our fault", &broken)?;
    titles(
        page,
        "Not made, because they need a check that failed",
        &with_status(grade, "skipped"),
    )?;
    titles(page, "Passed", &with_status(grade, "pass"))
}

/// In the order, and under the headings, in which `cargo xtask check` tells it.
fn failure(page: &mut String, lesson: &Lesson, check: &Check) -> fmt::Result {
    let known = lesson.checks.iter().find(|known| known.id == check.id);
    if let Some(CheckInfo { goal, .. }) = known {
        write!(page, "\n**The goal:** {}\n", prose(goal))?;
    }
    part(page, "What happened", &text::steps(&check.transcript))?;
    part(page, "What went wrong", &text::message(&check.message))?;
    if !check.cause.is_empty() {
        write!(page, "\n**Likely cause:** {}\n", prose(&cut(&check.cause)))?;
    }
    if let Some(end) = &check.end {
        write!(page, "\n**How the program ended:** {}\n", code(&cut(end)))?;
    }
    part(page, "The end of its stderr", &text::stderr(&check.stderr))?;
    write!(page, "\n**Where to read:** {}\n", code(&format!("lessons/{}", check.section)))
}

fn part(page: &mut String, name: &str, lines: &[impl AsRef<str>]) -> fmt::Result {
    match lines.is_empty() {
        true => Ok(()),
        false => write!(page, "\n**{name}:**\n\n{}", block("text", lines)),
    }
}

fn titles(page: &mut String, what: &str, checks: &[&Check]) -> fmt::Result {
    if !checks.is_empty() {
        write!(page, "\n{what}:\n\n")?;
        for check in checks {
            writeln!(page, "- {}", prose(&check.title))?;
        }
    }
    Ok(())
}
