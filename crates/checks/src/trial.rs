//! What a check's function is given: the program, random payloads, and sockets of its own.

use crate::budget::Deadline;
use crate::check::Verdict;
use crate::endpoint::Endpoint;
use crate::log::Log;
use crate::port::Port;
use crate::random::Random;
use crate::subject::{Ending, Subject};
use anyhow::Context;
use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The program that is judged, and how to start it.
#[derive(Debug, Clone)]
pub struct Program {
    /// The command; a lesson's own argument comes behind it.
    pub command: Vec<OsString>,
    /// What it is called where the command is nobody's business.
    pub name: Option<String>,
    /// A program that can be started as a keeper (see crate `keeper`).
    pub keeper: PathBuf,
}

impl Program {
    /// What people are told was started, word by word.
    pub fn shown(&self) -> Vec<String> {
        match &self.name {
            Some(name) => vec![name.clone()],
            None => self.command.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        }
    }
}

/// One run of one check.
pub struct Trial {
    pub random: Random,
    program: Program,
    deadline: Deadline,
    log: Log,
    endings: RefCell<Vec<Ending>>,
}

/// What is left of a trial when it is over.
pub(crate) struct Traces {
    /// What was done and seen, in order.
    pub steps: Vec<String>,
    /// How each program that was started ended.
    pub endings: Vec<Ending>,
}

impl Trial {
    pub(crate) fn new(program: &Program, random: Random, deadline: Deadline) -> Self {
        Self {
            random,
            program: program.clone(),
            deadline,
            log: Log::default(),
            endings: RefCell::default(),
        }
    }

    /// Starts the program with `argument`.
    ///
    /// # Errors
    ///
    /// The time is used up; or the system can't start it, which is a grader error.
    pub fn start(&self, argument: impl AsRef<OsStr>) -> Verdict<Subject> {
        self.start_with(Some(argument.as_ref()))
    }

    /// Starts the program without the lesson's argument.
    ///
    /// # Errors
    ///
    /// Those of [`Trial::start`].
    pub fn start_without_argument(&self) -> Verdict<Subject> {
        self.start_with(None)
    }

    fn start_with(&self, argument: Option<&OsStr>) -> Verdict<Subject> {
        self.deadline.in_time("another start of it")?;
        let subject = Subject::start(&self.program, argument, &self.log, self.deadline)?;
        self.endings.borrow_mut().push(subject.ending());
        Ok(subject)
    }

    /// A UDP port that no other check has; TCP on the same port is not free.
    ///
    /// # Errors
    ///
    /// There is none, or the time is used up.
    pub fn port(&self) -> Verdict<Port> {
        self.deadline.in_time("a port")?;
        Ok(Port::new()?)
    }

    /// A port that no other check has, and that is free for UDP and for TCP.
    ///
    /// # Errors
    ///
    /// There is none, or the time is used up.
    pub fn port_with_free_tcp(&self) -> Verdict<Port> {
        self.deadline.in_time("a port")?;
        Ok(Port::with_free_tcp()?)
    }

    /// A UDP socket on 127.0.0.1.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn endpoint(&self) -> Verdict<Endpoint> {
        self.endpoint_at((Ipv4Addr::LOCALHOST, 0).into())
    }

    /// A UDP socket at a loopback address.
    ///
    /// # Errors
    ///
    /// The system refuses.
    pub fn endpoint_at(&self, address: SocketAddr) -> Verdict<Endpoint> {
        let endpoint = Endpoint::bind(address, &self.log, self.deadline);
        let what = || format!("the check cannot bind a UDP socket to {address}");
        Ok(endpoint.with_context(what)?)
    }

    /// How long to wait for what may take as long as `within`, and can't be awaited by what else
    /// there is here. `awaited` completes "waiting for …".
    ///
    /// # Errors
    ///
    /// No time is left.
    pub fn time_for(&self, awaited: &str, within: Duration) -> Verdict<Duration> {
        self.deadline.in_time(awaited)?;
        Ok(self.deadline.cut(within))
    }

    /// Notes something that was done or seen, for the transcript.
    pub fn step(&self, text: impl Into<String>) {
        self.log.step(text);
    }

    pub(crate) fn finish(self) -> Traces {
        Traces { steps: self.log.steps(), endings: self.endings.into_inner() }
    }
}
