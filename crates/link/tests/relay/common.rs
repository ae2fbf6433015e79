//! Sockets, links, and what arrives.

use link::{Event, Faults, Link, OneWay};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// How long is waited for what has to happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long is waited for what must not happen.
pub const SILENCE: Duration = Duration::from_millis(100);

pub const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

pub fn socket() -> UdpSocket {
    let socket = UdpSocket::bind(ANY).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// A loopback address that no other test uses, so that its ports stay free when they are; macOS
/// has only one.
pub fn unshared(last: u8) -> SocketAddr {
    let last = if cfg!(target_os = "macos") { 1 } else { last };
    (Ipv4Addr::new(127, 0, 0, last), 0).into()
}

pub fn address(socket: &UdpSocket) -> SocketAddr {
    socket.local_addr().unwrap()
}

/// Starts a link to `server`, and returns what its observer is told.
pub fn observed(server: SocketAddr, faults: Faults) -> (Link, Receiver<Event>) {
    let (sender, events) = mpsc::channel();
    let observer = move |event| drop(sender.send(event));
    (Link::observed(ANY.into(), server, faults, observer).unwrap(), events)
}

pub fn requests(path: OneWay) -> Faults {
    Faults { requests: path, ..Faults::default() }
}

pub fn script(text: &str) -> OneWay {
    OneWay { script: text.parse().unwrap(), ..OneWay::default() }
}

pub fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 65_536];
    let (length, source) = socket.recv_from(&mut buffer).expect("nothing came");
    buffer.truncate(length);
    (buffer, source)
}

pub fn nothing_comes(socket: &UdpSocket) {
    socket.set_read_timeout(Some(SILENCE)).unwrap();
    let kind = socket.recv_from(&mut [0; 16]).map_err(|error| error.kind());
    assert!(matches!(kind, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{kind:?}");
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
}

/// Sends back `count` datagrams.
pub fn echo(server: &UdpSocket, count: usize) {
    for _ in 0..count {
        let (payload, source) = receive(server);
        server.send_to(&payload, source).unwrap();
    }
}

/// Sends numbers to the link, and returns those that arrive, in their order.
pub fn sent_through(faults: Faults, count: u8, arrive: usize) -> Vec<u8> {
    let (server, client) = (socket(), socket());
    let link = Link::start(ANY.into(), address(&server), faults).unwrap();
    for number in 1..=count {
        client.send_to(&[number], link.address()).unwrap();
    }
    let numbers = (0..arrive).map(|_| receive(&server).0[0]).collect();
    nothing_comes(&server);
    numbers
}

/// The link's address towards the server, as the newest event tells it.
pub fn events_upstream(events: &Receiver<Event>) -> SocketAddr {
    events.recv_timeout(PATIENCE).unwrap().route.upstream
}

/// The system has no event for a port that becomes free.
pub fn wait_until(patience: Duration, condition: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}
