//! The diagram in the terminal, drawn from events that are always the same.

use base::terminal::{Charset, Style};
use link::words::Names;
use link::{Direction, Event, Fate, Kind, Route};
use snapbox::{Data, assert_data_eq};
use source::Diagram;
use std::path::Path;
use std::time::Duration;

// The runner is a program, and no library: its diagram is compiled in here once more.
#[path = "../../../src/wire/diagram.rs"]
#[allow(clippy::indexing_slicing)]
mod source;

/// What stands in front of a line for lessons 4 and 5: `client │ `.
const LABEL: usize = 9;

const TWICE: Fate = Fate { copies: 2, ..Fate::PASS };
const LATE: Fate = Fate { delay: Duration::from_millis(300), ..Fate::PASS };
const HELD: Fate = Fate { behind: 1, ..Fate::PASS };
const FULL: Fate = Fate { overflow: true, ..Fate::LOST };

/// One of everything.
fn events() -> Vec<Event> {
    use Direction::{Reply, Request};
    use Kind::{Arrived, Refused, Released, Unreachable};
    let long = "All that is said on a wire, and more than that, stands in one line";
    let all = Fate { copies: 2, behind: 1, delay: Duration::from_micros(52_317), overflow: false };
    let events: Vec<(u64, Kind, Direction, Vec<u8>, Fate)> = vec![
        (312, Arrived, Request, b"hello".into(), Fate::PASS),
        (498, Arrived, Reply, b"hello".into(), Fate::PASS),
        (12_345, Arrived, Request, b"hello".into(), Fate::LOST),
        (12_999, Arrived, Reply, b"".into(), Fate::LOST),
        (999_999, Arrived, Request, b"hello".into(), TWICE),
        (1_234_000, Arrived, Reply, "你好，世界".into(), TWICE),
        (12_345_678, Arrived, Request, b"x".into(), LATE),
        (12_645_678, Released, Request, b"x".into(), LATE),
        (13_000_000, Arrived, Reply, long.into(), LATE),
        (13_000_100, Arrived, Request, long.into(), Fate::PASS),
        (13_000_200, Arrived, Reply, "你好，世界".repeat(9).into(), HELD),
        (14_000_000, Arrived, Request, b"\x1b[31m\tred\r\n".into(), all),
        (123_456_789, Arrived, Request, vec![0xff; 65_507], Fate::PASS),
        (123_556_789, Arrived, Request, vec![b'x'; 1_024], FULL),
        (123_656_789, Unreachable, Request, b"".into(), Fate::PASS),
        (123_756_789, Refused, Reply, b"hello".into(), Fate::PASS),
    ];
    let at = |port: u16| ([127, 0, 0, 1], port).into();
    let route = Route { client: at(1), link: at(2), upstream: at(3), server: at(4) };
    let event = |(micros, kind, direction, payload, fate)| {
        let time = Duration::from_micros(micros);
        Event { time, kind, direction, number: 1, route, payload, fate }
    };
    events.into_iter().map(event).collect()
}

/// The whole diagram, for a screen of so many columns.
fn drawn(columns: usize, charset: Charset, style: Style) -> String {
    let names = Names { client: "client", server: "server" };
    let diagram = Diagram::new(columns - LABEL, charset, style, names);
    let lines = events().into_iter().filter_map(|event| diagram.line(&event));
    [diagram.head()].into_iter().chain(lines).map(|line| line + "\n").collect()
}

#[test]
fn the_diagram_fits_into_60_80_and_120_columns_has_colours_and_can_do_with_ascii() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runner/fixtures/wire");
    for columns in [60, 80, 120] {
        for (end, charset, style) in [
            ("", Charset::Unicode, Style::PLAIN),
            ("-colours", Charset::Unicode, Style::COLOURED),
            ("-ascii", Charset::Ascii, Style::PLAIN),
        ] {
            let drawn = drawn(columns, charset, style);
            assert!(drawn.is_ascii() || matches!(charset, Charset::Unicode), "{drawn}");
            let golden = Data::read_from(&folder.join(format!("{columns}{end}.txt")), None);
            // An escape character in a file would colour the terminal of whoever looks at it.
            assert_data_eq!(drawn.replace('\x1b', "␛"), golden.raw());
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    for columns in 40..200 {
        let coloured = drawn(columns, Charset::Unicode, Style::COLOURED);
        let mut plain = String::new();
        for piece in coloured.split('\x1b') {
            plain.push_str(
                piece
                    .split_once('m')
                    .map_or(piece, |(code, rest)| if code.starts_with('[') { rest } else { piece }),
            );
        }
        assert_eq!(plain, drawn(columns, Charset::Unicode, Style::PLAIN));
    }
}

#[test]
fn no_line_is_longer_than_its_screen_and_none_loses_its_fate() {
    for charset in [Charset::Unicode, Charset::Ascii] {
        for columns in 40..200 {
            let drawn = drawn(columns, charset, Style::PLAIN);
            for line in drawn.lines() {
                // What we draw with is narrow; what people write may be wide.
                let is_wide = |c: &char| ('\u{2e80}'..='\u{ffef}').contains(c);
                let width = line.chars().count() + line.chars().filter(is_wide).count();
                assert!(width <= columns - LABEL, "{columns}: {line}");
            }
            for fate in
                ["nobody has the server's port", "late by 300 ms", "lost (the link is full)"]
            {
                assert!(drawn.contains(fate), "{columns}: {drawn}");
            }
        }
    }
}
