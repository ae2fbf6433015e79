//! The smallest piece of work: one lesson of one student.

use crate::submissions::Source;
use sha2::{Digest, Sha256};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    pub student: String,
    /// `lesson-3`
    pub lesson: String,
    pub source: Source,
    pub seed: u64,
}

/// Seeds are below this, so that people can type them.
const SEEDS: u64 = 1_000_000_000;

/// The seed of a unit: nobody's payloads are another's, and whoever grades a part of a class uses
/// the seeds that the whole would have.
#[must_use]
pub fn seed(run: u64, student: &str, lesson: &str) -> u64 {
    let run = run.to_string();
    // None of them can hold a NUL, so that it tells where each ends.
    let digest = Sha256::digest([run.as_str(), student, lesson].join("\0"));
    let start = digest.iter().take(8);
    start.fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) % SEEDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_never_changes() {
        assert_eq!(seed(7, "alice", "lesson-3"), 181_105_383);
    }

    #[test]
    fn seeds_differ_by_run_student_and_lesson() {
        let mut seeds = BTreeSet::new();
        for run in [0, 1, 11, u64::MAX] {
            for student in ["", "1alice", "alice", "alic", "bob", "🦀\n"] {
                for lesson in ["lesson-1", "lesson-11", "elesson-1"] {
                    let seed = seed(run, student, lesson);
                    assert!(seed < 1_000_000_000 && seeds.insert(seed));
                }
            }
        }
    }
}
