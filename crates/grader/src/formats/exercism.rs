//! Exercism's `results.json`, version 3, one a student and lesson.

use super::entry::{Entry, Outcome, entries};
use super::{File, Rendered, file_names};
use crate::model::{Grade, Lesson, Results, Status};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Exercism's own limits. It counts the first one in bytes if there are any other than ASCII.
const MESSAGE: usize = 65_535;
const OUTPUT: usize = 500;

/// `exercism/STUDENT/LESSON/results.json` for each grade. There are no points in Exercism.
///
/// What wasn't submitted, doesn't compile, or couldn't be judged is an `error`: no test ran.
pub fn render(results: &Results) -> Result<Rendered> {
    let students: Vec<&str> = results.submissions.iter().map(|s| s.student.as_str()).collect();
    let mut rendered = Rendered::default();
    for (submission, student) in results.submissions.iter().zip(file_names(&students)) {
        let lessons: Vec<&str> = submission.grades.iter().map(|g| g.lesson.as_str()).collect();
        for (grade, name) in submission.grades.iter().zip(file_names(&lessons)) {
            let lesson = results.lessons.iter().find(|lesson| lesson.name == grade.lesson);
            let path = format!("exercism/{student}/{name}/results.json");
            rendered.files.push(File::new(path, self::grade(grade, lesson)?));
        }
    }
    Ok(rendered)
}

/// One student's file for one lesson.
pub fn grade(grade: &Grade, lesson: Option<&Lesson>) -> Result<Vec<u8>> {
    let entries = entries(grade);
    let ran = |entry: &Entry| matches!(entry.outcome, Outcome::Pass | Outcome::Fail);
    let document = if grade.status == Status::Judged && entries.iter().any(ran) {
        let passed = entries.iter().all(|entry| entry.outcome == Outcome::Pass);
        let tests: Vec<Value> = entries.iter().map(|entry| test(entry, lesson)).collect();
        let status = if passed { "pass" } else { "fail" };
        json!({ "version": 3, "status": status, "tests": tests })
    } else {
        let message = entries.first().map(|entry| entry.feedback(MESSAGE)).unwrap_or_default();
        json!({ "version": 3, "status": "error", "message": message, "tests": [] })
    };
    serde_json::to_vec_pretty(&document).context("cannot write JSON")
}

/// A check that wasn't made because another failed is a `fail`: Exercism knows no other word,
/// and `error` is for tests that broke.
fn test(entry: &Entry, lesson: Option<&Lesson>) -> Value {
    let mut test = json!({ "name": entry.title });
    let status = match entry.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail | Outcome::Skipped => "fail",
        Outcome::GraderError => "error",
    };
    let message = (entry.outcome != Outcome::Pass).then(|| entry.feedback(MESSAGE));
    let output = Some(entry.output(OUTPUT)).filter(|output| !output.is_empty());
    let id = entry.id().unwrap_or_default();
    let check = lesson.and_then(|lesson| lesson.checks.iter().find(|check| check.id == id));
    let goal = check.map(|check| check.goal.clone()).filter(|goal| !goal.is_empty());
    if let Some(test) = test.as_object_mut() {
        test.insert("status".to_string(), status.into());
        let optional = [("message", message), ("output", output), ("test_code", goal)];
        for (name, value) in optional {
            if let Some(value) = value {
                test.insert(name.to_string(), value.into());
            }
        }
    }
    test
}
