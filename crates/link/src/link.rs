//! A link as its user sees it: started, asked for its address, and stopped.

use crate::clients::Clients;
use crate::event::Event;
use crate::fate::Faults;
use crate::queue::Queue;
use crate::relay::{Bounds, Observer, Relay};
use anyhow::{Context, Result, ensure};
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Instant, SystemTime};

/// A link between clients and a server. It stops when it is dropped: then all its threads have
/// ended, and what was still delayed or held is lost.
pub struct Link {
    relay: Arc<Relay>,
    started: SystemTime,
    threads: Vec<JoinHandle<()>>,
}

impl Link {
    /// Starts a link that takes requests at `address` (port 0: the system chooses one), and passes
    /// them on to `server`. Both must be on loopback.
    pub fn start(address: SocketAddr, server: SocketAddr, faults: Faults) -> Result<Self> {
        Self::with(address, server, faults, Bounds::default(), None)
    }

    /// Starts a link and tells `observer` of each datagram, before it is sent on: so a reply never
    /// comes before its request. A slow observer slows the link down.
    pub fn observed(
        address: SocketAddr,
        server: SocketAddr,
        faults: Faults,
        observer: impl FnMut(Event) + Send + 'static,
    ) -> Result<Self> {
        Self::with(address, server, faults, Bounds::default(), Some(Box::new(observer)))
    }

    /// Starts a link with limits of its own.
    pub fn with(
        address: SocketAddr,
        server: SocketAddr,
        faults: Faults,
        limits: Bounds,
        observer: Option<Observer>,
    ) -> Result<Self> {
        for address in [address, server] {
            let is_ours = address.ip().is_loopback();
            ensure!(is_ours, "{address} is not on loopback, and a link leaves loopback nowhere");
        }
        let front = UdpSocket::bind(address);
        let front = front.with_context(|| format!("cannot bind the link to {address}"))?;
        let relay = Arc::new(Relay {
            address: front.local_addr().context("cannot learn the link's address")?,
            front,
            faults,
            started: Instant::now(),
            clients: Clients::new(server, limits.clients),
            limits,
            queue: Queue::new(),
            waiting: AtomicUsize::new(0),
            observer: observer.map(Mutex::new),
            stopping: AtomicBool::new(false),
        });
        let mut link = Self { relay, started: SystemTime::now(), threads: Vec::new() };
        link.spawn("link: requests", Relay::take_requests)?;
        link.spawn("link: late ones", Relay::send_late_ones)?;
        Ok(link)
    }

    /// Where the link takes requests.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.relay.address
    }

    /// When the time of events was 0.
    #[must_use]
    pub fn started(&self) -> SystemTime {
        self.started
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce(&Arc<Relay>) + Send + 'static) -> Result<()> {
        let relay = Arc::clone(&self.relay);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || work(&relay));
        self.threads.push(thread.context("cannot start a thread of the link")?);
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.relay.stop();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        // Now that nobody takes requests, no client comes any more.
        self.relay.clients.forget_all();
    }
}
