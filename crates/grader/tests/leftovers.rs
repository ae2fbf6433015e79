//! What is left of a grader that is killed: nothing but its results.
#![cfg(unix)]

use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

#[test]
fn a_grader_that_is_killed_leaves_no_temporary_files() -> Result<()> {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let temporary = folder.path().join("temporary");
    fs::create_dir(&temporary)?;
    let student = folder.path().join("submissions/ada");
    fs::create_dir_all(&student)?;
    fs::write(student.join("lesson-3.rs"), "fn main() { loop { std::thread::park(); } }")?;
    let mut grader = Command::new(env!("CARGO_BIN_EXE_grader"));
    grader.arg("grade").arg(folder.path().join("submissions"));
    grader.args(["--lessons", "3", "--isolation", "none", "--out"]).arg(folder.path().join("out"));
    grader.env("TMPDIR", &temporary).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut grader = grader.spawn()?;
    let has_begun = has_begun(&mut grader);
    ensure!(!is_empty(&temporary)?, "a grader that works has a temporary folder");
    grader.kill()?;
    grader.wait()?;
    ensure!(has_begun?, "it ended before it judged anything");
    let deadline = Instant::now() + PATIENCE;
    while !is_empty(&temporary)? {
        ensure!(Instant::now() < deadline, "something is left after {PATIENCE:?}");
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

fn has_begun(grader: &mut Child) -> Result<bool> {
    let out = grader.stdout.take().context("its output isn't piped")?;
    for line in BufReader::new(out).lines() {
        if line?.starts_with("To be judged: 1 lesson") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_empty(folder: &Path) -> Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}
