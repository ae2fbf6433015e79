//! How long a judging may take, whatever the program does. The programs are the shell's.
#![cfg(unix)]
#![allow(clippy::panic, reason = "a test that can't go on has failed")]

use base::lessons::numbered;
use base::ports::PortCount;
use checks::budget::Budget;
use checks::cause::Cause;
use checks::check::{Check, Lesson, Limits};
use checks::failure::{Checked, failed};
use checks::judge::{Terms, judge};
use checks::subject::Program;
use checks::trial::Trial;
use checks::verdict::{Finding, Mark, Outcome};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For starting and ending shells on a busy computer.
const ROOM: Duration = Duration::from_secs(4);

/// Second attempts are made alone in this process, and so would wait for another test's.
static TURN: Mutex<()> = Mutex::new(());

const fn check(id: &'static str, needs: Option<&'static str>, run: fn(&Trial) -> Checked) -> Check {
    Check { id, title: "ticks", points: 10, needs, goal: "It ticks.", section: "none", run }
}

const fn lesson(checks: &'static [Check]) -> Lesson {
    let (limits, ports) = (Limits::USUAL, PortCount { udp: 0, both: 0 });
    Lesson { entry: numbered(1), limits, ports, checks, own_network: &[], play: None }
}

/// Judges a program that ticks every 300 ms.
fn judge_clock(checks: &'static [Check], budget: [u64; 2]) -> (Vec<Finding>, Duration) {
    let clock = ["sh", "-c", "while sleep 0.3; do echo tick; done"].map(Into::into);
    judge_command(clock.to_vec(), checks, budget)
}

fn judge_command(
    command: Vec<std::ffi::OsString>,
    checks: &'static [Check],
    [first, second]: [u64; 2],
) -> (Vec<Finding>, Duration) {
    let program = Program { command, name: None };
    let [first, second] = [first, second].map(Duration::from_millis);
    let terms = Terms { budget: Budget { first, second }, ..Terms::default() };
    let _one_at_a_time = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let started = Instant::now();
    (judge(&lesson(checks), &program, 7, terms), started.elapsed())
}

/// Each tick comes in time; together they take 1.5 s.
fn ticks_five_times(trial: &Trial) -> Checked {
    let program = trial.start_without_argument()?;
    for count in 1..=5 {
        let are_there = |stdout: &[u8]| stdout.len() >= 5 * count;
        program.wait_for_stdout("a tick", Duration::from_secs(2), &Cause::NONE, are_there)?;
    }
    Ok(())
}

fn ticks_wrong_at_last(trial: &Trial) -> Checked {
    ticks_five_times(trial)?;
    Err(failed("it ticked wrong", &Cause::new("dry", "Oil it.")))
}

fn ticks_on(trial: &Trial) -> Checked {
    trial.start_without_argument()?.runs_on(Duration::from_secs(3600), &Cause::NONE)
}

fn is_silent(trial: &Trial) -> Checked {
    trial.endpoint()?.receives_nothing(Duration::from_secs(3600), &Cause::NONE)
}

fn swallows(trial: &Trial) -> Checked {
    let program = trial.start_without_argument()?;
    let _ = program.wait_for_end(Duration::from_secs(3600), &Cause::NONE);
    Ok(())
}

fn problem(finding: &Finding) -> &str {
    match &finding.outcome {
        Outcome::Fail(failure) => &failure.problem,
        other => panic!("{} ended as {other:?}", finding.check.id),
    }
}

#[test]
fn a_program_that_is_just_in_time_each_time_uses_up_no_more_than_the_budget() {
    const CHECKS: &[Check] = &[
        check("1", None, ticks_five_times),
        check("2", Some("1"), ticks_five_times),
        check("3", Some("2"), ticks_five_times),
        check("4", Some("3"), ticks_five_times),
        check("5", Some("4"), ticks_five_times),
        check("6", Some("5"), ticks_five_times),
        check("7", Some("6"), ticks_five_times),
        check("8", Some("7"), ticks_five_times),
    ];
    let (findings, time) = judge_clock(CHECKS, [2_000, 1_000]);
    assert!(time < Duration::from_secs(3) + ROOM, "{time:?}");
    let failed: Vec<&Finding> =
        findings.iter().filter(|finding| finding.mark() == Mark::Fail).collect();
    assert_eq!(failed.len(), 1, "{findings:?}");
    let problem = problem(failed[0]);
    assert!(problem.contains("together, 2s, is used up"), "{problem}");
    let rest = findings.iter().skip_while(|finding| finding.mark() != Mark::Fail).skip(1);
    assert!(rest.clone().count() > 3, "{findings:?}");
    for finding in rest {
        assert_eq!(finding.mark(), Mark::Skipped);
    }
}

#[test]
fn second_attempts_have_a_budget_and_where_it_is_used_up_the_first_one_counts() {
    const CHECKS: &[Check] = &[
        check("1", None, ticks_wrong_at_last),
        check("2", None, ticks_wrong_at_last),
        check("3", None, ticks_wrong_at_last),
        check("4", None, ticks_wrong_at_last),
        check("5", None, ticks_wrong_at_last),
        check("6", None, ticks_wrong_at_last),
    ];
    let (findings, time) = judge_clock(CHECKS, [60_000, 2_000]);
    assert!(time < Duration::from_millis(1_500 + 2_000) + ROOM, "{time:?}");
    for finding in &findings {
        assert_eq!(problem(finding), "it ticked wrong");
    }
}

#[test]
fn a_wait_that_was_cut_short_proves_nothing() {
    const CHECKS: &[Check] = &[
        check("runs-on", None, ticks_on),
        check("is-silent", None, is_silent),
        check("swallows", None, swallows),
    ];
    let (findings, time) = judge_clock(CHECKS, [1_500, 0]);
    assert!(time < Duration::from_millis(1_500) + ROOM, "{time:?}");
    let ends = ["waiting for 3600s to pass", "waiting for 3600s without a datagram", "being made"];
    for (finding, end) in findings.iter().zip(ends) {
        assert!(problem(finding).ends_with(end), "{finding:?}");
    }
}

#[test]
fn when_the_time_is_used_up_no_program_is_started() {
    const CHECKS: &[Check] = &[check("1", None, ticks_on)];
    let (findings, _) = judge_command(vec!["no-such-program-anywhere".into()], CHECKS, [0, 0]);
    let problem = problem(&findings[0]);
    assert!(problem.contains("is used up: this check wasn't begun"), "{problem}");
    assert!(findings[0].steps.is_empty() && findings[0].end.is_none());
}

#[test]
fn what_was_not_begun_has_its_second_attempt() {
    const CHECKS: &[Check] =
        &[check("1", None, ticks_five_times), check("2", Some("1"), ticks_five_times)];
    let (findings, _) = judge_clock(CHECKS, [0, 60_000]);
    for finding in &findings {
        assert_eq!(finding.mark(), Mark::Pass, "{finding:?}");
    }
}
