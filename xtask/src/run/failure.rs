//! What is said when a pair of programs fails.

use super::Plan;
use crate::screen::Side;
use crate::session::Session;
use base::lessons::{Argument, HOST, Lesson, Role, Sockets};
use base::ports::{self, Protocol};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

impl Plan {
    /// Says how a program failed, what it said last, and what may help.
    pub(super) fn failure(&self, session: &Session, side: Side, lesson: &Lesson) -> String {
        let program = match side {
            Side::Server => &session.server,
            Side::Client => &session.client,
        };
        let how = match program.status {
            Some(status) if status.success() => "ended too early, with success".to_owned(),
            Some(status) => format!("failed ({status})"),
            None => "failed".to_owned(),
        };
        let mut message = format!("the {} ({}) {how}", lesson.label, lesson.name());
        let mut lines = session.screen.recent(side).peekable();
        if lines.peek().is_some() {
            message.push_str("; its last lines were:");
        }
        for line in lines {
            message.push_str(&format!("\n    {line}"));
        }
        if let Some(hint) = self.port_hint(lesson) {
            message.push_str(&format!("\n{hint}"));
        }
        let damage = session.wire.as_ref().and_then(|wire| wire.tally.damage());
        if let Some(damage) = damage.filter(|_| side == Side::Client) {
            let label = lesson.label;
            message.push_str(&format!("\nThe link did as it was told: {damage}. "));
            message.push_str(&format!(
                "Nobody tells the {label}: to it, no server seems to be there."
            ));
        }
        message
    }

    /// Says why a receiver may still wait when its sender has ended `ago`.
    pub(super) fn still_waiting(
        &self,
        session: &Session,
        server: &Lesson,
        ago: Duration,
    ) -> String {
        let (waiting, ended) = (server.label, self.client.label);
        let here = SocketAddr::from((HOST, self.port()));
        let wire = session.wire.as_ref();
        let why = match wire.map(|wire| (&wire.tally.requests, wire.address())) {
            Some((requests, _)) if requests.has_lost_all() => {
                format!("the link lost all that was sent, and nobody tells the {waiting}")
            }
            Some((requests, _)) if requests.came > 0 => {
                format!("does it receive on {here}, to which the link has passed it on?")
            }
            Some((_, Some(link))) => format!("did a datagram leave for {link}, the link?"),
            _ if server.sockets == Sockets::Tcp => format!("did a byte leave for {here}?"),
            _ => format!("did a datagram leave for {here}?"),
        };
        let ago = ago.as_secs();
        format!("the {ended} ended {ago}s ago, but the {waiting} is still waiting: {why}")
    }

    /// If a lesson's port is taken: by whom, and which one is free.
    fn port_hint(&self, lesson: &Lesson) -> Option<String> {
        let port = match lesson.role {
            Role::Client { .. } => return None,
            Role::Alone => self.port?,
            Role::Server { .. } => self.port(),
        };
        let host = match lesson.argument {
            Argument::Address => HOST,
            Argument::Port => Ipv4Addr::UNSPECIFIED.into(),
            Argument::Path(_) => return None,
        };
        let taken = |protocol: &&Protocol| {
            ports::try_bind(**protocol, (host, port).into()).is_err_and(|error| is_taken(&error))
        };
        let protocols = lesson.sockets.protocols();
        let holder = ports::holder(*protocols.iter().find(taken)?, port)
            .map_or("another process".to_owned(), |holder| holder.to_string());
        let is_free = |other: &u16| {
            protocols
                .iter()
                .all(|protocol| ports::try_bind(*protocol, (host, *other).into()).is_ok())
        };
        let free = (port.saturating_add(1)..=port.saturating_add(20)).find(is_free)?;
        let name = lesson.name();
        Some(format!(
            "Port {port} is taken by {holder}. Try `cargo xtask run {name} --port {free}`."
        ))
    }
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}
