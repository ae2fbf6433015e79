//! JSON: `results.json` with everything, and what Gradescope and Classroom 50 read about a student.

use super::context::{Classroom50, Context};
use super::entry::{Entry, entries, seconds, total, verdict};
use super::names::file_names;
use super::rendered::{File, Rendered};
use crate::model::{Grade, Graded, Results};
use crate::text::{line, paragraph};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use base::text::brief_name;
use checks::check::Lesson;
use checks::verdict::Mark;
use serde_json::{Value, json};

/// `results.json`: all of [`Results`], as it is.
pub fn results(results: &Results) -> Result<Rendered> {
    let mut grades = results.submissions.iter().flat_map(|submission| &submission.grades);
    ensure!(
        grades.all(|grade| grade.seconds.is_finite()),
        "cannot write JSON: a grade has `seconds` that aren't a number, which is a mistake in \
         the grader; please report it"
    );
    let mut bytes = serde_json::to_vec_pretty(results).context("cannot write JSON")?;
    bytes.push(b'\n');
    Ok(Rendered::one("results.json", bytes))
}

/// Bytes of an output, so that a page of them stays readable.
const OUTPUT: usize = 20_000;

/// `gradescope/STUDENT/results.json` for each student who has a score.
///
/// Without a score there is no file: Gradescope then says that the autograder failed, which is
/// so, and shows no points. What wasn't submitted has no points.
pub fn gradescope(results: &Results) -> Result<Rendered> {
    let students: Vec<&str> = results.submissions.iter().map(|s| s.student.as_str()).collect();
    let mut rendered = Rendered::default();
    for (submission, name) in results.submissions.iter().zip(file_names(&students)) {
        match gradescope_file(results, submission) {
            Ok(bytes) => {
                let path = format!("gradescope/{name}/results.json");
                rendered.files.push(File::new(path, bytes));
            }
            Err(error) => {
                let student = brief_name(&submission.student);
                rendered.notes.push(format!("{student}: left out, because {error}"));
            }
        }
    }
    Ok(rendered)
}

/// One student's file.
fn gradescope_file(results: &Results, submission: &Graded) -> Result<Vec<u8>> {
    let (score, _) = total(&submission.grades)
        .map_err(|lessons| anyhow!("there is no score for {lessons}: grade it again"))?;
    let tests = submission.grades.iter().flat_map(|grade| {
        entries(grade).into_iter().map(|entry| gradescope_test(&entry, grade.lesson))
    });
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
fn gradescope_test(entry: &Entry, lesson: &Lesson) -> Value {
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

fn overview(submission: &Graded) -> String {
    let grades = submission.grades.iter();
    let lines = grades.map(|grade| format!("{}: {}", grade.lesson.name(), verdict(grade)));
    paragraph(&lines.collect::<Vec<_>>().join("\n"), OUTPUT)
}

/// For instructors who look into a grade later; students don't see it.
fn extra(results: &Results, submission: &Graded) -> Value {
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

/// Bytes of a test's feedback. Classroom 50 takes no file of more than 10 MiB.
const MESSAGE: usize = 20_000;

/// `classroom50/result.json`: all lessons of the submission as one assignment, a check a test.
///
/// What wasn't submitted has no points.
pub fn classroom50(results: &Results, context: &Context) -> Result<Rendered> {
    let [submission] = results.submissions.as_slice() else {
        bail!(
            "Classroom 50 takes the result of one submission, and these are {}. Grade one \
             repository at a time.",
            results.submissions.len()
        );
    };
    let bytes = classroom50_file(submission, &context.classroom50)?;
    Ok(Rendered::one("classroom50/result.json", bytes))
}

/// One student's file.
fn classroom50_file(submission: &Graded, about: &Classroom50) -> Result<Vec<u8>> {
    about.check()?;
    let (score, max_score) = total(&submission.grades).map_err(|lessons| {
        anyhow!(
            "There is no score for {lessons}, and Classroom 50 has no way to say so. \
             Grade it again."
        )
    })?;
    // The members are all that the schema allows, and all of them are required.
    let document = json!({
        "schema": "classroom50/result/v1",
        "classroom": about.classroom,
        "assignment": about.assignment,
        "assignment_type": about.assignment_type,
        "owner": about.owner,
        "submission": about.submission,
        "commit": about.commit,
        "release": about.release,
        "review": about.review,
        "datetime": about.datetime,
        "score": score,
        "max-score": max_score,
        "tests": classroom50_tests(submission),
    });
    serde_json::to_vec_pretty(&document).context("cannot write JSON")
}

fn classroom50_tests(submission: &Graded) -> Vec<Value> {
    // All of them share the room.
    let count: usize = submission.grades.iter().map(|grade| entries(grade).len()).sum();
    let limit = MESSAGE.min(1_000_000 / count.max(1)).max(200);
    let tests = submission.grades.iter().flat_map(|grade| {
        entries(grade).into_iter().map(move |entry| {
            json!({
                "test-name": format!("{}: {}", grade.lesson.name(), entry.title),
                "passed": entry.mark == Mark::Pass,
                "score": entry.points,
                "max-score": entry.max_points,
                // Classroom 50 keeps what else there is about a test.
                "message": entry.feedback(limit),
            })
        })
    });
    tests.collect()
}
