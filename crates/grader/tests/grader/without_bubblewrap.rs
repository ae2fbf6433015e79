//! What a grader says where the rung that it is asked for can't work.
#![cfg(target_os = "linux")]

use anyhow::{Context, Result, ensure};
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;

/// All that is on the `PATH` of a computer without bubblewrap.
const TOOLS: [&str; 3] = ["rustc", "cargo", "ldd"];

#[test]
fn strict_grades_nothing_and_says_what_to_do() -> Result<()> {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let Output { status, stdout, stderr } = grade(&folder)?;
    let error = String::from_utf8(stderr)?;
    ensure!(status.code() == Some(1), "{status}: {error}");
    for part in [
        "`strict` doesn't work here: cannot start bwrap",
        "`apt install bubblewrap`",
        "sysctl kernel.apparmor_restrict_unprivileged_userns=0",
        "`--isolation best`",
    ] {
        ensure!(error.contains(part), "{part} isn't in: {error}");
    }
    ensure!(!String::from_utf8(stdout)?.contains("To be judged"), "it went on");
    ensure!(!folder.path().join("out").exists(), "it has written results");
    Ok(())
}

/// Starts the grader with one submission.
fn grade(folder: &TempDir) -> Result<Output> {
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("submissions/ada"))?;
    fs::write(path("submissions/ada/lesson-3.rs"), "fn main() {}")?;
    fs::create_dir(path("tools"))?;
    for name in TOOLS {
        symlink(found(name)?, path("tools").join(name))?;
    }
    let mut grader = crate::built::grade(&path("submissions"), &path("out"))?;
    grader.args(["--lessons", "3", "--isolation", "strict"]).env("PATH", path("tools"));
    grader.output().context("cannot start the grader")
}

fn found(name: &str) -> Result<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&folders).map(|folder| folder.join(name));
    places.find(|place| place.exists()).with_context(|| format!("there is no {name} here"))
}
