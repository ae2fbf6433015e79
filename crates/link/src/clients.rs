//! The clients of a link, each with a socket of its own towards the server.

use crate::event::Direction;
use crate::lane::Lane;
use anyhow::Result;
use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A thread that takes a client's replies needs little: its buffer isn't on its stack.
const STACK: usize = 256 << 10;

pub struct Client {
    /// 1 for the first client of the link.
    pub number: u64,
    pub address: SocketAddr,
    /// Connected to the server: so it takes only what the server sends, and learns from the
    /// system when there is no server.
    pub upstream: UdpSocket,
    pub upstream_address: SocketAddr,
    requests: Mutex<Lane>,
    replies: Mutex<Lane>,
    gone: AtomicBool,
}

impl Client {
    fn new(number: u64, address: SocketAddr, server: SocketAddr) -> Result<Self> {
        let mut upstream = UdpSocket::bind((server.ip(), 0))?;
        if upstream.local_addr()? == server {
            // The system gave us the port of a server that isn't there; now it gives another one.
            upstream = UdpSocket::bind((server.ip(), 0))?;
        }
        upstream.connect(server)?;
        Ok(Self {
            number,
            address,
            upstream_address: upstream.local_addr()?,
            upstream,
            requests: Mutex::new(Lane::new()),
            replies: Mutex::new(Lane::new()),
            gone: AtomicBool::new(false),
        })
    }

    pub fn lane(&self, direction: Direction) -> MutexGuard<'_, Lane> {
        lock(match direction {
            Direction::Request => &self.requests,
            Direction::Reply => &self.replies,
        })
    }

    /// Whether it has been forgotten.
    pub fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    /// When the newest datagram came from it, or for it.
    fn newest(&self) -> Instant {
        lock(&self.requests).newest.max(lock(&self.replies).newest)
    }
}

pub struct Clients {
    pub server: SocketAddr,
    /// How many there may be.
    limit: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    count: u64,
    clients: HashMap<SocketAddr, Entry>,
}

struct Entry {
    client: Arc<Client>,
    replies: JoinHandle<()>,
}

impl Clients {
    pub fn new(server: SocketAddr, limit: usize) -> Self {
        Self { server, limit, known: Mutex::default() }
    }

    /// The client at an address; a new one is given a socket, and a thread for its replies. None
    /// if the system has no more of these.
    pub fn get<W: FnOnce() + Send + 'static>(
        &self,
        address: SocketAddr,
        take_replies: impl Fn(&Arc<Client>) -> W,
    ) -> Option<Arc<Client>> {
        let mut known = lock(&self.known);
        if let Some(entry) = known.clients.get(&address) {
            return Some(Arc::clone(&entry.client));
        }
        if known.clients.len() >= self.limit {
            known.forget_most_idle();
        }
        known.count += 1;
        let number = known.count;
        let entry = self.create(number, address, &take_replies).or_else(|_| {
            // Without the one that was silent longest, there is a socket and a thread to spare.
            known.forget_most_idle();
            self.create(number, address, &take_replies)
        });
        let entry = entry.ok()?;
        let client = Arc::clone(&entry.client);
        known.clients.insert(address, entry);
        Some(client)
    }

    /// Forgets clients that have been silent for as long as `idle`.
    pub fn forget_idle(&self, idle: Duration) {
        let mut known = lock(&self.known);
        let is_idle = |entry: &Entry| entry.client.newest().elapsed() >= idle;
        let silent = known.clients.iter().filter(|(_, entry)| is_idle(entry));
        let silent: Vec<SocketAddr> = silent.map(|(&address, _)| address).collect();
        for entry in silent.iter().filter_map(|address| known.clients.remove(address)) {
            entry.end();
        }
    }

    pub fn forget_all(&self) {
        for (_, entry) in lock(&self.known).clients.drain() {
            entry.end();
        }
    }

    fn create<W: FnOnce() + Send + 'static>(
        &self,
        number: u64,
        address: SocketAddr,
        take_replies: impl Fn(&Arc<Client>) -> W,
    ) -> Result<Entry> {
        let client = Arc::new(Client::new(number, address, self.server)?);
        let thread = thread::Builder::new().name("link: replies".to_owned()).stack_size(STACK);
        let replies = thread.spawn(take_replies(&client))?;
        Ok(Entry { client, replies })
    }
}

impl Known {
    fn forget_most_idle(&mut self) {
        let oldest = self.clients.iter().min_by_key(|(_, entry)| entry.client.newest());
        let oldest = oldest.map(|(&address, _)| address);
        if let Some(entry) = oldest.and_then(|address| self.clients.remove(&address)) {
            entry.end();
        }
    }
}

impl Entry {
    /// Ends the thread that waits for the client's replies.
    fn end(self) {
        let Client { gone, upstream, upstream_address, .. } = &*self.client;
        gone.store(true, Ordering::SeqCst);
        // The socket takes nothing but what its peer sends; so it becomes its own peer.
        let wakes = upstream.connect(upstream_address).and_then(|()| upstream.send(&[]));
        if wakes.is_ok() {
            let _ = self.replies.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
