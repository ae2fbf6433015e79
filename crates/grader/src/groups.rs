//! Limits for a whole trial, with what the kernel holds for it: control groups (cgroup v2), where a
//! part of them is ours. Nothing else relies on them.
//!
//! Source: Control Group v2, in the documentation of Linux. A group that has limits for its children
//! may have no processes itself, so our own group is no place for them, unless it is the top one;
//! one above it may be.

use crate::folders::Remover;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What is limited. A share of the processors, which `cpu` keeps, is a gain, but not demanded.
const NEEDED: [&str; 2] = ["memory", "pids"];
const ENABLED: [&str; 3] = ["+memory", "+pids", "+cpu"];

/// For one trial: the compiler, or the checks with all programs that they have running at a time.
const LIMITS: [(&str, &str); 3] =
    [("memory.max", "1610612736"), ("memory.swap.max", "0"), ("pids.max", "2048")];

/// How long those that were killed may take to be gone.
const GONE: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// A group of this process's, in which each trial has one.
pub struct Groups {
    folder: PathBuf,
    count: AtomicUsize,
    _remover: Remover,
}

/// Ends whoever is in a trial's group, and removes the groups.
const REMOVE: &str = r#"for group in "$0"/*/; do
    [ -d "$group" ] || continue
    echo 1 >"$group/cgroup.kill"
    for _ in 1 2 3 4 5; do rmdir "$group" && break; sleep 1; done
done
rmdir "$0""#;

/// The group of one trial. Dropping it ends all that is in it.
pub struct Group {
    folder: PathBuf,
}

impl Groups {
    /// None where the system, or its administrator, gives us nothing.
    #[must_use]
    pub fn of_this_process() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        let is_version_2 = |line: &&str| line.split(' ').nth(2) == Some("cgroup2");
        let top = mounts.lines().find(is_version_2)?.split(' ').nth(1)?;
        let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
        let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
        let groups = Self::below(Path::new(top), Path::new(own))?;
        // Whether a process may be moved there is only known when one was.
        let group = groups.trial().ok()?;
        let mut command = Command::new("true");
        group.take_in(&mut command);
        let moved = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        moved.is_ok_and(|status| status.success()).then_some(groups)
    }

    /// In the nearest group to `own` that has limits for its children.
    fn below(top: &Path, own: &Path) -> Option<Self> {
        let name = format!("grader-{}", process::id());
        let places = own.ancestors().map(|place| top.join(place));
        let mut groups = places.filter(|place| limits_children(place)).filter_map(|place| {
            let folder = place.join(&name);
            fs::create_dir(&folder).ok()?;
            let remover = Remover::start(REMOVE, &folder).ok()?;
            Some(Self { folder, count: AtomicUsize::new(0), _remover: remover })
        });
        let groups = groups.next()?;
        for controller in ENABLED {
            // The next line asks what came of it.
            let _ = fs::write(groups.folder.join("cgroup.subtree_control"), controller);
        }
        limits_children(&groups.folder).then_some(groups)
    }

    /// A new one.
    pub fn trial(&self) -> Result<Group> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(number.to_string());
        let failed = || format!("cannot make the control group {}", folder.display());
        fs::create_dir(&folder).with_context(failed)?;
        let group = Group { folder: folder.clone() };
        for (file, limit) in LIMITS {
            let set = fs::write(folder.join(file), limit);
            // Without swap, there is no limit on it.
            set.or_else(|error| if file == "memory.swap.max" { Ok(()) } else { Err(error) })
                .with_context(failed)?;
        }
        Ok(group)
    }
}

fn limits_children(group: &Path) -> bool {
    let enabled = fs::read_to_string(group.join("cgroup.subtree_control")).unwrap_or_default();
    NEEDED.iter().all(|name| enabled.split_whitespace().any(|word| word == *name))
}

