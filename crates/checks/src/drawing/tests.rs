use super::sheet::{SIZE, width};
use super::*;
use link::{Fate, Route};
use std::time::Duration;

const NAMES: Names<'_> = Names { client: "client", server: "server" };
const HELD: Fate = Fate { behind: 1, ..Fate::PASS };
const LATE: Fate = Fate { delay: Duration::from_millis(300), ..Fate::PASS };
const TWICE: Fate = Fate { copies: 2, ..Fate::PASS };

/// An event of the first client's datagram `number`, at `number` milliseconds.
fn event(kind: Kind, direction: Direction, number: u64, fate: Fate) -> Event {
    let time = Duration::from_millis(number);
    let payload = format!("text {number}").into_bytes();
    Event { time, kind, direction, number, route: route(41_201), payload, fate }
}

fn request(number: u64, fate: Fate) -> Event {
    event(Kind::Arrived, Direction::Request, number, fate)
}

fn reply(number: u64, fate: Fate) -> Event {
    event(Kind::Arrived, Direction::Reply, number, fate)
}

fn route(client: u16) -> Route {
    let at = |port: u16| ([127, 0, 0, 1], port).into();
    Route { client: at(client), link: at(8090), upstream: at(45_121), server: at(8091) }
}

fn saying(payload: impl AsRef<[u8]>) -> Event {
    Event { payload: payload.as_ref().to_vec(), ..request(1, Fate::PASS) }
}

/// What the labels say, in the order of the picture.
fn labels(events: &[Event]) -> Vec<String> {
    let picture = draw(events, &NAMES);
    let mut labels = Vec::new();
    for piece in picture.split("<text class=\"label").skip(1) {
        let text = piece.split_once('>').unwrap().1.split_once("</text>").unwrap().0;
        labels.push(text.replace("<tspan class=\"dim\">", "").replace("</tspan>", ""));
    }
    labels
}

/// The labels without the heads, which come last.
fn row(events: &[Event]) -> Vec<String> {
    let mut labels = labels(events);
    labels.truncate(labels.len() - 7);
    labels
}

fn told(events: &[Event]) -> String {
    let picture = draw(events, &NAMES);
    picture.split_once("<desc>").unwrap().1.split_once("</desc>").unwrap().0.to_owned()
}

#[test]
fn each_fate_is_told_beside_its_datagram() {
    let full = Fate { overflow: true, ..Fate::LOST };
    for (event, expected) in [
        (request(1, Fate::PASS), vec!["+0.0 ms", "6 bytes  text 1", "1"]),
        (reply(2, Fate::LOST), vec!["+0.0 ms", "lost", "6 bytes  text 2", "2"]),
        (request(3, full), vec!["+0.0 ms", "lost: the link is full", "6 bytes  text 3", "3"]),
        (reply(4, TWICE), vec!["+0.0 ms", "×2", "6 bytes  text 4", "4"]),
        (request(5, HELD), vec!["+0.0 ms", "never left", "6 bytes  text 5", "5"]),
        (
            event(Kind::Unreachable, Direction::Request, 6, Fate::PASS),
            vec!["+0.0 ms", "port unreachable"],
        ),
        (
            event(Kind::Refused, Direction::Reply, 7, Fate::PASS),
            vec!["+0.0 ms", "not sent: refused", "7"],
        ),
    ] {
        assert_eq!(row(&[event]), expected);
    }
}

#[test]
fn what_waits_leaves_in_a_row_of_its_own() {
    let late = Fate { copies: 2, ..LATE };
    let events = [
        request(1, late),
        reply(2, HELD),
        event(Kind::Released, Direction::Reply, 2, HELD),
        event(Kind::Released, Direction::Request, 1, late),
    ];
    let notes: Vec<String> =
        row(&events).into_iter().filter(|text| !text.contains("text") && text.len() > 4).collect();
    let expected = [
        "+0.0 ms",
        "waits",
        "+1.0 ms",
        "waits",
        "+1.0 ms",
        "held back",
        "+0.0 ms",
        "late by 300 ms, ×2",
    ];
    assert_eq!(notes, expected);
    assert_eq!(draw(&events, &NAMES).matches("class=\"wait\"").count(), 2);
}

#[test]
fn a_datagram_is_never_taken_for_another_one() {
    let other =
        Event { route: route(41_202), ..event(Kind::Released, Direction::Request, 1, HELD) };
    for released in [
        other,
        event(Kind::Released, Direction::Reply, 1, HELD),
        event(Kind::Released, Direction::Request, 2, HELD),
    ] {
        assert!(labels(&[request(1, HELD), released]).contains(&"never left".to_owned()));
    }
}

#[test]
fn what_a_page_or_a_terminal_would_obey_is_shown_as_text() {
    let payload = "<b>&\"\u{1b}\0\n";
    let expected = "8 bytes  &lt;b&gt;&amp;&quot;\\u{1b}\\0\\n";
    assert_eq!(labels(&[saying(payload)])[1], expected);
    assert_eq!(labels(&[saying("a\u{202e}b")])[1], "5 bytes  a\\u{202e}b");
    assert_eq!(labels(&[saying("a\u{200d}b")])[1], "5 bytes  a\u{200d}b");
    assert_eq!(labels(&[saying("\u{fffe}")])[1], "3 bytes  \\u{fffe}");
    assert_eq!(labels(&[saying(b"\xff!")])[1], "2 bytes  \u{fffd}!");
    assert_eq!(labels(&[saying("")])[1], "0 bytes");
    assert_eq!(labels(&[saying(" ")])[1], "1 byte   ");
}

