//! That there is no lack of ports.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use checks::check::{Check, Lesson, Outcome, Verdict, failed};
use checks::judge::{Report, Terms, judge};
use checks::port::PortCount;
use checks::trial::{Program, Trial};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Mutex;

const CHECKS: &str = env!("CARGO_BIN_EXE_checks");

const fn check(run: fn(&Trial) -> Verdict) -> [Check; 1] {
    let (title, goal, section) = ("has a port", "It has a port.", "none");
    [Check { id: "has-a-port", title, points: 100, needs: None, goal, section, run }]
}

fn judge_one(checks: &'static [Check], ports: PortCount) -> Report {
    let lesson = Lesson { name: "lesson-9", title: "Ports", ports, checks };
    let command = [CHECKS, "play", "lesson-5"].map(Into::into).to_vec();
    let program = Program { command, name: None, keeper: PathBuf::from(CHECKS) };
    let mut reports = judge(&lesson, &program, 7, Terms::default());
    reports.remove(0)
}

/// The locks that can't be taken, before the program is started first.
static TAKEN: Mutex<Option<Vec<u16>>> = Mutex::new(None);

fn fails_first(trial: &Trial) -> Verdict {
    let mut taken = TAKEN.lock().unwrap();
    let is_second = taken.is_some();
    let is_taken = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err();
    let before =
        taken.get_or_insert_with(|| (20_000..30_000).step_by(2).filter(is_taken).collect());
    let port = trial.port()?;
    let program = trial.start(port.number().to_string())?;
    program.wait_until_bound(port.number())?;
    if !is_second {
        return Err(failed("it is its first start", ""));
    }
    assert!(before.contains(&port.number()), "{} was taken later", port.number());
    Ok(())
}

#[test]
fn the_port_of_a_second_attempt_was_taken_before_the_first_start() {
    static CHECKS: [Check; 1] = check(fails_first);
    let report = judge_one(&CHECKS, PortCount { udp: 1, both: 0 });
    assert!(matches!(report.outcome, Outcome::Pass), "{report:?}");
}
