//! Ports for programs under test, and which process holds which port.

mod holders;

pub use holders::{
    Holder, Protocol, addresses, bound_ports, holder, is_bound, ports_of, seen_addresses,
};

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::io::ErrorKind::{AddrInUse, PermissionDenied};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::ops::Add;
use std::sync::{Mutex, PoisonError};

/// A UDP port of 20000 to 29999 that no other check gets, in this process or another, as long
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
    pub fn new() -> io::Result<Self> {
        Self::find(0, UDP)
    }

    /// A port that is free for UDP and for TCP. The lock is TCP on the port below.
    pub fn with_free_tcp() -> io::Result<Self> {
        Self::find(1, BOTH)
    }

    /// Locks are even, so that the port above one is never another one's lock.
    fn find(above_lock: u16, kept_free: &[Protocol]) -> io::Result<Self> {
        let (random, taken) = (RandomState::new(), Taken::look(kept_free));
        for attempt in 0..100 {
            let lock = 20_000 + 2 * (random.hash_one(attempt) % 5_000) as u16;
            let number = lock + above_lock;
            // Who swaps its two bytes must not meet it by chance.
            if taken.has(number) || number == number.swap_bytes() {
                continue;
            }
            match TcpListener::bind((Ipv4Addr::LOCALHOST, lock)) {
                Ok(lock) => return Ok(Self { number, _lock: lock }),
                // Windows denies what it has set aside.
                Err(error) if [AddrInUse, PermissionDenied].contains(&error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        let none = "none of 100 ports from 20000 to 29999 is free: is something using them all?";
        Err(io::Error::new(AddrInUse, none))
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

const UDP: &[Protocol] = &[Protocol::Udp];
const BOTH: &[Protocol] = &[Protocol::Udp, Protocol::Tcp];

/// How many ports are taken, of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PortCount {
    /// Of [`Port::new`].
    pub udp: usize,
    /// Of [`Port::with_free_tcp`].
    pub both: usize,
}

impl Add for PortCount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { udp: self.udp + other.udp, both: self.both + other.both }
    }
}

/// Ports that were taken before any program ran: one that fills the range takes none of them.
/// Where there are none left, more are sought.
#[derive(Default)]
pub struct Ports {
    udp: Mutex<Vec<Port>>,
    both: Mutex<Vec<Port>>,
}

impl Ports {
    /// Takes so many.
    pub fn take(count: PortCount) -> io::Result<Self> {
        // Whether it is free is asked when it is needed: the lock doesn't keep programs from it.
        let locked = |above_lock| move |_| Port::find(above_lock, &[]);
        let udp = (0..count.udp).map(locked(0)).collect::<io::Result<_>>()?;
        let both = (0..count.both).map(locked(1)).collect::<io::Result<_>>()?;
        Ok(Self { udp: Mutex::new(udp), both: Mutex::new(both) })
    }

    /// One that is free for UDP.
    pub fn udp(&self) -> io::Result<Port> {
        next(&self.udp, UDP).map_or_else(Port::new, Ok)
    }

    /// One that is free for UDP and for TCP.
    pub fn both(&self) -> io::Result<Port> {
        next(&self.both, BOTH).map_or_else(Port::with_free_tcp, Ok)
    }
}

fn next(ports: &Mutex<Vec<Port>>, kept_free: &[Protocol]) -> Option<Port> {
    let taken = Taken::look(kept_free);
    let mut ports = ports.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some(port) = ports.pop() {
        if !taken.has(port.number) {
            return Some(port);
        }
    }
    None
}

/// Which ports are taken, of each of some protocols; `None` where the system doesn't tell.
struct Taken(Vec<(Protocol, Option<Vec<u16>>)>);

impl Taken {
    /// To bind a port and let it go again isn't as good as to look at the system's list: a program
    /// that another thread starts at that moment inherits the socket, and so the port is taken for
    /// another moment. All are looked up at once, since a list may be long.
    fn look(protocols: &[Protocol]) -> Self {
        let list = |protocol: &Protocol| (*protocol, bound_ports(*protocol));
        Self(protocols.iter().map(list).collect())
    }

    fn has(&self, number: u16) -> bool {
        self.0.iter().any(|(protocol, ports)| match ports {
            Some(ports) => ports.contains(&number),
            None => !can_bind(*protocol, number),
        })
    }
}

/// Windows lets one socket have a port at every address, and another at a single one.
fn can_bind(protocol: Protocol, number: u16) -> bool {
    let addresses = [Ipv4Addr::UNSPECIFIED, Ipv4Addr::LOCALHOST];
    addresses.into_iter().all(|ip| try_bind(protocol, (ip, number).into()).is_ok())
}

/// Binds an address, and lets it go again.
pub fn try_bind(protocol: Protocol, address: SocketAddr) -> io::Result<()> {
    match protocol {
        Protocol::Udp => UdpSocket::bind(address).map(drop),
        Protocol::Tcp => TcpListener::bind(address).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Result;

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
        assert!(Taken::look(UDP).has(socket.local_addr()?.port()));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        assert!(Taken::look(BOTH).has(listener.local_addr()?.port()));
        Ok(())
    }

    #[test]
    fn a_bound_port_cannot_be_bound() -> Result<()> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        assert!(!can_bind(Protocol::Udp, socket.local_addr()?.port()));
        let listener = TcpListener::bind("127.0.0.1:0")?;
        assert!(!can_bind(Protocol::Tcp, listener.local_addr()?.port()));
        Ok(())
    }

    #[test]
    fn no_two_ports_are_the_same() -> Result<()> {
        let ports: Vec<Port> = (0..50).map(|_| Port::new()).collect::<io::Result<_>>()?;
        let mut numbers: Vec<u16> = ports.iter().map(Port::number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), ports.len());
        Ok(())
    }
}