impl Group {
    /// Changes a command so that it starts in the group.
    pub fn take_in(&self, command: &mut Command) {
        let words: Vec<OsString> = [command.get_program()]
            .into_iter()
            .chain(command.get_args())
            .map(OsString::from)
            .collect();
        let mut within = Command::new("/bin/sh");
        within.args(["-c", r#"echo $$ >"$0" && exec "$@""#]);
        within.arg(self.folder.join("cgroup.procs")).args(words).env_clear();
        within.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        *command = within;
    }

    /// Whether it took more memory than it may have, so that something in it was ended.
    pub fn was_short_of_memory(&self) -> Result<bool> {
        let file = self.folder.join("memory.events");
        let events = fs::read_to_string(&file);
        let events = events.with_context(|| format!("cannot read {}", file.display()))?;
        let killed = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
        Ok(killed.is_some_and(|count| count.trim() != "0"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::write(self.folder.join("cgroup.kill"), "1");
        let deadline = Instant::now() + GONE;
        while fs::remove_dir(&self.folder).is_err() && Instant::now() < deadline {
            thread::sleep(LOOK_AGAIN);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// Groups as files: what is in `own` is not what has limits for its children.
    fn tree(enabled: &[(&str, &str)]) -> TempDir {
        let top = TempDir::new().unwrap();
        fs::create_dir_all(top.path().join("user/app/own")).unwrap();
        for (group, controllers) in enabled {
            let file = top.path().join(group).join("cgroup.subtree_control");
            fs::write(file, format!("{controllers}\n")).unwrap();
        }
        top
    }

    #[test]
    fn the_nearest_group_with_limits_for_its_children_is_taken() {
        let top =
            tree(&[("", "cpu memory pids"), ("user", "memory pids"), ("user/app", "cpu pids")]);
        let name = format!("grader-{}", process::id());
        assert!(Groups::below(top.path(), Path::new("user/app/own")).is_none());
        // In the group that was made for it, nothing could be enabled.
        let file = top.path().join("user").join(&name).join("cgroup.subtree_control");
        assert!(file.is_file());
        assert!(!top.path().join(name).exists());
    }

    #[test]
    fn without_limits_for_children_there_is_none() {
        let top = tree(&[("user", "memory"), ("user/app", "")]);
        assert!(Groups::below(top.path(), Path::new("user/app/own")).is_none());
        assert!(!top.path().join("user").join(format!("grader-{}", process::id())).exists());
    }

    #[test]
    fn a_trial_has_its_limits_and_ends_with_its_group() {
        let Some(groups) = Groups::of_this_process() else {
            return checks::skip_this("no control group (cgroup v2) with limits is ours");
        };
        let group = groups.trial().unwrap();
        let read = |file: &str| fs::read_to_string(group.folder.join(file)).unwrap();
        assert_eq!([read("memory.max"), read("pids.max")], ["1610612736\n", "2048\n"]);
        let mut sleep = Command::new("sleep");
        sleep.arg("60").env_clear().env("PATH", "/usr/bin:/bin");
        group.take_in(&mut sleep);
        let mut sleep = sleep.spawn().unwrap();
        while read("cgroup.procs").is_empty() {
            thread::sleep(LOOK_AGAIN);
        }
        let reaper = thread::spawn(move || sleep.wait().unwrap());
        let folder = group.folder.clone();
        drop(group);
        assert!(!reaper.join().unwrap().success() && !folder.exists());
    }

    #[test]
    fn who_takes_more_memory_than_there_is_is_ended_and_seen() {
        let Some(groups) = Groups::of_this_process() else {
            return checks::skip_this("no control group (cgroup v2) with limits is ours");
        };
        let group = groups.trial().unwrap();
        fs::write(group.folder.join("memory.max"), "16777216").unwrap();
        let mut shell = Command::new("/bin/sh");
        // Doubles a text until it has 64 MiB.
        shell.args(["-c", "x=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do x=$x$x; done"]);
        group.take_in(&mut shell);
        assert!(!shell.status().unwrap().success());
        assert!(group.was_short_of_memory().unwrap());
    }
}
