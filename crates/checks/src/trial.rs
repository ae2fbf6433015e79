//! What a check's function is given: the program, random payloads, and sockets of its own.

use crate::endpoint::Endpoint;
use crate::failure::Checked;
use crate::log::Log;
use crate::network::Network;
use crate::setting::Setting;
use crate::subject::{Ending, Program, Subject};
use anyhow::Context;
use base::ports::{Port, PortCount, Ports};
use base::random::Random;
use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::io;
#[cfg(unix)]
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
#[cfg(unix)]
use std::os::{fd::OwnedFd, unix::net::UnixStream};
use std::process::Stdio;
use std::time::Duration;

/// One run of one check.
pub struct Trial {
    pub random: Random,
    program: Program,
    setting: Setting,
    log: Log,
    endings: RefCell<Vec<Ending>>,
    ports: Cell<PortCount>,
}

/// What is left of a trial when it is over.
pub(crate) struct Traces {
    /// What was done and seen, in order.
    pub steps: Vec<String>,
    /// How each program that was started ended.
    pub endings: Vec<Ending>,
    /// How many ports it took.
    pub ports: PortCount,
}

impl Trial {
    pub(crate) fn new(program: &Program, random: Random, setting: Setting) -> Self {
        Self {
            random,
            program: program.clone(),
            setting,
            log: Log::default(),
            endings: RefCell::default(),
            ports: Cell::default(),
        }
    }

    /// Who uses the network that the checks are made in.
    pub fn network(&self) -> Network {
        self.setting.network
    }

    /// Starts the program with `argument`.
    pub fn start(&self, argument: impl AsRef<OsStr>) -> Checked<Subject> {
        self.start_with(Some(argument.as_ref()))
    }

    /// Starts the program without the lesson's argument.
    pub fn start_without_argument(&self) -> Checked<Subject> {
        self.start_with(None)
    }

    fn start_with(&self, argument: Option<&OsStr>) -> Checked<Subject> {
        self.setting.deadline.in_time("another start of it")?;
        let subject = Subject::start(&self.program, argument, &self.log, &self.setting)?;
        self.endings.borrow_mut().push(subject.ending());
        Ok(subject)
    }

    /// Starts the program with `argument` and an input of which the first read fails, as that of a
    /// connection that was cut. None where there is no such input.
    pub fn start_with_failing_input(&self, argument: &str) -> Checked<Option<Subject>> {
        self.setting.deadline.in_time("another start of it")?;
        let Some(stdin) = failing_input().context("cannot make an input that fails")? else {
            return Ok(None);
        };
        let argument = Some(argument.as_ref());
        let subject =
            Subject::start_reading(stdin, &self.program, argument, &self.log, &self.setting)?;
        self.log.step("its input can't be read");
        self.endings.borrow_mut().push(subject.ending());
        Ok(Some(subject))
    }

    /// A UDP port that no other check has; TCP on the same port is not free.
    pub fn port(&self) -> Checked<Port> {
        self.take(PortCount { udp: 1, both: 0 }, Ports::udp)
    }

    /// A port that no other check has, and that is free for UDP and for TCP.
    pub fn port_with_free_tcp(&self) -> Checked<Port> {
        self.take(PortCount { udp: 0, both: 1 }, Ports::both)
    }

    fn take(&self, count: PortCount, port: fn(&Ports) -> io::Result<Port>) -> Checked<Port> {
        self.setting.deadline.in_time("a port")?;
        self.ports.set(self.ports.get() + count);
        let what = || "the check found no port for the program".to_owned();
        port(&self.setting.ports).map_err(|error| self.setting.network.refused(what(), error))
    }

    /// A UDP socket on 127.0.0.1. Who swaps the two bytes of its port doesn't meet it by chance.
    pub fn endpoint(&self) -> Checked<Endpoint> {
        let any = (Ipv4Addr::LOCALHOST, 0).into();
        let mut endpoint = self.endpoint_at(any)?;
        while endpoint.address.port() == endpoint.address.port().swap_bytes() {
            endpoint = self.endpoint_at(any)?;
        }
        Ok(endpoint)
    }

    /// A UDP socket at a loopback address.
    pub fn endpoint_at(&self, address: SocketAddr) -> Checked<Endpoint> {
        let endpoint = Endpoint::bind(address, &self.log, self.setting.deadline);
        let what = || format!("the check cannot bind a UDP socket to {address}");
        endpoint.map_err(|error| self.setting.network.refused(what(), error))
    }

    /// How long to wait for what may take as long as `within`, and can't be awaited by what else
    /// there is here. `awaited` completes "waiting for …".
    pub fn time_for(&self, awaited: &str, within: Duration) -> Checked<Duration> {
        self.setting.deadline.in_time(awaited)?;
        Ok(self.setting.deadline.cut(within))
    }

    /// Notes something that was done or seen, for the transcript.
    pub fn step(&self, text: impl Into<String>) {
        self.log.step(text);
    }

    pub(crate) fn finish(self) -> Traces {
        let (steps, endings) = (self.log.steps(), self.endings.into_inner());
        Traces { steps, endings, ports: self.ports.get() }
    }
}

/// What the other side has left unread when it closes cuts a connection.
#[cfg(unix)]
fn failing_input() -> io::Result<Option<Stdio>> {
    let (mut input, other) = UnixStream::pair()?;
    input.write_all(b"unread")?;
    drop(other);
    Ok(Some(OwnedFd::from(input).into()))
}

#[cfg(not(unix))]
fn failing_input() -> io::Result<Option<Stdio>> {
    Ok(None)
}
