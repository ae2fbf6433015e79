//! What a link saw, as a sequence diagram for a page: events → SVG.
//!
//! Whether the page is light or dark, the picture fits: it has a background of its own and
//! colours for both. Its text is text. Nothing in its geometry depends on a time or on a port,
//! so two runs of the same exchange give pictures that differ in these words only.
//!
//! # Layout
//!
//! - this file: the whole picture, and the same in words, for those who can't see it
//! - [`sheet`]: lines, arrows, boxes and text; [`layout`]: where what stands, and what waits how long
//! - [`rows`]: one event
//! - [`seen`]: reads events from JSON lines

mod layout;
mod rows;
mod seen;
mod sheet;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use base::text::count;
use layout::Layout;
use link::words::{self, Names};
use link::{Direction, Event, Kind};
use sheet::{Sheet, cut, of_payload, xml};
use std::collections::HashSet;
use std::io::{BufRead, Write};

/// How many events a picture shows.
const MOST: usize = 100;

/// The rules for colours and text. An SVG in a page shares its rules with the page, so each of
/// them names this picture's class.
const STYLE: &str = include_str!("drawing/style.css");

/// Draws what stands in JSON lines, as [`link::json`] writes them.
pub fn print(lines: impl BufRead, names: &Names<'_>, mut output: impl Write) -> Result<()> {
    let picture = draw(&seen::read(lines)?, names);
    output.write_all(picture.as_bytes()).context("cannot write the picture")
}

/// Draws a sequence diagram: one row an event, in the order of time.
#[must_use]
pub fn draw(events: &[Event], names: &Names<'_>) -> String {
    let shown = events.get(..MOST).unwrap_or(events);
    let layout = Layout::new(events, names, shown.len());
    let waits = layout::waits(events, shown.len());
    let mut sheet = Sheet::default();
    layout.draw_lifelines(&mut sheet);
    for wait in &waits {
        wait.draw(&layout, &mut sheet);
    }
    for (row, event) in shown.iter().enumerate() {
        rows::draw(event, row, &layout, &waits, &mut sheet);
    }
    layout.draw_heads(&mut sheet);
    layout.draw_end(events.len() - shown.len(), &mut sheet);
    let (width, height) = (layout.width(), layout.height());
    let (title, story) = (xml(&title(events, names)), xml(&story(events, shown.len(), names)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"wire\" role=\"img\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n\
         <title>{title}</title>\n<desc>{story}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"paper\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n\
         {}</svg>\n",
        width - 1,
        height - 1,
        sheet.into_body(),
    )
}

/// No more of a payload is told.
const ROOM: i32 = 400;

fn title(events: &[Event], names: &Names<'_>) -> String {
    let number = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
    let all = number(|event| event.kind == Kind::Arrived);
    let lost = number(|event| event.kind == Kind::Arrived && event.fate.copies == 0);
    let lost = if lost == 0 { String::new() } else { format!(", {lost} lost") };
    let (client, server) = (names.client, names.server);
    format!("Between {client} and {server}: {}{lost}", count(all, "datagram"))
}

/// A sentence an event, each in a line.
fn story(events: &[Event], rows: usize, names: &Names<'_>) -> String {
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
    let payload = cut(&of_payload(&event.payload), 10, ROOM);
    let payload = if payload.is_empty() { payload } else { format!(" “{payload}”") };
    format!("{word} {number} from {from} to {to}, {length}{payload}, {what}")
}

fn arrival(event: &Event, place: usize, events: &[Event]) -> &'static str {
    match event.fate.copies {
        0 if event.fate.overflow => "is lost, for the link is full",
        0 => "is lost",
        1 if event.fate.is_immediate() => "passes",
        _ if event.fate.is_immediate() => "passes twice",
        _ if layout::release(event, place, events).is_some() => "waits in the link",
        _ => "waits in the link and never leaves it",
    }
}
