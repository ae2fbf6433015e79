//! What a grader's folders are to others while it works, and what is left when it is killed.
#![cfg(unix)]

use anyhow::{Context, Result, ensure};
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

#[test]
fn a_grader_that_is_killed_leaves_no_temporary_files() -> Result<()> {
    let grader = Grader::start()?;
    let temporary = grader.path("temporary");
    ensure!(!is_empty(&temporary)?, "a grader that works has a temporary folder");
    drop(grader.process);
    let deadline = Instant::now() + PATIENCE;
    while !is_empty(&temporary)? {
        ensure!(Instant::now() < deadline, "something is left after {PATIENCE:?}");
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

#[test]
fn a_grader_that_works_shows_nobody_else_its_files_whatever_the_umask() -> Result<()> {
    let grader = Grader::start()?;
    let temporary =
        fs::read_dir(grader.path("temporary"))?.next().context("it has no folder")??;
    for folder in [temporary.path(), grader.path("out")] {
        let mode = fs::metadata(&folder)?.mode() & 0o777;
        ensure!(mode == 0o700, "{} has mode {mode:o}", folder.display());
    }
    Ok(())
}

#[test]
fn a_folder_for_results_that_is_there_stays_as_open_as_it_is() -> Result<()> {
    let open = Permissions::from_mode(0o750);
    let grader = Grader::start_with(|folder| {
        fs::create_dir(folder.join("out"))?;
        fs::set_permissions(folder.join("out"), open.clone())
    })?;
    let mode = fs::metadata(grader.path("out"))?.mode() & 0o777;
    ensure!(mode == 0o750, "it has mode {mode:o}");
    Ok(())
}

/// A grader whose submission never ends.
struct Grader {
    process: Killed,
    folder: TempDir,
}

/// Dropping it kills it, without a warning.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Grader {
    fn start() -> Result<Self> {
        Self::start_with(|_| Ok(()))
    }

    fn start_with(prepare: impl Fn(&Path) -> std::io::Result<()>) -> Result<Self> {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let path = |name: &str| folder.path().join(name);
        prepare(folder.path())?;
        fs::create_dir(path("temporary"))?;
        fs::create_dir_all(path("submissions/ada"))?;
        let endless = "fn main() { loop { std::thread::park(); } }";
        fs::write(path("submissions/ada/lesson-3.rs"), endless)?;
        crate::built::checks()?;
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "umask 0; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_grader"), "grade"]);
        shell.arg(path("submissions")).args(["--lessons", "3", "--isolation", "none", "--out"]);
        shell.arg(path("out")).env("TMPDIR", path("temporary"));
        let mut process = Killed(shell.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
        ensure!(has_begun(&mut process.0)?, "it ended before it judged anything");
        Ok(Self { process, folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
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
