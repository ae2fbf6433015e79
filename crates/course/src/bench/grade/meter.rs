//! Runs a program, and measures it with all that it starts.

use crate::bench::start;
use crate::bench::usage::{Group, available_megabytes, cores, cpu_seconds_of_all, peak_megabytes};
use anyhow::{Context, Result, ensure};
use base::programs::Keeper;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a class may take.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// How often we look whether it has ended, and how much memory it has had.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What a run has cost.
pub struct Cost {
    pub seconds: f64,
    /// Of the program and of all that it started; where we don't learn that, of the whole
    /// computer.
    pub cpu_seconds: Option<f64>,
    /// Of the whole computer in that time.
    pub cpu_seconds_of_all: Option<f64>,
    /// Of the program's own process.
    pub peak_megabytes: Option<f64>,
    /// By how much the memory shrank that the computer could still give to programs.
    pub peak_megabytes_of_all: Option<f64>,
}

impl Cost {
    /// What the program used, and what all others did, in percent of all that the cores can do.
    pub fn shares(&self) -> Option<[f64; 2]> {
        let (used, all) = self.cpu_seconds.zip(self.cpu_seconds_of_all)?;
        let percent = |seconds: f64| 100.0 * seconds / (self.seconds * cores());
        Some([percent(used), percent((all - used).max(0.0))])
    }
}

/// How much of the computer a program may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Share {
    All,
    /// See [`LITTLE`].
    Little,
}

/// What a small container gives.
pub const LITTLE: &str = "4,000 tasks and 1.5 processors (1 where no control group limits them)";

/// Runs a program to its end, whatever that is; its streams are its caller's choice.
pub fn run(
    keeper: &mut Keeper,
    command: Command,
    share: Share,
    output: impl Into<Stdio>,
    errors: impl Into<Stdio>,
) -> Result<Cost> {
    let group = Group::create();
    let is_limited = share == Share::Little && group.as_ref().is_some_and(Group::limit);
    let command =
        if share == Share::Little && !is_limited { with_little(&command) } else { command };
    let mut command = group.as_ref().map(|group| group.within(&command)).unwrap_or(command);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let (before, clock) = (cpu_seconds_of_all(), Instant::now());
    let free = available_megabytes();
    let mut least = free;
    let mut child = start(keeper, &mut command)?;
    let (process, mut peak) = (child.id(), None);
    while child.try_wait().context("cannot wait for a program")?.is_none() {
        ensure!(clock.elapsed() < PATIENCE, "a program has been running for {PATIENCE:?}");
        peak = peak_megabytes(process).or(peak);
        least = least.zip(available_megabytes()).map(|(least, now)| least.min(now));
        thread::sleep(LOOK_AGAIN);
    }
    let seconds = clock.elapsed().as_secs_f64();
    let all = cpu_seconds_of_all().zip(before).map(|(now, before)| now - before);
    let own = group.as_ref().map_or(all, Group::cpu_seconds);
    Ok(Cost {
        seconds,
        cpu_seconds: own,
        cpu_seconds_of_all: all,
        peak_megabytes: peak,
        peak_megabytes_of_all: free.zip(least).map(|(free, least)| free - least),
    })
}

/// The same command, with a limit on the user's tasks and a single processor.
fn with_little(command: &Command) -> Command {
    let mut limited = Command::new("/bin/sh");
    limited.args(["-c", r#"ulimit -u 4000; exec taskset -c 0 "$@""#, "sh"]);
    limited.arg(command.get_program()).args(command.get_args());
    limited
}
