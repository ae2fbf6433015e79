//! However the runner ends, its programs end, too. Linux shows which processes are left.

#![cfg(target_os = "linux")]

use crate::common::{Fixture, Port, end_of, eventually, is_ignored, processes_with, xtask};
use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};

const PAIR: &[&str] = &["lesson-4", "lesson-5"];
const FAMILY: &[&str] = &["lesson-4", "lesson-5", "lesson-5"];

/// A running pair, in a process group of its own, as a shell starts it.
struct Running {
    child: Child,
    port: Port,
    mark: String,
}

impl Running {
    /// Starts lesson 5 and waits until these programs run, and no others.
    fn start(mut command: Command, programs: &[&str]) -> Result<Self> {
        let port = Port::take()?;
        // What the runner starts inherits the mark, and so can be found.
        let mark = format!("LEFT_BEHIND_{}_{}", std::process::id(), port.number);
        command.args(["run", "lesson-5", "--port", &port.number.to_string()]).env(&mark, "");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
        let running = Self { child: command.spawn()?, port, mark };
        eventually(&format!("{programs:?} run"), || {
            let mut names = processes_with(&running.mark);
            names.retain(|name| name.starts_with("lesson-"));
            names.sort();
            names == programs
        })?;
        Ok(running)
    }

    fn expect_the_end(mut self) -> Result<ExitStatus> {
        let status = end_of(&mut self.child)?;
        eventually("no process is left", || processes_with(&self.mark).is_empty())?;
        eventually("the port is free", || self.port.is_free())?;
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pid(child: &Child) -> Result<Pid> {
    Pid::from_raw(i32::try_from(child.id())?).context("no process")
}

#[test]
fn after_ctrl_c() -> Result<()> {
    if is_ignored(Signal::INT) {
        return Ok(());
    }
    let running = Running::start(xtask(), PAIR)?;
    kill_process_group(pid(&running.child)?, Signal::INT)?;
    assert_eq!(running.expect_the_end()?.signal(), Some(Signal::INT.as_raw()));
    Ok(())
}

#[test]
fn after_a_signal_to_the_runner_alone() -> Result<()> {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT, Signal::KILL] {
        if is_ignored(signal) {
            continue;
        }
        let running = Running::start(xtask(), PAIR)?;
        kill_process(pid(&running.child)?, signal)?;
        assert_eq!(running.expect_the_end()?.signal(), Some(signal.as_raw()));
    }
    Ok(())
}

#[test]
fn not_even_a_program_that_a_program_started() -> Result<()> {
    let fixture = Fixture::new()?;
    for signal in [Signal::INT, Signal::KILL] {
        if is_ignored(signal) {
            continue;
        }
        let running = Running::start(fixture.xtask("server-has-a-child"), FAMILY)?;
        kill_process(pid(&running.child)?, signal)?;
        running.expect_the_end()?;
    }
    Ok(())
}

#[test]
fn after_the_end_of_the_input() -> Result<()> {
    let fixture = Fixture::new()?;
    for behaviour in ["server-has-a-child", "server-has-a-daemon"] {
        let mut running = Running::start(fixture.xtask(behaviour), FAMILY)?;
        running.child.stdin = None;
        running.expect_the_end()?;
    }
    Ok(())
}
