//! What programs on both sides of a link see, on real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what only tests call may fail as tests do"
)]

use link::{Direction, Event, Faults, Kind, Limits, Link, Path};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// How long is waited for what has to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long is waited for what must not happen.
const SILENCE: Duration = Duration::from_millis(100);

const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind(ANY).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// A loopback address that no other test uses, so that its ports stay free when they are; macOS
/// has only one.
fn unshared(last: u8) -> SocketAddr {
    let last = if cfg!(target_os = "macos") { 1 } else { last };
    (Ipv4Addr::new(127, 0, 0, last), 0).into()
}

fn address(socket: &UdpSocket) -> SocketAddr {
    socket.local_addr().unwrap()
}

/// Starts a link to `server`, and returns what its observer is told.
fn observed(server: SocketAddr, faults: Faults) -> (Link, Receiver<Event>) {
    let (sender, events) = mpsc::channel();
    let observer = move |event| drop(sender.send(event));
    (Link::observed(ANY.into(), server, faults, observer).unwrap(), events)
}

fn requests(path: Path) -> Faults {
    Faults { requests: path, ..Faults::default() }
}

fn script(text: &str) -> Path {
    Path { script: text.parse().unwrap(), ..Path::default() }
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = vec![0; 65_536];
    let (length, source) = socket.recv_from(&mut buffer).expect("nothing came");
    buffer.truncate(length);
    (buffer, source)
}

