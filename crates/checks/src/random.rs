//! Payloads that nobody can know beforehand, and that the same seed makes again.

use std::cell::Cell;

/// A generator whose numbers follow from its seed alone (SplitMix64, by Steele, Lea and Flood).
#[derive(Debug)]
pub struct Random {
    state: Cell<u64>,
}

impl Random {
    /// The generator of one check in a run.
    pub fn new(seed: u64, check: &str) -> Self {
        // FNV-1a: std's hashes may change from version to version, and a grade with them.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self { state: Cell::new(check.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, mix)) }
    }

    /// Any number.
    pub fn number(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 if that is 0.
    pub fn below(&self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number() % limit).unwrap_or_default()
    }

    /// Letters and digits, `length` bytes of them. They stand in no program's prompts by chance
    /// if there are eight or more.
    pub fn word(&self, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789z";
        let letter = || LETTERS.get(self.below(LETTERS.len())).copied().unwrap_or(b'a');
        (0..length).map(|_| char::from(letter())).collect()
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
