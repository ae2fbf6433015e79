//! What a link saw, read from JSON lines. [`link::json`] says what stands in them.

use crate::object::object;
use anyhow::{Context, Result, ensure};
use link::{Direction, Event, Fate, Route, json};
use std::io::BufRead;
use std::net::SocketAddr;
use std::time::Duration;

object! {
    /// An object of a line; what else stands in it follows from these.
    struct Line {
        time: f64,
        kind: String,
        direction: String,
        number: u64,
        from: SocketAddr,
        to: SocketAddr,
        onward_from: SocketAddr,
        onward_to: SocketAddr,
        bytes: String,
        copies: u8,
        behind: u32,
        delay: f64,
        fate: String,
    }
}

/// Reads all events.
pub fn read(lines: impl BufRead) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (index, line) in lines.lines().enumerate() {
        let line = line.context("cannot read what the link has seen")?;
        let event = serde_json::from_str(&line).map_err(Into::into).and_then(Line::event);
        events.push(event.with_context(|| format!("line {} is no event of a link", index + 1))?);
    }
    Ok(events)
}

impl Line {
    fn event(self) -> Result<Event> {
        let (incoming, outgoing) = ((self.from, self.to), (self.onward_from, self.onward_to));
        let unknown = |key: &str, word: &str| format!("there is no {key} {word:?}");
        let direction = json::direction_named(&self.direction)
            .with_context(|| unknown("direction", &self.direction))?;
        let kind = json::kind_named(&self.kind).with_context(|| unknown("kind", &self.kind))?;
        let ((client, link), (upstream, server)) = match direction {
            Direction::Request => (incoming, outgoing),
            // A reply passes the same endpoints the other way.
            Direction::Reply => (turned(outgoing), turned(incoming)),
        };
        let Self { number, copies, behind, .. } = self;
        let overflow = self.fate == json::OVERFLOW;
        Ok(Event {
            time: seconds(self.time)?,
            kind,
            direction,
            number,
            route: Route { client, link, upstream, server },
            payload: bytes(&self.bytes)?,
            fate: Fate { copies, behind, delay: seconds(self.delay)?, overflow },
        })
    }
}

fn turned<T>((from, to): (T, T)) -> (T, T) {
    (to, from)
}

fn seconds(seconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(seconds).with_context(|| format!("{seconds} s is no time"))
}

/// Bytes from their hexadecimal digits.
fn bytes(digits: &str) -> Result<Vec<u8>> {
    ensure!(digits.len() % 2 == 0, "half a byte is missing");
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    let digits: Option<Vec<u32>> = digits.as_bytes().iter().map(digit).collect();
    let digits = digits.context("its bytes aren't hexadecimal")?;
    digits.chunks(2).map(|pair| Ok(u8::try_from(pair[0] << 4 | pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use link::Kind;

    fn event(direction: Direction, kind: Kind, fate: Fate) -> Event {
        let at = |port: u16| ([127, 0, 0, 1], port).into();
        let route =
            Route { client: at(50_001), link: at(40_000), upstream: at(50_002), server: at(8090) };
        let (time, number) = (Duration::from_micros(61_000_001), u64::MAX);
        Event { time, kind, direction, number, route, payload: b"hi\n\"\xff".to_vec(), fate }
    }

    #[test]
    fn what_the_link_writes_is_read_as_it_was() {
        let late =
            Fate { copies: 2, behind: 3, delay: Duration::from_micros(52_317), ..Fate::PASS };
        let mut events = Vec::new();
        for direction in [Direction::Request, Direction::Reply] {
            for kind in [Kind::Arrived, Kind::Released, Kind::Unreachable, Kind::Refused] {
                for fate in [Fate::PASS, Fate::LOST, Fate { overflow: true, ..Fate::LOST }, late] {
                    events.push(event(direction, kind, fate));
                }
            }
        }
        let mut lines = Vec::new();
        for event in &events {
            json::write(&mut lines, event).unwrap();
        }
        assert_eq!(read(&lines[..]).unwrap(), events);
    }

    #[test]
    fn what_is_no_event_is_named_by_its_line() {
        let mut lines = Vec::new();
        json::write(&mut lines, &event(Direction::Reply, Kind::Arrived, Fate::PASS)).unwrap();
        let good = String::from_utf8(lines).unwrap();
        for (from, to) in [
            ("arrived", "vanished"),
            ("\"reply\"", "\"answer\""),
            ("6869", "686"),
            ("6869", "+869"),
            ("61.", "-61."),
            ("{", ""),
        ] {
            let lines = format!("{good}{}", good.replacen(from, to, 1));
            let error = format!("{:#}", read(lines.as_bytes()).unwrap_err());
            assert!(error.starts_with("line 2 is no event of a link: "), "{error}");
        }
    }
}
