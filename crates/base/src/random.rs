//! Chance that nobody can know beforehand, and that the same seed makes again, on every computer.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

/// A seed that nobody can know beforehand, small enough to be typed in again.
pub fn seed() -> u64 {
    RandomState::new().hash_one(0) % 1_000_000_000
}

/// One step of the generator SplitMix64 (by Steele, Lea and Flood), with its published constants.
pub fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(STEP);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A generator whose numbers follow from its seed alone: SplitMix64.
#[derive(Debug)]
pub struct Random {
    state: Cell<u64>,
}

impl Random {
    /// A generator with a purpose: for another one, the same seed makes other numbers.
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a: std's hashes may change from version to version, and a grade with them.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self { state: Cell::new(purpose.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, mix)) }
    }

    /// Any number.
    pub fn number(&self) -> u64 {
        let number = mix(self.state.get());
        self.state.set(self.state.get().wrapping_add(STEP));
        number
    }

    /// A number below `limit`; 0 if that is 0.
    pub fn below(&self, limit: usize) -> usize {
        (self.number() % (limit as u64).max(1)) as usize
    }

    /// Letters and digits, `length` bytes of them. They stand in no program's prompts by chance
    /// if there are eight or more.
    pub fn word(&self, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789z";
        (0..length).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect()
    }

    /// Any bytes at all.
    pub fn bytes(&self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.number().to_le_bytes()[0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_check_make_the_same_numbers() {
        let numbers = |seed, check| {
            let random = Random::new(seed, check);
            [random.number(), random.number(), random.number()]
        };
        assert_eq!(numbers(1, "a"), numbers(1, "a"));
        assert_ne!(numbers(1, "a"), numbers(2, "a"));
        assert_ne!(numbers(1, "a"), numbers(1, "b"));
    }

    #[test]
    fn words_have_the_length_that_was_asked_for() {
        let random = Random::new(7, "words");
        assert_eq!(random.word(1024).len(), 1024);
        assert_ne!(random.word(12), random.word(12));
    }
}
