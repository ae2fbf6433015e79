//! Events that wait until the server has said what it says about a request.
//!
//! A server's line, its reply at the link, and what the client makes of that reach us on three
//! ways. The first may come last, and to show it last would tell the wrong story.

use super::program::Program;
use super::{Event, QUEUE};
use crate::screen::Side;
use link::{Direction, Kind};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a server's line is awaited behind its reply; once for each line of the input, since
/// not every server says something.
const PATIENCE: Duration = Duration::from_millis(50);

#[derive(Default)]
pub struct Held {
    events: VecDeque<Event>,
    deadline: Option<Instant>,
}

impl Held {
    /// Whether an event never waits: what the others wait for, and input.
    pub fn lets_pass(event: &Event) -> bool {
        match event {
            Event::Output((side, _), _) | Event::OutputEnded(side) | Event::Ended(side, _) => {
                *side == Side::Server
            }
            Event::Typed(_) => true,
            Event::Wire(_) => false,
        }
    }

    pub fn add(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// The next event, if its time has come.
    pub fn next(&mut self, server: &Program) -> Option<Event> {
        let is_early = !server.has_spoken && !server.is_done() && self.events.len() < QUEUE;
        if is_early && self.events.front().is_some_and(is_reply) {
            let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + PATIENCE);
            if deadline > Instant::now() {
                return None;
            }
        }
        self.take()
    }

    /// The next event, even if it is early.
    pub fn take(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When the next event's time has come in any case.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.events.is_empty())
    }

    /// Begins to wait anew, for what the server says about the next line.
    pub fn line_was_typed(&mut self) {
        self.deadline = None;
    }
}

fn is_reply(event: &Event) -> bool {
    match event {
        Event::Wire(event) => event.direction == Direction::Reply && event.kind == Kind::Arrived,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Stream;
    use link::{Fate, Route};

    fn wire(direction: Direction) -> Event {
        let any = "127.0.0.1:1".parse().unwrap();
        Event::Wire(Box::new(link::Event {
            time: Duration::ZERO,
            kind: Kind::Arrived,
            direction,
            number: 1,
            route: Route { client: any, link: any, upstream: any, server: any },
            payload: Vec::new(),
            fate: Fate::PASS,
        }))
    }

    fn held() -> Held {
        let mut held = Held::default();
        held.add(wire(Direction::Request));
        held.add(wire(Direction::Reply));
        held.add(Event::Output((Side::Client, Stream::Stdout), Vec::new()));
        held.add(wire(Direction::Request));
        held
    }

    fn count(held: &mut Held, server: &Program) -> usize {
        std::iter::from_fn(|| held.next(server)).count()
    }

    #[test]
    fn a_reply_and_all_behind_it_wait_for_the_server() {
        let mut held = held();
        let mut server = Program::default();
        assert_eq!(count(&mut held, &server), 1);
        assert_eq!(count(&mut held, &server), 0);
        assert!(held.deadline().is_some());
        server.has_spoken = true;
        assert_eq!(count(&mut held, &server), 3);
        assert!(held.deadline().is_none());
    }

    #[test]
    fn a_silent_server_is_awaited_once_for_each_line() {
        let mut held = held();
        let server = Program::default();
        held.deadline = Some(Instant::now());
        assert_eq!(count(&mut held, &server), 4);
        held.add(wire(Direction::Reply));
        assert_eq!(count(&mut held, &server), 1);
        held.line_was_typed();
        held.add(wire(Direction::Reply));
        assert_eq!(count(&mut held, &server), 0);
    }
}
