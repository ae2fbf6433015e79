//! What a check is, and how it can end.

use crate::trial::Trial;
use base::ports::PortCount;
use std::fmt;

/// One thing that a lesson's program is judged on.
pub struct Check {
    /// Kebab-case, and the same for ever: grades refer to it.
    pub id: &'static str,
    /// A claim about the program: "prints the datagram it received".
    pub title: &'static str,
    /// Each lesson's add up to 100.
    pub points: u32,
    /// The check without which this one says nothing.
    pub needs: Option<&'static str>,
    /// What the program should do, and why, in the words of the walkthrough.
    pub goal: &'static str,
    /// Where to read about it: a file under `lessons/` and a heading, `lesson-3-….md#receive`.
    pub section: &'static str,
    /// Drives the program; returns at the first thing that is wrong.
    pub run: fn(&Trial) -> Verdict,
}

/// The checks of a lesson.
pub struct Lesson {
    /// `lesson-3`
    pub name: &'static str,
    /// `Receive once`
    pub title: &'static str,
    pub limits: Limits,
    /// How many ports its checks take, if none of them fails.
    pub ports: PortCount,
    pub checks: &'static [Check],
}

/// What a program may use of the computer where it is graded: several times what a right one does.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Threads, the first of them included.
    pub tasks: u32,
    /// Open files and sockets, the three standard streams included.
    pub descriptors: u32,
    /// MiB of addresses. The stack of a thread takes 2.
    pub memory: u32,
    /// Whether it has sockets with paths, and one small folder for them, which its checks share.
    /// Only the strictest isolation can give it one.
    pub unix_sockets: bool,
}

impl Limits {
    /// For a program with few sockets.
    pub const USUAL: Self = Self { tasks: 64, descriptors: 64, memory: 512, unix_sockets: false };
}

/// What a check's function returns.
pub type Verdict<T = ()> = Result<T, Fault>;

/// Why a check didn't pass.
#[derive(Debug)]
pub enum Fault {
    /// The program is wrong.
    Failed(Box<Failure>),
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
#[derive(Debug, Default, Clone)]
pub struct Failure {
    /// What didn't happen as it should: "its reply isn't what it was sent".
    pub problem: String,
    /// The bytes that should have come, and those that came.
    pub comparison: Option<Comparison>,
    /// What is probably wrong in the program, and what to do.
    pub cause: String,
    /// Whether it failed because time ran out.
    pub is_late: bool,
    /// Whether another try would change nothing. All else is tried once more, alone: the computer
    /// may have been busy, and programs with a fixed port disturb each other.
    pub is_certain: bool,
}

/// Expected bytes beside actual ones.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub expected: Vec<u8>,
    pub actual: Vec<u8>,
    /// Whether `expected` needed only to be a part of `actual`.
    pub is_part: bool,
}

/// A failure without bytes to compare.
pub fn failed(problem: impl Into<String>, cause: impl Into<String>) -> Fault {
    let (problem, cause) = (problem.into(), cause.into());
    Fault::Failed(Box::new(Failure { problem, cause, ..Failure::default() }))
}

/// A failure by time: what was awaited didn't come.
pub fn late(problem: impl Into<String>, cause: impl Into<String>) -> Fault {
    let (problem, cause) = (problem.into(), cause.into());
    Fault::Failed(Box::new(Failure { problem, cause, is_late: true, ..Failure::default() }))
}

/// A failure that has taken long, and that another try wouldn't change.
pub fn certain(problem: impl Into<String>, cause: impl Into<String>) -> Fault {
    let (problem, cause) = (problem.into(), cause.into());
    Fault::Failed(Box::new(Failure { problem, cause, is_certain: true, ..Failure::default() }))
}

/// Requires that a condition holds.
pub fn require(condition: bool, problem: impl Into<String>, cause: &str) -> Verdict {
    if condition { Ok(()) } else { Err(failed(problem, cause)) }
}

/// Requires that two payloads are the same, byte for byte.
pub fn same(what: &str, expected: &[u8], actual: &[u8], cause: &str) -> Verdict {
    if expected == actual {
        return Ok(());
    }
    let comparison =
        Comparison { expected: expected.to_vec(), actual: actual.to_vec(), is_part: false };
    Err(compared(format!("{what} differs from what was expected"), comparison, cause))
}

/// Requires that output has these bytes in it, somewhere.
pub fn contains(what: &str, part: &[u8], whole: &[u8], cause: &str) -> Verdict {
    if find(whole, part) {
        return Ok(());
    }
    let comparison = Comparison { expected: part.to_vec(), actual: whole.to_vec(), is_part: true };
    Err(compared(format!("{what} doesn't have the expected bytes in it"), comparison, cause))
}

/// Whether `part` stands somewhere in `whole`.
pub fn find(whole: &[u8], part: &[u8]) -> bool {
    part.is_empty() || whole.windows(part.len()).any(|window| window == part)
}

fn compared(problem: String, comparison: Comparison, cause: &str) -> Fault {
    let comparison = Some(comparison);
    let cause = cause.to_owned();
    Fault::Failed(Box::new(Failure { problem, comparison, cause, ..Failure::default() }))
}

/// How a check ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    Pass,
    Fail(Failure),
    /// Not made, because this check, which it needs, didn't pass.
    Skipped(&'static str),
    GraderError(String),
}

impl Outcome {
    /// The word for it in reports.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail(_) => "fail",
            Self::Skipped(_) => "skipped",
            Self::GraderError(_) => "grader error",
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
