//! What programs have used, as Linux tells it; None elsewhere.

use crate::programs::start;
use anyhow::{Context, Result, ensure};
use base::programs::Keeper;
use std::fs;
use std::num::NonZero;
use std::path::PathBuf;
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// CPU-seconds of all processes that this one has waited for, and of those that they waited for.
#[cfg(unix)]
pub fn cpu_seconds_of_children() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    Some((usage.user_time() + usage.system_time()).num_microseconds() as f64 / 1e6)
}

#[cfg(not(unix))]
pub fn cpu_seconds_of_children() -> Option<f64> {
    None
}

/// The unit of the times in `/proc/stat`. Source: proc(5), `USER_HZ`.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU-seconds that the whole computer has spent on anything since it was started.
fn cpu_seconds_of_all() -> Option<f64> {
    parse_all(&fs::read_to_string("/proc/stat").ok()?)
}

/// `cpu`, then user, nice, system, idle, iowait, irq, softirq; what a host took isn't ours.
fn parse_all(stat: &str) -> Option<f64> {
    let columns = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(7);
    let ticks: Option<Vec<f64>> = columns.map(|column| column.parse().ok()).collect();
    let [user, nice, system, _, _, irq, softirq] = ticks?.try_into().ok()?;
    let busy: [f64; 5] = [user, nice, system, irq, softirq];
    Some(busy.iter().sum::<f64>() / TICKS_PER_SECOND)
}

/// The most memory that a process has had at any time, in MB.
fn peak_megabytes(process: u32) -> Option<f64> {
    megabytes(&format!("/proc/{process}/status"), "VmHWM:")
}

/// The memory that the whole computer could still give to programs, in MB.
fn available_megabytes() -> Option<f64> {
    megabytes("/proc/meminfo", "MemAvailable:")
}

fn megabytes(file: &str, name: &str) -> Option<f64> {
    Some(number(file, name)? * 1024.0 / 1e6)
}

/// The number that a file of the kernel's has in a line that begins with `name`.
pub fn number(file: &str, name: &str) -> Option<f64> {
    let text = fs::read_to_string(file).ok()?;
    let amount = text.lines().find_map(|line| line.strip_prefix(name))?;
    amount.split_whitespace().next()?.parse().ok()
}

pub fn cores() -> f64 {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    f64::from(u32::try_from(cores).unwrap_or(u32::MAX))
}

/// How long a class may take.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// How often we look whether it has ended, and how much memory it has had.
const LOOK_NOW_AND_THEN: Duration = Duration::from_millis(20);

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
pub fn measure(
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
        thread::sleep(LOOK_NOW_AND_THEN);
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

/// A control group, which counts what all of its processes use, whoever waits for them: those of
/// a jail are waited for by nobody.
struct Group {
    folder: PathBuf,
}

impl Group {
    /// None if this system, or its administrator, doesn't let us have one.
    fn create() -> Option<Self> {
        // `cgroup2 /sys/fs/cgroup cgroup2 rw,…`
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        let is_version_2 = |line: &&str| line.split(' ').nth(2) == Some("cgroup2");
        let root = mounts.lines().find(is_version_2)?.split(' ').nth(1)?;
        // `0::/user.slice/…`
        let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
        let ours = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
        let name = format!("xtask-bench-{}", process::id());
        let folder = PathBuf::from(root).join(ours).join(name);
        fs::create_dir(&folder).ok()?;
        let group = Self { folder };
        let joined = group.within(&Command::new("true")).status();
        joined.is_ok_and(|status| status.success()).then_some(group)
    }

    /// The same command, in this group.
    fn within(&self, command: &Command) -> Command {
        let mut within = Command::new("/bin/sh");
        within.args(["-c", r#"echo $$ >"$0" && exec "$@""#]).arg(self.folder.join("cgroup.procs"));
        within.arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => within.env(name, value),
                None => within.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            within.current_dir(folder);
        }
        within
    }

    /// Limits tasks to 4,000 and processors to 1.5, if the system lets us.
    fn limit(&self) -> bool {
        let limits = [("pids.max", "4000"), ("cpu.max", "150000 100000")];
        limits.iter().all(|(file, limit)| fs::write(self.folder.join(file), limit).is_ok())
    }

    /// CPU-seconds of all that was in it.
    fn cpu_seconds(&self) -> Option<f64> {
        let statistics = self.folder.join("cpu.stat");
        Some(number(&statistics.to_string_lossy(), "usage_usec ")? / 1e6)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{self, Write};

    #[cfg(unix)]
    #[test]
    fn adds_user_and_system_time_of_children() {
        let before = cpu_seconds_of_children().unwrap();
        let script = "i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done";
        assert!(Command::new("sh").args(["-c", script]).status().unwrap().success());
        assert!(cpu_seconds_of_children().unwrap() > before + 0.01);
    }

    #[test]
    fn adds_all_but_idle_time_and_what_a_host_took() {
        let stat = "cpu  100 20 30 5000 600 4 46 700 0 0\ncpu0 1 2 3 4 5 6 7\n";
        assert_eq!(parse_all(stat), Some(2.0));
    }

    #[test]
    fn a_group_counts_what_its_processes_use() {
        let Some(group) = Group::create() else {
            let test = "a_group_counts_what_its_processes_use";
            let _ = writeln!(io::stderr(), "skipped: {test}: there is no control group for us");
            return;
        };
        let mut command = Command::new("sh");
        command.args(["-c", "i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done"]);
        assert!(group.within(&command).status().unwrap().success());
        let used = group.cpu_seconds().unwrap();
        assert!(used > 0.01, "{used}");
    }
}
