//! What all payloads of a run follow from, and what no student may know.

use anyhow::{Context, Error, Result, ensure};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
