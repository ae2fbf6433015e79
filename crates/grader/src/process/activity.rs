//! Whether a program does anything, with all that it has started: only Linux tells.

use std::time::{Duration, Instant};

/// What is known of a program's activity.
pub struct Activity {
    #[cfg(target_os = "linux")]
    process: u32,
    #[cfg(target_os = "linux")]
    time: Option<u64>,
    /// When it was seen to do something, or when that couldn't be seen.
    last: Instant,
}

impl Activity {
    /// Of a program that is starting.
    pub fn of(process: u32) -> Self {
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
    pub fn idle(&mut self) -> Duration {
        let look = tree::look(self.process);
        let time = look.as_ref().map(|look| look.time);
        if look.is_none_or(|look| look.is_busy) || time != self.time {
            self.last = Instant::now();
        }
        self.time = time;
        self.last.elapsed()
    }

    #[cfg(not(target_os = "linux"))]
    pub fn idle(&mut self) -> Duration {
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
