//! A running link: its sockets, and the threads that wait at them.
//!
//! One thread takes requests, one for each client takes replies, and one sends on what was late.
//! What nothing delays is sent on by the thread that has received it.

use crate::clients::{Client, Clients, Held};
use crate::event::{Direction, Event, Fate, Kind, Route};
use crate::fate::Faults;
use crate::queue::{Next, Queue};
use std::io;
use std::io::ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted};
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// What a link may use. The default is enough for a class, and for a small computer.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Clients at a time; when another one comes, the one that was silent longest is forgotten.
    pub clients: usize,
    /// How long a client may be silent until it is forgotten.
    pub idle: Duration,
    /// Bytes of all datagrams that wait; what comes when it is full is lost.
    pub memory: usize,
    /// How long a datagram waits at most for later ones to pass.
    pub hold: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        let (idle, hold) = (Duration::from_secs(120), Duration::from_secs(1));
        Self { clients: 128, idle, memory: 16 << 20, hold }
    }
}

/// Is told of each datagram.
pub type Observer = Box<dyn FnMut(Event) + Send>;

/// What the threads of a link share.
pub struct Relay {
    /// Bound to `address`.
    pub front: UdpSocket,
    pub address: SocketAddr,
    pub faults: Faults,
    pub limits: Bounds,
    pub started: Instant,
    pub clients: Clients,
    pub queue: Queue<Task>,
    /// Bytes of what is in `queue`.
    pub waiting: AtomicUsize,
    pub observer: Option<Mutex<Observer>>,
    pub stopping: AtomicBool,
}

/// More than any datagram holds.
const LARGEST: usize = 65_536;

/// What a datagram that waits costs beside its payload, in bytes; rather too much than too little.
const COST: usize = 256;

/// A client's datagrams in one direction.
type Way = (Arc<Client>, Direction);

/// What is to be done later.
pub enum Task {
    Send(Way, Datagram),
    /// A held datagram isn't held any longer.
    GiveUp(Way, u64, usize),
}

pub struct Datagram {
    number: u64,
    fate: Fate,
    payload: Vec<u8>,
}

