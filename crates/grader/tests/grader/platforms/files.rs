//! What the files say, whether or not they are run.

use crate::platforms::stage::{Ended, file, yaml};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const SCRIPTS: &[&str] = &["slurm.sh", "gradescope/setup.sh", "gradescope/run_autograder"];

#[test]
fn the_scripts_are_bash() -> Result<()> {
    for script in SCRIPTS {
        let output = Command::new("bash").arg("-n").arg(file(script)).output()?;
        Ended::of(&output).expect_success().context(*script)?;
    }
    Ok(())
}

#[test]
fn shellcheck_finds_nothing() -> Result<()> {
    if Command::new("shellcheck").arg("--version").output().is_err() {
        checks::skip_this("shellcheck isn't installed");
        return Ok(());
    }
    for script in SCRIPTS {
        let output = Command::new("shellcheck").arg(file(script)).output()?;
        Ended::of(&output).expect_success().context(*script)?;
    }
    Ok(())
}

#[test]
fn every_pod_grades_one_of_all_shares() -> Result<()> {
    let Some(job) = yaml("kubernetes.yml")? else { return Ok(()) };
    let at = |path: &str| job.pointer(path).cloned().unwrap_or_default();
    assert_eq!(at("/spec/completionMode"), "Indexed");
    let count = at("/spec/completions");
    assert_eq!(at("/spec/parallelism"), count);
    let container = "/spec/template/spec/containers/0";
    let variables = at(&format!("{container}/env"));
    let shares = json!({ "name": "SHARES", "value": count.to_string() });
    assert!(variables.as_array().unwrap().contains(&shares), "{variables}");
    // Neither root nor a way to it.
    assert_eq!(at("/spec/template/spec/securityContext/runAsUser"), 1000);
    assert_eq!(at(&format!("{container}/securityContext/allowPrivilegeEscalation")), false);
    Ok(())
}

#[test]
fn every_machine_grades_one_of_all_shares() -> Result<()> {
    let Some(workflow) = yaml("github-matrix.yml")? else { return Ok(()) };
    let count = workflow.pointer("/env/PARTITIONS").and_then(Value::as_u64).unwrap();
    let matrix = workflow.pointer("/jobs/grade/strategy/matrix/partition").unwrap();
    assert_eq!(*matrix, json!((1..=count).collect::<Vec<_>>()));
    Ok(())
}

#[test]
fn what_is_made_once_comes_to_every_machine() -> Result<()> {
    let Some(workflow) = yaml("github-matrix.yml")? else { return Ok(()) };
    let names = |job: &str, action: &str| -> Vec<String> {
        let steps = workflow["jobs"][job]["steps"].as_array().cloned().unwrap_or_default();
        let of = |step: &&Value| step["uses"].as_str().is_some_and(|uses| uses.contains(action));
        let names = steps.iter().filter(of).filter_map(|step| step["with"]["name"].as_str());
        names.map(str::to_owned).collect()
    };
    let made = names("build", "upload-artifact");
    assert_eq!(made, ["programs", "key"]);
    assert_eq!(names("grade", "download-artifact"), made);
    Ok(())
}

#[test]
fn no_payloads_of_a_class_follow_from_a_seed() -> Result<()> {
    for name in SCRIPTS.iter().chain(&["kubernetes.yml", "github-matrix.yml", "classroom.yml"]) {
        let text = fs::read_to_string(file(name))?;
        assert!(!text.to_lowercase().contains("seed"), "{name}");
    }
    Ok(())
}

#[test]
fn workflows_may_only_read_and_obey_no_input() -> Result<()> {
    for name in ["github-matrix.yml", "classroom.yml"] {
        let Some(workflow) = yaml(name)? else { return Ok(()) };
        assert_eq!(workflow.get("permissions"), Some(&json!({ "contents": "read" })), "{name}");
        let jobs = workflow.get("jobs").and_then(Value::as_object).unwrap();
        for (title, job) in jobs {
            assert!(job.get("timeout-minutes").is_some(), "{name}: {title}");
            for step in job.get("steps").and_then(Value::as_array).unwrap() {
                // What stands there is put into the script before a shell reads it.
                let script = step.get("run").and_then(Value::as_str).unwrap_or_default();
                assert!(!script.contains("${{"), "{name}: {title}: {script}");
            }
        }
    }
    Ok(())
}
