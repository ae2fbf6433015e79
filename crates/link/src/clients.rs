//! The clients of a link, each with a socket of its own towards the server, and with a lane in each
//! direction: how many datagrams have come on it, and those that let later ones pass first.

use crate::event::{Direction, Fate};
use anyhow::Result;
use std::collections::HashMap;
use std::mem;
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

/// The datagrams of one client that travel in one direction.
pub struct Lane {
    /// How many have come.
    pub count: u64,
    /// When the newest one came, or else when the client was first seen.
    pub newest: Instant,
    /// Whether the newest one lets others pass: decided by its fate, not by what has come since.
    newest_is_held: bool,
    held: Vec<Held>,
}

/// A datagram that goes on when `behind` later ones have passed.
#[derive(PartialEq, Eq, Debug)]
pub struct Held {
    pub number: u64,
    pub fate: Fate,
    pub payload: Vec<u8>,
    behind: u32,
}

impl Lane {
    pub fn new() -> Self {
        Self { count: 0, newest: Instant::now(), newest_is_held: false, held: Vec::new() }
    }

    /// Counts a datagram that comes `now`; `decide` tells the fate of a number, given whether the
    /// one before it is held.
    pub fn arrive(&mut self, now: Instant, decide: impl FnOnce(u64, bool) -> Fate) -> (u64, Fate) {
        self.count += 1;
        self.newest = now;
        let fate = decide(self.count, self.newest_is_held);
        self.newest_is_held = fate.behind > 0;
        (self.count, fate)
    }

    /// Keeps a datagram until `fate.behind` later ones have passed.
    pub fn hold(&mut self, number: u64, fate: Fate, payload: &[u8]) {
        let payload = payload.to_vec();
        self.held.push(Held { number, fate, payload, behind: fate.behind });
    }

    /// Notes that a datagram has passed; returns those that were waiting for it, in order.
    pub fn pass(&mut self, number: u64) -> Vec<Held> {
        let mut released = Vec::new();
        if self.held.is_empty() {
            return released;
        }
        let mut passed = vec![number];
        while let Some(number) = passed.pop() {
            for held in self.held.iter_mut().filter(|held| held.number < number) {
                held.behind = held.behind.saturating_sub(1);
            }
            let free = self.take(|held| held.behind == 0);
            passed.extend(free.iter().map(|held| held.number));
            released.extend(free);
        }
        released
    }

    /// Gives up holding a datagram: returns it, if it is still held, and those that it releases.
    pub fn give_up(&mut self, number: u64) -> Vec<Held> {
        let mut released = self.take(|held| held.number == number);
        if !released.is_empty() {
            released.extend(self.pass(number));
        }
        released
    }

    fn take(&mut self, is_taken: impl Fn(&Held) -> bool) -> Vec<Held> {
        let (taken, kept) = mem::take(&mut self.held).into_iter().partition(is_taken);
        self.held = kept;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(held: &[(u64, u32)]) -> Lane {
        let mut lane = Lane::new();
        for &(number, behind) in held {
            lane.hold(number, Fate { behind, ..Fate::PASS }, b"");
        }
        lane
    }

    fn numbers(held: &[Held]) -> Vec<u64> {
        held.iter().map(|held| held.number).collect()
    }

    #[test]
    fn a_held_datagram_goes_on_when_enough_later_ones_have_passed() {
        let mut lane = lane(&[(1, 2)]);
        assert_eq!(numbers(&lane.pass(2)), []);
        assert_eq!(numbers(&lane.pass(3)), [1]);
        assert_eq!(numbers(&lane.pass(4)), []);
    }

    #[test]
    fn only_later_ones_count_also_if_they_were_held_themselves() {
        let mut lane = lane(&[(1, 2), (2, 1), (4, 1)]);
        assert_eq!(numbers(&lane.pass(3)), [2, 1]);
        assert_eq!(numbers(&lane.pass(3)), []);
        assert_eq!(numbers(&lane.pass(5)), [4]);
    }

    #[test]
    fn what_nobody_follows_can_be_given_up() {
        let mut lane = lane(&[(1, 2), (2, 3)]);
        assert_eq!(numbers(&lane.give_up(2)), [2]);
        assert_eq!(numbers(&lane.give_up(2)), []);
        assert_eq!(numbers(&lane.give_up(1)), [1]);
    }

    #[test]
    fn each_arrival_learns_whether_the_one_before_it_is_held() {
        let mut lane = Lane::new();
        let held = Fate { behind: 1, ..Fate::PASS };
        let mut learnt = Vec::new();
        for fate in [held, Fate::PASS, Fate::PASS] {
            lane.arrive(Instant::now(), |number, previous| {
                learnt.push((number, previous));
                fate
            });
        }
        assert_eq!(learnt, [(1, false), (2, true), (3, false)]);
    }
}
