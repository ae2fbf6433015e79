//! Port numbers for programs under test.

use anyhow::{Result, bail};
use keeper::sockets::{self, Protocol};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};

/// A UDP port of 20000 to 29999 that no other test gets, in this process or another, as long
/// as this value lives.
///
/// No system hands out ports of that range by itself: Linux begins at 32768, macOS and Windows
/// at 49152. A TCP listener is the lock that keeps a port ours, because UDP doesn't mind it.
pub struct Port {
    number: u16,
    _lock: TcpListener,
}

impl Port {
    /// A port that is free for UDP. TCP on the same port is the lock.
    ///
    /// # Errors
    ///
    /// No free port was found.
    pub fn new() -> Result<Self> {
        Self::find(0, |number| !udp_is_taken(number))
    }

    /// A port that is free for UDP and for TCP. The lock is TCP on the port below.
    ///
    /// # Errors
    ///
    /// No free port was found.
    pub fn with_free_tcp() -> Result<Self> {
        Self::find(1, |number| !udp_is_taken(number) && !tcp_is_taken(number))
    }

    /// Locks are even, so that the port above one is never another one's lock.
    fn find(above_lock: u16, is_free: fn(u16) -> bool) -> Result<Self> {
        let random = RandomState::new();
        for attempt in 0..100 {
            let lock = 20_000 + 2 * (random.hash_one(attempt) % 5_000) as u16;
            let number = lock + above_lock;
            if !is_free(number) {
                continue;
            }
            if let Ok(lock) = TcpListener::bind((Ipv4Addr::LOCALHOST, lock)) {
                return Ok(Self { number, _lock: lock });
            }
        }
        bail!("none of 100 ports from 20000 to 29999 is free: is something using them all?")
    }

    /// The port's number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// The port at 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.number).into()
    }
}

/// To bind the port and let it go again isn't as good as to look at the system's list: a program
/// that another thread starts at that moment inherits the socket, and so the port is taken for
/// another moment.
fn udp_is_taken(number: u16) -> bool {
    let is_taken = sockets::is_bound(Protocol::Udp, number);
    is_taken.unwrap_or_else(|| !can_bind(number, UdpSocket::bind))
}

fn tcp_is_taken(number: u16) -> bool {
    let is_taken = sockets::is_bound(Protocol::Tcp, number);
    is_taken.unwrap_or_else(|| !can_bind(number, TcpListener::bind))
}

/// Windows lets one socket have a port at every address, and another at a single one.
fn can_bind<S>(number: u16, bind: fn(SocketAddr) -> io::Result<S>) -> bool {
    let addresses = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST];
    addresses.into_iter().all(|ip| bind((ip, number).into()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_free_for_udp_and_locked_by_tcp() -> Result<()> {
        let port = Port::new()?;
        UdpSocket::bind(port.address())?;
        assert!(TcpListener::bind(port.address()).is_err());
        Ok(())
    }

    #[test]
    fn a_port_for_both_is_free_for_both() -> Result<()> {
        let port = Port::with_free_tcp()?;
        UdpSocket::bind(port.address())?;
        TcpListener::bind(port.address())?;
        Ok(())
    }

    #[test]
    fn a_bound_port_counts_as_taken() -> Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        assert!(udp_is_taken(socket.local_addr()?.port()));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        assert!(tcp_is_taken(listener.local_addr()?.port()));
        Ok(())
    }

    #[test]
    fn a_bound_port_cannot_be_bound() -> Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        assert!(!can_bind(socket.local_addr()?.port(), UdpSocket::bind));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        assert!(!can_bind(listener.local_addr()?.port(), TcpListener::bind));
        Ok(())
    }

    #[test]
    fn no_two_ports_are_the_same() -> Result<()> {
        let ports: Vec<Port> = (0..50).map(|_| Port::new()).collect::<Result<_>>()?;
        let mut numbers: Vec<u16> = ports.iter().map(Port::number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), ports.len());
        Ok(())
    }
}
