//! A grade as a list of tests, which is how most platforms see it.

use crate::model::{Grade, Status};
use crate::text::{line, paragraph};
use checks::verdict::{Finding, Mark, Part};

/// Bytes of one line of a transcript, or of stderr.
const LINE: usize = 500;

/// A check, or all of a lesson that wasn't judged.
pub struct Entry<'a> {
    /// `3.2`, or `3`
    pub number: String,
    pub title: &'static str,
    pub mark: Mark,
    pub points: u32,
    pub max_points: u32,
    pub seconds: f64,
    source: Source<'a>,
}

enum Source<'a> {
    Check(&'a Finding),
    Grade(&'a Grade),
}

/// At least one entry, in the lesson's order. What isn't judged here is none.
pub fn entries(grade: &Grade) -> Vec<Entry<'_>> {
    if grade.status == Status::Judged && !grade.findings.is_empty() {
        let numbered = (1..).zip(&grade.findings);
        let numbered = numbered.filter(|(_, finding)| finding.mark() != Mark::NotJudged);
        return numbered.map(|(number, finding)| of_check(grade, number, finding)).collect();
    }
    vec![of_grade(grade)]
}

fn of_check<'a>(grade: &Grade, number: usize, finding: &'a Finding) -> Entry<'a> {
    Entry {
        number: format!("{}.{number}", lesson_number(grade)),
        title: finding.check.title,
        mark: finding.mark(),
        points: finding.points(),
        max_points: finding.check.points,
        seconds: finding.duration.as_secs_f64(),
        source: Source::Check(finding),
    }
}

fn of_grade(grade: &Grade) -> Entry<'_> {
    let (title, mark) = match grade.status {
        Status::Judged => ("is judged", Mark::Pass),
        Status::NotSubmitted => ("is handed in", Mark::Skipped),
        Status::NotCompiled => ("compiles", Mark::Fail),
        Status::GraderError => ("can be judged", Mark::GraderError),
    };
    Entry {
        number: lesson_number(grade),
        title,
        mark,
        points: grade.score().unwrap_or(0),
        max_points: grade.max_score(),
        seconds: seconds(grade),
        source: Source::Grade(grade),
    }
}

/// A finite number, whatever the clock did.
pub fn seconds(grade: &Grade) -> f64 {
    if grade.seconds.is_finite() { grade.seconds.max(0.0) } else { 0.0 }
}

/// Sum of points and the most that could be; or the names of the lessons that have no score.
pub fn total(grades: &[Grade]) -> Result<(u32, u32), String> {
    let without = grades.iter().filter(|grade| !grade.has_score());
    let names: Vec<String> = without.map(|grade| grade.lesson.name()).collect();
    if names.is_empty() {
        return Ok((
            grades.iter().map(Grade::points).sum(),
            grades.iter().map(Grade::max_score).sum(),
        ));
    }
    Err(names.join(", "))
}

/// `85 of 100 points`, or why there are none.
pub fn verdict(grade: &Grade) -> String {
    match (grade.status, grade.score()) {
        (_, None) => "no score, because the grader failed".to_string(),
        (Status::NotSubmitted, _) => "not submitted".to_string(),
        (Status::NotCompiled, _) => "doesn't compile".to_string(),
        (_, Some(score)) => format!("{score} of {} points", grade.max_score()),
    }
}

/// `3` of `lesson-3`
fn lesson_number(grade: &Grade) -> String {
    let name = grade.lesson.name();
    name.strip_prefix("lesson-").unwrap_or(&name).to_owned()
}

impl Entry<'_> {
    /// What a student should read about it, in lines of plain text. What matters most comes
    /// first, and nothing is so long that the rest is lost.
    pub fn feedback(&self, limit: usize) -> String {
        match self.source {
            Source::Check(finding) => of_a_check(finding, limit),
            Source::Grade(grade) => paragraph(&of_a_grade(grade, limit), limit),
        }
    }

    /// Why it failed, in one line, if it says so.
    pub fn reason(&self, limit: usize) -> Option<String> {
        let first = |message: &str| {
            let found = message.lines().find(|text| !text.trim().is_empty());
            found.map(|found| line(found, limit))
        };
        match self.source {
            Source::Check(finding) => first(&finding.message()),
            Source::Grade(grade) => Some(first(&grade.message).unwrap_or_else(|| verdict(grade))),
        }
    }
}

fn of_a_grade(grade: &Grade, limit: usize) -> String {
    let head = match grade.status {
        Status::Judged => "It was judged.".to_string(),
        Status::NotSubmitted => format!("There is no {} in the submission.", grade.lesson.name()),
        Status::NotCompiled => "It doesn't compile, so nothing could be checked.".to_string(),
        Status::GraderError => {
            "The grader failed, which is not the student's fault. There is no score.".to_string()
        }
    };
    if grade.message.is_empty() {
        return head;
    }
    format!("{head}\n\n{}", paragraph(&grade.message, limit))
}

fn of_a_check(finding: &Finding, limit: usize) -> String {
    if finding.mark() == Mark::Pass {
        return String::new();
    }
    let mut text = String::new();
    // A transcript may have any number of lines, and not all of them fit.
    let few = limit / 8;
    for part in finding.parts_by_weight() {
        let lines: Vec<String> = match part {
            Part::Failure(_) | Part::Needs(_) | Part::NotJudged(_) | Part::GraderError(_) => {
                text += opening(finding.mark());
                text += &paragraph(&finding.message(), limit / 2);
                continue;
            }
            Part::Goal(_) => continue,
            Part::Cause(cause) => vec![paragraph(cause, limit / 4)],
            Part::Section(section) => vec![format!("lessons/{section}")],
            Part::Steps(steps) => {
                let steps = (1..).zip(steps).take(few);
                steps.map(|(number, step)| format!("{number}. {}", line(step, LINE))).collect()
            }
            Part::End(end) => vec![line(end, LINE)],
            Part::Stderr(lines) => lines.iter().take(few).map(|text| line(text, LINE)).collect(),
        };
        text.push_str(&format!("\n\n{}", part.heading()));
        for line in lines.iter().flat_map(|line| line.lines()) {
            text.push_str(&format!("\n  {line}"));
        }
    }
    paragraph(text.trim_start(), limit)
}

/// What stands before the message of a check that didn't fail.
fn opening(mark: Mark) -> &'static str {
    match mark {
        Mark::Pass | Mark::Fail => "",
        Mark::Skipped => "Not checked: ",
        Mark::NotJudged => "Not judged here: ",
        Mark::GraderError => "The check itself failed, which is not the student's fault: ",
    }
}
