//! Submissions may lie where a system has its own files.
#![cfg(target_os = "linux")]

use anyhow::{Context, Result, ensure};
use grader::model::{Results, Status};
use grader::outputs;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// As many containers have it.
const SOURCES: &str = "/usr/src";

#[test]
fn nobody_includes_the_work_of_others_that_lies_among_the_systems_files() -> Result<()> {
    let Ok(folder) = TempDir::new_in(SOURCES) else {
        checks::skip_this(&format!("{SOURCES} can't be written"));
        return Ok(());
    };
    let (ada, bob) = (folder.path().join("ada/lesson-3.rs"), folder.path().join("bob/lesson-3.rs"));
    write(&ada, "pub fn main() { println!(\"right or not, this is mine\"); }")?;
    write(&bob, &format!("include!({ada:?});"))?;
    let out = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut grader = crate::built::grade(folder.path(), &out.path().join("out"))?;
    // That one is closed to others: as root, the grader opens it to the user that it becomes.
    grader.args(["--lessons", "3"]).env("TMPDIR", out.path());
    let output = grader.output().context("cannot start the grader")?;
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("`strict` doesn't work here") {
        checks::skip_this(error.trim());
        return Ok(());
    }
    ensure!(output.status.success(), "{error}");
    let results: Results = outputs::read(&out.path().join("out"))?;
    let statuses: Vec<_> =
        results.submissions.iter().flat_map(|s| &s.grades).map(|grade| grade.status).collect();
    ensure!(statuses == [Status::Judged, Status::NotCompiled], "{statuses:?}");
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, text)?;
    Ok(())
}
