//! Several machines grade a class, and it becomes one result.

use crate::platforms::stage::{Stage, file, step, yaml};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The class of `submissions`, graded by one machine with a key that is there.
fn alone(stage: &Stage, key: &str) -> Result<Vec<Vec<String>>> {
    assert!(stage.path(key).is_file());
    let words = ["grade", "submissions", "--out", "alone", "--key", key, "--lessons", "1"];
    stage.grader(&words)?.expect_success()?;
    stage.grades("alone")
}

/// Grades of `lesson-1` only.
fn of_lesson_1(mut grades: Vec<Vec<String>>) -> Vec<Vec<String>> {
    grades.retain(|row| row.get(1).is_some_and(|lesson| lesson == "lesson-1"));
    grades
}

#[test]
fn tasks_of_slurm_grade_shares_that_make_the_whole() -> Result<()> {
    let stage = Stage::new()?;
    stage.class("submissions")?;
    let script = file("slurm.sh").display().to_string();
    let words = [script.as_str(), "submissions", "out folder", "--lessons", "1"];
    for share in ["1", "2", "3"] {
        let array = [("SLURM_ARRAY_TASK_ID", share), ("SLURM_ARRAY_TASK_COUNT", "3")];
        stage.bash(&words, &array)?.expect_success()?;
    }
    // A task that is started again alone, and goes on.
    let again =
        [("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_COUNT", "1"), ("PARTITIONS", "3")];
    stage.bash(&words, &again)?.expect_success()?;
    let parts = ["out folder/part-1", "out folder/part-2", "out folder/part-3"];
    let merge = [&["merge"], parts.as_slice(), &["--out", "merged"]].concat();
    stage.grader(&merge)?.expect_success()?;
    let merged = stage.grades("merged")?;
    assert_eq!(merged, alone(&stage, "out folder/key")?);
    let scores: Vec<_> = merged.iter().map(|row| (row[0].as_str(), row[2].as_str())).collect();
    assert_eq!(scores, [("ada", "100"), ("bob", "0"), ("cyd", "0"), ("dan", "0")]);
    Ok(())
}

#[test]
fn a_script_of_slurm_outside_of_slurm_says_how_it_is_started() -> Result<()> {
    let stage = Stage::new()?;
    let script = file("slurm.sh").display().to_string();
    let none = stage.bash(&[&script, "submissions"], &[])?;
    assert!(!none.is_success && none.stderr.contains("usage: sbatch"), "{none:?}");
    let alone = stage.bash(&[&script, "submissions", "out"], &[])?;
    assert!(!alone.is_success && alone.stderr.contains("sbatch --array"), "{alone:?}");
    Ok(())
}

#[test]
fn pods_of_kubernetes_grade_shares_that_make_the_whole() -> Result<()> {
    let Some(job) = yaml("kubernetes.yml")? else { return Ok(()) };
    let command = job.pointer("/spec/template/spec/containers/0/command");
    let words: Vec<&str> = command
        .and_then(Value::as_array)
        .context("no command")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let (script, before) = words.split_last().context("no script")?;
    assert_eq!(before, ["sh", "-euc"]);
    let stage = Stage::new()?;
    stage.class("submissions")?;
    let grading = stage.path("").display().to_string();
    for index in ["0", "1", "2", "3"] {
        let pod = [("GRADING", grading.as_str()), ("SHARES", "4"), ("JOB_COMPLETION_INDEX", index)];
        stage.bash(&["-c", "exec sh -euc \"$1\"", "-", script], &pod)?.expect_success()?;
    }
    let merge = ["merge", "part-1", "part-2", "part-3", "part-4", "--out", "merged"];
    stage.grader(&merge)?.expect_success()?;
    assert_eq!(of_lesson_1(stage.grades("merged")?), alone(&stage, "key")?);
    Ok(())
}