impl Relay {
    /// Tells all threads to end.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.queue.stop();
        // It wakes up whoever waits at the socket. If there is no room for it, others do.
        let _ = self.front.send_to(&[], self.address);
    }

    /// Takes requests until the link is stopped.
    pub fn take_requests(self: &Arc<Self>) {
        let mut buffer = vec![0; LARGEST];
        // Whoever has sent is likely to send again, unless the link has forgotten it.
        let mut newest = Weak::<Client>::new();
        loop {
            let received = self.front.recv_from(&mut buffer);
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            let (length, source) = match received {
                Ok(received) => received,
                // Windows reports here that a client has gone.
                Err(error) if matches!(error.kind(), Interrupted | ConnectionReset) => continue,
                Err(_) => return,
            };
            let known = newest.upgrade().filter(|it| it.address == source && !it.is_gone());
            let client = known.or_else(|| {
                self.clients.get(source, |client| {
                    let (relay, client) = (Arc::clone(self), Arc::clone(client));
                    move || relay.take_replies(&client)
                })
            });
            if let Some(client) = &client {
                newest = Arc::downgrade(client);
                self.arrive(client, Direction::Request, &buffer[..length]);
            }
        }
    }

    fn take_replies(&self, client: &Arc<Client>) {
        let mut buffer = vec![0; LARGEST];
        loop {
            let received = client.upstream.recv(&mut buffer);
            if client.is_gone() {
                return;
            }
            match received {
                Ok(length) => self.arrive(client, Direction::Reply, &buffer[..length]),
                Err(error) if is_unreachable(&error) => {
                    let number = client.lane(Direction::Request).count;
                    self.tell(
                        Kind::Unreachable,
                        (client, Direction::Request),
                        number,
                        Fate::PASS,
                        &[],
                    );
                }
                Err(error) if error.kind() == Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// Sends on what is late, and forgets clients that are silent, until the link is stopped.
    pub fn send_late_ones(self: &Arc<Self>) {
        let pause = self.limits.idle / 4;
        let mut look_at_clients = Instant::now() + pause;
        loop {
            match self.queue.next(look_at_clients) {
                Next::Stopped => return,
                Next::Deadline => {
                    self.clients.forget_idle(self.limits.idle);
                    look_at_clients = Instant::now() + pause;
                }
                Next::Due(Task::Send((client, direction), datagram)) => {
                    self.waiting.fetch_sub(cost(datagram.payload.len()), Ordering::Relaxed);
                    self.release(&client, direction, &datagram);
                }
                Next::Due(Task::GiveUp((client, direction), number, length)) => {
                    self.waiting.fetch_sub(cost(length), Ordering::Relaxed);
                    let mut lane = client.lane(direction);
                    for held in lane.give_up(number) {
                        self.go_on(&client, direction, held);
                    }
                }
            }
        }
    }

    /// Decides about a datagram that has come, and sends it on or lets it wait.
    fn arrive(&self, client: &Arc<Client>, direction: Direction, payload: &[u8]) {
        let now = Instant::now();
        let mut lane = client.lane(direction);
        let (number, mut fate) = lane.arrive(now, |number, previous_is_held| {
            self.faults.fate(direction, client.number, number, previous_is_held)
        });
        let waits = fate.copies > 0 && !fate.is_immediate();
        if waits && self.waiting.load(Ordering::Relaxed) + cost(payload.len()) > self.limits.memory
        {
            fate = Fate { overflow: true, ..Fate::LOST };
        }
        self.tell(Kind::Arrived, (client, direction), number, fate, payload);
        if fate.copies == 0 {
            return;
        }
        let way = || (Arc::clone(client), direction);
        if fate.behind > 0 {
            lane.hold(number, fate, payload);
            let task = Task::GiveUp(way(), number, payload.len());
            self.wait(now + self.limits.hold, payload.len(), task);
            return;
        }
        if fate.delay.is_zero() {
            self.send(client, direction, number, fate, payload);
        } else {
            let datagram = Datagram { number, fate, payload: payload.to_vec() };
            self.wait(now + fate.delay, payload.len(), Task::Send(way(), datagram));
        }
        for held in lane.pass(number) {
            self.go_on(client, direction, held);
        }
    }

    /// Sends on, or delays, a datagram that was held.
    fn go_on(&self, client: &Arc<Client>, direction: Direction, held: Held) {
        let Held { number, fate, payload, .. } = held;
        let length = payload.len();
        let datagram = Datagram { number, fate, payload };
        if fate.delay.is_zero() {
            self.release(client, direction, &datagram);
        } else {
            let task = Task::Send((Arc::clone(client), direction), datagram);
            self.wait(Instant::now() + fate.delay, length, task);
        }
    }

    fn wait(&self, due: Instant, length: usize, task: Task) {
        self.waiting.fetch_add(cost(length), Ordering::Relaxed);
        self.queue.push(due, task);
    }

    fn release(&self, client: &Client, direction: Direction, datagram: &Datagram) {
        let Datagram { number, fate, payload } = datagram;
        self.tell(Kind::Released, (client, direction), *number, *fate, payload);
        self.send(client, direction, *number, *fate, payload);
    }

    fn send(&self, client: &Client, direction: Direction, number: u64, fate: Fate, payload: &[u8]) {
        let send = || match direction {
            Direction::Request => client.upstream.send(payload),
            Direction::Reply => self.front.send_to(payload, client.address),
        };
        for _ in 0..fate.copies {
            let mut result = send();
            // This is news about an earlier datagram; the system hasn't sent this one.
            if result.as_ref().is_err_and(is_unreachable) && direction == Direction::Request {
                self.tell(Kind::Unreachable, (client, direction), number, fate, &[]);
                result = send();
            }
            if result.is_err() {
                self.tell(Kind::Refused, (client, direction), number, fate, payload);
            }
        }
    }

    fn tell(
        &self,
        kind: Kind,
        (client, direction): (&Client, Direction),
        number: u64,
        fate: Fate,
        payload: &[u8],
    ) {
        let Some(observer) = &self.observer else { return };
        let mut observer = observer.lock().unwrap_or_else(PoisonError::into_inner);
        let route = Route {
            client: client.address,
            link: self.address,
            upstream: client.upstream_address,
            server: self.clients.server,
        };
        let time = self.started.elapsed();
        let payload = payload.to_vec();
        observer(Event { time, kind, direction, number, route, payload, fate });
    }
}

/// Whether nobody has the port that something was sent to; Windows calls it a reset.
fn is_unreachable(error: &io::Error) -> bool {
    matches!(error.kind(), ConnectionRefused | ConnectionReset)
}

fn cost(length: usize) -> usize {
    length + COST
}
