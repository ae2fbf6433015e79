//! A folder in which a script of a platform is run, with a class in it.

use anyhow::{Context, Result, ensure};
use base::lessons::root;
use serde_json::Value;
use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub const GRADER: &str = env!("CARGO_BIN_EXE_grader");

/// A file of ours for a platform.
pub fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("platforms").join(name)
}

/// What a program's end and output were.
#[derive(Debug)]
pub struct Ended {
    pub is_success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Self { is_success: output.status.success(), stdout, stderr }
    }

    pub fn expect_success(self) -> Result<Self> {
        ensure!(self.is_success, "it failed:\n{}\n{}", self.stdout, self.stderr);
        Ok(self)
    }
}

/// The folder goes with this value.
pub struct Stage(TempDir);

impl Stage {
    pub fn new() -> Result<Self> {
        crate::built::checks()?;
        let stage = Self(TempDir::new()?);
        // What is graded here is our own, and a container may have no rung but this.
        let wrapper = format!(
            "#!/bin/sh\ncase $1 in grade) set -- \"$@\" --isolation none;; esac\nexec '{GRADER}' \"$@\"\n"
        );
        stage.program("bin/grader", &wrapper)?;
        Ok(stage)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        Ok(fs::write(path, text)?)
    }

    pub fn program(&self, name: &str, text: &str) -> Result<()> {
        self.write(name, text)?;
        Ok(fs::set_permissions(self.path(name), Permissions::from_mode(0o755))?)
    }

    pub fn read(&self, name: &str) -> Result<String> {
        let path = self.path(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    pub fn json(&self, name: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.read(name)?)?)
    }

    /// A class of four: only `ada` has a program that compiles, and it is right.
    pub fn class(&self, folder: &str) -> Result<()> {
        self.write(&format!("{folder}/ada/lesson-1.rs"), &reference()?)?;
        self.write(&format!("{folder}/bob/lesson-1.rs"), "fn main() { nothing() }\n")?;
        self.write(&format!("{folder}/cyd/lesson-1.rs"), "fn main() { let x: u8 = \"\"; }\n")?;
        self.write(&format!("{folder}/dan/notes.txt"), "I was ill.\n")
    }

    /// Bash in this folder, with these variables; `GRADER` is ours.
    pub fn bash(&self, words: &[&str], variables: &[(&str, &str)]) -> Result<Ended> {
        let mut bash = Command::new("bash");
        bash.current_dir(self.0.path()).args(words);
        for name in ["GITHUB_STEP_SUMMARY", "SUBMISSION_TAG", "SLURM_SUBMIT_DIR", "PARTITIONS"] {
            bash.env_remove(name);
        }
        bash.env("GRADER", self.path("bin/grader")).envs(variables.iter().copied());
        Ok(Ended::of(&bash.output().context("cannot start bash")?))
    }

    pub fn grader(&self, words: &[&str]) -> Result<Ended> {
        let mut grader = Command::new(self.path("bin/grader"));
        Ok(Ended::of(&grader.current_dir(self.0.path()).args(words).output()?))
    }

    /// The grades in `results.csv` of a folder, without how long each took.
    pub fn grades(&self, folder: &str) -> Result<Vec<Vec<String>>> {
        let mut table = csv::Reader::from_path(self.path(folder).join("results.csv"))?;
        let header = table.headers()?.clone();
        let row = |row: csv::StringRecord| {
            let cells = header.iter().zip(row.iter()).filter(|(title, _)| *title != "seconds");
            cells.map(|(_, cell)| cell.to_owned()).collect()
        };
        table.records().map(|record| Ok(row(record?))).collect()
    }
}

/// The program of lesson 1.
pub fn reference() -> Result<String> {
    Ok(fs::read_to_string(root().join("crates/lesson-1-create-sockets/src/main.rs"))?)
}

/// A YAML file; `None`, and a word about it, where nothing here can read one.
pub fn yaml(name: &str) -> Result<Option<Value>> {
    let reader = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
    let has_reader = Command::new("python3").args(["-c", "import yaml"]).output();
    if !has_reader.is_ok_and(|output| output.status.success()) {
        checks::skip_this(&format!("nothing reads {name}: python3 with yaml isn't installed"));
        return Ok(None);
    }
    let output = Command::new("python3").args(["-c", reader]).arg(file(name)).output()?;
    let ended = Ended::of(&output).expect_success()?;
    Ok(Some(serde_json::from_str(&ended.stdout)?))
}

/// The script of a workflow's step, by its id.
pub fn step(workflow: &Value, id: &str) -> Result<String> {
    let jobs = workflow.get("jobs").and_then(Value::as_object).context("no jobs")?;
    let steps = jobs.values().filter_map(|job| job.get("steps")?.as_array()).flatten();
    let wanted = steps.into_iter().find(|step| step.get("id").is_some_and(|found| found == id));
    let script = wanted.and_then(|step| step.get("run")?.as_str());
    Ok(script.with_context(|| format!("no step {id}"))?.to_owned())
}
