//! What was seen, as JSON lines: one object and a newline for each event.
//!
//! | key | value |
//! | --- | --- |
//! | `time` | seconds since the link was started |
//! | `kind` | `arrived`, `released`, `unreachable` or `refused`: see [`Kind`] |
//! | `direction` | `request` or `reply` |
//! | `number` | which datagram of its client and direction it is, from 1 |
//! | `from`, `to` | source and destination as it reaches the link |
//! | `onward_from`, `onward_to` | source and destination as it leaves the link |
//! | `length`, `bytes` | the payload: how many bytes, and what they are, in hexadecimal digits |
//! | `copies`, `behind`, `delay` | the parts of its [`Fate`]; the delay in seconds |
//! | `fate` | the same in words |
//!
//! The format is that of <https://jsonlines.org>. No value can hold a character that JSON wants
//! escaped.

use crate::event::{Direction, Event, Fate, Kind};
use std::io::{self, Write};
use std::time::Duration;

/// The fate in words of what is lost because the link is full.
pub const OVERFLOW: &str = "lost (the link is full)";

/// Writes a whole line with one call of `output`.
pub fn write(output: &mut impl Write, event: &Event) -> io::Result<()> {
    let (from, to) = event.incoming();
    let (onward_from, onward_to) = event.outgoing();
    let fields = [
        ("time", seconds(event.time)),
        ("kind", quoted(kind(event.kind))),
        ("direction", quoted(direction(event.direction))),
        ("number", event.number.to_string()),
        ("from", quoted(from)),
        ("to", quoted(to)),
        ("onward_from", quoted(onward_from)),
        ("onward_to", quoted(onward_to)),
        ("length", event.payload.len().to_string()),
        ("bytes", quoted(hexadecimal(&event.payload))),
        ("copies", event.fate.copies.to_string()),
        ("behind", event.fate.behind.to_string()),
        ("delay", seconds(event.fate.delay)),
        ("fate", quoted(in_words(event.fate))),
    ];
    let fields = fields.map(|(key, value)| format!("\"{key}\":{value}")).join(",");
    output.write_all(format!("{{{fields}}}\n").as_bytes())
}

/// The kind that a word in a line means.
pub fn kind_named(word: &str) -> Option<Kind> {
    use Kind::{Arrived, Refused, Released, Unreachable};
    [Arrived, Released, Unreachable, Refused].into_iter().find(|one| kind(*one) == word)
}

/// The direction that a word in a line means.
pub fn direction_named(word: &str) -> Option<Direction> {
    [Direction::Request, Direction::Reply].into_iter().find(|one| direction(*one) == word)
}

fn quoted(value: impl std::fmt::Display) -> String {
    format!("\"{value}\"")
}

fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Arrived => "arrived",
        Kind::Released => "released",
        Kind::Unreachable => "unreachable",
        Kind::Refused => "refused",
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "request",
        Direction::Reply => "reply",
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn in_words(fate: Fate) -> String {
    let Fate { copies, behind, delay, overflow } = fate;
    if copies == 0 {
        return if overflow { OVERFLOW } else { "lost" }.to_owned();
    }
    let mut words = Vec::new();
    if copies > 1 {
        words.push("duplicated".to_owned());
    }
    if behind > 0 {
        let have = if behind == 1 { "has" } else { "have" };
        words.push(format!("held until {behind} more {have} passed"));
    }
    if !delay.is_zero() {
        words.push(format!("late by {} ms", delay.as_micros() as f64 / 1e3));
    }
    if words.is_empty() { "passed".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Route;

    fn event() -> Event {
        Event {
            time: Duration::from_micros(300),
            kind: Kind::Arrived,
            direction: Direction::Request,
            number: 1,
            route: Route {
                client: "127.0.0.2:50001".parse().unwrap(),
                link: "127.0.0.1:40000".parse().unwrap(),
                upstream: "[::1]:50002".parse().unwrap(),
                server: "[::1]:9000".parse().unwrap(),
            },
            payload: b"hi\n\"\xff".to_vec(),
            fate: Fate::PASS,
        }
    }

    fn line(event: &Event) -> String {
        let mut line = Vec::new();
        write(&mut line, event).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_request_is_one_line() {
        let expected = concat!(
            r#"{"time":0.000300,"kind":"arrived","direction":"request","number":1,"#,
            r#""from":"127.0.0.2:50001","to":"127.0.0.1:40000","#,
            r#""onward_from":"[::1]:50002","onward_to":"[::1]:9000","#,
            r#""length":5,"bytes":"68690a22ff","#,
            r#""copies":1,"behind":0,"delay":0.000000,"fate":"passed"}"#,
            "\n"
        );
        assert_eq!(line(&event()), expected);
    }

    #[test]
    fn a_reply_travels_the_other_way() {
        let fate = Fate { copies: 2, behind: 1, delay: Duration::from_millis(300), ..Fate::PASS };
        let event = Event {
            time: Duration::from_nanos(61_000_001_999),
            kind: Kind::Released,
            direction: Direction::Reply,
            number: u64::MAX,
            payload: Vec::new(),
            fate,
            ..event()
        };
        let expected = concat!(
            r#"{"time":61.000001,"kind":"released","direction":"reply","#,
            r#""number":18446744073709551615,"#,
            r#""from":"[::1]:9000","to":"[::1]:50002","#,
            r#""onward_from":"127.0.0.1:40000","onward_to":"127.0.0.2:50001","#,
            r#""length":0,"bytes":"","copies":2,"behind":1,"delay":0.300000,"#,
            r#""fate":"duplicated, held until 1 more has passed, late by 300 ms"}"#,
            "\n"
        );
        assert_eq!(line(&event), expected);
    }

    #[test]
    fn each_kind_has_its_word() {
        for (kind, word) in [(Kind::Unreachable, "unreachable"), (Kind::Refused, "refused")] {
            let line = line(&Event { kind, ..event() });
            assert!(line.contains(&format!(r#","kind":"{word}","#)), "{line}");
        }
    }

    #[test]
    fn each_fate_has_its_words() {
        let late = |micros| Fate { delay: Duration::from_micros(micros), ..Fate::PASS };
        let fates = [
            (Fate::PASS, "passed"),
            (Fate::LOST, "lost"),
            (Fate { overflow: true, ..Fate::LOST }, "lost (the link is full)"),
            (Fate { copies: 2, ..Fate::PASS }, "duplicated"),
            (Fate { behind: 2, ..Fate::PASS }, "held until 2 more have passed"),
            (late(300_000), "late by 300 ms"),
            (late(52_317), "late by 52.317 ms"),
            (Fate { copies: 2, ..late(1_500) }, "duplicated, late by 1.5 ms"),
        ];
        for (fate, words) in fates {
            assert_eq!(in_words(fate), words, "{fate:?}");
        }
    }

    #[test]
    fn the_largest_datagram_is_a_line_like_any_other() {
        let line = line(&Event { payload: vec![0xab; 65_507], ..event() });
        assert!(line.contains(&format!(r#""length":65507,"bytes":"{}","#, "ab".repeat(65_507))));
        assert_eq!(line.lines().count(), 1);
    }
}
