//! The exchange in words, for those who can't see the picture.

use super::{Names, rows, text, waits};
use crate::wire::words;
use link::{Direction, Event, Kind};
use std::collections::HashSet;

/// No more of a payload is told.
const ROOM: i32 = 400;

pub fn title(events: &[Event], names: &Names) -> String {
    let count = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
    let all = count(|event| event.kind == Kind::Arrived);
    let lost = count(|event| event.kind == Kind::Arrived && event.fate.copies == 0);
    let plural = if all == 1 { "" } else { "s" };
    let lost = if lost == 0 { String::new() } else { format!(", {lost} lost") };
    let (client, server) = (names.client, names.server);
    format!("Between {client} and {server}: {all} datagram{plural}{lost}")
}

/// A sentence an event, each in a line.
pub fn tell(events: &[Event], rows: usize, names: &Names) -> String {
    let Some(first) = events.first() else {
        return "No datagram has reached the link.".to_owned();
    };
    let (client, server) = (names.client, names.server);
    let mut story = format!(
        "Sequence diagram with lifelines for {client}, link and {server}. The link takes requests \
         at {}.",
        first.route.link,
    );
    let clients: HashSet<_> = events.iter().map(|event| event.route.client).collect();
    for (place, event) in events.iter().enumerate().take(rows) {
        let client = match clients.len() {
            1 => client.to_owned(),
            _ => format!("{client} {}", event.route.client),
        };
        let moment = words::time(event.time.saturating_sub(first.time));
        let what = sentence(event, &client, server, arrival(event, place, events));
        story += &format!("\n+{moment}: {what}.");
    }
    if events.len() > rows {
        story += &format!("\nEvents that aren't shown: {}.", events.len() - rows);
    }
    story
}

fn sentence(event: &Event, client: &str, server: &str, arrival: &str) -> String {
    let (from, to, word) = match event.direction {
        Direction::Request => (client, server, "request"),
        Direction::Reply => (server, client, "reply"),
    };
    let what = match event.kind {
        Kind::Arrived => arrival.to_owned(),
        Kind::Released => format!("leaves the link now, {}", rows::late(event)),
        Kind::Unreachable => return format!("{server} to link: port unreachable"),
        Kind::Refused => "is refused by the system, and not sent on".to_owned(),
    };
    let (number, length) = (event.number, words::length(event.payload.len()));
    let payload = text::cut(&text::of(&event.payload), 10, ROOM);
    let payload = if payload.is_empty() { payload } else { format!(" “{payload}”") };
    format!("{word} {number} from {from} to {to}, {length}{payload}, {what}")
}

fn arrival(event: &Event, place: usize, events: &[Event]) -> &'static str {
    match event.fate.copies {
        0 if event.fate.overflow => "is lost, for the link is full",
        0 => "is lost",
        1 if event.fate.is_immediate() => "passes",
        _ if event.fate.is_immediate() => "passes twice",
        _ if waits::release(event, place, events).is_some() => "waits in the link",
        _ => "waits in the link and never leaves it",
    }
}
