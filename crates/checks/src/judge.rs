//! Runs checks: those that don't depend on each other at the same time, each on its own ports.

use crate::budget::{Budget, Deadline, used_up};
use crate::cause::{self, Cause};
use crate::check::{Check, Lesson};
use crate::failure::{Failure, Fault};
use crate::kept_waiting;
use crate::network::Network;
use crate::setting::Setting;
use crate::subject::{Ending, Program};
use crate::trial::{Traces, Trial};
use crate::verdict::{Finding, Mark, Outcome};
use base::ports::Ports;
use base::random::Random;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

/// Whoever makes checks together holds it for reading; whoever makes one alone, for writing.
static ALONE: RwLock<()> = RwLock::new(());

/// What else is laid down about a judging.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms {
    pub budget: Budget,
    pub network: Network,
}

/// Judges a program: makes all checks of a lesson, and returns their findings in the same order.
pub fn judge(lesson: &Lesson, program: &Program, seed: u64, terms: Terms) -> Vec<Finding> {
    judge_and_tell(lesson, program, seed, terms, &mut |_| {})
}

/// The same, and tells each finding as soon as it and all before it are settled.
pub fn judge_and_tell(
    lesson: &Lesson,
    program: &Program,
    seed: u64,
    terms: Terms,
    tell: &mut dyn FnMut(&Finding),
) -> Vec<Finding> {
    let settled = lesson.checks.iter().map(|_| None).collect();
    let mut settled = Settled { checks: lesson.checks, findings: settled, told: 0, tell };
    // For first and second attempts, before there is anybody who could take all that there are.
    let ports = match Ports::take(lesson.ports + lesson.ports) {
        Ok(ports) => Arc::new(ports),
        Err(error) => {
            let outcome = Outcome::GraderError(format!("no ports for the checks: {error}"));
            lesson
                .checks
                .iter()
                .for_each(|check| settled.add(Finding::blank(check, outcome.clone())));
            return settled.all();
        }
    };
    let checks: Vec<&Check> = lesson.checks_in(terms.network).collect();
    for check in lesson.checks.iter().filter(|check| !checks.contains(check)) {
        settled.add(Finding::blank(check, Outcome::NotJudged));
    }
    let setting = Setting { network: terms.network, ports, ..Setting::default() };
    let unmet = Mutex::default();
    let judging = Judging { checks, program, seed, budget: terms.budget, setting, unmet };
    judging.make_all(&mut settled);
    settled.all()
}

/// The findings that won't change any more.
struct Settled<'a> {
    checks: &'static [Check],
    /// In the order of the checks.
    findings: Vec<Option<Finding>>,
    /// How many of them have been told.
    told: usize,
    tell: &'a mut dyn FnMut(&Finding),
}

impl Settled<'_> {
    fn add(&mut self, finding: Finding) {
        let place = self.checks.iter().position(|check| check.id == finding.check.id);
        if let Some(slot) = place.and_then(|place| self.findings.get_mut(place)) {
            *slot = Some(finding);
        }
        while let Some(Some(finding)) = self.findings.get(self.told) {
            (self.tell)(finding);
            self.told += 1;
        }
    }

    fn has_passed(&self, check: &str) -> bool {
        self.findings
            .iter()
            .flatten()
            .any(|finding| finding.check.id == check && has_passed(finding))
    }

    fn all(self) -> Vec<Finding> {
        self.findings.into_iter().flatten().collect()
    }
}

/// Makes one check. If it fails, and may end in another way alone, it is made once more before it
/// counts.
pub fn make(check: &'static Check, program: &Program, seed: u64) -> Finding {
    let judging = Judging::of_one(check, program, seed);
    let mut left = judging.budget;
    let first = {
        let _together = ALONE.read().unwrap_or_else(PoisonError::into_inner);
        judging.attempt(check, Deadline::after(left.first))
    };
    let is_open = is_open(&first.outcome) || judging.unmet().iter().any(|(_, f)| f.may_change);
    if is_open { judging.again(first, &mut left.second) } else { first }
}

/// What all attempts have in common.
struct Judging<'a> {
    checks: Vec<&'static Check>,
    program: &'a Program,
    seed: u64,
    budget: Budget,
    /// But for the deadlines.
    setting: Setting,
    /// What didn't come off in checks that were skipped for another's sake.
    unmet: Mutex<Vec<(&'static str, Failure)>>,
}

impl<'a> Judging<'a> {
    /// Its ports are sought when they are needed.
    fn of_one(check: &'static Check, program: &'a Program, seed: u64) -> Self {
        let (budget, setting, unmet) = (Budget::default(), Setting::default(), Mutex::default());
        Self { checks: vec![check], program, seed, budget, setting, unmet }
    }

