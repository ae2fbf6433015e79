//! The client under test, and the server that it talks to.

use super::{SENDS_A_LINE, SENDS_EACH_LINE};
use crate::bytes::find;
use crate::cause::Cause;
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, failed, needs};
use crate::subject::{SOON, START, Subject};
use crate::trial::Trial;
use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub const NOT_SENT: Cause = Cause::new(
    "not-sent",
    "Nothing has come to the address that is the program's argument. Read a line, and send it there \
     with `send_to` (in C `sendto`, with the port given to `htons`); not to a fixed address, and not \
     only when the input has ended.",
);

/// For a program that doesn't end or goes on: what it does at once comes before that.
pub const AFTERWARDS: Duration = Duration::from_millis(150);

pub struct Talk {
    pub program: Subject,
    pub server: Endpoint,
    /// What has come last: whether such a one comes twice, one check asks.
    last: RefCell<Option<Vec<u8>>>,
    sends_the_same: Cell<bool>,
}

impl Talk {
    pub fn start(trial: &Trial) -> Checked<Self> {
        Self::start_with(trial, trial.endpoint()?)
    }

    pub fn start_with(trial: &Trial, server: Endpoint) -> Checked<Self> {
        let program = trial.start(server.address.to_string())?;
        Ok(Self { program, server, last: RefCell::default(), sends_the_same: Cell::default() })
    }

    /// Types `line`, and requires that some datagram comes of it.
    pub fn say(&self, line: impl AsRef<[u8]>, cause: &Cause) -> Checked<Datagram> {
        self.program.type_line(line);
        self.hears(cause)
    }

    /// Requires a datagram of what was typed, and not the last one once more; but some clients send
    /// the same each time.
    pub fn hears(&self, cause: &Cause) -> Checked<Datagram> {
        let mut within = if self.last.borrow().is_some() { SOON } else { START };
        let mut copy = None;
        loop {
            match (self.hears_any(within, cause), copy.take()) {
                (Ok(datagram), _) if self.is_new(&datagram) || self.sends_the_same.get() => {
                    return Ok(datagram);
                }
                (Ok(datagram), _) => copy = Some(datagram),
                (Err(Fault::Failed(_)), Some(copy)) => {
                    self.sends_the_same.set(true);
                    return Ok(copy);
                }
                (Err(fault), _) => return Err(fault),
            }
            within = AFTERWARDS;
        }
    }

    /// Requires a datagram, whatever it is.
    pub fn hears_any(&self, within: Duration, cause: &Cause) -> Checked<Datagram> {
        self.server.receive_from(&self.program, "the line as a datagram", within, cause)
    }

    pub fn is_new(&self, datagram: &Datagram) -> bool {
        let last = self.last.replace(Some(datagram.payload.clone()));
        last.as_ref() != Some(&datagram.payload)
    }

    /// Requires that nothing more comes for that long, but for what came last.
    pub fn hears_nothing_new(&self, during: Duration, cause: &Cause) -> Checked {
        let deadline = Instant::now() + during;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.server.receive("another line", left, &Cause::NONE) {
                Ok(datagram) if self.is_new(&datagram) => {
                    return Err(failed("it has sent the next line before that", cause));
                }
                Ok(_) => {}
                Err(Fault::Failed(_)) => return Ok(()),
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Types a line that is nothing special. Whether a datagram comes of it is the question of the
    /// checks that send lines.
    pub fn say_word(&self, trial: &Trial) -> Checked<Datagram> {
        let needed = if self.last.borrow().is_some() { SENDS_EACH_LINE } else { SENDS_A_LINE };
        self.say(trial.random.word(12), &NOT_SENT).map_err(needs(needed))
    }

    /// The same, and sends that reply. Returns where the datagram came from.
    pub fn exchange(&self, trial: &Trial, reply: impl AsRef<[u8]>) -> Checked<SocketAddr> {
        let client = self.say_word(trial)?.from;
        self.server.send(reply, client)?;
        Ok(client)
    }

    /// Replies with what nobody has said.
    pub fn answer(&self, trial: &Trial, datagram: &Datagram) -> Checked {
        self.server.send(trial.random.word(12), datagram.from)
    }

    /// Ends the client in one of the ways in which it can be ended, so that all that it prints is
    /// there; not before it could show the `last` reply. Whether these ways work is for other checks
    /// to ask.
    pub fn finish(&mut self, trial: &Trial, last: &str) -> Checked {
        let is_shown = |stdout: &[u8]| find(stdout, last.as_bytes());
        let _ = self.program.wait_for_stdout("it", 2 * AFTERWARDS, &Cause::NONE, is_shown);
        self.program.type_line("exit");
        if let Ok(datagram) = self.hears_any(2 * AFTERWARDS, &Cause::NONE) {
            self.answer(trial, &datagram)?;
        }
        self.program.close_stdin();
        let _ = self.program.wait_for_end(2 * AFTERWARDS, &Cause::NONE);
        Ok(())
    }
}

/// What stands in front of the first `part`.
pub fn before<'a>(text: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(part.len()).position(|window| window == part)?;
    text.get(..at)
}

/// What stands behind the last `part`.
pub fn behind<'a>(text: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(part.len()).rposition(|window| window == part)?;
    text.get(at + part.len()..)
}
