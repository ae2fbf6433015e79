//! What a check's function is given: the program, random payloads, and sockets of its own.

use crate::check::Verdict;
use crate::endpoint::Endpoint;
use crate::log::Log;
use crate::port::Port;
use crate::random::Random;
use crate::subject::{Ending, Subject};
use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

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
    log: Log,
    endings: RefCell<Vec<Ending>>,
}

impl Trial {
    pub(crate) fn new(program: &Program, seed: u64, check: &str) -> Self {
        Self {
            random: Random::new(seed, check),
            program: program.clone(),
            log: Log::default(),
            endings: RefCell::default(),
        }
    }

    /// Starts the program with `argument`.
    ///
    /// # Errors
    ///
    /// The system can't start it, which is a grader error.
    pub fn start(&self, argument: impl AsRef<OsStr>) -> Verdict<Subject> {
        self.start_with(Some(argument.as_ref()))
    }

    /// Starts the program without the lesson's argument.
    ///
    /// # Errors
    ///
    /// The system can't start it, which is a grader error.
    pub fn start_without_argument(&self) -> Verdict<Subject> {
        self.start_with(None)
    }

    fn start_with(&self, argument: Option<&OsStr>) -> Verdict<Subject> {
        let subject = Subject::start(&self.program, argument, &self.log)?;
        self.endings.borrow_mut().push(subject.ending());
        Ok(subject)
    }

    /// A UDP port that no other check has; TCP on the same port is not free.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn port(&self) -> Verdict<Port> {
        Ok(Port::new()?)
    }

    /// A port that no other check has, and that is free for UDP and for TCP.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn port_with_free_tcp(&self) -> Verdict<Port> {
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
        Ok(Endpoint::bind(address, &self.log)?)
    }

    /// Notes something that was done or seen, for the transcript.
    pub fn step(&self, text: impl Into<String>) {
        self.log.step(text);
    }

    /// The transcript, and how each program that was started ended.
    pub(crate) fn finish(self) -> (Vec<String>, Vec<Ending>) {
        (self.log.steps(), self.endings.into_inner())
    }
}
