//! Datagrams as lines of text: a sequence diagram with three lifelines, the link's in the middle.

use super::svg::Names;
use super::words;
use base::terminal::Charset;
use base::terminal::Style;
use link::{Direction, Event, Fate, Kind};

/// Turns what happens at a link into lines of text.
pub struct Diagram {
    /// How many characters a line may have.
    room: usize,
    charset: Charset,
    ink: &'static Ink,
    style: Style,
    names: Names,
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
    pub fn new(room: usize, charset: Charset, style: Style, names: Names) -> Self {
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
            if width(&pieces) > self.room {
                if let Some(piece) = pieces.get_mut(optional) {
                    *piece = Piece::default();
                }
            }
        }
        let room = self.room.saturating_sub(width(&pieces) + GAP.len());
        let [_, _, length, text, _] = &mut pieces;
        if length.width > 0 {
            *text = foreign(words::excerpt(payload, room, self.charset == Charset::Ascii));
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
    Piece { width: words::width(&text), text }
}

/// How many characters pieces take with the gaps between them.
fn width(pieces: &[Piece]) -> usize {
    let widths = pieces.iter().map(|piece| piece.width).filter(|&width| width > 0);
    widths.map(|width| width + GAP.len()).sum::<usize>().saturating_sub(GAP.len())
}
