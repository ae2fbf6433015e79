//! A grade as a list of tests, which is how most platforms see it.

use super::text::{line, paragraph};
use crate::model::{Check, Grade, Status};

/// Bytes of one line of a transcript, or of stderr.
const LINE: usize = 500;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Pass,
    Fail,
    Skipped,
    GraderError,
}

/// A check, or all of a lesson that wasn't judged.
pub struct Entry<'a> {
    /// `3.2`, or `3`
    pub number: String,
    pub title: String,
    pub outcome: Outcome,
    pub points: u32,
    pub max_points: u32,
    pub seconds: f64,
    source: Source<'a>,
}

enum Source<'a> {
    Check(&'a Check),
    Grade(&'a Grade),
}

/// At least one entry, in the lesson's order.
pub fn entries(grade: &Grade) -> Vec<Entry<'_>> {
    if grade.status == Status::Judged && !grade.checks.is_empty() {
        let numbered = (1..).zip(&grade.checks);
        return numbered.map(|(number, check)| of_check(grade, number, check)).collect();
    }
    vec![of_grade(grade)]
}

fn of_check<'a>(grade: &Grade, number: usize, check: &'a Check) -> Entry<'a> {
    let named = [&check.title, &check.id].into_iter().find(|name| !name.is_empty());
    Entry {
        number: format!("{}.{number}", lesson_number(grade)),
        title: line(named.map_or("check", String::as_str), LINE),
        outcome: match check.status.as_str() {
            "pass" => Outcome::Pass,
            "fail" => Outcome::Fail,
            "skipped" => Outcome::Skipped,
            _ => Outcome::GraderError,
        },
        points: check.points.min(check.max_points),
        max_points: check.max_points,
        seconds: check.milliseconds as f64 / 1000.0,
        source: Source::Check(check),
    }
}

fn of_grade(grade: &Grade) -> Entry<'_> {
    let (title, outcome) = match grade.status {
        Status::Judged => ("is judged", Outcome::Pass),
        Status::NotSubmitted => ("is handed in", Outcome::Skipped),
        Status::NotCompiled => ("compiles", Outcome::Fail),
        Status::GraderError => ("can be judged", Outcome::GraderError),
    };
    Entry {
        number: lesson_number(grade),
        title: title.to_string(),
        outcome,
        points: points(grade).unwrap_or(0),
        max_points: grade.max_score,
        seconds: seconds(grade),
        source: Source::Grade(grade),
    }
}

/// What may be published: nothing if there is no score.
pub fn points(grade: &Grade) -> Option<u32> {
    grade.has_score().then(|| grade.score.min(grade.max_score))
}

/// A finite number, whatever the clock did.
pub fn seconds(grade: &Grade) -> f64 {
    if grade.seconds.is_finite() { grade.seconds.max(0.0) } else { 0.0 }
}

/// Sum of points and the most that could be; nothing if any of the grades has no score.
pub fn total(grades: &[Grade]) -> Option<(u64, u64)> {
    let earned = grades.iter().map(|grade| points(grade).map(u64::from)).sum::<Option<u64>>()?;
    Some((earned, grades.iter().map(|grade| u64::from(grade.max_score)).sum()))
}

/// Names of lessons whose grade has no score.
pub fn without_score(grades: &[Grade]) -> Option<String> {
    let without = grades.iter().filter(|grade| !grade.has_score());
    let names: Vec<String> = without.map(|grade| line(&grade.lesson, LINE)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// `85 of 100 points`, or why there are none.
pub fn verdict(grade: &Grade) -> String {
    match (grade.status, points(grade)) {
        (_, None) => "no score, because the grader failed".to_string(),
        (Status::NotSubmitted, _) => "not submitted".to_string(),
        (Status::NotCompiled, _) => "doesn't compile".to_string(),
        (_, Some(points)) => format!("{points} of {} points", grade.max_score),
    }
}

/// `3` of `lesson-3`
fn lesson_number(grade: &Grade) -> String {
    line(grade.lesson.rsplit('-').next().unwrap_or_default(), LINE)
}

impl Entry<'_> {
    /// What a student should read about it, in lines of plain text. What matters most comes
    /// first, and nothing is so long that the rest is lost.
    pub fn feedback(&self, limit: usize) -> String {
        match self.source {
            Source::Check(check) => of_a_check(check, self.outcome, limit),
            Source::Grade(grade) => paragraph(&of_a_grade(grade, limit), limit),
        }
    }

    /// Why it failed, in one line.
    pub fn reason(&self, limit: usize) -> String {
        let first = |message: &str| {
            let found = message.lines().find(|text| !text.trim().is_empty());
            found.map(|found| line(found, limit))
        };
        match self.source {
            Source::Check(check) => first(&check.message).unwrap_or_default(),
            Source::Grade(grade) => first(&grade.message).unwrap_or_else(|| verdict(grade)),
        }
    }
}

fn of_a_grade(grade: &Grade, limit: usize) -> String {
    let lesson = line(&grade.lesson, LINE);
    let head = match grade.status {
        Status::Judged => "It was judged.".to_string(),
        Status::NotSubmitted => format!("There is no {lesson} in the submission."),
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

fn of_a_check(check: &Check, outcome: Outcome, limit: usize) -> String {
    let message = paragraph(&check.message, limit / 2);
    let mut text = match outcome {
        Outcome::Pass => return message,
        Outcome::Fail => message,
        Outcome::Skipped => format!("Not checked: {message}"),
        Outcome::GraderError => {
            format!("The check itself failed, which is not the student's fault: {message}")
        }
    };
    if !check.cause.is_empty() {
        add(&mut text, "Likely cause", [paragraph(&check.cause, limit / 4)]);
    }
    if outcome == Outcome::Fail && !check.section.is_empty() {
        add(&mut text, "Where to read", [format!("lessons/{}", line(&check.section, LINE))]);
    }
    // A transcript may have any number of lines, and not all of them fit.
    let few = limit / 8;
    let steps = (1..).zip(&check.transcript).take(few);
    add(&mut text, "What happened", steps.map(|(n, step)| format!("{n}. {}", line(step, LINE))));
    add(&mut text, "How it ended", check.end.iter().map(|end| line(end, LINE)));
    let stderr = check.stderr.iter().take(few);
    add(&mut text, "Its stderr", stderr.map(|text| line(text, LINE)));
    paragraph(text.trim_start(), limit)
}

/// A paragraph with a heading, unless it is empty.
fn add(text: &mut String, heading: &str, lines: impl IntoIterator<Item = String>) {
    let lines: Vec<String> = lines.into_iter().collect();
    if lines.is_empty() {
        return;
    }
    text.push_str(&format!("\n\n{heading}"));
    for line in lines.iter().flat_map(|line| line.lines()) {
        text.push_str(&format!("\n  {line}"));
    }
}
