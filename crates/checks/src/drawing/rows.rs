//! One row: an event with its time, its arrow, and what became of the datagram.

use super::layout::{LINK_HALF, Layout, Wait, side};
use super::sheet::{Anchor, Rect, SIZE, SMALL, Sheet, Words, cut, of_payload, width};
use link::{Direction, Event, Kind, words};

/// From an arrow up to the middle of the label above it.
const ABOVE: i32 = 20;

/// From one copy's arrow to the other's.
const COPY: i32 = 9;

/// From the link to the notes beside it; bars may stand in between.
const ASIDE: i32 = 40;

/// How long the arrow is of what never gets anywhere.
const STUB: i32 = 44;

/// How tall the box of a number is.
const BADGE: i32 = 16;

struct Row<'a> {
    event: &'a Event,
    layout: &'a Layout,
    /// The height of its arrow.
    y: i32,
    /// To the right or to the left.
    side: i32,
}

pub fn draw(event: &Event, row: usize, layout: &Layout, waits: &[Wait], sheet: &mut Sheet) {
    let place = Row { event, layout, y: layout.arrow(row), side: side(event.direction) };
    place.time(sheet);
    let arrived = waits.iter().find(|wait| wait.arrived == row);
    let released = waits.iter().find(|wait| wait.released == Some(row));
    match event.kind {
        Kind::Arrived => place.arrival(arrived, sheet),
        Kind::Released => place.release(released, sheet),
        Kind::Unreachable => place.unreachable(sheet),
        Kind::Refused => place.refusal(sheet),
    }
}

