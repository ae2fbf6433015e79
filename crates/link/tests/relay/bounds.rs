//! What a link uses, and gives back.

use super::common::*;
use link::{Bounds, Event, Faults, Link, OneWay};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc::{self};
use std::time::{Duration, Instant};

#[test]
fn a_link_stops_at_once_with_clients_and_late_datagrams() {
    let (server, client) = (socket(), socket());
    let path = OneWay { delay: Duration::from_secs(60), ..OneWay::default() };
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
    let path = OneWay { delay: Duration::from_secs(60), ..OneWay::default() };
    let limits = Bounds { memory: 3_000, ..Bounds::default() };
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
    let limits = Bounds { clients: 2, ..Bounds::default() };
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
    let limits = Bounds { idle, ..Bounds::default() };
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
