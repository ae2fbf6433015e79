//! What ends with us.

#[cfg(unix)]
use super::group::Group as Members;
#[cfg(windows)]
use super::job::Job as Members;
use anyhow::Result;
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
