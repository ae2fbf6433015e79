//! The other side of a conversation over UDP.

use crate::budget::Deadline;
use crate::cause::Cause;
use crate::failure::{Checked, Fault, failed, late};
use crate::log::Log;
use crate::subject::Subject;
use anyhow::{Context, Result};
use base::text::{count, shortened as visible};
use std::io;
use std::io::ErrorKind::{ConnectionReset, Interrupted, TimedOut, WouldBlock};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// A UDP socket of the check's own. It never sets SO_REUSEADDR: that could take traffic away
/// from the program.
pub struct Endpoint {
    socket: UdpSocket,
    pub address: SocketAddr,
    log: Log,
    deadline: Deadline,
}

/// A datagram that came.
#[derive(Debug)]
pub struct Datagram {
    pub payload: Vec<u8>,
    pub from: SocketAddr,
}

impl Endpoint {
    /// Binds a socket, whose waits end at `deadline`.
    pub fn bind(address: SocketAddr, log: &Log, deadline: Deadline) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address, log: log.clone(), deadline })
    }

    /// Sends one datagram.
    pub fn send(&self, payload: impl AsRef<[u8]>, to: SocketAddr) -> Checked {
        let payload = payload.as_ref();
        let (length, from) = (count(payload.len(), "byte"), self.address);
        self.transmit(payload, to)?;
        self.log.step(format!("sent {length} from {from} to {to}: {}", visible(payload)));
        Ok(())
    }

    /// Sends one datagram, and is gone when a reply to it comes.
    pub fn send_and_vanish(self, payload: impl AsRef<[u8]>, to: SocketAddr) -> Checked {
        // To Linux, a port is closed for all but the one that its socket is connected to.
        // Elsewhere, a reply may come before this socket is closed.
        if cfg!(target_os = "linux") {
            self.socket.connect(self.address).context("cannot close the port to others")?;
        }
        self.send(payload, to)
    }

    /// Sends one datagram, without a word in the transcript.
    pub(crate) fn transmit(&self, payload: &[u8], to: SocketAddr) -> Result<()> {
        let (length, from) = (count(payload.len(), "byte"), self.address);
        let sent = self.socket.send_to(payload, to);
        sent.with_context(|| format!("cannot send {length} from {from} to {to}"))?;
        Ok(())
    }

    /// Waits for a datagram. `what` completes "waited for …".
    pub fn receive(&self, what: &str, within: Duration, cause: &Cause) -> Checked<Datagram> {
        match self.next(self.deadline.cut(within))? {
            Some(datagram) => {
                let (length, shown) =
                    (count(datagram.payload.len(), "byte"), visible(&datagram.payload));
                let (from, to) = (datagram.from, self.address);
                self.log.step(format!("received {length} at {to} from {from}: {shown}"));
                Ok(datagram)
            }
            None => {
                self.deadline.in_time(what)?;
                let to = self.address;
                Err(late(format!("{what} hasn't come to {to} within {within:?}"), within, cause))
            }
        }
    }

    /// Like `receive`, but gives up as soon as `program`, from which the datagram should come, has
    /// ended.
    pub fn receive_from(
        &self,
        program: &Subject,
        what: &str,
        within: Duration,
        cause: &Cause,
    ) -> Checked<Datagram> {
        const SLICE: Duration = Duration::from_millis(50);
        let deadline = Instant::now() + within;
        loop {
            // It may have sent the datagram, and then ended: so this is asked before the wait.
            let end = program.ending().status();
            let left = deadline.saturating_duration_since(Instant::now());
            match self.receive(what, left.min(SLICE), cause) {
                Err(Fault::Failed(failure)) if failure.awaited.is_some() => {}
                result => return result,
            }
            let to = self.address;
            if let Some(status) = end {
                let problem = format!("it ended ({status}) before {what} came to {to}");
                return Err(failed(problem, &cause.of_end(status)));
            }
            if left.is_zero() {
                let problem = format!("{what} hasn't come to {to} within {within:?}");
                return Err(late(problem, within, cause));
            }
        }
    }

    /// Requires that nothing more comes. All of that time is spent, so it is for where no event
    /// could tell.
    pub fn receives_nothing(&self, during: Duration, cause: &Cause) -> Checked {
        let whole = self.deadline.cut(during);
        match self.next(whole)? {
            None if whole < during => {
                Err(Fault::OutOfTime(format!("{during:?} without a datagram")))
            }
            None => {
                self.log.step(format!("saw nothing come to {} for {during:?}", self.address));
                Ok(())
            }
            Some(Datagram { payload, from }) => {
                let (to, length, shown) =
                    (self.address, count(payload.len(), "byte"), visible(&payload));
                Err(failed(format!("{from} sent {length} to {to}: {shown}"), cause))
            }
        }
    }

    /// Waits for a datagram, without a word in the transcript; `None` if none came in that time.
    pub(crate) fn next(&self, within: Duration) -> Result<Option<Datagram>> {
        let deadline = Instant::now() + within;
        let mut payload = vec![0; 65_536];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            // Past the deadline one more look is taken, at what came while we were kept waiting.
            let left = left.max(Duration::from_millis(1));
            self.socket.set_read_timeout(Some(left)).context("cannot set a time-out")?;
            match self.socket.recv_from(&mut payload) {
                Ok((length, from)) => {
                    payload.truncate(length);
                    return Ok(Some(Datagram { payload, from }));
                }
                // Time has passed, a signal came, or (Windows) somebody we wrote to has gone.
                Err(error)
                    if [WouldBlock, TimedOut, Interrupted, ConnectionReset]
                        .contains(&error.kind()) => {}
                Err(error) => return Err(error).context("the check's socket failed"),
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_reply_to_one_that_has_vanished_is_refused() {
        let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = bind().local_addr().unwrap();
        let (server, log) = (bind(), Log::default());
        server.connect(address).unwrap();
        let client = Endpoint::bind(address, &log, Deadline::default()).unwrap();
        client.send_and_vanish("bye", server.local_addr().unwrap()).unwrap();
        assert_eq!(server.recv(&mut [0; 9]).unwrap(), 3);
        server.send(b"bye").unwrap();
        assert_eq!(server.recv(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn an_unexpected_datagram_is_shown_in_the_failure() {
        let bind = || {
            let address = (Ipv4Addr::LOCALHOST, 0).into();
            Endpoint::bind(address, &Log::default(), Deadline::default()).unwrap()
        };
        let (sender, receiver) = (bind(), bind());
        sender.send("\0", receiver.address).unwrap();
        let verdict = receiver.receives_nothing(Duration::from_secs(10), &Cause::NONE);
        let Err(Fault::Failed(failure)) = verdict else { panic!("{verdict:?}") };
        let (from, to) = (sender.address, receiver.address);
        assert_eq!(failure.problem, format!("{from} sent 1 byte to {to}: \"\\0\""));
    }
}
