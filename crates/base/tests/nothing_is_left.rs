//! What a keeper has started ends with it, and what that has started.

use anyhow::{Context, Result, bail};
use base::programs::Keeper;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Far more than a busy computer needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Each starts another program, which prints something and then lasts longer than our patience.
#[cfg(unix)]
mod programs {
    pub const WAITS_FOR_IT: &[&str] = &["/bin/sh", "-c", "(echo here; exec sleep 90) & wait"];
    pub const ENDS_BEFORE_IT: &[&str] = &["/bin/sh", "-c", "(echo here; exec sleep 90) &"];
}

/// The same. `pause` asks for a key, and waits for it.
#[cfg(windows)]
mod programs {
    pub const WAITS_FOR_IT: &[&str] = &["cmd", "/C", "cmd", "/C", "pause"];
    pub const ENDS_BEFORE_IT: &[&str] = &["cmd", "/C", "start", "/B", "cmd", "/C", "pause"];
}

/// Its stdout is open for as long as any of them is there.
fn is_over_with_its_keeper(program: &[&str], ends: bool) -> Result<()> {
    let mut keeper = Keeper::start()?;
    let (name, arguments) = program.split_first().context("no program")?;
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = keeper.spawn(&mut command)?;
    let (_stdin, mut stdout) = (child.stdin.take(), child.stdout.take().context("no stdout")?);
    let (sender, events) = mpsc::channel();
    thread::spawn(move || {
        let first = stdout.read_exact(&mut [0]);
        let _ = sender.send(first);
        let _ = sender.send(stdout.read_to_end(&mut Vec::new()).map(|_| ()));
    });
    events.recv_timeout(PATIENCE).context("it hasn't printed anything")??;
    if ends {
        child.wait()?;
    }
    if let Ok(end) = events.try_recv() {
        bail!("it was over before its keeper: {end:?}");
    }
    drop(keeper);
    events.recv_timeout(PATIENCE).context("something is left")??;
    child.wait()?;
    Ok(())
}

#[test]
fn a_program_and_its_child_end_with_the_keeper() -> Result<()> {
    is_over_with_its_keeper(programs::WAITS_FOR_IT, false)
}

#[test]
fn the_child_of_a_program_that_has_ended_ends_with_the_keeper() -> Result<()> {
    is_over_with_its_keeper(programs::ENDS_BEFORE_IT, true)
}

#[test]
fn a_program_that_ends_at_once_is_no_error() -> Result<()> {
    let mut keeper = Keeper::start()?;
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    for _ in 0..20 {
        let mut command = Command::new(shell);
        let status = keeper.spawn(command.args([option, "exit 3"]))?.wait()?;
        assert_eq!(status.code(), Some(3));
    }
    Ok(())
}
