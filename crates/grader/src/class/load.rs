//! Whether the computer was too busy to judge a program fairly.

use crate::model::Grade;
use crate::threads::processors;
use checks::verdict::Mark;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, thread};

/// Programs that want to run, for each processor, above which a failure says little. Our own work
/// keeps well below that; it is for attackers, and for what else a computer is used for.
const BUSY: f64 = 20.0;

/// How often the computer is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// How much a look counts beside those before it: who wants to run for a moment keeps nobody
/// waiting, and a second is what checks wait at least.
const SHARE: f64 = 0.2;

/// How busy the computer was, look by look.
#[derive(Default)]
pub struct Load {
    looks: Mutex<Vec<Look>>,
}

#[derive(Clone, Copy, Default)]
struct Look {
    /// How many programs wanted to run.
    running: f64,
    /// Whether no thread could be started, so that programs couldn't start one either.
    is_short: bool,
}

impl Load {
    /// Does `work` while the computer is looked at.
    pub fn watched<T>(work: impl FnOnce(&Self) -> T) -> T {
        let load = Self::default();
        thread::scope(|scope| {
            let (end, ended) = channel::<()>();
            // Without a thread, nothing is known: then nothing is judged again for that reason.
            let _ = thread::Builder::new().spawn_scoped(scope, || {
                let ended = ended;
                while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                    let tried = thread::Builder::new().spawn_scoped(scope, || {});
                    load.look(tried.is_err());
                }
            });
            let result = work(&load);
            drop(end);
            result
        })
    }

    fn look(&self, is_short: bool) {
        let mut looks = self.looks();
        let before = looks.last().copied().unwrap_or_default().running;
        let running = before + SHARE * (running().unwrap_or(before) - before);
        looks.push(Look { running, is_short });
    }

    /// A moment, for [`Load::may_have_cost_points`].
    pub fn now(&self) -> usize {
        self.looks().len()
    }

    /// Whether a program lost points while this computer was overloaded, since a moment.
    pub fn may_have_cost_points(&self, grade: &Grade, since: usize) -> bool {
        let most = BUSY * processors() as f64;
        let was_busy = |look: &Look| look.is_short || look.running > most;
        grade.count(Mark::Fail) > 0 && self.looks().iter().skip(since).any(was_busy)
    }

    fn looks(&self) -> MutexGuard<'_, Vec<Look>> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Threads that run or want to. Only Linux tells: `0.00 0.01 0.05 3/234 5678` are three of 234.
fn running() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split([' ', '/']).nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Status;
    use checks::failure::Failure;
    use checks::verdict::{Finding, Outcome};

    #[test]
    fn who_failed_on_an_overloaded_computer_may_have_lost_points() {
        let most = BUSY * processors() as f64;
        let looks = [(1.0, false), (most + 1.0, false), (1.0, true), (1.0, false)];
        let looks = looks.map(|(running, is_short)| Look { running, is_short });
        let load = Load { looks: Mutex::new(looks.to_vec()) };
        let lesson = checks::lessons::known("lesson-1").unwrap();
        let failed = Finding::blank(&lesson.checks[0], Outcome::Fail(Failure::default()));
        let grade = |failures| {
            let findings = vec![failed.clone(); failures];
            Grade { findings, ..Grade::blank(lesson, Status::Judged) }
        };
        assert!(load.may_have_cost_points(&grade(1), 0));
        assert!(load.may_have_cost_points(&grade(1), 1));
        assert!(load.may_have_cost_points(&grade(1), 2));
        assert!(!load.may_have_cost_points(&grade(1), 3));
        assert!(!load.may_have_cost_points(&grade(1), load.now()));
        assert!(!load.may_have_cost_points(&grade(0), 0));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_computer_is_looked_at_until_the_work_is_done() {
        let moment = Load::watched(|load| {
            while load.now() < 2 {
                thread::yield_now();
            }
            load.now()
        });
        assert!(moment >= 2);
    }
}
