//! Ends programs that have left the group which they were started in, as daemons do.
//!
//! A variable in their environment tells them: what a program starts inherits it. Only Linux shows the
//! environment of others; Windows' job objects let nobody leave, and on macOS such programs stay.
//! One that takes the variable out of its environment stays, too: who judges programs that he doesn't
//! trust needs more than this, namespaces of processes for example.

use crate::programs::running;
use std::fs;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The variable.
const NAME: &str = "COURSE_STARTED_BY";

/// How long they may take to be gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often we look whether they are. There is no event for the end of others' children.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// What tells some programs, and what they start, from all others. Who is left of them when this goes
/// out of scope is ended then.
pub struct Mark(String);

impl Default for Mark {
    fn default() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(format!("{}-{count}-{:x}", process::id(), crate::random::seed()))
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.end_all();
    }
}

impl Mark {
    /// Marks a program that is to be started.
    pub fn put_on(&self, command: &mut Command) {
        command.env(NAME, &self.0);
    }

    /// Ends all that have this mark, and waits until they are gone.
    fn end_all(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let strays = self.strays();
            if strays.is_empty() || Instant::now() >= deadline {
                return;
            }
            // std can signal only children. To the shell's own `kill`, a process that has gone is no
            // reason to leave out the others.
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", "kill -s KILL \"$@\"", "kill"]).args(strays);
            let _ = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// The processes with this mark that still run.
    fn strays(&self) -> Vec<String> {
        let wanted = format!("{NAME}={}", self.0);
        let is_marked = |pid: &u32| {
            // Of a process that has ended, and that nobody has asked about yet, this is empty.
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        };
        let running = running().unwrap_or_default().into_iter();
        running.filter(is_marked).map(|pid| pid.to_string()).collect()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::programs::Keeper;
    use std::io::{BufRead, BufReader};

    #[test]
    fn who_has_left_its_group_is_ended_as_well() {
        let daemon = "setsid sh -c 'echo ready; read line' </dev/zero &";
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{daemon} {daemon}")]).stdout(Stdio::piped());
        let mark = Mark::default();
        mark.put_on(&mut command);
        let mut keeper = Keeper::start().unwrap();
        let mut child = keeper.spawn(&mut command).unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.take(2).collect::<Result<Vec<_>, _>>().unwrap(), ["ready", "ready"]);
        drop(keeper);
        child.wait().unwrap();
        assert!(!mark.strays().is_empty());
        mark.end_all();
        assert_eq!(mark.strays(), Vec::<String>::new());
    }
}
