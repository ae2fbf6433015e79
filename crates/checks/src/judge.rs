//! Runs checks: those that don't depend on each other at the same time, each on its own ports.

use crate::budget::{Budget, Deadline, used_up};
use crate::cause::Cause;
use crate::check::{Check, Lesson};
use crate::failure::{Failure, Fault};
use crate::network::Network;
use crate::subject::{Ending, Program};
use crate::trial::{Setting, Traces, Trial};
use crate::verdict::{Finding, Mark, Outcome};
use base::ports::Ports;
use base::random::Random;
use std::panic::{self, AssertUnwindSafe};
use std::slice;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
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
    // For first and second attempts, before there is anybody who could take all that there are.
    let ports = match Ports::take(lesson.ports + lesson.ports) {
        Ok(ports) => Arc::new(ports),
        Err(error) => {
            let outcome = Outcome::GraderError(format!("no ports for the checks: {error}"));
            let finding = |check| Finding::blank(check, outcome.clone());
            return lesson.checks.iter().map(finding).collect();
        }
    };
    let judging = Judging { checks: lesson.checks, program, seed, terms, ports };
    let mut left = terms.budget;
    let mut findings = Vec::new();
    let mut ready: Vec<&Check> = judging.that_need(None).collect();
    while !ready.is_empty() {
        let firsts = judging.together(&ready, &mut left.first);
        ready.clear();
        for first in firsts {
            let is_final = !may_change(&first.outcome);
            let finding = if is_final { first } else { judging.again(first, &mut left.second) };
            if !has_passed(&finding) {
                judging.skip(finding.check, finding.check.id, &mut findings);
            } else if !is_final {
                ready.extend(judging.that_need(Some(finding.check.id)));
            }
            findings.push(finding);
        }
    }
    findings.sort_by_key(|finding| judging.place(finding));
    findings
}

/// Makes one check. Unless it passes, or can't pass, it is made once more, alone, before it counts.
pub fn make(check: &'static Check, program: &Program, seed: u64) -> Finding {
    let judging = Judging::of_one(check, program, seed);
    let mut left = judging.terms.budget;
    let first = {
        let _together = ALONE.read().unwrap_or_else(PoisonError::into_inner);
        judging.attempt(check, Deadline::after(left.first))
    };
    if may_change(&first.outcome) { judging.again(first, &mut left.second) } else { first }
}

/// Makes one check, once.
pub fn make_once(check: &'static Check, program: &Program, seed: u64) -> Finding {
    let judging = Judging::of_one(check, program, seed);
    judging.attempt(check, Deadline::after(judging.terms.budget.first))
}

/// What all attempts have in common.
struct Judging<'a> {
    checks: &'static [Check],
    program: &'a Program,
    seed: u64,
    terms: Terms,
    ports: Arc<Ports>,
}

impl<'a> Judging<'a> {
    /// Its ports are sought when they are needed.
    fn of_one(check: &'static Check, program: &'a Program, seed: u64) -> Self {
        let (terms, ports) = (Terms::default(), Arc::default());
        Self { checks: slice::from_ref(check), program, seed, terms, ports }
    }

    fn that_need(&self, needed: Option<&str>) -> impl Iterator<Item = &'static Check> {
        self.checks.iter().filter(move |check| check.needs == needed)
    }

    fn place(&self, finding: &Finding) -> Option<usize> {
        self.checks.iter().position(|check| check.id == finding.check.id)
    }

    /// Makes first attempts at these checks, and at those that need them, in what is `left`.
    fn together(&self, checks: &[&'static Check], left: &mut Duration) -> Vec<Finding> {
        let _together = ALONE.read().unwrap_or_else(PoisonError::into_inner);
        let (started, deadline) = (Instant::now(), Deadline::after(*left));
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            for check in checks {
                let sender = sender.clone();
                scope.spawn(move || self.follow(check, deadline, &sender));
            }
        });
        drop(sender);
        *left = left.saturating_sub(started.elapsed());
        let mut findings: Vec<Finding> = receiver.into_iter().collect();
        findings.sort_by_key(|finding| self.place(finding));
        findings
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

    /// Reports those that need a check which hasn't passed.
    fn skip(&self, check: &Check, failed: &'static str, findings: &mut Vec<Finding>) {
        for next in self.that_need(Some(check.id)) {
            findings.push(Finding::blank(next, Outcome::Skipped(failed)));
            self.skip(next, failed, findings);
        }
    }

    fn attempt(&self, check: &'static Check, deadline: Deadline) -> Finding {
        let budget = self.terms.budget.first;
        if deadline.has_passed() {
            let failure = used_up(budget, "this check wasn't begun");
            return Finding::blank(check, Outcome::Fail(failure));
        }
        let started = Instant::now();
        let (network, ports) = (self.terms.network, Arc::clone(&self.ports));
        let setting = Setting { network, ports, deadline };
        let trial = Trial::new(self.program, Random::new(self.seed, check.id), setting);
        // A panic in a check is the grader's fault, and must not take the other checks with it.
        let result = panic::catch_unwind(AssertUnwindSafe(|| (check.run)(&trial)));
        let (duration, is_over) = (started.elapsed(), deadline.has_passed());
        let Traces { steps, endings, ports } = trial.finish();
        let outcome = match result {
            Ok(Err(Fault::Failed(failure))) => Outcome::Fail(explain(*failure, &endings)),
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
fn may_change(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Fail(failure) => !failure.is_certain,
        Outcome::GraderError(_) => true,
        Outcome::Pass | Outcome::Skipped(_) => false,
    }
}

/// A gap that is still open explains everything else.
fn explain(failure: Failure, endings: &[Ending]) -> Failure {
    let Some(hint) = endings.iter().find_map(Ending::open_gap) else { return failure };
    Failure {
        problem: "a gap in the program is still open".to_owned(),
        cause: Cause::seen("open-gap", format!("Write what stands in the gap's place: {hint}")),
        is_certain: true,
        ..Failure::default()
    }
}
