//! How long threads were kept waiting for a processor. Only Linux tells; elsewhere it is `None`.
//!
//! Source: docs.kernel.org/scheduler/sched-stats.html, `/proc/PID/schedstat`: nanoseconds on a
//! processor, and nanoseconds of waiting for one; and proc_pid_stat(5) for a process's parent.

use base::programs::running;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Whether something that took so long may have failed because it had to wait. Many programs that
/// start at once, as those of a lesson's checks do, keep each other waiting for a moment.
pub fn is_too_long(waited: Duration, took: Duration) -> bool {
    waited >= Duration::from_millis(100) && waited >= took / 10
}

/// The thread that asks.
pub fn this_thread() -> Option<Duration> {
    waited(Path::new("/proc/thread-self"))
}

/// The threads of a process and of its descendants that are still there, together.
pub fn processes(root: u32) -> Option<Duration> {
    let parents = parents()?;
    let mut family = vec![root];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    let mut sum = Duration::ZERO;
    for pid in family {
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { continue };
        sum += threads.flatten().filter_map(|thread| waited(&thread.path())).sum::<Duration>();
    }
    Some(sum)
}

fn waited(folder: &Path) -> Option<Duration> {
    let times = cfg!(target_os = "linux").then(|| fs::read_to_string(folder.join("schedstat")))?;
    Some(Duration::from_nanos(times.ok()?.split(' ').nth(1)?.parse().ok()?))
}

/// Each process that we see, and its parent.
fn parents() -> Option<Vec<(u32, u32)>> {
    let parent = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name before it may hold anything.
        let (_, fields) = stat.rsplit_once(") ")?;
        Some((pid, fields.split(' ').nth(1)?.parse().ok()?))
    };
    Some(running()?.into_iter().filter_map(parent).collect())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn waiting_of_a_process_is_that_of_its_descendants_too() {
        assert!(this_thread().is_some());
        let script = "(while :; do :; done) & (while :; do :; done) & read line";
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).stdin(Stdio::piped());
        let mut keeper = base::programs::Keeper::start().unwrap();
        let mut child = keeper.spawn(&mut shell).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        let spinning = || {
            let of = |(pid, parent): &(u32, u32)| (*parent == child.id()).then_some(*pid);
            parents().unwrap().iter().filter_map(of).count()
        };
        while spinning() < 2 {
            assert!(std::time::Instant::now() < deadline, "the shell starts no others");
        }
        assert!(processes(child.id()) >= waited(Path::new(&format!("/proc/{}", child.id()))));
        drop(keeper);
        child.wait().unwrap();
    }
}
