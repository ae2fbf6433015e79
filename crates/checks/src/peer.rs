//! The other side of a conversation over UDP.

use crate::{DEADLINE, visible};
use anyhow::{Context, Result, bail};
use std::fmt::Debug;
use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

/// A UDP socket that takes datagrams of any size. Dropping it closes it.
pub struct Peer {
    socket: UdpSocket,
    address: SocketAddr,
}

impl Peer {
    /// Binds 127.0.0.1, at a port that the system chooses.
    pub fn new() -> Result<Self> {
        Self::at((Ipv4Addr::LOCALHOST, 0))
    }

    /// Binds `address`, which should be a loopback address.
    pub fn at(address: impl ToSocketAddrs + Debug) -> Result<Self> {
        let socket = UdpSocket::bind(&address);
        let socket = socket.with_context(|| format!("the test cannot bind UDP {address:?}"))?;
        let address = socket.local_addr().context("the test's UDP socket has no address")?;
        Ok(Self { socket, address })
    }

    /// The address that others can send to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends `payload` as one datagram.
    pub fn send(&self, payload: impl AsRef<[u8]>, to: SocketAddr) -> Result<()> {
        let payload = payload.as_ref();
        let sent = self.socket.send_to(payload, to);
        sent.with_context(|| format!("cannot send {} bytes to {to} for the test", payload.len()))?;
        Ok(())
    }

    /// Waits for a datagram; returns its payload, and who sent it. `what` says in the error
    /// what it was that didn't come.
    pub fn receive(&self, what: &str) -> Result<(Vec<u8>, SocketAddr)> {
        let datagram = self.receive_within(DEADLINE)?;
        datagram.with_context(|| format!("{} waited in vain for {what}", self.address))
    }

    /// Waits for `time`, and requires that no datagram comes. All of that time is spent, so
    /// use it only where no event could tell that nothing more will come.
    pub fn quiet_for(&self, time: Duration) -> Result<()> {
        match self.receive_within(time)? {
            None => Ok(()),
            Some((payload, from)) => bail!(
                "{} was to receive nothing, but {from} sent {} bytes: {}",
                self.address,
                payload.len(),
                visible(&payload)
            ),
        }
    }

    fn receive_within(&self, time: Duration) -> Result<Option<(Vec<u8>, SocketAddr)>> {
        let deadline = Instant::now() + time;
        let mut buffer = vec![0; 65_536];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.socket.set_read_timeout(Some(left)).context("cannot set a time-out")?;
            match self.socket.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    buffer.truncate(length);
                    return Ok(Some((buffer, from)));
                }
                Err(error) if is_no_failure(&error) => {}
                Err(error) => return Err(error).context("the test's UDP socket failed"),
            }
        }
    }
}

/// Whether `error` only means that time has passed, that a signal came, or (on Windows) that
/// somebody whom we have sent a datagram has gone.
fn is_no_failure(error: &Error) -> bool {
    use ErrorKind::{ConnectionReset, Interrupted, TimedOut, WouldBlock};
    [ConnectionReset, Interrupted, TimedOut, WouldBlock].contains(&error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unexpected_datagram_is_shown_in_the_error() -> Result<()> {
        let (sender, receiver) = (Peer::new()?, Peer::new()?);
        sender.send("no\0", receiver.address())?;
        let error = receiver.quiet_for(DEADLINE).unwrap_err().to_string();
        assert!(error.contains(&sender.address().to_string()), "{error}");
        assert!(error.contains(r#"3 bytes: "no\0""#), "{error}");
        Ok(())
    }
}
