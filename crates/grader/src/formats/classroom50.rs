//! Classroom 50's `result.json` (`classroom50/result/v1`), for the one submission of a run.

use super::entry::{entries, total};
use super::{Classroom50, Context, Rendered};
use crate::model::{Results, Submission};
use anyhow::{Context as _, Result, anyhow, bail};
use checks::verdict::Mark;
use serde_json::{Value, json};

/// Bytes of a test's feedback. Classroom 50 takes no file of more than 10 MiB.
const MESSAGE: usize = 20_000;

/// `classroom50/result.json`: all lessons of the submission as one assignment, a check a test.
///
/// What wasn't submitted has no points.
pub fn render(results: &Results, context: &Context) -> Result<Rendered> {
    let [submission] = results.submissions.as_slice() else {
        bail!(
            "Classroom 50 takes the result of one submission, and these are {}. Grade one \
             repository at a time.",
            results.submissions.len()
        );
    };
    let bytes = student(submission, &context.classroom50)?;
    Ok(Rendered::one("classroom50/result.json", bytes))
}

/// One student's file.
pub fn student(submission: &Submission, about: &Classroom50) -> Result<Vec<u8>> {
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
        "tests": tests(submission),
    });
    serde_json::to_vec_pretty(&document).context("cannot write JSON")
}

fn tests(submission: &Submission) -> Vec<Value> {
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
