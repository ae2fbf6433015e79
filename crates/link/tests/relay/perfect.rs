//! A link that breaks nothing.

use super::common::*;
use link::{Direction, Faults, Kind, Link};
use std::io::{self, Write};
use std::net::UdpSocket;

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
fn ipv6_passes_as_well() {
    let Ok(server) = UdpSocket::bind("[::1]:0") else {
        let why = "this system has no IPv6 loopback";
        let _ = writeln!(io::stderr(), "skipped: ipv6_passes_as_well: {why}");
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
