//! Nothing is left behind: the programs that we start end when we do, however we end.
//!
//! A *keeper* is a second process. It leads a process group that programs are started into, and it
//! reads from a pipe that only we hold open. When the pipe closes, because we are done or because
//! we are gone (Ctrl-C, a panic, SIGKILL: the system closes it in any case), the keeper kills its
//! whole group, itself included. On Unix it is a shell. Windows has no process groups; there it is
//! our own program, which is told the processes, and ends each with its children.
//!
//! A program that uses it calls [`keep`] when its first argument is [`WORD`].

pub mod sockets;

use anyhow::{Context, Result};
use std::env;
use std::io;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// The argument with which a program is started as its own keeper.
pub const WORD: &str = "keep";

/// A process group that lasts no longer than this value, and no longer than this process.
pub struct Keeper {
    process: Child,
    lifeline: Option<ChildStdin>,
}

impl Keeper {
    /// Starts this program once more, as a keeper with an empty group.
    ///
    /// # Errors
    ///
    /// The system doesn't tell where this program is, or can't start it.
    pub fn start() -> Result<Self> {
        Self::start_program(&env::current_exe().context("cannot find the path of this program")?)
    }

    /// Starts another program as the keeper; it must call [`keep`] if its argument is [`WORD`].
    ///
    /// # Errors
    ///
    /// The system can't start it.
    pub fn start_program(program: &Path) -> Result<Self> {
        let mut command = keeping(program);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process =
            command.spawn().context("cannot start the process that cleans up after us")?;
        let lifeline = process.stdin.take();
        Ok(Self { process, lifeline })
    }

    /// Starts a program in the group.
    ///
    /// # Errors
    ///
    /// As with [`Command::spawn`].
    pub fn spawn(&mut self, command: &mut Command) -> io::Result<Child> {
        #[cfg(unix)]
        {
            let group = i32::try_from(self.process.id()).map_err(io::Error::other)?;
            std::os::unix::process::CommandExt::process_group(command, group);
        }
        let child = command.spawn()?;
        #[cfg(windows)]
        if let Some(lifeline) = &mut self.lifeline {
            use std::io::Write;
            writeln!(lifeline, "{}", child.id())?;
        }
        Ok(child)
    }
}

impl Drop for Keeper {
    /// Ends the group, and returns when that is done.
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.process.wait();
    }
}

/// std can't signal a group. A crate that can would double what a student compiles before the first
/// datagram; the `kill` that every POSIX shell has built in does it as well, and a shell starts in
/// less time than our own program would. To `kill`, process 0 is the group that it is in itself.
#[cfg(unix)]
fn keeping(_: &Path) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "read -r _; kill -s KILL 0"]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

#[cfg(windows)]
fn keeping(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg(WORD);
    command
}

/// What a keeper does: waits until its standard input ends, and ends its group.
///
/// # Errors
///
/// The system can't start the shell that does it.
#[cfg(unix)]
pub fn keep() -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = keeping(Path::new("")).exec();
    Err(error).context("cannot end the process group")
}

/// What a keeper does: learns its processes, waits until its standard input ends, and ends them.
///
/// # Errors
///
/// The system can't start what ends them.
#[cfg(windows)]
pub fn keep() -> Result<()> {
    let processes: Vec<String> = io::stdin().lines().map_while(Result::ok).collect();
    for process in processes {
        let mut command = Command::new("taskkill");
        command.args(["/F", "/T", "/PID", &process]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().context("cannot start taskkill")?;
    }
    Ok(())
}
