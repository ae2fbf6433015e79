//! Gradescope's `results.json`, one a student.

use super::entry::{Entry, entries, seconds, total, verdict};
use super::{File, Rendered, file_names};
use crate::model::{Grade, Results, Submission};
use crate::text::{self, line, paragraph};
use anyhow::{Context as _, Result, anyhow};
use checks::check::Lesson;
use checks::verdict::Mark;
use serde_json::{Value, json};

/// Bytes of an output, so that a page of them stays readable.
const OUTPUT: usize = 20_000;

/// `gradescope/STUDENT/results.json` for each student who has a score.
///
/// Without a score there is no file: Gradescope then says that the autograder failed, which is
/// so, and shows no points. What wasn't submitted has no points.
pub fn render(results: &Results) -> Result<Rendered> {
    let students: Vec<&str> = results.submissions.iter().map(|s| s.student.as_str()).collect();
    let mut rendered = Rendered::default();
    for (submission, name) in results.submissions.iter().zip(file_names(&students)) {
        match student(results, submission) {
            Ok(bytes) => {
                let path = format!("gradescope/{name}/results.json");
                rendered.files.push(File::new(path, bytes));
            }
            Err(error) => {
                let student = text::name(&submission.student, 200);
                rendered.notes.push(format!("{student}: left out, because {error}"));
            }
        }
    }
    Ok(rendered)
}

/// One student's file.
pub fn student(results: &Results, submission: &Submission) -> Result<Vec<u8>> {
    let (score, _) = total(&submission.grades)
        .map_err(|lessons| anyhow!("there is no score for {lessons}: grade it again"))?;
    let tests = submission
        .grades
        .iter()
        .flat_map(|grade| entries(grade).into_iter().map(|entry| test(&entry, grade.lesson)));
    let tests: Vec<Value> = tests.collect();
    let time: f64 = submission.grades.iter().map(seconds).sum();
    let document = json!({
        "score": score,
        "execution_time": (time * 1000.0).round() / 1000.0,
        "output": overview(submission),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "tests": tests,
        "extra_data": extra(results, submission),
    });
    serde_json::to_vec_pretty(&document).context("cannot write JSON")
}

/// No test is hidden: a single one would hide the student's total.
fn test(entry: &Entry, lesson: &Lesson) -> Value {
    json!({
        "number": entry.number,
        "name": format!("{}: {}", lesson.title(), entry.title),
        "score": entry.points,
        "max_score": entry.max_points,
        "status": if entry.mark == Mark::Pass { "passed" } else { "failed" },
        "output": entry.feedback(OUTPUT),
        "visibility": "visible",
    })
}

fn overview(submission: &Submission) -> String {
    let grades = submission.grades.iter();
    let lines = grades.map(|grade| format!("{}: {}", grade.lesson.name(), verdict(grade)));
    paragraph(&lines.collect::<Vec<_>>().join("\n"), OUTPUT)
}

/// For instructors who look into a grade later; students don't see it.
fn extra(results: &Results, submission: &Submission) -> Value {
    let grade = |grade: &Grade| {
        json!({
            "lesson": grade.lesson.name(),
            // A string: many readers of JSON can't hold 64 bits in a number.
            "seed": grade.seed.map(|seed| seed.to_string()),
            "isolation": grade.isolation,
            "source_sha256": grade.source_sha256,
        })
    };
    json!({
        "tool": results.tool,
        "version": results.version,
        "notes": submission.notes.iter().take(100).map(|note| line(note, 500)).collect::<Vec<_>>(),
        "lessons": submission.grades.iter().map(grade).collect::<Vec<_>>(),
    })
}
