//! A job object: what a process in it starts is in it, too, and when its only handle closes, which
//! is ours, the system ends them all. If we are gone, the system closes it.
//!
//! Source: learn.microsoft.com/windows/win32/procthread/job-objects.

use anyhow::{Context, Result};
use std::io;
use std::os::windows::io::AsRawHandle;
use std::process::{Child, Command};
use win32job::ExtendedLimitInfo;

pub struct Job(win32job::Job);

impl Job {
    pub fn none() -> Result<Self> {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = win32job::Job::create_with_limit_info(&mut limits);
        job.map(Self).context("cannot create the job object that cleans up after us")
    }

    /// Only what the program starts within its first moments could be missed: std can't start it
    /// suspended, and so it runs before it is in the job.
    pub fn spawn(&self, command: &mut Command) -> io::Result<Child> {
        let mut child = command.spawn()?;
        let assigned = self.0.assign_process(child.as_raw_handle().cast());
        // A program that has ended by now is refused, and needs no keeper.
        if let (Err(error), None) = (assigned, child.try_wait()?) {
            child.kill()?;
            return Err(io::Error::other(error));
        }
        Ok(child)
    }
}