impl Row<'_> {
    fn time(&self, sheet: &mut Sheet) {
        let since = self.layout.since_start(self.event);
        let x = self.layout.times();
        let rect = Rect { left: 4, top: self.y - 9, width: x - 2, height: 18, round: 0 };
        let line = Words {
            class: "time",
            anchor: Anchor::End(x),
            baseline: self.y + 4,
            text: &format!("+{}", words::time(since)),
        };
        sheet.panel("bare", &rect, &[line]);
    }

    fn arrival(&self, wait: Option<&Wait>, sheet: &mut Sheet) {
        let (from, link, y) = (self.source(), self.layout.link(), self.y);
        let class = self.class();
        match (wait, self.event.fate.copies) {
            (Some(wait), _) => {
                let (inner, outer) = wait.edges(self.layout);
                sheet.arrow(&class, (from, y), (inner, y));
                self.wait(wait, outer, sheet);
            }
            (None, 0) => {
                sheet.line(&class, (from, y), (link - self.side * (LINK_HALF + 6), y));
                sheet.cross((link, y));
                let is_full = self.event.fate.overflow;
                let text = if is_full { "lost: the link is full" } else { "lost" };
                self.aside("lost", 0, text, sheet);
            }
            (None, copies) => {
                self.copies(from, copies, sheet);
            }
        }
        self.label(self.layout.before_link(self.event.direction), sheet);
        self.number(from, sheet);
    }

    /// What stands beside a datagram that has to wait.
    fn wait(&self, wait: &Wait, outer: i32, sheet: &mut Sheet) {
        if wait.released.is_some() {
            return self.aside("late", 0, "waits", sheet);
        }
        let end = self.layout.link() + self.side * (ASIDE + STUB);
        sheet.line(&format!("{} dashed", self.class()), (outer, self.y), (end, self.y));
        self.aside("late", STUB, "never left", sheet);
    }

    fn release(&self, wait: Option<&Wait>, sheet: &mut Sheet) {
        let link = self.layout.link() + self.side * LINK_HALF;
        let (from, start) = wait.map_or((link, link), |wait| {
            let (inner, outer) = wait.edges(self.layout);
            (outer, (inner + outer) / 2)
        });
        self.copies(from, self.event.fate.copies, sheet);
        self.label(self.layout.before_link(self.other_direction()), sheet);
        self.number(start, sheet);
        let note = late(self.event);
        let anchor = match self.side {
            1 => Anchor::End(self.layout.link() - ASIDE),
            _ => Anchor::Start(self.layout.link() + ASIDE),
        };
        sheet.label("note late", anchor, self.y, &[("", &note)]);
    }

    /// One arrow to where the datagram goes, and one for its second copy.
    fn copies(&self, from: i32, copies: u8, sheet: &mut Sheet) {
        let (to, y, class) = (self.target(), self.y, self.class());
        sheet.arrow(&class, (from, y), (to, y));
        if copies < 2 {
            return;
        }
        let is_release = self.event.kind == Kind::Released;
        let fork = if is_release { from } else { self.layout.link() + self.side * LINK_HALF };
        sheet.arrow(&class, (fork, y), (to, y + COPY));
        if !is_release {
            let x = self.layout.before_link(self.other_direction());
            sheet.label("note twice", Anchor::Middle(x), y - ABOVE, &[("", "×2")]);
        }
    }

    fn unreachable(&self, sheet: &mut Sheet) {
        let (server, link) = (self.layout.server(), self.layout.link() + LINK_HALF);
        sheet.arrow("arrow bad dashed", (server, self.y), (link, self.y));
        let x = self.layout.before_link(Direction::Reply);
        let text = [("", "port unreachable")];
        sheet.label("note lost", Anchor::Middle(x), self.y - ABOVE, &text);
    }

    fn refusal(&self, sheet: &mut Sheet) {
        let link = self.layout.link();
        let (start, end) = (link + self.side * LINK_HALF, link + self.side * (ASIDE + STUB - 14));
        sheet.line(&self.class(), (start, self.y), (end - self.side * 8, self.y));
        sheet.cross((end, self.y));
        self.aside("lost", STUB, "not sent: refused", sheet);
        self.number(start, sheet);
    }

    /// A note behind the link, where no arrow is; `further` away than usual.
    fn aside(&self, class: &str, further: i32, text: &str, sheet: &mut Sheet) {
        let x = self.layout.link() + self.side * (ASIDE + further);
        let anchor = if self.side > 0 { Anchor::Start(x) } else { Anchor::End(x) };
        sheet.label(&format!("note {class}"), anchor, self.y, &[("", text)]);
    }

    /// What the datagram holds, above its arrow.
    fn label(&self, x: i32, sheet: &mut Sheet) {
        let length = words::length(self.event.payload.len());
        let start = format!("{length}  ");
        let room = self.layout.room() - width(&start, SIZE) - 16;
        let payload = cut(&of_payload(&self.event.payload), SIZE, room);
        let spans = match payload.as_str() {
            "" => vec![("dim", length.as_str())],
            payload => vec![("dim", start.as_str()), ("", payload)],
        };
        sheet.label("datagram", Anchor::Middle(x), self.y - ABOVE, &spans);
    }

    /// Which datagram it is, where its arrow begins.
    fn number(&self, x: i32, sheet: &mut Sheet) {
        let number = self.event.number.to_string();
        let width = (width(&number, SMALL) + 9).max(BADGE);
        let (left, top) = (x - width / 2, self.y - BADGE / 2);
        let rect = Rect { left, top, width, height: BADGE, round: BADGE / 2 };
        let anchor = Anchor::Middle(left + width / 2);
        let line = Words { class: "", anchor, baseline: self.y + 4, text: &number };
        sheet.panel(&format!("number {}", self.colour()), &rect, &[line]);
    }

    fn source(&self) -> i32 {
        match self.event.direction {
            Direction::Request => self.layout.client(self.event.route.client),
            Direction::Reply => self.layout.server(),
        }
    }

    fn target(&self) -> i32 {
        match self.event.direction {
            Direction::Request => self.layout.server(),
            Direction::Reply => self.layout.client(self.event.route.client),
        }
    }

    fn other_direction(&self) -> Direction {
        match self.event.direction {
            Direction::Request => Direction::Reply,
            Direction::Reply => Direction::Request,
        }
    }

    fn colour(&self) -> &'static str {
        match self.event.direction {
            Direction::Request => "request",
            Direction::Reply => "reply",
        }
    }

    fn class(&self) -> String {
        format!("arrow {}", self.colour())
    }
}

/// Why a datagram leaves only now.
pub fn late(event: &Event) -> String {
    let delay = event.fate.delay;
    let mut text = match (event.fate.behind, delay.is_zero()) {
        (0, _) => format!("late by {}", words::delay(delay)),
        (_, true) => "held back".to_owned(),
        (_, false) => format!("held back, late by {}", words::delay(delay)),
    };
    if event.fate.copies > 1 {
        text += ", ×2";
    }
    text
}
