//! How long a program may take that may be hostile.

mod activity;

use activity::Activity;
use anyhow::Result;
use base::programs::{Finished, run_watched};
use std::process::Command;
use std::time::Duration;

/// How long a program may run.
#[derive(Clone, Copy)]
pub struct Patience {
    pub whole: Duration,
    /// Without using a processor, or waiting for one; where the system doesn't tell, only the
    /// whole counts.
    pub idle: Option<Duration>,
}

/// Runs `command` as [`base::programs::run`] does, for as long as `patience` lasts.
pub fn run(command: Command, patience: Patience, kept: usize) -> Result<Finished> {
    run_watched(command, patience.whole, kept, |process| {
        let idle = patience.idle?;
        let mut activity = Activity::of(process);
        Some(move || activity.idle() >= idle)
    })
}
