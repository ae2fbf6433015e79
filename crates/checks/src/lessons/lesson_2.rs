//! Ask for a line, send it as one datagram, and end.

use crate::check::{Lesson, Limits};
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Fault, Verdict, failed, late};
use crate::subject::{START, Subject};
use crate::trial::Trial;
use base::ports::PortCount;
use std::time::{Duration, Instant};

mod ends;
mod line;
mod talk;
mod target;

pub const LESSON: Lesson = Lesson {
    name: "lesson-2",
    title: "Send once",
    limits: Limits::USUAL,
    ports: PortCount { udp: 2, both: 0 },
    checks: &[
        line::SENDS,
        line::EXACT,
        line::EMPTY,
        line::LONG,
        line::SPACES,
        line::CRLF,
        line::INVALID,
        ends::ONE,
        ends::NO_REPLY,
        ends::AT_ONCE,
        talk::PROMPTS,
        talk::TELLS,
        target::HOST,
        target::OWN_PORT,
        target::NOBODY,
        ends::REFUSED,
        ends::END_OF_FILE,
        target::MALFORMED,
    ],
};

/// What most checks need: without it they would say nothing.
const NEEDED: Option<&str> = Some(line::SENDS.id);

/// One look for a datagram, before another at whether the program still runs.
const A_LOOK: Duration = Duration::from_millis(20);

/// Starts the program with a receiver's address, and gives it this input and nothing more.
fn start(trial: &Trial, input: &[u8]) -> Verdict<(Subject, Endpoint)> {
    let receiver = trial.endpoint()?;
    let mut program = trial.start(receiver.address.to_string())?;
    program.write(input.to_vec());
    program.close_stdin();
    Ok((program, receiver))
}

/// Gives the program this input, and receives what it sends.
fn sent(trial: &Trial, input: &[u8], cause: &str) -> Verdict<Datagram> {
    let (program, receiver) = start(trial, input)?;
    receive(&program, &[receiver], cause)
}

/// Waits for the program's datagram at any of these addresses, as long as it may still come.
fn receive(program: &Subject, receivers: &[Endpoint], cause: &str) -> Verdict<Datagram> {
    let deadline = Instant::now() + START;
    loop {
        let has_ended = program.still_runs("").is_err();
        for receiver in receivers {
            match receiver.receive("the datagram", A_LOOK, cause) {
                Err(Fault::Failed(_)) => {}
                result => return result,
            }
        }
        if has_ended {
            return Err(failed("it ended, and no datagram has come from it", cause));
        }
        if Instant::now() >= deadline {
            return Err(late(format!("no datagram has come from it within {START:?}"), cause));
        }
    }
}
