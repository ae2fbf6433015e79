//! How long threads were kept waiting for a processor. Only Linux tells; elsewhere it is `None`.
//!
//! Source: docs.kernel.org/scheduler/sched-stats.html, `/proc/PID/schedstat`: nanoseconds on a
//! processor, and nanoseconds of waiting for one; and proc_tid_children(5).

use std::fs;
use std::path::Path;
use std::time::Duration;

/// Whether something that took so long may have failed because it had to wait. Many programs that
/// start at once, as those of a lesson's checks do, keep each other waiting for a moment.
///
/// Something that was `awaited` for so long in vain is given many times what a right program needs: half
/// of it is still enough.
pub fn is_too_long(waited: Duration, took: Duration, awaited: Option<Duration>) -> bool {
    let much = awaited.map_or(took / 10, |awaited| awaited / 2);
    waited >= much.max(Duration::from_millis(100))
}

/// The thread that asks.
pub fn this_thread() -> Option<Duration> {
    waited(Path::new("/proc/thread-self"))
}

/// The threads of a process and of its descendants that are still there, together.
pub fn processes(root: u32) -> Option<Duration> {
    let threads = fs::read_dir(format!("/proc/{root}/task"));
    let threads = cfg!(target_os = "linux").then_some(threads)?.ok()?;
    let of_thread = |thread: fs::DirEntry| {
        // A system that doesn't list them has none to tell of.
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        let of_child = |child: &str| processes(child.parse().ok()?);
        let theirs: Duration = children.split_whitespace().filter_map(of_child).sum();
        theirs + waited(&thread.path()).unwrap_or_default()
    };
    Some(threads.flatten().map(of_thread).sum())
}

fn waited(folder: &Path) -> Option<Duration> {
    let times = cfg!(target_os = "linux").then(|| fs::read_to_string(folder.join("schedstat")))?;
    Some(Duration::from_nanos(times.ok()?.split(' ').nth(1)?.parse().ok()?))
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
        let alone = || waited(Path::new(&format!("/proc/{}", child.id())));
        // On however many processors, two that spin, beside what this one does, come to wait.
        while processes(child.id()) <= alone() {
            assert!(std::time::Instant::now() < deadline, "what it has started doesn't count");
        }
        drop(keeper);
        child.wait().unwrap();
    }
}
