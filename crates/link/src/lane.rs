//! One direction of one client: counts its datagrams, and keeps those that let others pass first.

use crate::fate::Fate;
use std::mem;
use std::time::Instant;

/// The datagrams of one client that travel in one direction.
pub struct Lane {
    /// How many have come.
    pub count: u64,
    /// When the newest one came, or else when the client was first seen.
    pub newest: Instant,
    /// Whether the newest one lets others pass: decided by its fate, not by what has come since.
    newest_is_held: bool,
    held: Vec<Held>,
}

/// A datagram that goes on when `behind` later ones have passed.
#[derive(PartialEq, Eq, Debug)]
pub struct Held {
    pub number: u64,
    pub fate: Fate,
    pub payload: Vec<u8>,
    behind: u32,
}

impl Lane {
    pub fn new() -> Self {
        Self { count: 0, newest: Instant::now(), newest_is_held: false, held: Vec::new() }
    }

    /// Counts a datagram that comes `now`; `decide` tells the fate of a number, given whether the
    /// one before it is held.
    pub fn arrive(&mut self, now: Instant, decide: impl FnOnce(u64, bool) -> Fate) -> (u64, Fate) {
        self.count += 1;
        self.newest = now;
        let fate = decide(self.count, self.newest_is_held);
        self.newest_is_held = fate.behind > 0;
        (self.count, fate)
    }

    /// Keeps a datagram until `fate.behind` later ones have passed.
    pub fn hold(&mut self, number: u64, fate: Fate, payload: &[u8]) {
        let payload = payload.to_vec();
        self.held.push(Held { number, fate, payload, behind: fate.behind });
    }

    /// Notes that a datagram has passed; returns those that were waiting for it, in order.
    pub fn pass(&mut self, number: u64) -> Vec<Held> {
        let mut released = Vec::new();
        if self.held.is_empty() {
            return released;
        }
        let mut passed = vec![number];
        while let Some(number) = passed.pop() {
            for held in self.held.iter_mut().filter(|held| held.number < number) {
                held.behind = held.behind.saturating_sub(1);
            }
            let free = self.take(|held| held.behind == 0);
            passed.extend(free.iter().map(|held| held.number));
            released.extend(free);
        }
        released
    }

    /// Gives up holding a datagram: returns it, if it is still held, and those that it releases.
    pub fn give_up(&mut self, number: u64) -> Vec<Held> {
        let mut released = self.take(|held| held.number == number);
        if !released.is_empty() {
            released.extend(self.pass(number));
        }
        released
    }

    fn take(&mut self, is_taken: impl Fn(&Held) -> bool) -> Vec<Held> {
        let (taken, kept) = mem::take(&mut self.held).into_iter().partition(is_taken);
        self.held = kept;
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(held: &[(u64, u32)]) -> Lane {
        let mut lane = Lane::new();
        for &(number, behind) in held {
            lane.hold(number, Fate { behind, ..Fate::PASS }, b"");
        }
        lane
    }

    fn numbers(held: &[Held]) -> Vec<u64> {
        held.iter().map(|held| held.number).collect()
    }

    #[test]
    fn a_held_datagram_goes_on_when_enough_later_ones_have_passed() {
        let mut lane = lane(&[(1, 2)]);
        assert_eq!(numbers(&lane.pass(2)), []);
        assert_eq!(numbers(&lane.pass(3)), [1]);
        assert_eq!(numbers(&lane.pass(4)), []);
    }

    #[test]
    fn only_later_ones_count_also_if_they_were_held_themselves() {
        let mut lane = lane(&[(1, 2), (2, 1), (4, 1)]);
        assert_eq!(numbers(&lane.pass(3)), [2, 1]);
        assert_eq!(numbers(&lane.pass(3)), []);
        assert_eq!(numbers(&lane.pass(5)), [4]);
    }

    #[test]
    fn what_nobody_follows_can_be_given_up() {
        let mut lane = lane(&[(1, 2), (2, 3)]);
        assert_eq!(numbers(&lane.give_up(2)), [2]);
        assert_eq!(numbers(&lane.give_up(2)), []);
        assert_eq!(numbers(&lane.give_up(1)), [1]);
    }

    #[test]
    fn each_arrival_learns_whether_the_one_before_it_is_held() {
        let mut lane = Lane::new();
        let held = Fate { behind: 1, ..Fate::PASS };
        let mut learnt = Vec::new();
        for fate in [held, Fate::PASS, Fate::PASS] {
            lane.arrive(Instant::now(), |number, previous| {
                learnt.push((number, previous));
                fate
            });
        }
        assert_eq!(learnt, [(1, false), (2, true), (3, false)]);
    }
}
