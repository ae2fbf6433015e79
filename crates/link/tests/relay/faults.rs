//! A link that breaks what it is told to.

use super::common::*;
use link::{Direction, Faults, Link, OneWay};
use std::time::{Duration, Instant};

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
    let reorder = OneWay { reorder: 1.0, ..OneWay::default() };
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
    let path = OneWay { delay: Duration::from_millis(20), ..OneWay::default() };
    let numbers = sent_through(requests(path), 100, 100);
    assert!(numbers.is_sorted(), "{numbers:?}");
}

#[test]
fn the_same_seed_loses_the_same_datagrams() {
    let path = OneWay { loss: 0.3, duplicate: 0.2, reorder: 0.2, ..OneWay::default() };
    let faults = |seed| Faults { seed, requests: path.clone(), replies: OneWay::default() };
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
