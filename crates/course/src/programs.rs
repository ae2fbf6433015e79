//! Starts programs that end no later than we do, and awaits their ends.

use anyhow::{Context, Result, ensure};
use base::lessons;
use base::programs::{self, Keeper};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// How often we look whether something has happened. Short beside what is measured.
pub const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// Cargo, in this workspace, with the target folder that this program was built in.
pub fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = programs::cargo();
    command.current_dir(lessons::root()).envs(programs::beside_us()?);
    command.args(arguments);
    Ok(command)
}

/// Starts a program that ends no later than the keeper does.
pub fn start(keeper: &mut Keeper, command: &mut Command) -> Result<Child> {
    let child = keeper.spawn(command);
    child.with_context(|| format!("cannot start {:?}: is it installed?", command.get_program()))
}

/// Runs a program that has to succeed.
pub fn complete(keeper: &mut Keeper, command: &mut Command, patience: Duration) -> Result<()> {
    let mut child = start(keeper, command)?;
    wait(&mut child, patience).with_context(|| {
        let words = command.get_args().map(|word| word.to_string_lossy()).collect::<Vec<_>>();
        format!("cannot go on without {:?} {}", command.get_program(), words.join(" "))
    })
}

/// Waits for a program that has to succeed.
pub fn wait(child: &mut Child, patience: Duration) -> Result<()> {
    let status = wait_for_end(child, patience)?;
    let status = status.with_context(|| format!("it has been running for {patience:?}"))?;
    ensure!(status.success(), "it failed ({status}); what it said stands above");
    Ok(())
}

/// How a program has ended; `None` if it hasn't within `patience`.
pub fn wait_for_end(child: &mut Child, patience: Duration) -> Result<Option<ExitStatus>> {
    let deadline = Instant::now() + patience;
    loop {
        let status = child.try_wait().context("cannot wait for a program")?;
        if status.is_some() || Instant::now() >= deadline {
            return Ok(status);
        }
        thread::sleep(LOOK_AGAIN);
    }
}
