//! The server under test, and what is asked of it.

use super::{ANSWERS, GOES_ON};
use crate::cause::Cause;
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, needs, require, same};
use crate::subject::Subject;
use crate::trial::Trial;
use base::ports::{self, Port, Protocol};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// How long a reply is awaited. Whether it comes within a second is a question of its own; one that
/// takes just a second may have another to wait for.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// How long after a wrong reply the right one is awaited: others count how many there are.
const GRACE: Duration = Duration::from_millis(300);

/// The server under test, at a port of its own, and a client of it.
///
/// A check has one client if it isn't about many: whether there may be others is a question of its
/// own.
pub struct Server {
    pub program: Subject,
    pub port: Port,
    pub client: Endpoint,
    /// A plain text that it has answered.
    pub plain: String,
    /// What came back.
    pub reply: Vec<u8>,
}

impl Server {
    /// A server that has bound its port: whether it does is the question of the first check.
    pub fn start(trial: &Trial) -> Checked<Self> {
        Self::start_at(trial, trial.port()?).map_err(needs(ANSWERS))
    }

    pub fn start_at(trial: &Trial, port: Port) -> Checked<Self> {
        let (client, plain) = (trial.endpoint()?, trial.random.word(12));
        let program = trial.start(port.number().to_string())?;
        program.wait_until_bound(port.number())?;
        let bound = ports::addresses(Protocol::Udp, port.number());
        let is_ipv6 = bound.is_some_and(|ips| !ips.is_empty() && ips.iter().all(IpAddr::is_ipv6));
        // A socket of IPv6 may take what comes over IPv4, too; if so, it has the port there.
        let is_deaf = is_ipv6 && ports::try_bind(Protocol::Udp, port.address()).is_ok();
        require(!is_deaf, "it has bound its port for IPv6 alone", &IPV6_ALONE)?;
        Ok(Self { program, port, client, plain, reply: Vec::new() })
    }

    /// A server that has answered a plain text.
    pub fn answering(trial: &Trial) -> Checked<Self> {
        let mut server = Self::start(trial)?;
        let reply = server.ask(&server.plain, &NO_REPLY).map_err(needs(ANSWERS))?;
        server.reply = reply.payload;
        Ok(server)
    }

    /// A server that has answered twice, so that what comes next may be another check's question.
    pub fn serving(trial: &Trial) -> Checked<Self> {
        let server = Self::answering(trial)?;
        server.ask(trial.random.word(12), &ANSWERS_NO_MORE).map_err(needs(GOES_ON))?;
        Ok(server)
    }

    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Whether it sends plain texts back as they came. If it doesn't, that is the question of one
    /// check, and for the others any reply will do.
    pub fn is_exact(&self) -> bool {
        self.reply == self.plain.as_bytes()
    }

    /// Sends a datagram, and waits for what comes back.
    pub fn ask(&self, payload: impl AsRef<[u8]>, cause: &Cause) -> Checked<Datagram> {
        let payload = payload.as_ref();
        self.client.send(payload, self.address())?;
        self.reply_to(&self.client, |reply| reply == payload, cause)
    }

    /// Waits for a reply. The one that it should be counts, even if others come before it.
    pub fn reply_to(
        &self,
        client: &Endpoint,
        is_right: impl Fn(&[u8]) -> bool,
        cause: &Cause,
    ) -> Checked<Datagram> {
        let first = client.receive_from(&self.program, "a reply", PATIENCE, cause)?;
        let deadline = Instant::now() + GRACE;
        let mut left = GRACE;
        while !is_right(&first.payload) && !left.is_zero() {
            match client.next(left)? {
                Some(other) if is_right(&other.payload) => return Ok(other),
                Some(_) => left = deadline.saturating_duration_since(Instant::now()),
                None => break,
            }
        }
        Ok(first)
    }

    /// Requires that a payload comes back, and that it is the same if plain texts are.
    pub fn returns(&self, payload: impl AsRef<[u8]>, cause: &Cause) -> Checked {
        let payload = payload.as_ref();
        let reply = self.ask(payload, cause)?.payload;
        if self.is_exact() { same("its reply", payload, &reply) } else { Ok(()) }
    }
}

const IPV6_ALONE: Cause = Cause::new(
    "ipv6-alone",
    "A client of IPv4, such as that of lesson 4, doesn't reach it. Create the socket as `AF_INET`, \
     and bind it at 0.0.0.0; or let the one of IPv6 take both (`IPV6_V6ONLY` off, at `::`).",
);

pub const NO_REPLY: Cause = Cause::new(
    "no-reply",
    "No datagram has come back. Receive with `recv_from`, and send with `send_to`, to the sender \
     that `recv_from` has returned. (In C, set the address's length before each `recvfrom`, and \
     give the same address to `sendto`.)",
);

pub const ANSWERS_NO_MORE: Cause = Cause::new(
    "answers-no-more",
    "It has answered, and then a datagram came that it didn't answer, although it still runs. \
     Receive and reply in a loop that has no end, and wait for nothing else in it.",
);
