//! Where everything stands: the column of times, the lifelines and their heads, the rows, and what
//! waits in the link from one row to another.

use super::sheet::{Anchor, Rect, SIZE, SMALL, Sheet, Words, width};
use link::words::Names;
use link::{Direction, Event, Kind, Route};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

/// Around everything.
const MARGIN: i32 = 14;

/// How wide the column of times is: enough for a sign and what a time takes at most.
const TIMES: i32 = 76;

const HEAD_TOP: i32 = 16;
const HEAD_HEIGHT: i32 = 50;
const ROWS_TOP: i32 = 72;
const ROW: i32 = 50;

/// From the top of a row to its arrow.
const ARROW: i32 = 37;

/// From the link to its neighbours, and between two clients.
const SPAN: i32 = 316;
const CLIENTS_SPAN: i32 = 156;

/// Besides the link no text stands as near as this, for bars may, and numbers by the others.
const BARS: i32 = 38;
const NUMBER: i32 = 14;

/// Half of the width of the link's lifeline.
pub const LINK_HALF: i32 = 6;

/// Clients with a lifeline of their own; those that come later share the last one.
const CLIENTS: usize = 4;

/// Stands for the addresses that the link has on the server's side, where there are many.
const MANY: &str = "a port for each";

pub struct Layout {
    clients: Vec<SocketAddr>,
    /// Where in `clients` each of them stands.
    places: HashMap<SocketAddr, usize>,
    names: (String, String),
    route: Option<Route>,
    /// When the first event was; times count from it.
    start: Duration,
    rows: usize,
    has_more: bool,
    /// Half of the width of a side's head.
    half: i32,
}

impl Layout {
    /// A layout with room for so many rows.
    pub fn new(events: &[Event], names: &Names<'_>, rows: usize) -> Self {
        let (mut clients, mut places) = (Vec::new(), HashMap::new());
        for client in events.iter().map(|event| event.route.client) {
            places.entry(client).or_insert_with(|| {
                clients.push(client);
                clients.len() - 1
            });
        }
        let [client, server] =
            [names.client, names.server].map(|name| width(name, SIZE) + width(" 4", SIZE));
        let routes = events.iter().map(|event| event.route);
        let addresses = routes.flat_map(|route| [route.client, route.server]).map(room_for);
        let widest = addresses.fold(client.max(server), i32::max);
        Self {
            clients,
            places,
            names: (names.client.to_owned(), names.server.to_owned()),
            route: events.first().map(|event| event.route),
            start: events.first().map_or(Duration::ZERO, |event| event.time),
            rows,
            has_more: events.len() > rows,
            half: (widest + 24) / 2,
        }
    }

    pub fn width(&self) -> i32 {
        self.server() + self.half + MARGIN
    }

    pub fn height(&self) -> i32 {
        self.bottom() + if self.has_more || self.rows == 0 { 44 } else { 16 }
    }

    /// The height of a row's arrow.
    pub fn arrow(&self, row: usize) -> i32 {
        ROWS_TOP + ARROW + ROW * to_i32(row)
    }

    /// Where the lifelines end.
    pub fn bottom(&self) -> i32 {
        ROWS_TOP + 14 + ROW * to_i32(self.rows.max(1))
    }

    pub fn since_start(&self, event: &Event) -> Duration {
        event.time.saturating_sub(self.start)
    }

    /// The right end of the times.
    pub fn times(&self) -> i32 {
        MARGIN + TIMES
    }

    fn lifelines(&self) -> usize {
        self.clients.len().clamp(1, CLIENTS)
    }

    fn client_at(&self, place: usize) -> i32 {
        self.times() + 20 + self.half + CLIENTS_SPAN.max(2 * self.half + 16) * to_i32(place)
    }

    /// A client's lifeline.
    pub fn client(&self, address: SocketAddr) -> i32 {
        self.client_at(self.places[&address].min(self.lifelines() - 1))
    }

    pub fn link(&self) -> i32 {
        self.client_at(self.lifelines() - 1) + SPAN
    }

    pub fn server(&self) -> i32 {
        self.link() + SPAN
    }

    /// The middle of what is free for text before the link, for datagrams of this direction; with
    /// the other direction, behind it.
    pub fn before_link(&self, direction: Direction) -> i32 {
        self.link() - side(direction) * (BARS + self.room() / 2)
    }

    /// How wide that is, whatever waits in the link.
    pub fn room(&self) -> i32 {
        SPAN - BARS - NUMBER
    }

    pub fn draw_lifelines(&self, sheet: &mut Sheet) {
        let (top, bottom) = (HEAD_TOP + HEAD_HEIGHT, self.bottom());
        let clients = (0..self.lifelines()).map(|place| self.client_at(place));
        for x in clients.chain([self.server()]) {
            sheet.line("lifeline", (x, top), (x, bottom));
        }
        let (left, width, height) = (self.link() - LINK_HALF, 2 * LINK_HALF, bottom - top);
        sheet.rect("cable", &Rect { left, top, width, height, round: 0 });
    }

    pub fn draw_heads(&self, sheet: &mut Sheet) {
        for place in 0..self.lifelines() {
            let name = self.client_name(place);
            let others = self.clients.len() - place.min(self.clients.len());
            let address = self.clients.get(place).map(ToString::to_string).unwrap_or_default();
            if place + 1 == CLIENTS && others > 1 {
                self.draw_head("and others", &format!("{others} clients"), place, sheet);
            } else {
                self.draw_head(&name, &address, place, sheet);
            }
        }
        let address = self.route.map(|route| route.server.to_string()).unwrap_or_default();
        self.draw_side(&self.names.1, &address, self.server(), sheet);
        self.draw_links_head(sheet);
    }

