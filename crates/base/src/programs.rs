//! Nothing is left behind: the programs that we start end when we do, however we end.
//!
//! The system sees to that, and not code of ours that runs at the end: Ctrl-C, a panic and SIGKILL
//! would pass it by. Unix has process groups for it, and Windows has job objects.

#[cfg(unix)]
mod group;
#[cfg(windows)]
mod job;
mod run;

use anyhow::Result;
#[cfg(unix)]
use group::Group as Members;
#[cfg(windows)]
use job::Job as Members;
pub use run::{End, Finished, run, run_watched};
use std::io;
use std::process::{Child, Command};

/// What was started in here, and what that has started, lasts no longer than this value, and no
/// longer than this process.
pub struct Keeper(Members);

impl Keeper {
    /// Starts with nothing to keep.
    pub fn start() -> Result<Self> {
        Members::none().map(Self)
    }

    /// Starts a program in here.
    pub fn spawn(&mut self, command: &mut Command) -> io::Result<Child> {
        self.0.spawn(command)
    }
}
