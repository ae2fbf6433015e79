//! Datagrams as lines of text: a sequence diagram with three lifelines, the link's in the middle.

use base::terminal::{Charset, Style, width};
use base::text;
use link::words::{self, Names};
use link::{Direction, Event, Fate, Kind};

/// Turns what happens at a link into lines of text.
pub struct Diagram {
    /// How many characters a line may have.
    room: usize,
    charset: Charset,
    ink: &'static Ink,
    style: Style,
    names: Names<'static>,
    /// How long an arrow is.
    arrow: usize,
}

/// The characters of a drawing.
struct Ink {
    lifeline: &'static str,
    link: &'static str,
    once: &'static str,
    twice: &'static str,
    late: &'static str,
    right: &'static str,
    left: &'static str,
    cross: &'static str,
    times: &'static str,
}

const UNICODE: Ink = Ink {
    lifeline: "│",
    link: "┊",
    once: "─",
    twice: "═",
    late: "┄",
    right: "▶",
    left: "◀",
    cross: "✗",
    times: "×",
};

const ASCII: Ink = Ink {
    lifeline: "|",
    link: ":",
    once: "-",
    twice: "=",
    late: ".",
    right: ">",
    left: "<",
    cross: "x",
    times: "x",
};

/// Columns of a line are this far from each other.
const GAP: &str = "  ";

/// SGR codes; the sides have those of their labels.
const DIM: &str = "2";
const CLIENT: &str = "32";
const SERVER: &str = "36";
const LOST: &str = "31";
const STRANGE: &str = "33";

/// A piece of a line, whose width isn't changed by its colour.
#[derive(Clone, Default)]
struct Piece {
    width: usize,
    text: String,
}

/// How an arrow looks, from its tail to its head.
struct Arrow {
    shaft: &'static str,
    head: String,
    is_lost: bool,
}

impl Diagram {
    /// A diagram in lines of `room` characters.
    pub fn new(room: usize, charset: Charset, style: Style, names: Names<'static>) -> Self {
        let ink = match charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        };
        let arrow = (room / 10).saturating_sub(2).clamp(3, 9);
        Self { room, charset, ink, style, names, arrow }
    }

    /// The names of the three lifelines, each above its own, as far as they fit there.
    pub fn head(&self) -> String {
        const LINK: &str = "link";
        let first = words::TIME_WIDTH + GAP.len();
        let centre = first + self.arrow + 1;
        let left_of = |line: usize, name: &str| line.saturating_sub(name.len() / 2);
        let link = left_of(centre, LINK);
        let Names { client, server } = self.names;
        let client_at = left_of(first, client).min(link.saturating_sub(client.len() + 1));
        let server_at = left_of(centre + self.arrow + 1, server).max(link + LINK.len() + 1);
        let mut line = format!("{:client_at$}{client}", "");
        line = format!("{line:link$}{LINK}");
        line = format!("{line:server_at$}{server}");
        self.style.paint(DIM, &line)
    }

    /// A line about a datagram; what is only the rest of an earlier story has none.
    pub fn line(&self, event: &Event) -> Option<String> {
        if event.kind == Kind::Released {
            return None;
        }
        let time = format!("{:>1$}", words::time(event.time), words::TIME_WIDTH);
        let length = match event.kind {
            // It is news about the server's port, and no datagram.
            Kind::Unreachable => String::new(),
            _ => words::length(event.payload.len()),
        };
        let said = [self.piece(DIM, &time), self.arrows(event), foreign(length)];
        Some(self.fit(said, &event.payload, self.fate(event)))
    }

    /// Joins the pieces. The fate is told in any case: the less room there is, the less is said of
    /// the rest.
    fn fit(&self, [time, arrows, length]: [Piece; 3], payload: &[u8], fate: Piece) -> String {
        let mut pieces = [time, arrows, length, Piece::default(), fate];
        for optional in [2, 1, 0] {
            if total_width(&pieces) > self.room {
                pieces[optional] = Piece::default();
            }
        }
        let room = self.room.saturating_sub(total_width(&pieces) + GAP.len());
        let [_, _, length, text, _] = &mut pieces;
        if length.width > 0 {
            *text = foreign(excerpt(payload, room, self.charset));
        }
        let shown = pieces.iter().filter(|piece| piece.width > 0);
        shown.map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(GAP)
    }

    /// What became of a datagram, where it isn't just passed on.
    fn fate(&self, event: &Event) -> Piece {
        let Ink { cross, times, .. } = self.ink;
        let Fate { copies, behind, delay, overflow } = event.fate;
        let lost = match event.kind {
            Kind::Unreachable => Some("nobody has the server's port"),
            Kind::Refused => Some("the system didn't take it"),
            _ if overflow => Some("lost (the link is full)"),
            _ if copies == 0 => Some("lost"),
            _ => None,
        };
        if let Some(lost) = lost {
            return self.piece(LOST, &format!("{cross} {lost}"));
        }
        let held = (behind > 0).then(|| "held back".to_owned());
        let copies = (copies > 1).then(|| format!("{times}{copies}"));
        let late = (!delay.is_zero()).then(|| format!("late by {}", words::delay(delay)));
        let fates: Vec<String> = [held, late, copies].into_iter().flatten().collect();
        self.piece(STRANGE, &fates.join(", "))
    }

    /// The lifelines, and the arrows between them.
    fn arrows(&self, event: &Event) -> Piece {
        let Ink { lifeline, link, .. } = self.ink;
        let (to_link, from_link) = self.both_arrows(event);
        let [to_link, from_link] = [to_link, from_link].map(|arrow| self.draw(event, arrow));
        let (left, right) = match event.direction {
            Direction::Request => (to_link, from_link),
            Direction::Reply => (from_link, to_link),
        };
        let text = format!("{lifeline}{left}{link}{right}{lifeline}");
        Piece { width: 2 * self.arrow + 3, text }
    }

    /// The arrow that comes to the link, and the one that leaves it.
    fn both_arrows(&self, event: &Event) -> (Option<Arrow>, Option<Arrow>) {
        let Ink { once, twice, late, right, left, cross, .. } = *self.ink;
        let head = match event.direction {
            Direction::Request => right,
            Direction::Reply => left,
        };
        let lost = Some(Arrow { shaft: once, head: cross.to_owned(), is_lost: true });
        if event.kind != Kind::Arrived {
            return (None, lost);
        }
        let copies = event.fate.copies;
        if copies == 0 {
            return (lost, None);
        }
        let shaft = match event.fate.is_immediate() {
            true if copies > 1 => twice,
            true => once,
            false => late,
        };
        let arrow = |shaft, copies: u8| {
            Some(Arrow { shaft, head: head.repeat(copies.into()), is_lost: false })
        };
        (arrow(once, 1), arrow(shaft, copies))
    }

    fn draw(&self, event: &Event, arrow: Option<Arrow>) -> String {
        let Some(Arrow { shaft, head, is_lost }) = arrow else { return " ".repeat(self.arrow) };
        let shaft = shaft.repeat(self.arrow.saturating_sub(head.chars().count()));
        let colour = match event.direction {
            Direction::Request => CLIENT,
            Direction::Reply => SERVER,
        };
        let head = self.style.paint(if is_lost { LOST } else { colour }, &head);
        let shaft = self.style.paint(colour, &shaft);
        match event.direction {
            Direction::Request => format!("{shaft}{head}"),
            Direction::Reply => format!("{head}{shaft}"),
        }
    }

    /// Text of our own, whose characters are narrow.
    fn piece(&self, colour: &str, text: &str) -> Piece {
        Piece { width: text.chars().count(), text: self.style.paint(colour, text) }
    }
}

