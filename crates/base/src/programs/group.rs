//! A process group, with a second process that leads it and reads from a pipe that only we hold
//! open. When the pipe closes, because we are done or because we are gone (the system closes it in
//! any case), that process kills its whole group, itself included.

use anyhow::{Context, Result};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

/// std can't signal a group. A crate that can would double what a student compiles before the first
/// datagram; the `kill` that every POSIX shell has built in does it as well. To it, process 0 is
/// the group that it is in itself.
const LEADER: &str = "read -r _; kill -s KILL 0";

pub struct Group {
    leader: Child,
    lifeline: Option<ChildStdin>,
}

impl Group {
    pub fn none() -> Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", LEADER]).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut leader =
            command.spawn().context("cannot start the process that cleans up after us")?;
        let lifeline = leader.stdin.take();
        Ok(Self { leader, lifeline })
    }

    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        let group = i32::try_from(self.leader.id()).map_err(io::Error::other)?;
        command.process_group(group).spawn()
    }
}

impl Drop for Group {
    /// Returns when the signals are sent.
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.leader.wait();
    }
}
