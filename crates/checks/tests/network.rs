//! What a lack of ports means, and for whom.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

use anyhow::anyhow;
use base::lessons::numbered;
use base::ports::PortCount;
use checks::check::{Check, Lesson, Limits};
use checks::failure::{Checked, Fault};
use checks::judge::{Terms, judge};
use checks::network::Network;
use checks::subject::Program;
use checks::trial::Trial;
use checks::verdict::{Finding, Outcome};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{LazyLock, Mutex};

const CHECKS: &str = env!("CARGO_BIN_EXE_checks");

const fn check(run: fn(&Trial) -> Checked) -> [Check; 1] {
    let (title, goal, section) = ("has a port", "It has a port.", "none");
    [Check { id: "has-a-port", title, points: 100, needs: None, goal, section, run }]
}

fn judge_one(checks: &'static [Check], ports: PortCount, network: Network) -> Finding {
    let limits = Limits::USUAL;
    let lesson = Lesson { entry: numbered(1), limits, ports, checks, own_network: &[], play: None };
    let command = [CHECKS, "play", "lesson-5"].map(Into::into).to_vec();
    let program = Program { command, name: None };
    let terms = Terms { network, ..Terms::default() };
    let mut findings = judge(&lesson, &program, 7, terms);
    findings.remove(0)
}

/// The locks that can't be taken, before the program is started first.
static TAKEN: Mutex<Option<Vec<u16>>> = Mutex::new(None);

fn fails_first(trial: &Trial) -> Checked {
    let mut taken = TAKEN.lock().unwrap();
    let is_second = taken.is_some();
    let is_taken = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_err();
    let before =
        taken.get_or_insert_with(|| (20_000..30_000).step_by(2).filter(is_taken).collect());
    let port = trial.port()?;
    let program = trial.start(port.number().to_string())?;
    program.wait_until_bound(port.number())?;
    if !is_second {
        return Err(Fault::Grader(anyhow!("it is its first start")));
    }
    assert!(before.contains(&port.number()), "{} was taken later", port.number());
    Ok(())
}

#[test]
fn the_port_of_a_second_attempt_was_taken_before_the_first_start() {
    static CHECKS: [Check; 1] = check(fails_first);
    let finding = judge_one(&CHECKS, PortCount { udp: 1, both: 0 }, Network::Shared);
    assert!(matches!(finding.outcome, Outcome::Pass), "{finding:?}");
}

/// A socket of somebody else.
static HOLDER: LazyLock<UdpSocket> =
    LazyLock::new(|| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());

fn needs_what_is_taken(trial: &Trial) -> Checked {
    let address = HOLDER.local_addr().unwrap();
    trial.endpoint_at(address).map(drop)
}

fn needs_what_is_nowhere(trial: &Trial) -> Checked {
    // An address for documentation (RFC 5737), which is nobody's.
    trial.endpoint_at(SocketAddr::from(([192, 0, 2, 1], 0))).map(drop)
}

static TAKES_A_TAKEN_PORT: [Check; 1] = check(needs_what_is_taken);

#[test]
fn a_lack_of_ports_in_a_network_of_its_own_is_the_programs_failure() {
    let finding = judge_one(&TAKES_A_TAKEN_PORT, PortCount::default(), Network::Own);
    let Outcome::Fail(failure) = &finding.outcome else { panic!("{finding:?}") };
    let address = HOLDER.local_addr().unwrap();
    let problem = format!("the check cannot bind a UDP socket to {address}: ");
    assert!(failure.problem.starts_with(&problem), "{failure:?}");
    assert!(failure.cause.id == "uses-up-ports", "{failure:?}");
}

#[test]
fn a_lack_of_ports_where_others_are_is_a_grader_error() {
    let finding = judge_one(&TAKES_A_TAKEN_PORT, PortCount::default(), Network::Shared);
    assert!(matches!(finding.outcome, Outcome::GraderError(_)), "{finding:?}");
}

#[test]
fn what_no_program_can_use_up_is_always_a_grader_error() {
    static CHECKS: [Check; 1] = check(needs_what_is_nowhere);
    let finding = judge_one(&CHECKS, PortCount::default(), Network::Own);
    assert!(matches!(finding.outcome, Outcome::GraderError(_)), "{finding:?}");
}

/// With a program that takes any name, but no other nonsense.
#[test]
#[cfg(unix)]
fn a_name_that_does_not_exist_is_tried_only_where_nobody_is_asked_for_it() {
    let script = r#"case $1 in *.invalid:*) exit 0;; esac; echo "no address: $1" >&2; exit 1"#;
    let command = ["sh", "-c", script, "sh"].map(Into::into).to_vec();
    let program = Program { command, name: None };
    let lesson = checks::lessons::find("lesson-2").unwrap();
    let check = lesson.check("names-a-malformed-argument").unwrap();
    let lesson = Lesson { checks: std::slice::from_ref(check), ..*lesson };
    for (network, passes) in [(Network::Shared, true), (Network::Own, false)] {
        let findings = judge(&lesson, &program, 7, Terms { network, ..Terms::default() });
        let outcome = &findings[0].outcome;
        assert_eq!(matches!(outcome, Outcome::Pass), passes, "{network:?}: {outcome:?}");
    }
}