    fn that_need(&self, needed: Option<&str>) -> impl Iterator<Item = &'static Check> {
        self.checks.iter().copied().filter(move |check| check.needs == needed)
    }

    /// Makes all checks.
    fn make_all(&self, settled: &mut Settled<'_>) {
        let mut left = self.budget;
        let mut ready: Vec<&Check> = self.that_need(None).collect();
        let mut skipped = Vec::new();
        while !ready.is_empty() {
            let open = self.together(&ready, &mut left.first, settled);
            ready.clear();
            let is_skipped = |first: &Finding| matches!(first.outcome, Outcome::Skipped(_));
            let (more, open): (Vec<_>, Vec<_>) = open.into_iter().partition(is_skipped);
            skipped.extend(more);
            for first in open {
                let finding = self.again(first, &mut left.second);
                ready.extend(self.add(finding, settled));
            }
            // Whether they are skipped for good depends on all others.
            if ready.is_empty() {
                for first in mem::take(&mut skipped) {
                    let finding = self.settle(first, settled, &mut left.second);
                    ready.extend(self.add(finding, settled));
                }
            }
        }
    }

    /// Makes first attempts at these checks, and at those that need them, in what is `left`. Returns
    /// those that aren't settled by that.
    fn together(
        &self,
        checks: &[&'static Check],
        left: &mut Duration,
        settled: &mut Settled<'_>,
    ) -> Vec<Finding> {
        let _together = ALONE.read().unwrap_or_else(PoisonError::into_inner);
        let (started, deadline) = (Instant::now(), Deadline::after(*left));
        let (sender, receiver) = channel();
        let mut open = Vec::new();
        thread::scope(|scope| {
            for check in checks {
                let sender = sender.clone();
                scope.spawn(move || self.follow(check, deadline, &sender));
            }
            drop(sender);
            for finding in receiver {
                if is_open(&finding.outcome) || matches!(finding.outcome, Outcome::Skipped(_)) {
                    open.push(finding);
                    continue;
                }
                if !has_passed(&finding) {
                    self.skip(finding.check, finding.check.id, settled);
                }
                settled.add(finding);
            }
        });
        *left = left.saturating_sub(started.elapsed());
        open.sort_by_key(|finding| self.checks.iter().position(|check| *check == finding.check));
        open
    }

    /// Makes a check, and then those that need it.
    fn follow(&self, check: &'static Check, deadline: Deadline, findings: &Sender<Finding>) {
        let finding = self.attempt(check, deadline);
        let has_passed = has_passed(&finding);
        let _ = findings.send(finding);
        if !has_passed {
            return;
        }
        thread::scope(|scope| {
            for next in self.that_need(Some(check.id)) {
                scope.spawn(move || self.follow(next, deadline, findings));
            }
        });
    }

    /// Makes a check once more, alone, in what is `left`. It counts if it comes to an end by then.
    fn again(&self, first: Finding, left: &mut Duration) -> Finding {
        let _alone = ALONE.write().unwrap_or_else(PoisonError::into_inner);
        let (started, deadline) = (Instant::now(), Deadline::after(*left));
        if deadline.has_passed() {
            return first;
        }
        let second = self.attempt(first.check, deadline);
        *left = left.saturating_sub(started.elapsed());
        if deadline.has_passed() { first } else { second }
    }

    /// Settles a finding; returns the checks that can be made now.
    fn add(&self, finding: Finding, settled: &mut Settled<'_>) -> Vec<&'static Check> {
        let check = finding.check;
        let next = has_passed(&finding).then(|| self.that_need(Some(check.id)).collect());
        if next.is_none() {
            self.skip(check, check.id, settled);
        }
        settled.add(finding);
        next.unwrap_or_default()
    }

    /// Those that need a check which hasn't passed.
    fn skip(&self, check: &Check, failed: &'static str, settled: &mut Settled<'_>) {
        for next in self.that_need(Some(check.id)) {
            self.skip(next, failed, settled);
            settled.add(Finding::blank(next, Outcome::Skipped(failed)));
        }
    }

    fn unmet(&self) -> MutexGuard<'_, Vec<(&'static str, Failure)>> {
        self.unmet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What didn't come off in a check that was skipped for the sake of one that has passed is its own
    /// failure. If it may come off in another try, it is made once more, alone, before that.
    fn settle(&self, skipped: Finding, settled: &Settled<'_>, left: &mut Duration) -> Finding {
        let is_met = |finding: &Finding| match finding.outcome {
            Outcome::Skipped(needed) => settled.has_passed(needed),
            _ => false,
        };
        let unmet = |finding: &Finding| {
            let unmet = self.unmet();
            let last = unmet.iter().rfind(|(check, _)| *check == finding.check.id);
            last.filter(|_| is_met(finding)).map(|(_, failure)| failure.clone())
        };
        let may_change = unmet(&skipped).is_some_and(|failure| failure.may_change);
        let mut finding = if may_change { self.again(skipped, left) } else { skipped };
        if let Some(failure) = unmet(&finding) {
            finding.outcome = Outcome::Fail(failure);
        }
        finding
    }

    fn attempt(&self, check: &'static Check, deadline: Deadline) -> Finding {
        let budget = self.budget.first;
        if deadline.has_passed() {
            let failure = used_up(budget, "this check wasn't begun");
            return Finding::blank(check, Outcome::Fail(failure));
        }
        let (started, waited) = (Instant::now(), kept_waiting::this_thread());
        let setting = Setting { deadline, ..self.setting.clone() };
        let trial = Trial::new(self.program, Random::new(self.seed, check.id), setting);
        // A panic in a check is the grader's fault, and must not take the other checks with it.
        let result = panic::catch_unwind(AssertUnwindSafe(|| (check.run)(&trial)));
        let (duration, is_over) = (started.elapsed(), deadline.has_passed());
        let Traces { steps, endings, ports } = trial.finish();
        let may_change = |awaited| may_change(waited, duration, &endings, awaited);
        let outcome = match result {
            Ok(Err(Fault::Failed(failure))) => {
                let may_change = may_change(failure.awaited);
                Outcome::Fail(explain(Failure { may_change, ..*failure }, &endings))
            }
            Ok(Err(Fault::Needs(needed, failure))) => {
                let failure = Failure { may_change: may_change(failure.awaited), ..*failure };
                self.unmet().push((check.id, explain(failure, &endings)));
                Outcome::Skipped(needed)
            }
            Ok(Err(Fault::OutOfTime(awaited))) => {
                let how_far = format!("this check was waiting for {awaited}");
                Outcome::Fail(explain(used_up(budget, &how_far), &endings))
            }
            // A wait that was cut may be why it has passed.
            _ if is_over => Outcome::Fail(used_up(budget, "this check was being made")),
            Ok(Ok(())) => Outcome::Pass,
            Ok(Err(Fault::Grader(error))) => Outcome::GraderError(format!("{error:#}")),
            Err(_) => Outcome::GraderError("the check panicked".to_owned()),
        };
        let last = endings.last();
        let stderr = last.map(|ending| ending.last_lines(6)).unwrap_or_default();
        Finding {
            steps,
            end: last.map(how),
            stderr,
            duration,
            ports,
            ..Finding::blank(check, outcome)
        }
    }
}

fn how(ending: &Ending) -> String {
    match ending.status() {
        Some(status) => status.to_string(),
        None => "it ran until it was stopped".to_owned(),
    }
}

fn has_passed(finding: &Finding) -> bool {
    finding.mark() == Mark::Pass
}

/// Whether another try, alone, may end in another way.
fn is_open(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Fail(failure) => failure.may_change,
        Outcome::GraderError(_) => true,
        Outcome::Pass | Outcome::Skipped(_) | Outcome::NotJudged => false,
    }
}

