//! What an observer of a link is told: of which datagram, on which way, and what becomes of it.

use std::net::SocketAddr;
use std::time::Duration;

/// Which way a datagram travels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// From a client to the server.
    Request,
    /// From the server to a client.
    Reply,
}

/// The four endpoints that a client's datagrams pass, in the order of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Route {
    pub client: SocketAddr,
    /// Where the link takes requests: the clients think that the server is there.
    pub link: SocketAddr,
    /// The link's socket for this client: the server thinks that the client is there.
    pub upstream: SocketAddr,
    pub server: SocketAddr,
}

/// What becomes of a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    /// How often it is sent on; lost is 0.
    pub copies: u8,
    /// How many later datagrams must have passed before it goes on.
    pub behind: u32,
    /// How late it is sent on.
    pub delay: Duration,
    /// Lost because the link's memory is full, and for no other reason.
    pub overflow: bool,
}

impl Fate {
    pub const PASS: Self = Self { copies: 1, behind: 0, delay: Duration::ZERO, overflow: false };
    pub const LOST: Self = Self { copies: 0, ..Self::PASS };

    /// Whether there is nothing to wait for.
    #[must_use]
    pub fn is_immediate(&self) -> bool {
        self.behind == 0 && self.delay.is_zero()
    }
}

/// Something that happened to a datagram at the link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Time since the link was started.
    pub time: Duration,
    pub kind: Kind,
    pub direction: Direction,
    /// Which datagram of this client and direction it is; the first is 1.
    pub number: u64,
    pub route: Route,
    pub payload: Vec<u8>,
    /// What the link does with it.
    pub fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A datagram has reached the link. Unless it is held or delayed, its copies leave now.
    Arrived,
    /// The copies of a datagram that was held or delayed leave now.
    Released,
    /// The system has reported (ICMP "port unreachable") that nobody has the server's port. It
    /// doesn't say which request met that: the number is that of the newest, without its payload.
    Unreachable,
    /// The system has refused to send a datagram on.
    Refused,
}

impl Event {
    /// How many copies leave the link at the moment of this event.
    #[must_use]
    pub fn copies_that_leave(&self) -> u8 {
        match self.kind {
            Kind::Arrived if self.fate.is_immediate() => self.fate.copies,
            Kind::Released => self.fate.copies,
            _ => 0,
        }
    }

    /// Source and destination of the datagram as it reaches the link.
    #[must_use]
    pub fn incoming(&self) -> (SocketAddr, SocketAddr) {
        match self.direction {
            Direction::Request => (self.route.client, self.route.link),
            Direction::Reply => (self.route.server, self.route.upstream),
        }
    }

    /// Source and destination of the datagram as it leaves the link.
    #[must_use]
    pub fn outgoing(&self) -> (SocketAddr, SocketAddr) {
        match self.direction {
            Direction::Request => (self.route.upstream, self.route.server),
            Direction::Reply => (self.route.link, self.route.client),
        }
    }
}
