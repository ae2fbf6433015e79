//! The smallest piece of work: one lesson of one student.

use crate::run_key::RunKey;
use crate::submissions::Source;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    pub student: String,
    /// `lesson-3`
    pub lesson: String,
    pub source: Source,
    pub seed: u64,
}

impl Unit {
    /// A program that nobody has handed in.
    #[must_use]
    pub fn of_ours(source: &str) -> Self {
        let files = vec![("main.rs".to_owned(), source.as_bytes().to_vec())];
        let source = Source { files, sha256: String::new() };
        Self { student: String::new(), lesson: String::new(), source, seed: 0 }
    }
}

/// Readers of JSON keep no more of a number.
const SEED_BITS: u32 = 53;

/// What the payloads of a unit follow from. A student reads it in the report, so it is good for
/// the very source that it was made for: another one, which could know it, has another seed.
///
/// Where there is no source, whose hash is empty, there is none.
#[must_use]
pub fn seed(key: &RunKey, lesson: &str, source_sha256: &str) -> Option<u64> {
    // Neither can hold a NUL, so that it tells where the lesson ends.
    let mac = key.authenticate([lesson, source_sha256].join("\0").as_bytes());
    let start = mac.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (!source_sha256.is_empty()).then_some(start >> (u64::BITS - SEED_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::durable::hash;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_never_changes() {
        let seed = seed(&RunKey::of_seed(7), "lesson-3", &hash(b"fn main() {}"));
        assert_eq!(seed, Some(1_756_318_549_489_686));
    }

    #[test]
    fn seeds_differ_by_key_lesson_and_source() {
        let mut seeds = BTreeSet::new();
        for key in [0, 1, 11, u64::MAX].map(RunKey::of_seed) {
            for lesson in ["lesson-1", "lesson-11", "elesson-1"] {
                for source in ["1", "11", "", "a", "b"] {
                    let seed = seed(&key, lesson, &hash(source.as_bytes())).unwrap();
                    assert!(seeds.insert(seed), "{seed}");
                }
            }
        }
    }

    #[test]
    fn every_reader_of_json_keeps_a_seed() {
        let key = RunKey::of_seed(7);
        let seeds = (0..1_000_u32).filter_map(|n| seed(&key, "lesson-1", &hash(&n.to_le_bytes())));
        let most = seeds.max().unwrap();
        assert!((1 << 52..1 << 53).contains(&most), "{most}");
    }

    #[test]
    fn what_was_not_handed_in_has_no_seed() {
        assert_eq!(seed(&RunKey::of_seed(7), "lesson-1", ""), None);
    }
}