/// The same of a check that has failed, which began when its thread had `waited` for so long, and
/// took that time. `awaited`: how long it waited in vain.
fn may_change(
    waited: Option<Duration>,
    took: Duration,
    endings: &[Ending],
    awaited: Option<Duration>,
) -> bool {
    let busy = match (waited, kept_waiting::this_thread()) {
        // We came too late ourselves, or it did.
        (Some(before), Some(now)) => {
            let ours = now.saturating_sub(before);
            let theirs = endings.iter().filter_map(Ending::waited).max();
            kept_waiting::is_too_long(ours.max(theirs.unwrap_or_default()), took, awaited)
        }
        // The system doesn't tell.
        _ => awaited.is_some(),
    };
    // Two programs with a fixed port stand in each other's way.
    let met_an_error = |ending: &Ending| {
        let status = ending.status();
        status.is_some_and(|status| !status.success() && cause::signal(status).is_none())
    };
    busy || endings.iter().any(met_an_error)
}

/// A gap that is still open explains everything else.
fn explain(failure: Failure, endings: &[Ending]) -> Failure {
    let Some(hint) = endings.iter().find_map(Ending::open_gap) else { return failure };
    Failure {
        problem: "a gap in the program is still open".to_owned(),
        cause: Cause::seen("open-gap", format!("Write what stands in the gap's place: {hint}")),
        ..Failure::default()
    }
}
