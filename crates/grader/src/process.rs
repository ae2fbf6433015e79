//! How programs are started that may be hostile: what they find around them, and how long they may
//! take.

use anyhow::{Context, Result};
use base::run::{Finished, run_watched};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a program may run.
#[derive(Clone, Copy)]
pub struct Patience {
    pub whole: Duration,
    /// Without using a processor, or waiting for one; where the system doesn't tell, only the
    /// whole counts.
    pub idle: Option<Duration>,
}

/// Runs `command` as [`base::run`] does, for as long as `patience` lasts.
pub fn run(command: Command, patience: Patience, kept: usize) -> Result<Finished> {
    run_watched(command, patience.whole, kept, |process| {
        let idle = patience.idle?;
        let mut activity = Activity::of(process);
        Some(move || activity.idle() >= idle)
    })
}

/// Where the tools of a system are.
const PATH: &str = "/usr/bin:/bin";

/// Without them, programs and the linker don't start on Windows.
const OF_WINDOWS: &[&str] = &[
    "PATH",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "ComSpec",
    "PATHEXT",
    "ProgramData",
    "ProgramFiles",
    "ProgramFiles(x86)",
];

/// What every command that we start finds around it: the same variables and the same tools for
/// all, whoever grades. Variables of ours would show in a student's report.
pub struct Surroundings {
    /// Where the compiler looks for the linker.
    path: OsString,
    /// The folders that the linker is installed in, if it isn't the system's own.
    pub linker: Option<PathBuf>,
}

impl Surroundings {
    #[must_use]
    pub fn of_this_computer() -> Self {
        let linker = find("cc").ok().and_then(|cc| Some(cc.canonicalize().ok()?.parent()?.into()));
        let is_known = |folder: &PathBuf| env::split_paths(PATH).any(|known| known == *folder);
        let linker: Option<PathBuf> = linker.filter(|folder| !is_known(folder));
        let mut path = OsString::from(PATH);
        if let Some(folder) = &linker {
            path.push(":");
            path.push(folder);
        }
        let linker = linker.and_then(|folder| folder.parent().map(Path::to_owned));
        Self { path, linker }
    }

    /// The variables of a command.
    pub fn variables(&self, temporary: &Path) -> Vec<(OsString, OsString)> {
        let mut variables: Vec<(OsString, OsString)> = if cfg!(windows) {
            let kept = OF_WINDOWS.iter().filter_map(|name| Some((name.into(), env::var_os(name)?)));
            kept.chain(["TEMP", "TMP"].map(|name| (name.into(), temporary.into()))).collect()
        } else {
            vec![("PATH".into(), self.path.clone()), ("TMPDIR".into(), temporary.into())]
        };
        variables.push(("LANG".into(), "C.UTF-8".into()));
        variables
    }
}

/// Where a program is, on our own PATH.
pub fn find(name: impl AsRef<OsStr>) -> Result<PathBuf> {
    let name = name.as_ref();
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&folders).map(|folder| folder.join(name));
    let found = places.find(|place| place.is_file());
    found.with_context(|| format!("cannot start {}: it isn't installed", name.display()))
}

/// Whether a program does anything, with all that it has started: only Linux tells.
struct Activity {
    #[cfg(target_os = "linux")]
    process: u32,
    #[cfg(target_os = "linux")]
    time: Option<u64>,
    /// When it was seen to do something, or when that couldn't be seen.
    last: Instant,
}

impl Activity {
    /// Of a program that is starting.
    fn of(process: u32) -> Self {
        #[cfg(not(target_os = "linux"))]
        let _ = process;
        Self {
            #[cfg(target_os = "linux")]
            process,
            #[cfg(target_os = "linux")]
            time: None,
            last: Instant::now(),
        }
    }

    /// Looks once more; returns for how long it has done nothing: no processor was used or waited
    /// for, and no disk.
    #[cfg(target_os = "linux")]
    fn idle(&mut self) -> Duration {
        let look = tree::look(self.process);
        let time = look.as_ref().map(|look| look.time);
        if look.is_none_or(|look| look.is_busy) || time != self.time {
            self.last = Instant::now();
        }
        self.time = time;
        self.last.elapsed()
    }

    #[cfg(not(target_os = "linux"))]
    fn idle(&mut self) -> Duration {
        self.last = Instant::now();
        Duration::ZERO
    }
}

/// Source: proc(5), `/proc/PID/stat` and `/proc/PID/task/TID/children`.
#[cfg(target_os = "linux")]
mod tree {
    use std::fs;

    pub struct Look {
        /// Of processors, in the system's ticks.
        pub time: u64,
        pub is_busy: bool,
    }

    /// At a process and those below it; nothing if the system doesn't tell.
    pub fn look(process: u32) -> Option<Look> {
        let mut look = Look { time: 0, is_busy: false };
        let mut processes = vec![process];
        while let Some(process) = processes.pop() {
            let folder = format!("/proc/{process}");
            // It may have ended since it was listed.
            let Some((_, time)) = stat(&format!("{folder}/stat")) else { continue };
            look.time += time;
            for thread in fs::read_dir(format!("{folder}/task")).into_iter().flatten().flatten() {
                let thread = thread.path();
                let state = stat(&thread.join("stat").to_string_lossy());
                look.is_busy |= state.is_some_and(|(state, _)| "RD".contains(state));
                match fs::read_to_string(thread.join("children")) {
                    Ok(text) => {
                        processes.extend(text.split(' ').filter_map(|n| n.parse::<u32>().ok()));
                    }
                    // A thread that has ended has none; a system without the file tells nothing.
                    Err(_) if thread.exists() => return None,
                    Err(_) => {}
                }
            }
        }
        Some(look)
    }

    /// The state, and the time in user and kernel mode. A name may have any characters in it.
    fn stat(path: &str) -> Option<(char, u64)> {
        let text = fs::read_to_string(path).ok()?;
        let (_, columns) = text.rsplit_once(") ")?;
        let mut columns = columns.split(' ');
        let state = columns.next()?.chars().next()?;
        let [user, system] = [columns.nth(10)?, columns.next()?].map(str::parse::<u64>);
        Some((state, user.ok()? + system.ok()?))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::thread;

    #[test]
    fn who_waits_is_idle_and_who_works_is_not() {
        for (script, is_idle) in [("read x", true), ("while :; do :; done", false)] {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", &format!("sh -c '{script}'; exit")]).stdin(Stdio::piped());
            let mut shell = shell.spawn().unwrap();
            let mut activity = Activity::of(shell.id());
            let started = Instant::now();
            let mut idle = Duration::ZERO;
            while idle < Duration::from_secs(1) && started.elapsed() < Duration::from_secs(3) {
                thread::sleep(Duration::from_millis(100));
                idle = activity.idle();
            }
            let mut kill = Command::new("/bin/sh");
            let script = "kill -9 $(cat /proc/$0/task/$0/children) $0";
            kill.args(["-c", script, &shell.id().to_string()]).status().unwrap();
            shell.wait().unwrap();
            assert_eq!(idle >= Duration::from_secs(1), is_idle, "{script}: {idle:?}");
        }
    }
}
