//! What the link held or delayed: from which row to which.

use super::plan::{LINK_HALF, Plan, side};
use super::sheet::{Rect, Sheet};
use link::{Direction, Event, Kind};

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
pub fn all(events: &[Event], rows: usize) -> Vec<Wait> {
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
    pub fn edges(&self, plan: &Plan) -> (i32, i32) {
        let lane = i32::try_from(self.lane).unwrap_or_default();
        let inner = LINK_HALF + 2 + lane * LANE;
        let side = side(self.direction);
        (plan.link() + side * inner, plan.link() + side * (inner + BAR))
    }

    pub fn draw(&self, plan: &Plan, sheet: &mut Sheet) {
        let (inner, outer) = self.edges(plan);
        let top = plan.arrow(self.arrived) - BEYOND;
        let bottom = match self.released.filter(|row| *row < self.rows) {
            Some(row) => plan.arrow(row) + BEYOND,
            None => plan.bottom(),
        };
        let (left, width, height) = (inner.min(outer), BAR, bottom - top);
        sheet.rect("wait", &Rect { left, top, width, height, round: 3 });
    }
}
