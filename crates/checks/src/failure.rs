//! What a check's function says about the program: nothing, or what is wrong with it.

use crate::bytes::{self, Dump, find};
use crate::cause::Cause;
use crate::diagnosis;
use std::time::Duration;

/// What a check's function returns.
pub type Checked<T = ()> = Result<T, Fault>;

/// Why a check didn't pass.
#[derive(Debug)]
pub enum Fault {
    /// The program is wrong.
    Failed(Box<Failure>),
    /// A step that is another check's question didn't come off, so this check says nothing. If that
    /// one passes, it's this one's failure.
    Needs(&'static str, Box<Failure>),
    /// The time for all checks was used up while this one was waiting for something.
    OutOfTime(String),
    /// The check itself couldn't be made; nobody's points depend on that.
    Grader(anyhow::Error),
}

impl From<anyhow::Error> for Fault {
    fn from(error: anyhow::Error) -> Self {
        Self::Grader(error)
    }
}

/// What was wrong with the program, for the person who wrote it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Failure {
    /// What didn't happen as it should: "its reply isn't what it was sent".
    pub problem: String,
    /// The bytes that should have come, and those that came; or nothing.
    pub compared: Vec<Dump>,
    pub cause: Cause,
    /// If it failed because time ran out: how long something was awaited.
    pub awaited: Option<Duration>,
    /// Whether another try, alone, may end in another way.
    pub may_change: bool,
}

impl Failure {
    /// What was wrong; behind it, in lines of their own, the bytes that were compared.
    pub fn message(&self) -> String {
        self.problem.clone() + &bytes::lines(&self.compared)
    }
}

/// A failure without bytes to compare.
pub fn failed(problem: impl Into<String>, cause: &Cause) -> Fault {
    let (problem, cause) = (problem.into(), cause.clone());
    Fault::Failed(Box::new(Failure { problem, cause, ..Failure::default() }))
}

/// A failure by time: what was awaited didn't come `within` that.
pub fn late(problem: impl Into<String>, within: Duration, cause: &Cause) -> Fault {
    let (problem, cause, awaited) = (problem.into(), cause.clone(), Some(within));
    Fault::Failed(Box::new(Failure { problem, cause, awaited, ..Failure::default() }))
}

/// The same fault, if it is a failure, with a cause that is known better.
pub fn because(fault: Fault, cause: &Cause) -> Fault {
    match fault {
        Fault::Failed(failure) => {
            Fault::Failed(Box::new(Failure { cause: cause.clone(), ..*failure }))
        }
        fault => fault,
    }
}

/// Makes a failure one of a step that is this check's question.
pub fn needs(check: &'static str) -> impl Fn(Fault) -> Fault {
    move |fault| match fault {
        Fault::Failed(failure) => Fault::Needs(check, failure),
        fault => fault,
    }
}

/// Requires that a condition holds.
pub fn require(condition: bool, problem: impl Into<String>, cause: &Cause) -> Checked {
    if condition { Ok(()) } else { Err(failed(problem, cause)) }
}

/// Requires that two payloads are the same, byte for byte. They tell the cause themselves.
pub fn same(what: &str, expected: &[u8], actual: &[u8]) -> Checked {
    if expected == actual {
        return Ok(());
    }
    let (dumps, cause) = (bytes::both(expected, actual), diagnosis::of_payload(expected, actual));
    Err(compared(format!("{what} differs from what was expected"), dumps, cause))
}

/// Requires that bytes have these in them, somewhere.
pub fn contains(what: &str, part: &[u8], whole: &[u8], cause: Cause) -> Checked {
    if find(whole, part) {
        return Ok(());
    }
    let dumps = bytes::part_and_whole(part, whole);
    Err(compared(format!("{what} doesn't have the expected bytes in it"), dumps, cause))
}

fn compared(problem: String, compared: Vec<Dump>, cause: Cause) -> Fault {
    Fault::Failed(Box::new(Failure { problem, compared, cause, ..Failure::default() }))
}