    fn client_name(&self, place: usize) -> String {
        let name = &self.names.0;
        if self.clients.len() > 1 { format!("{name} {}", place + 1) } else { name.clone() }
    }

    fn draw_head(&self, name: &str, below: &str, place: usize, sheet: &mut Sheet) {
        self.draw_side(name, below, self.client_at(place), sheet);
    }

    fn draw_side(&self, name: &str, below: &str, x: i32, sheet: &mut Sheet) {
        let lines = [heading(name, x), address(below, Anchor::Middle(x))];
        sheet.panel("side", &head(x, self.half), &lines);
    }

    /// The link's head has an address for each of its sides.
    fn draw_links_head(&self, sheet: &mut Sheet) {
        let x = self.link();
        let room = |route: Route| room_for(route.link).max(room_for(route.upstream));
        let half = self.route.map_or(0, room).max(width(MANY, SMALL)) + 26;
        let mut lines = vec![heading("link", x)];
        let inner = self.route.map(|route| (route.link.to_string(), route.upstream.to_string()));
        let (left, mut right) = inner.unwrap_or_default();
        if self.clients.len() > 1 {
            MANY.clone_into(&mut right);
        }
        lines.push(address(&left, Anchor::Start(x - half + 12)));
        lines.push(address(&right, Anchor::End(x + half - 12)));
        sheet.panel("middle", &head(x, half), &lines);
    }

    /// Below the lifelines: how many events have no row.
    pub fn draw_end(&self, more: usize, sheet: &mut Sheet) {
        let text = match more {
            0 if self.rows == 0 => "no datagram has reached the link".to_owned(),
            0 => return,
            1 => "… and one event more".to_owned(),
            _ => format!("… and {more} events more"),
        };
        sheet.label("note", Anchor::Middle(self.link()), self.bottom() + 20, &[("", &text)]);
    }
}

/// To the right for requests, and to the left for replies.
pub fn side(direction: Direction) -> i32 {
    match direction {
        Direction::Request => 1,
        Direction::Reply => -1,
    }
}

/// The width of an address, as if its port had five digits.
fn room_for(address: SocketAddr) -> i32 {
    width(&SocketAddr::new(address.ip(), u16::MAX).to_string(), SMALL)
}

fn head(x: i32, half: i32) -> Rect {
    Rect { left: x - half, top: HEAD_TOP, width: 2 * half, height: HEAD_HEIGHT, round: 6 }
}

fn heading(name: &str, x: i32) -> Words<'_> {
    Words { class: "name", anchor: Anchor::Middle(x), baseline: HEAD_TOP + 21, text: name }
}

fn address(text: &str, anchor: Anchor) -> Words<'_> {
    Words { class: "address", anchor, baseline: HEAD_TOP + 39, text }
}

fn to_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX / 1_000)
}

/// Bars that stand side by side; what waits besides shares the last place.
const LANES: usize = 3;
const LANE: i32 = 9;
const BAR: i32 = 6;

/// How far a bar reaches beyond the arrows at its ends.
const BEYOND: i32 = 7;

/// A datagram that waits in the link.
pub struct Wait {
    pub arrived: usize,
    /// The row, or a place behind all rows; `None` if it never left.
    pub released: Option<usize>,
    direction: Direction,
    lane: usize,
    rows: usize,
}

/// All that wait in one of the first `rows` rows.
pub fn waits(events: &[Event], rows: usize) -> Vec<Wait> {
    let mut waits: Vec<Wait> = Vec::new();
    for (arrived, event) in events.iter().enumerate().take(rows) {
        if event.kind != Kind::Arrived || event.fate.copies == 0 || event.fate.is_immediate() {
            continue;
        }
        let released = release(event, arrived, events);
        let direction = event.direction;
        let is_taken = |lane: usize| {
            waits.iter().any(|wait| {
                wait.direction == direction && wait.lane == lane && wait.last_row() >= arrived
            })
        };
        let lane = (0..LANES - 1).find(|lane| !is_taken(*lane)).unwrap_or(LANES - 1);
        waits.push(Wait { arrived, released, direction, lane, rows });
    }
    waits
}

/// Where in `events` the datagram leaves that has arrived in `event`, at the place `arrived`.
pub fn release(event: &Event, arrived: usize, events: &[Event]) -> Option<usize> {
    let is_release = |other: &Event| {
        other.kind == Kind::Released
            && other.direction == event.direction
            && other.number == event.number
            && other.route.client == event.route.client
    };
    let later = events.iter().skip(arrived).position(is_release)?;
    Some(arrived + later)
}

impl Wait {
    fn last_row(&self) -> usize {
        self.released.unwrap_or(usize::MAX)
    }

    /// The side of the bar that looks to the link, and the one where the datagram leaves.
    pub fn edges(&self, layout: &Layout) -> (i32, i32) {
        let lane = to_i32(self.lane);
        let inner = LINK_HALF + 2 + lane * LANE;
        let side = side(self.direction);
        (layout.link() + side * inner, layout.link() + side * (inner + BAR))
    }

    pub fn draw(&self, layout: &Layout, sheet: &mut Sheet) {
        let (inner, outer) = self.edges(layout);
        let top = layout.arrow(self.arrived) - BEYOND;
        let bottom = match self.released.filter(|row| *row < self.rows) {
            Some(row) => layout.arrow(row) + BEYOND,
            None => layout.bottom(),
        };
        let (left, width, height) = (inner.min(outer), BAR, bottom - top);
        sheet.rect("wait", &Rect { left, top, width, height, round: 3 });
    }
}