fn nothing_comes(socket: &UdpSocket) {
    socket.set_read_timeout(Some(SILENCE)).unwrap();
    let kind = socket.recv_from(&mut [0; 16]).map_err(|error| error.kind());
    assert!(matches!(kind, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{kind:?}");
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
}

/// Sends back `count` datagrams.
fn echo(server: &UdpSocket, count: usize) {
    for _ in 0..count {
        let (payload, source) = receive(server);
        server.send_to(&payload, source).unwrap();
    }
}

/// Sends numbers to the link, and returns those that arrive, in their order.
fn sent_through(faults: Faults, count: u8, arrive: usize) -> Vec<u8> {
    let (server, client) = (socket(), socket());
    let link = Link::start(ANY.into(), address(&server), faults).unwrap();
    for number in 1..=count {
        client.send_to(&[number], link.address()).unwrap();
    }
    let numbers = (0..arrive).map(|_| receive(&server).0[0]).collect();
    nothing_comes(&server);
    numbers
}

#[test]
fn order_is_kept_when_nothing_is_broken() {
    let (server, client) = (socket(), socket());
    let link = Link::start(ANY.into(), address(&server), Faults::default()).unwrap();
    for round in 0..50_u32 {
        // As many at a time as the system keeps for a socket.
        for number in 0..100_u32 {
            client.send_to(&(round * 100 + number).to_be_bytes(), link.address()).unwrap();
        }
        for number in 0..100_u32 {
            assert_eq!(receive(&server).0, (round * 100 + number).to_be_bytes());
        }
    }
}

#[test]
fn answers_of_a_hundred_clients_find_their_way_back() {
    let server = socket();
    let link = Link::start(ANY.into(), address(&server), Faults::default()).unwrap();
    let clients: Vec<UdpSocket> = (0..100).map(|_| socket()).collect();
    for round in 0..3 {
        for (number, client) in clients.iter().enumerate() {
            client.send_to(format!("{round}/{number}").as_bytes(), link.address()).unwrap();
        }
        echo(&server, clients.len());
        for (number, client) in clients.iter().enumerate() {
            let (reply, source) = receive(client);
            assert_eq!(reply, format!("{round}/{number}").as_bytes());
            assert_eq!(source, link.address());
        }
    }
}

#[test]
fn the_server_sees_one_address_for_each_client() {
    let (server, first, second) = (socket(), socket(), socket());
    let link = Link::start(ANY.into(), address(&server), Faults::default()).unwrap();
    let mut sources = Vec::new();
    for client in [&first, &second, &first] {
        client.send_to(b"who am I?", link.address()).unwrap();
        sources.push(receive(&server).1);
    }
    assert_eq!(sources[0], sources[2]);
    assert_ne!(sources[0], sources[1]);
    assert!(!sources.contains(&address(&first)) && !sources.contains(&link.address()));
}

#[test]
fn the_smallest_and_the_largest_datagram_pass_unchanged() {
    let (server, client) = (socket(), socket());
    let link = Link::start(ANY.into(), address(&server), Faults::default()).unwrap();
    // macOS sends at most 9,216 bytes, unless it is told otherwise.
    let largest = if cfg!(target_os = "macos") { 9_216 } else { 65_507 };
    for length in [0, 1, 1_024, largest] {
        let payload: Vec<u8> = (0..length).map(|byte: u32| byte.to_be_bytes()[3]).collect();
        client.send_to(&payload, link.address()).unwrap();
        echo(&server, 1);
        let (reply, _) = receive(&client);
        assert!(reply == payload, "{length} bytes came back as {}", reply.len());
    }
}

#[test]
fn a_datagram_from_elsewhere_doesnt_reach_the_client() {
    let (server, stranger, client) = (socket(), socket(), socket());
    let link = Link::start(ANY.into(), address(&server), Faults::default()).unwrap();
    client.send_to(b"hello", link.address()).unwrap();
    let (_, upstream) = receive(&server);
    stranger.send_to(b"forged", upstream).unwrap();
    server.send_to(b"true", upstream).unwrap();
    assert_eq!(receive(&client).0, b"true");
    nothing_comes(&client);
}

#[test]
fn a_script_loses_and_duplicates_what_it_names() {
    let faults = requests(script("1 drop, 2 pass, 3 duplicate"));
    assert_eq!(sent_through(faults, 4, 4), [2, 3, 3, 4]);
}

#[test]
fn each_direction_has_its_own_script() {
    let (server, client) = (socket(), socket());
    let faults = Faults { replies: script("1 drop"), ..Faults::default() };
    let link = Link::start(ANY.into(), address(&server), faults).unwrap();
    for request in [b"one", b"two"] {
        client.send_to(request, link.address()).unwrap();
        echo(&server, 1);
    }
    assert_eq!(receive(&client).0, b"two");
    nothing_comes(&client);
}

#[test]
fn a_held_datagram_comes_after_the_next_one() {
    assert_eq!(sent_through(requests(script("1 hold 1, 4 hold 2")), 6, 6), [2, 1, 3, 5, 6, 4]);
    let reorder = Path { reorder: 1.0, ..Path::default() };
    assert_eq!(sent_through(requests(reorder), 4, 4), [2, 1, 4, 3]);
}

#[test]
fn a_held_datagram_that_nothing_follows_is_not_lost() {
    assert_eq!(sent_through(requests(script("2 hold 5")), 2, 2), [1, 2]);
}

#[test]
fn a_delayed_datagram_comes_later_and_the_others_pass_it() {
    let (server, client) = (socket(), socket());
    let faults = requests(script("1 delay 200ms"));
    let link = Link::start(ANY.into(), address(&server), faults).unwrap();
    let clock = Instant::now();
    client.send_to(b"late", link.address()).unwrap();
    client.send_to(b"early", link.address()).unwrap();
    assert_eq!(receive(&server).0, b"early");
    assert_eq!(receive(&server).0, b"late");
    assert!(clock.elapsed() >= Duration::from_millis(200));
}

#[test]
fn a_delay_for_all_keeps_their_order() {
    let path = Path { delay: Duration::from_millis(20), ..Path::default() };
    let numbers = sent_through(requests(path), 100, 100);
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[test]
fn the_same_seed_loses_the_same_datagrams() {
    let path = Path { loss: 0.3, duplicate: 0.2, reorder: 0.2, ..Path::default() };
    let faults = |seed| Faults { seed, requests: path.clone(), replies: Path::default() };
    let expected: usize = (1..=100)
        .map(|number| faults(5).fate(Direction::Request, 1, number, false).copies)
        .map(usize::from)
        .sum();
    assert_eq!(
        sent_through(faults(5), 100, expected),
        sent_through(faults(5), 100, expected),
        "of the same seed"
    );
}

#[test]
fn a_server_that_isnt_there_is_noted_and_one_that_comes_back_is_reached() {
    let place = address(&UdpSocket::bind(unshared(77)).unwrap());
    let client = socket();
    let (link, events) = observed(place, Faults::default());
    for life in 1..=2 {
        client.send_to(b"anybody?", link.address()).unwrap();
        // Where the system tells at once, and to whom it may concern.
        while cfg!(target_os = "linux")
            && events.recv_timeout(PATIENCE).unwrap().kind != Kind::Unreachable
        {}
        let server = UdpSocket::bind(place).unwrap();
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        client.send_to(b"again", link.address()).unwrap();
        let mut heard = receive(&server).0;
        // Where it doesn't, the first may be under way still.
        if heard != b"again" && !cfg!(target_os = "linux") {
            heard = receive(&server).0;
        }
        assert_eq!(heard, b"again", "life {life}");
        server.send_to(b"here I am", events_upstream(&events)).unwrap();
        assert_eq!(receive(&client).0, b"here I am");
    }
}

/// The link's address towards the server, as the newest event tells it.
fn events_upstream(events: &Receiver<Event>) -> SocketAddr {
    events.recv_timeout(PATIENCE).unwrap().route.upstream
}

#[test]
fn an_observer_is_told_of_each_datagram_in_the_order_of_causes() {
    let (server, client) = (socket(), socket());
    let (link, events) = observed(address(&server), requests(script("2 drop, 3 delay 30ms")));
    for request in ["one", "two", "three"] {
        client.send_to(request.as_bytes(), link.address()).unwrap();
    }
    echo(&server, 2);
    let told: Vec<_> = (0..6).map(|_| events.recv_timeout(PATIENCE).unwrap()).collect();
    let of = |direction| {
        let told = told.iter().filter(move |event| event.direction == direction);
        told.map(|event| (event.kind, event.number, event.fate.copies, event.payload.as_slice()))
    };
    let expected: [(_, _, _, &[u8]); 4] = [
        (Kind::Arrived, 1, 1, b"one"),
        (Kind::Arrived, 2, 0, b"two"),
        (Kind::Arrived, 3, 1, b"three"),
        (Kind::Released, 3, 1, b"three"),
    ];
    assert_eq!(of(Direction::Request).collect::<Vec<_>>(), expected);
    assert_eq!(of(Direction::Reply).map(|told| told.1).collect::<Vec<_>>(), [1, 2]);
    assert!(told.is_sorted_by_key(|event| event.time));
    let route = told[0].route;
    assert_eq!((route.client, route.link), (address(&client), link.address()));
    assert_eq!(route.server, address(&server));
    let last = told.last().unwrap();
    assert_eq!((last.direction, last.number), (Direction::Reply, 2));
}

#[test]
fn a_link_stops_at_once_with_clients_and_late_datagrams() {
    let (server, client) = (socket(), socket());
    let path = Path { delay: Duration::from_secs(60), ..Path::default() };
    let (sender, events) = mpsc::channel();
    let observer = move |event| drop(sender.send(event));
    let link = Link::observed(unshared(78), address(&server), requests(path), observer).unwrap();
    let place = link.address();
    client.send_to(b"late", place).unwrap();
    events.recv_timeout(PATIENCE).unwrap();
    let clock = Instant::now();
    drop(link);
    assert!(clock.elapsed() < Duration::from_secs(10));
    assert!(events.recv().is_err(), "the observer has gone with the threads");
    UdpSocket::bind(place).expect("the link's port is free again");
    nothing_comes(&server);
}

#[test]
fn what_waits_is_bounded_and_what_comes_then_is_lost_and_told() {
    let (server, client) = (socket(), socket());
    let path = Path { delay: Duration::from_secs(60), ..Path::default() };
    let limits = Limits { memory: 3_000, ..Limits::default() };
    let (sender, events) = mpsc::channel();
    let observer = Box::new(move |event| drop(sender.send(event)));
    let link =
        Link::with(ANY.into(), address(&server), requests(path), limits, Some(observer)).unwrap();
    for _ in 0..4 {
        client.send_to(&[0; 1_000], link.address()).unwrap();
    }
    let fates: Vec<_> = (0..4).map(|_| events.recv_timeout(PATIENCE).unwrap().fate).collect();
    let lost: Vec<_> = fates.iter().map(|fate| (fate.copies, fate.overflow)).collect();
    assert_eq!(lost, [(1, false), (1, false), (0, true), (0, true)]);
}

#[test]
fn clients_are_bounded_and_the_one_that_was_silent_longest_is_forgotten() {
    let server = socket();
    let limits = Limits { clients: 2, ..Limits::default() };
    let link = Link::with(ANY.into(), address(&server), Faults::default(), limits, None).unwrap();
    let clients = [socket(), socket(), socket()];
    let mut sources = Vec::new();
    for client in [0, 1, 0, 2, 0, 1] {
        clients[client].send_to(b"hello", link.address()).unwrap();
        sources.push(receive(&server).1);
    }
    // When the third came, the second had been silent longest.
    assert_eq!([sources[0], sources[2]], [sources[2], sources[4]]);
    server.send_to(b"to the second", sources[5]).unwrap();
    assert_eq!(receive(&clients[1]).0, b"to the second");
    server.send_to(b"to nobody", sources[1]).unwrap();
    nothing_comes(&clients[1]);
}

#[test]
fn an_idle_client_is_forgotten_and_begins_anew() {
    let (server, client) = (socket(), socket());
    let idle = Duration::from_millis(40);
    let limits = Limits { idle, ..Limits::default() };
    let (sender, events) = mpsc::channel();
    let observer = Box::new(move |event: Event| sender.send(event.number).unwrap_or_default());
    let faults = Faults::default();
    let link = Link::with(ANY.into(), address(&server), faults, limits, Some(observer)).unwrap();
    let deadline = Instant::now() + PATIENCE;
    loop {
        client.send_to(b"hello", link.address()).unwrap();
        let (_, upstream) = receive(&server);
        events.recv_timeout(PATIENCE).unwrap();
        // Its socket is closed when it is forgotten: then its port can be bound.
        let forgotten = wait_until(idle * 4, || UdpSocket::bind(upstream).is_ok());
        if forgotten {
            break;
        }
        assert!(Instant::now() < deadline, "the client is never forgotten");
    }
    client.send_to(b"hello again", link.address()).unwrap();
    assert_eq!(events.recv_timeout(PATIENCE).unwrap(), 1, "its count begins anew");
}

/// The system has no event for a port that becomes free.
fn wait_until(patience: Duration, condition: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

#[test]
fn only_loopback_is_ever_used() {
    let outside: SocketAddr = "192.0.2.1:9".parse().unwrap();
    let inside: SocketAddr = ANY.into();
    for (address, server) in [(outside, inside), (inside, outside)] {
        let error = Link::start(address, server, Faults::default()).err().unwrap();
        assert!(error.to_string().contains("192.0.2.1:9"), "{error}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = socket();
    let error = Link::start(address(&taken), address(&taken), Faults::default()).err().unwrap();
    assert!(error.to_string().contains(&address(&taken).to_string()), "{error}");
    let cause = error.downcast_ref::<io::Error>().map(io::Error::kind);
    assert_eq!(cause, Some(ErrorKind::AddrInUse));
}

#[test]
fn ipv6_passes_as_well() {
    let Ok(server) = UdpSocket::bind("[::1]:0") else {
        println!("skipped: this system has no IPv6 loopback");
        return;
    };
    let client = UdpSocket::bind("[::1]:0").unwrap();
    for socket in [&server, &client] {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
    }
    let link =
        Link::start("[::1]:0".parse().unwrap(), address(&server), Faults::default()).unwrap();
    client.send_to(b"hello", link.address()).unwrap();
    echo(&server, 1);
    assert_eq!(receive(&client).0, b"hello");
}