/// Text of others, which may hold wide characters.
fn foreign(text: String) -> Piece {
    Piece { width: width(&text), text }
}

/// How many characters pieces take with the gaps between them.
fn total_width(pieces: &[Piece]) -> usize {
    let widths = pieces.iter().map(|piece| piece.width).filter(|&width| width > 0);
    widths.map(|width| width + GAP.len()).sum::<usize>().saturating_sub(GAP.len())
}

/// The beginning of a payload as text that takes at most `room`, with nothing in it that steers
/// a terminal.
fn excerpt(payload: &[u8], room: usize, charset: Charset) -> String {
    let is_ascii = charset == Charset::Ascii;
    let ellipsis = if is_ascii { "..." } else { "…" };
    // No character has more bytes than four, so this much fills the room in any case.
    let beginning = payload.get(..4 * (room + 1)).unwrap_or(payload);
    let (mut text, mut used, mut fitting) = (String::new(), 0, 0);
    for c in String::from_utf8_lossy(beginning).chars() {
        let is_shown = text::may_be_said(c) && (c.is_ascii() || !is_ascii);
        let shown = if is_shown { c.to_string() } else { text::escape(c) };
        used += width(&shown);
        text.push_str(&shown);
        if used > room {
            text.truncate(fitting);
            return if room >= ellipsis.chars().count() { text + ellipsis } else { String::new() };
        }
        if used + ellipsis.chars().count() <= room {
            fitting = text.len();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_fits_is_whole_and_other_text_says_that_it_is_cut() {
        for (text, room, unicode, ascii) in [
            ("hello", 5, "hello", "hello"),
            ("hello", 4, "hel…", "h..."),
            ("hello", 3, "he…", "..."),
            ("hello", 2, "h…", ""),
            ("hello", 0, "", ""),
            ("", 0, "", ""),
            ("好好好", 6, "好好好", "..."),
            ("好好好", 5, "好好…", "..."),
            ("好好好", 4, "好…", "..."),
            ("👩\u{200d}👧", 6, "👩\u{200d}👧", "..."),
            ("a\tb\n", 6, r"a\tb\n", r"a\tb\n"),
            ("a\tb\n", 5, r"a\tb…", "a..."),
            ("\x1b[2J", 9, r"\u{1b}[2J", r"\u{1b}[2J"),
            ("\x1b[2J", 7, r"\u{1b}…", "..."),
            ("\x1b[2J", 6, "…", "..."),
        ] {
            assert_eq!(
                excerpt(text.as_bytes(), room, Charset::Unicode),
                unicode,
                "{text:?} {room}"
            );
            assert_eq!(excerpt(text.as_bytes(), room, Charset::Ascii), ascii, "{text:?} {room}");
        }
        assert_eq!(excerpt(b"a\xff", 3, Charset::Unicode), "a\u{fffd}");
        assert_eq!(excerpt("好".as_bytes(), 20, Charset::Ascii), r"\u{597d}");
    }

    #[test]
    fn long_payloads_are_cut_as_short_ones_are() {
        let payload = "好".repeat(20_000);
        for room in 0..100 {
            let text = excerpt(payload.as_bytes(), room, Charset::Unicode);
            assert!(text.is_empty() || text.ends_with('…'), "{text}");
            assert!(!text.contains('\u{fffd}') && width(&text) <= room + 1, "{text}");
        }
    }
}