#[test]
fn machines_of_github_grade_shares_that_make_the_whole() -> Result<()> {
    let Some(workflow) = yaml("github-matrix.yml")? else { return Ok(()) };
    let stage = Stage::new()?;
    stage.class("submissions")?;
    let (key, grade) = (step(&workflow, "key")?, step(&workflow, "grade")?);
    // As a job starts its steps.
    let shell = ["--noprofile", "--norc", "-eo", "pipefail", "-c"];
    let made = stage.bash(&[&shell, [key.as_str()].as_slice()].concat(), &[])?.expect_success()?;
    assert_eq!((made.stdout.as_str(), made.stderr.as_str()), ("", ""));
    for partition in ["1", "2", "3", "4"] {
        let inputs = [("PARTITION", partition), ("PARTITIONS", "4"), ("LESSONS", "1")];
        let ended = stage.bash(&[&shell, [grade.as_str()].as_slice()].concat(), &inputs)?;
        assert_obeys_nothing(&ended.expect_success()?.stdout);
    }
    let merge = step(&workflow, "merge")?;
    let summary = stage.path("summary.md").display().to_string();
    let ended = stage.bash(
        &[&shell, [merge.as_str()].as_slice()].concat(),
        &[("GITHUB_STEP_SUMMARY", &summary)],
    )?;
    assert_obeys_nothing(&ended.expect_success()?.stdout);
    assert_eq!(stage.grades("results")?, alone(&stage, "key")?);
    assert!(stage.read("summary.md")?.contains("ada"));
    Ok(())
}

/// All that the grader prints stands where GitHub obeys no commands.
fn assert_obeys_nothing(output: &str) {
    let lines: Vec<&str> = output.lines().collect();
    let token = lines.first().and_then(|line| line.strip_prefix("::stop-commands::"));
    let token = token.unwrap_or_default();
    assert_eq!(token.len(), 32, "{output}");
    assert_eq!(lines.last().copied(), Some(format!("::{token}::").as_str()), "{output}");
}

#[test]
fn a_machine_of_github_fails_as_the_grader_does() -> Result<()> {
    let Some(workflow) = yaml("github-matrix.yml")? else { return Ok(()) };
    let stage = Stage::new()?;
    let inputs = [("PARTITION", "1"), ("PARTITIONS", "4"), ("LESSONS", "1"), ("GRADER", "false")];
    let ended = stage.bash(&["-eo", "pipefail", "-c", &step(&workflow, "grade")?], &inputs)?;
    assert!(!ended.is_success);
    assert_obeys_nothing(&ended.stdout);
    Ok(())
}

#[test]
fn a_key_is_nowhere_but_in_its_file_and_in_what_the_run_is() -> Result<()> {
    let stage = Stage::new()?;
    stage.class("submissions")?;
    let formats = "json,csv,gradescope,junit,github";
    let words = ["grade", "submissions", "--lessons", "1", "--format", formats];
    let own = stage.grader(&[&words[..], &["--out", "own"]].concat())?.expect_success()?;
    let shared = ["--partition", "1/1", "--key", "key", "--out", "shared"];
    let shared = stage.grader(&[&words[..], &shared].concat())?.expect_success()?;
    let merged = stage.grader(&["merge", "shared", "--out", "merged"])?.expect_success()?;
    for (out, ended) in [("own", own), ("shared", shared), ("merged", merged)] {
        let key = stage.json(&format!("{out}/run.json"))?["key"].as_str().unwrap().to_owned();
        assert_eq!(key.len(), 32);
        assert!(!ended.stdout.contains(&key) && !ended.stderr.contains(&key), "{ended:?}");
        let (with, all) = files_with(&key, &stage.path(out))?;
        assert_eq!(with, [stage.path(out).join("run.json")]);
        assert!(all > 10, "{all} files");
        assert_eq!(stage.read("key")?.trim() == key, out != "own");
    }
    Ok(())
}

/// The files below a folder that hold a text in whatever case, and how many files there are.
fn files_with(text: &str, folder: &Path) -> Result<(Vec<PathBuf>, usize)> {
    let (mut with, mut all) = (Vec::new(), 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            all += 1;
            if String::from_utf8_lossy(&fs::read(&path)?).to_lowercase().contains(text) {
                with.push(path);
            }
        }
    }
    Ok((with, all))
}