#[test]
fn long_text_is_cut_where_its_box_ends() {
    let layout = Layout::new(&[], &NAMES, 0);
    for payload in ["x".repeat(65_507), "好".repeat(400), "🦀".repeat(99), "é".repeat(1_000)] {
        let label = &labels(&[saying(&payload)])[1];
        assert!(label.ends_with('…'), "{label}");
        let width = width(label, SIZE) + 16;
        assert!((layout.room() - 25..=layout.room()).contains(&width), "{label}: {width}");
    }
    let picture = draw(&[saying("x".repeat(65_507))], &NAMES);
    assert!(picture.len() < 6_000, "{}", picture.len());
}

#[test]
fn times_and_ports_change_nothing_but_words() {
    let events = |millis: u64, port: u16| {
        let mut events = vec![request(1, LATE), reply(2, Fate::PASS)];
        events[1].time = Duration::from_millis(millis);
        for event in &mut events {
            event.route.client.set_port(port);
        }
        draw(&events, &NAMES)
    };
    let known = events(3, 41_201);
    let same = |picture: String, time: &str, port: &str| {
        picture.replace(time, "+2.0 ms").replace(port, ":41201") == known
    };
    assert!(same(events(3, 7), "+2.0 ms", ":7"));
    assert!(same(events(9_999, 50_000), "+9.998 s", ":50000"));
    assert!(same(events(3_600_001, 65_535), "+3600.0 s", ":65535"));
}

#[test]
fn clients_have_lifelines_of_their_own_as_long_as_there_is_room() {
    let heads = |clients: u16| {
        let events: Vec<Event> = (0..clients)
            .map(|port| Event { route: route(50_000 + port), ..request(1, Fate::PASS) })
            .collect();
        let mut labels = labels(&events);
        labels.retain(|text| text.contains("client") || text.contains("other"));
        labels
    };
    assert_eq!(heads(1), ["client"]);
    assert_eq!(heads(4), ["client 1", "client 2", "client 3", "client 4"]);
    assert_eq!(heads(6), ["client 1", "client 2", "client 3", "and others", "3 clients"]);
}

#[test]
fn of_many_events_the_first_are_shown_and_the_rest_is_counted() {
    let events: Vec<Event> = (1..=102).map(|number| request(number, Fate::PASS)).collect();
    assert!(!labels(&events[..100]).iter().any(|text| text.contains("more")));
    assert_eq!(labels(&events[..101]).last().unwrap(), "… and one event more");
    assert_eq!(labels(&events).last().unwrap(), "… and 2 events more");
    assert_eq!(labels(&events).iter().filter(|text| text.contains("text")).count(), 100);
    assert!(told(&events).ends_with("Events that aren't shown: 2."));
    // It leaves, if only behind the last row.
    let mut held = vec![request(1, HELD); 101];
    held[100].kind = Kind::Released;
    assert!(!told(&held[99..]).contains("never"));
}

#[test]
fn a_link_without_datagrams_is_drawn_as_well() {
    assert_eq!(labels(&[]), ["client", "server", "link", "no datagram has reached the link"]);
}

#[test]
fn the_text_alternative_tells_the_exchange() {
    let events = [
        request(1, Fate::PASS),
        reply(2, LATE),
        event(Kind::Released, Direction::Reply, 2, LATE),
        request(3, HELD),
        request(4, Fate::LOST),
        reply(5, TWICE),
        event(Kind::Unreachable, Direction::Request, 5, Fate::PASS),
    ];
    let expected = "Sequence diagram with lifelines for client, link and server. \
        The link takes requests at 127.0.0.1:8090.\n\
        +0.0 ms: request 1 from client to server, 6 bytes “text 1”, passes.\n\
        +1.0 ms: reply 2 from server to client, 6 bytes “text 2”, waits in the link.\n\
        +1.0 ms: reply 2 from server to client, 6 bytes “text 2”, leaves the link now, late by 300 ms.\n\
        +2.0 ms: request 3 from client to server, 6 bytes “text 3”, waits in the link and never leaves it.\n\
        +3.0 ms: request 4 from client to server, 6 bytes “text 4”, is lost.\n\
        +4.0 ms: reply 5 from server to client, 6 bytes “text 5”, passes twice.\n\
        +4.0 ms: server to link: port unreachable.";
    assert_eq!(told(&events), expected);
    assert!(
        draw(&events, &NAMES)
            .contains("<title>Between client and server: 5 datagrams, 1 lost</title>")
    );
}

#[test]
fn every_time_fits_into_its_column() {
    let longest = "+".len() + words::TIME_WIDTH;
    let layout = Layout::new(&[], &NAMES, 0);
    assert!(width(&"0".repeat(longest), sheet::SMALL) <= layout.times() - 4);
}
