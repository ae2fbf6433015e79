//! `report-STUDENT.md`: what a student gets back.

use crate::model::{Grade, Graded, Results, Status};
use crate::report::markdown::{block, code, html, plain, prose};
use crate::report::statistics;
use crate::text::{self, count, short_name};
use base::text::cut;
use checks::check::Lesson;
use checks::verdict::{Finding, Mark, Part, same_fault};
use std::fmt::{self, Write};

/// The whole page.
#[must_use]
pub fn page(results: &Results, submission: &Graded) -> String {
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = write(&mut page, results, submission);
    page
}

fn write(page: &mut String, results: &Results, submission: &Graded) -> fmt::Result {
    let graded: Vec<_> = results.lessons.iter().zip(&submission.grades).collect();
    write!(page, "# Results of {}\n\n", code(&base::text::name(&cut(submission.name()))))?;
    page.push_str("| lesson | score | |\n| --- | ---: | --- |\n");
    for (lesson, grade) in &graded {
        let name = format!("{}: {}", short_name(lesson), lesson.title());
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
    match grade.score() {
        Some(score) => format!("{score} of {}", grade.max_score()),
        None => "no score".to_owned(),
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
            match (grade.count(Mark::Fail), grade.count(Mark::Skipped)) {
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
    let is_full = grade.has_score() && grade.is_full();
    if grade.status == Status::NotSubmitted || (grade.status == Status::Judged && is_full) {
        return Ok(());
    }
    let title = format!("{}: {}", short_name(lesson), lesson.title());
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
        let command = format!("cargo xtask check {} --seed {seed}", lesson.name());
        page.push_str(&block("sh", &[command]));
    }
    checks(page, grade)
}

fn checks(page: &mut String, grade: &Grade) -> fmt::Result {
    for (at, finding) in grade.with_mark(Mark::Fail).into_iter().enumerate() {
        let check = finding.check;
        let points = format!("{} of {} points", finding.points(), check.points);
        match at {
            0 => write!(page, "\n### ✗ {} ({points})\n", prose(check.title))?,
            _ => {
                let title = html(check.title);
                let same = same_fault(&grade.findings, finding);
                let same = same.map(|check| format!(": the same fault as {check}"));
                let same = same.unwrap_or_default();
                write!(page, "\n<details>\n<summary>✗ {title} ({points}){same}</summary>\n")?;
            }
        }
        for part in finding.parts() {
            self::part(page, part)?;
        }
        if at > 0 {
            page.push_str("\n</details>\n");
        }
    }
    let groups = [
        ("Couldn’t be made, which is our fault", Mark::GraderError),
        ("Not made, because they need a check that failed", Mark::Skipped),
        ("Not judged here", Mark::NotJudged),
        ("Passed", Mark::Pass),
    ];
    groups.into_iter().try_for_each(|(what, mark)| titles(page, what, &grade.with_mark(mark)))
}

/// In the order, and under the headings, in which `cargo xtask check` tells it.
fn part(page: &mut String, part: Part) -> fmt::Result {
    let heading = part.heading();
    let line = match part {
        Part::Steps(steps) => return lines(page, heading, &text::steps(steps)),
        Part::Failure(failure) => return lines(page, heading, &text::message(&failure.message())),
        Part::GraderError(error) => return lines(page, heading, &text::message(error)),
        Part::Stderr(stderr) => return lines(page, heading, &text::stderr(stderr)),
        Part::Goal(text) | Part::NotJudged(text) => prose(text),
        Part::Cause(cause) => prose(&cut(cause)),
        Part::Needs(check) => code(check),
        Part::End(end) => code(&cut(end)),
        Part::Section(section) => code(&format!("lessons/{section}")),
    };
    write!(page, "\n**{heading}:** {line}\n")
}

fn lines(page: &mut String, heading: &str, lines: &[impl AsRef<str>]) -> fmt::Result {
    match lines.is_empty() {
        true => Ok(()),
        false => write!(page, "\n**{heading}:**\n\n{}", block("text", lines)),
    }
}

fn titles(page: &mut String, what: &str, findings: &[&Finding]) -> fmt::Result {
    if !findings.is_empty() {
        write!(page, "\n{what}:\n\n")?;
        for finding in findings {
            writeln!(page, "- {}", prose(finding.check.title))?;
        }
    }
    Ok(())
}
