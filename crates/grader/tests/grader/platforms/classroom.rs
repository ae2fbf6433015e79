//! The workflow that grades the one repository in which it runs.

use crate::platforms::stage::{Ended, Stage, reference, step, yaml};
use anyhow::Result;
use serde_json::{Value, json};

/// What Classroom 50 says about a submission.
const SUBMISSION: &[(&str, &str)] = &[
    ("CLASSROOM", "sockets-2026"),
    ("ASSIGNMENT", "lesson-1"),
    ("ASSIGNMENT_TYPE", "individual"),
    ("OWNER", "ada"),
    ("SUBMISSION_TAG", "submit/2026-06-01T14-32-05Z-a1b2c3d"),
    ("COMMIT_URL", "https://github.example/ada/sockets/commit/a1b2c3d"),
    ("RELEASE_URL", "https://github.example/ada/sockets/releases/1"),
];

fn grade(stage: &Stage, workflow: &Value, more: &[(&str, &str)]) -> Result<Ended> {
    let summary = stage.path("summary.md").display().to_string();
    let variables = [("LESSONS", "1"), ("GITHUB_STEP_SUMMARY", summary.as_str())];
    let words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", &step(workflow, "grade")?];
    stage.bash(&words, &[&variables, more].concat())
}

#[test]
fn a_repository_is_graded_and_classroom_50_is_told() -> Result<()> {
    let Some(workflow) = yaml("classroom.yml")? else { return Ok(()) };
    let stage = Stage::new()?;
    let main = "class/ada/crates/lesson-1-create-sockets/src/main.rs";
    stage.write(main, &reference()?)?;
    grade(&stage, &workflow, SUBMISSION)?.expect_success()?;
    let result = stage.json("result.json")?;
    assert_eq!(result.get("schema"), Some(&json!("classroom50/result/v1")));
    assert_eq!(
        (result.get("score"), result.get("max-score")),
        (Some(&json!(100)), Some(&json!(100)))
    );
    assert!(stage.read("summary.md")?.contains("ada"));
    Ok(())
}

#[test]
fn a_bad_grade_is_no_failure_of_the_job() -> Result<()> {
    let Some(workflow) = yaml("classroom.yml")? else { return Ok(()) };
    let stage = Stage::new()?;
    stage.write("class/bob/lesson-1.rs", "fn main() { nothing() }\n")?;
    let ended = grade(&stage, &workflow, &[])?.expect_success()?;
    assert!(stage.read("summary.md")?.contains("bob"));
    assert!(!stage.path("result.json").exists(), "nobody said whose submission it is");
    assert!(ended.stdout.starts_with("::stop-commands::"), "{ended:?}");
    Ok(())
}

#[test]
fn what_cannot_be_graded_fails_the_job_and_leaves_no_result() -> Result<()> {
    let Some(workflow) = yaml("classroom.yml")? else { return Ok(()) };
    let stage = Stage::new()?;
    stage.write("class/bob/lesson-1.rs", "fn main() {}\n")?;
    let broken = [SUBMISSION, &[("GRADER", "false")]].concat();
    assert!(!grade(&stage, &workflow, &broken)?.is_success);
    assert!(!stage.path("result.json").exists() && !stage.path("summary.md").exists());
    Ok(())
}
