//! How long all checks of a lesson may take together, and what happens when that is used up.

use crate::cause::Cause;
use crate::failure::{Checked, Failure, Fault};
use std::time::{Duration, Instant};

/// What the checks of a lesson may take together. Each wait has a deadline of its own; but whoever
/// comes just in time each time would keep us for many minutes.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// For the first attempts at all checks, most of which are made at the same time.
    pub first: Duration,
    /// For all second attempts, which are made alone, one after another.
    pub second: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self::OF_A_LESSON
    }
}

impl Budget {
    /// A right program needs 0.2 to 12 s, and nothing of the second part.
    pub const OF_A_LESSON: Self =
        Self { first: Duration::from_secs(120), second: Duration::from_secs(60) };

    /// When the verdict is there at the latest. Behind a deadline nothing is awaited any more, but
    /// programs are ended, each within a second or two; on a busy computer that takes longer.
    pub const fn at_most(self) -> Duration {
        const TO_END_PROGRAMS: Duration = Duration::from_secs(60);
        self.first.saturating_add(self.second).saturating_add(TO_END_PROGRAMS)
    }
}

/// When the attempts that are being made have to be over. The default is never.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// After this time from now.
    pub fn after(time: Duration) -> Self {
        Self(Instant::now().checked_add(time))
    }

    /// Whether it has passed.
    pub fn has_passed(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }

    /// How long to wait for what may take as long as `wait`.
    pub fn cut(self, wait: Duration) -> Duration {
        self.0.map_or(wait, |end| wait.min(end.saturating_duration_since(Instant::now())))
    }

    /// Requires that it hasn't passed. `awaited` completes "waiting for …".
    pub fn in_time(self, awaited: impl Into<String>) -> Checked {
        if self.has_passed() { Err(Fault::OutOfTime(awaited.into())) } else { Ok(()) }
    }
}

/// The failure of a check that hasn't come to its end within the budget.
pub fn used_up(budget: Duration, how_far: &str) -> Failure {
    Failure {
        problem: format!(
            "the time for all checks of this lesson together, {budget:?}, is used up: {how_far}"
        ),
        cause: USED_UP,
        awaited: Some(budget),
        may_change: true,
        ..Failure::default()
    }
}

const USED_UP: Cause = Cause::new(
    "too-slow",
    "All checks together get many times what a right program needs, which is seconds. \
                This one took long in check after check, to start, to answer or to end, as the \
                transcripts show. Look for what holds it up: a sleep, a time-out that has to \
                pass, a wait for more input, or thousands of sockets.",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_cuts_waits_that_would_go_beyond_it() {
        let (short, long) = (Duration::from_secs(1), Duration::from_secs(3600));
        assert_eq!(Deadline::default().cut(long), long);
        assert_eq!(Deadline::after(long).cut(short), short);
        assert!(Deadline::after(short).cut(long) <= short);
        assert!(Deadline::after(Duration::ZERO).cut(long).is_zero());
    }

    #[test]
    fn only_a_deadline_that_has_passed_is_a_fault() {
        assert!(Deadline::default().in_time("it").is_ok());
        assert!(Deadline::after(Duration::from_secs(3600)).in_time("it").is_ok());
        let fault = Deadline::after(Duration::ZERO).in_time("its end");
        assert!(matches!(fault, Err(Fault::OutOfTime(awaited)) if awaited == "its end"));
    }
}
