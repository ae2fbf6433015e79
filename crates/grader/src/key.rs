//! What all payloads of a run follow from, and what no student may know: its key, the file that
//! several runs share one by, and the seed that each program has of it.

use crate::durable;
use anyhow::{Context, Error, Result, ensure};
use base::usage::UsageError;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::{self, Path};

/// 128 bits. Only `run.json` may show them, so there is no way to print them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunKey([u8; LENGTH]);

const LENGTH: usize = 16;

impl RunKey {
    /// A key that nobody can guess.
    pub fn random() -> Result<Self> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).context("the system has no random numbers for a key")?;
        Ok(Self(bytes))
    }

    /// The key of `--seed`: who knows the number knows the key.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        let digest = Sha256::digest(format!("grader --seed {seed}"));
        let mut bytes = [0; LENGTH];
        bytes.iter_mut().zip(digest).for_each(|(byte, from)| *byte = from);
        Self(bytes)
    }

    /// HMAC-SHA-256: who knows any number of these knows neither the key nor one more.
    #[must_use]
    pub fn authenticate(&self, message: &[u8]) -> [u8; 32] {
        // As HMAC itself lengthens a key, which can't fail for one that has the length of a block.
        let mut block = [0; 64];
        block.iter_mut().zip(self.0).for_each(|(byte, from)| *byte = from);
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RunKey(not shown)")
    }
}

impl TryFrom<String> for RunKey {
    type Error = Error;

    /// The error doesn't say what is there instead: it may be most of a key.
    fn try_from(digits: String) -> Result<Self> {
        let is_key =
            digits.len() == 2 * LENGTH && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        ensure!(is_key, "a key has {} hexadecimal digits", 2 * LENGTH);
        let key = u128::from_str_radix(&digits, 16).context("a key is a number")?;
        Ok(Self(key.to_be_bytes()))
    }
}

impl From<RunKey> for String {
    fn from(key: RunKey) -> Self {
        format!("{:032x}", u128::from_be_bytes(key.0))
    }
}

/// Bytes that are read: a key is shorter, and what is longer is none.
const LONGEST: u64 = 256;

/// The key in a file; `None` if there is no file.
pub fn read(path: &Path) -> Result<Option<RunKey>> {
    let context = || format!("cannot read the key in {}", path.display());
    let file = match durable::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(_) if path.exists() && !path.is_file() => return Err(no_key(path, "isn't a file")),
        file => file.with_context(context)?,
    };
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).with_context(context)?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    RunKey::try_from(text)
        .map(Some)
        .map_err(|error| no_key(path, &format!("holds no key: {error}")))
}

/// The key in a file, which is made if there is none. If several do this at the same moment, all
/// of them return the same key.
pub fn read_or_make(path: &Path) -> Result<RunKey> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    let line = String::from(RunKey::random()?) + "\n";
    let made = path::absolute(path).map_err(Error::new);
    made.and_then(|path| durable::make_private(&path, line.as_bytes())).with_context(|| {
        format!("cannot make the key file {}: is its folder there?", path.display())
    })?;
    read(path)?.ok_or_else(|| no_key(path, "is a link that leads nowhere"))
}

fn no_key(path: &Path, problem: &str) -> Error {
    let advice = "name one that isn't there yet, and it is made";
    UsageError::about("--key", format!("{} {problem}; {advice}", path.display())).into()
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
    fn a_key_of_a_seed_never_changes() {
        assert_eq!(String::from(RunKey::of_seed(7)), "1b23f9ddb20db314b613db4c288ba964");
    }

    #[test]
    fn a_message_is_authenticated_as_rfc_4231_does_it() {
        // Its second test: a key of four bytes and more zeros is the key of four bytes.
        let mut key = [0; LENGTH];
        key[..4].copy_from_slice(b"Jefe");
        let mac = RunKey(key).authenticate(b"what do ya want for nothing?");
        let digits: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digits, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn keys_differ() {
        let keys = [RunKey::random(), RunKey::random()].map(Result::unwrap);
        assert_ne!(keys[0], keys[1]);
        assert_ne!(RunKey::of_seed(0), RunKey::of_seed(1));
    }

    #[test]
    fn a_key_is_not_shown_by_accident() {
        let key = RunKey::random().unwrap();
        assert_eq!(format!("{key:?}"), "RunKey(not shown)");
        let digits = String::from(key.clone());
        assert_eq!(RunKey::try_from(digits.clone()).unwrap(), key);
        for wrong in [&digits[1..], &format!("{digits}0"), &format!("+{}", &digits[1..]), "é"] {
            let error = RunKey::try_from(wrong.to_owned()).unwrap_err().to_string();
            assert!(error.contains("32 hexadecimal") && !error.contains(&digits[1..]), "{error}");
        }
    }

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
