//! What a link has done so far, in numbers.

use link::{Direction, Event, Kind, Limits};
use std::time::Instant;

#[derive(Default, Debug)]
pub struct Tally {
    pub requests: Count,
    pub replies: Count,
    /// When the last of what waits in the link will have left it.
    pub due: Option<Instant>,
}

/// Datagrams of one direction.
#[derive(Default, Debug)]
pub struct Count {
    pub came: u64,
    pub lost: u64,
    /// Those that are late or held back, and still in the link.
    pub waiting: u64,
    /// Copies that have left the link.
    pub left: u64,
}

impl Count {
    pub fn has_lost_all(&self) -> bool {
        self.came > 0 && self.came == self.lost
    }
}

impl Tally {
    pub fn add(&mut self, event: &Event) {
        let count = match event.direction {
            Direction::Request => &mut self.requests,
            Direction::Reply => &mut self.replies,
        };
        let fate = event.fate;
        count.left += u64::from(event.copies_that_leave());
        match event.kind {
            Kind::Arrived => {
                count.came += 1;
                count.lost += u64::from(fate.copies == 0);
                if fate.copies > 0 && !fate.is_immediate() {
                    count.waiting += 1;
                    let hold = (fate.behind > 0).then(|| Limits::default().hold);
                    let wait = hold.unwrap_or_default() + fate.delay;
                    self.due = self.due.max(Some(Instant::now() + wait));
                }
            }
            Kind::Released => count.waiting = count.waiting.saturating_sub(1),
            Kind::Unreachable | Kind::Refused => {}
        }
    }

    /// Whether the server has been given more than it has replied to, as far as the link knows.
    pub fn awaits_replies(&self) -> bool {
        self.replies.came < self.requests.left
    }

    /// Says what the link has kept from the two, if it has.
    pub fn damage(&self) -> Option<String> {
        let Self { requests, replies, .. } = self;
        let parts = [
            (requests.lost, ["request", "requests"], "lost"),
            (replies.lost, ["reply", "replies"], "lost"),
            (requests.waiting, ["request", "requests"], "still on the way"),
            (replies.waiting, ["reply", "replies"], "still on the way"),
        ];
        let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, [one, more], state)| {
                format!("{count} {} {state}", if count == 1 { one } else { more })
            })
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use link::{Fate, Route};
    use std::time::Duration;

    const LATE: Fate = Fate { delay: Duration::from_secs(1), ..Fate::PASS };
    const TWICE: Fate = Fate { copies: 2, ..Fate::PASS };

    fn tally(events: &[(Kind, Direction, Fate)]) -> Tally {
        let any = "127.0.0.1:1".parse().unwrap();
        let route = Route { client: any, link: any, upstream: any, server: any };
        let mut tally = Tally::default();
        for &(kind, direction, fate) in events {
            let (time, payload) = (Duration::ZERO, Vec::new());
            tally.add(&Event { time, kind, direction, number: 1, route, payload, fate });
        }
        tally
    }

    #[test]
    fn a_perfect_link_does_no_damage() {
        let tally = tally(&[(Kind::Arrived, Direction::Request, Fate::PASS)]);
        assert_eq!(tally.damage(), None);
        assert_eq!(tally.due, None);
        assert!(!tally.requests.has_lost_all());
    }

    #[test]
    fn what_is_lost_and_what_is_late_is_told() {
        let mut events = vec![
            (Kind::Arrived, Direction::Request, Fate::LOST),
            (Kind::Arrived, Direction::Reply, Fate::LOST),
            (Kind::Arrived, Direction::Reply, Fate::LOST),
            (Kind::Arrived, Direction::Reply, LATE),
        ];
        let words = "1 request lost, 2 replies lost, 1 reply still on the way";
        assert_eq!(tally(&events).damage().as_deref(), Some(words));
        assert!(tally(&events).requests.has_lost_all());
        assert!(tally(&events).due.is_some_and(|due| due > Instant::now()));
        events.push((Kind::Released, Direction::Reply, LATE));
        let words = "1 request lost, 2 replies lost";
        assert_eq!(tally(&events).damage().as_deref(), Some(words));
    }

    #[test]
    fn each_copy_that_reaches_the_server_is_worth_a_reply() {
        let mut events = vec![
            (Kind::Arrived, Direction::Request, Fate::LOST),
            (Kind::Arrived, Direction::Request, LATE),
        ];
        assert!(!tally(&events).awaits_replies());
        events.push((Kind::Arrived, Direction::Request, TWICE));
        events.push((Kind::Arrived, Direction::Reply, Fate::LOST));
        assert!(tally(&events).awaits_replies());
        events.push((Kind::Arrived, Direction::Reply, Fate::PASS));
        assert!(!tally(&events).awaits_replies());
    }
}
