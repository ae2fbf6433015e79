//! A temporary folder that doesn't outlive its owner, even if that is killed.

use super::report::NAME;
use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{self, Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

/// The word behind `bench` that starts the process that removes the folder.
pub const REMOVER: &str = "remove-folder-of";

/// How long programs that are being ended may still write into the folder.
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder, and a process that removes it as soon as nobody holds its standard input.
pub struct Scratch {
    pub path: PathBuf,
    remover: Child,
}

impl Scratch {
    pub fn create() -> Result<Self> {
        let owner = process::id().to_string();
        let path = path_of(OsStr::new(&owner))?;
        let program = env::current_exe().context("cannot find the path of this program")?;
        let mut command = Command::new(program);
        command.args([NAME, REMOVER, &owner]).stdin(Stdio::piped());
        // Ctrl-C ends its owner, not it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        #[cfg(windows)]
        std::os::windows::process::CommandExt::creation_flags(&mut command, 0x200);
        fs::create_dir(&path).with_context(|| {
            format!(
                "cannot create the folder {}; is a full disk or an old one in the way?",
                path.display()
            )
        })?;
        let remover =
            command.spawn().context("cannot start the process that cleans up after us")?;
        Ok(Self { path, remover })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // `wait` closes the standard input first.
        let _ = self.remover.wait();
    }
}

/// Removes the folder of the process with the id `owner` when the standard input has ended.
pub fn remove(owner: &OsStr) -> Result<ExitCode> {
    io::copy(&mut io::stdin(), &mut io::sink()).context("cannot wait for the end of the input")?;
    let path = path_of(owner)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match fs::remove_dir_all(&path) {
            Err(error) if path.exists() && Instant::now() >= deadline => {
                let path = path.display();
                return Err(error).with_context(|| format!("cannot remove {path}: please do it"));
            }
            Err(_) if path.exists() => thread::sleep(Duration::from_millis(20)),
            _ => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// Made from a number, so that nobody can have any other folder removed.
fn path_of(owner: &OsStr) -> Result<PathBuf> {
    let number: u32 = owner.to_string_lossy().parse().context("that is no process's number")?;
    Ok(env::temp_dir().join(format!("xtask-bench-{number}")))
}
