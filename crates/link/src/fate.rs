//! What becomes of a datagram. It is decided by the seed or the script, and by which datagram of
//! which client and direction it is; never by the time, so that the same datagrams always meet
//! the same fates.

use crate::event::{Direction, Fate};
use crate::script::Script;
use base::random::mix;
use std::time::Duration;

/// What a link does to datagrams, in each direction. The default is a perfect link.
#[derive(Clone, Default, Debug)]
pub struct Faults {
    /// Decides whatever is left to chance.
    pub seed: u64,
    pub requests: OneWay,
    pub replies: OneWay,
}

/// What happens in one direction. Probabilities lie between 0 and 1.
#[derive(Clone, Default, Debug)]
pub struct OneWay {
    pub loss: f64,
    pub duplicate: f64,
    /// Of being held until the next datagram has passed.
    pub reorder: f64,
    /// How long each datagram is under way.
    pub delay: Duration,
    /// How much longer it may take, at most; evenly spread.
    pub jitter: Duration,
    /// The datagrams that nothing but `delay` and `jitter` leaves to chance.
    pub script: Script,
}

impl Faults {
    /// Whether the seed decides anything.
    #[must_use]
    pub fn are_random(&self) -> bool {
        self.requests.is_random() || self.replies.is_random()
    }

    /// The fate of the datagram `number` of a client (both count from 1), when the one before it
    /// is held or not: two neighbours aren't both held by chance, for then neither would pass.
    #[must_use]
    pub fn fate(
        &self,
        direction: Direction,
        client: u64,
        number: u64,
        previous_is_held: bool,
    ) -> Fate {
        let way = self.way(direction);
        let dice = Dice { seed: self.seed, direction, client, number };
        let mut fate = match way.script.fate(number) {
            Some(fate) => fate,
            None if dice.falls_below(Salt::Loss, way.loss) => Fate::LOST,
            None => Fate {
                copies: 1 + u8::from(dice.falls_below(Salt::Duplicate, way.duplicate)),
                behind: u32::from(
                    !previous_is_held && dice.falls_below(Salt::Reorder, way.reorder),
                ),
                ..Fate::PASS
            },
        };
        if fate.copies > 0 {
            fate.delay += way.delay + way.jitter.mul_f64(dice.roll(Salt::Jitter));
        }
        fate
    }

    fn way(&self, direction: Direction) -> &OneWay {
        match direction {
            Direction::Request => &self.requests,
            Direction::Reply => &self.replies,
        }
    }
}

impl OneWay {
    fn is_random(&self) -> bool {
        self.loss > 0.0 || self.duplicate > 0.0 || self.reorder > 0.0 || !self.jitter.is_zero()
    }
}

/// Chance, for one datagram.
struct Dice {
    seed: u64,
    direction: Direction,
    client: u64,
    number: u64,
}

/// Keeps the decisions about a datagram independent of each other.
#[derive(Clone, Copy)]
enum Salt {
    Loss = 1,
    Duplicate,
    Reorder,
    Jitter,
}

impl Dice {
    fn falls_below(&self, salt: Salt, probability: f64) -> bool {
        probability > 0.0 && self.roll(salt) < probability
    }

    /// A number from 0 up to, but not including, 1.
    fn roll(&self, salt: Salt) -> f64 {
        let direction = match self.direction {
            Direction::Request => 1,
            Direction::Reply => 2,
        };
        let words = [direction, self.client, self.number, salt as u64];
        let hash = words.into_iter().fold(mix(self.seed), |hash, word| mix(hash ^ word));
        // 53 bits are what an f64 holds.
        (hash >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random() -> Faults {
        let way = OneWay { loss: 0.3, duplicate: 0.2, reorder: 0.1, ..OneWay::default() };
        Faults { seed: 7, requests: way.clone(), replies: way }
    }

    #[test]
    fn the_same_seed_gives_the_same_fates_and_another_one_others() {
        let fates = |seed| {
            let faults = Faults { seed, ..random() };
            (1..=100).map(|n| faults.fate(Direction::Request, 1, n, false)).collect::<Vec<_>>()
        };
        assert_eq!(fates(7), fates(7));
        assert_ne!(fates(7), fates(8));
    }

    #[test]
    fn directions_and_clients_have_fates_of_their_own() {
        let fates = |direction, client| {
            (1..=100).map(|n| random().fate(direction, client, n, false)).collect::<Vec<_>>()
        };
        assert_ne!(fates(Direction::Request, 1), fates(Direction::Reply, 1));
        assert_ne!(fates(Direction::Request, 1), fates(Direction::Request, 2));
    }

    #[test]
    fn as_many_are_broken_as_was_asked_for() {
        let fates: Vec<Fate> =
            (1..=10_000).map(|n| random().fate(Direction::Reply, 1, n, false)).collect();
        let count = |is: fn(&Fate) -> bool| fates.iter().filter(|fate| is(fate)).count();
        assert!((2_800..3_200).contains(&count(|fate| fate.copies == 0)));
        // Of the 7,000 that aren't lost.
        assert!((1_250..1_550).contains(&count(|fate| fate.copies == 2)));
        assert!((600..800).contains(&count(|fate| fate.behind > 0)));
    }

    #[test]
    fn certain_and_impossible_are_exact() {
        let way = OneWay { loss: 1.0, ..OneWay::default() };
        let faults = Faults { seed: 1, requests: way, replies: OneWay::default() };
        for number in 1..1_000 {
            assert_eq!(faults.fate(Direction::Request, 1, number, false), Fate::LOST);
            assert_eq!(faults.fate(Direction::Reply, 1, number, false), Fate::PASS);
        }
    }

    #[test]
    fn jitter_lies_between_nothing_and_all_of_it() {
        let (delay, jitter) = (Duration::from_millis(50), Duration::from_millis(20));
        let way = OneWay { delay, jitter, ..OneWay::default() };
        let faults = Faults { seed: 3, requests: way, replies: OneWay::default() };
        let delays: Vec<Duration> =
            (1..1_000).map(|n| faults.fate(Direction::Request, 1, n, false).delay).collect();
        assert!(delays.iter().all(|late| (delay..delay + jitter).contains(late)));
        assert!(delays.iter().any(|late| *late < delay + jitter / 10));
        assert!(delays.iter().any(|late| *late > delay + jitter * 9 / 10));
    }

    #[test]
    fn a_script_decides_what_it_names_and_chance_the_rest() {
        let way = OneWay {
            loss: 1.0,
            script: "2 pass, 3 duplicate".parse().unwrap(),
            ..OneWay::default()
        };
        let faults = Faults { requests: way, ..Faults::default() };
        let copies = |number| faults.fate(Direction::Request, 1, number, false).copies;
        assert_eq!([1, 2, 3, 4].map(copies), [0, 1, 2, 0]);
    }
}
