//! A fixed share of a class, so that several computers can grade it together.

use anyhow::{Error, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Share `index` of `count`, counted from 1; written `1/4`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Partition {
    index: u32,
    count: u32,
}

impl Partition {
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    #[must_use]
    pub fn count(self) -> u32 {
        self.count
    }

    /// Whether this student is in it. Each is in exactly one of `count`, whoever else is in the
    /// class: it follows from the name alone.
    #[must_use]
    pub fn has(self, student: &str) -> bool {
        // std's hashes may change from version to version, and a student's share with them.
        let digest = Sha256::digest(student.as_bytes());
        let number = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        number % u64::from(self.count) == u64::from(self.index - 1)
    }

    /// All shares of a class that is divided into `count`.
    pub fn all(count: u32) -> impl Iterator<Item = Self> {
        (1..=count).map(move |index| Self { index, count })
    }
}

impl FromStr for Partition {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        let numbers = word.split_once('/');
        let numbers = numbers.and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index, count }),
            _ => bail!("`{word}` is no share; take 1/4, 2/4, 3/4 and 4/4 for four computers"),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl TryFrom<String> for Partition {
    type Error = Error;

    fn try_from(word: String) -> Result<Self, Error> {
        word.parse()
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> Self {
        partition.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_student_is_in_exactly_one_share() {
        for count in [1, 2, 3, 4, 7, 64] {
            let mut sizes = vec![0_u32; count as usize];
            for number in 0..3_000 {
                let student = format!("student {number} 好");
                let shares: Vec<_> = Partition::all(count).filter(|p| p.has(&student)).collect();
                assert_eq!(shares.len(), 1, "{student} of {count}");
                sizes[shares[0].index as usize - 1] += 1;
            }
            let even = 3_000 / count;
            assert!(sizes.iter().all(|size| *size > even / 2 && *size < even * 2), "{sizes:?}");
        }
    }

    #[test]
    fn a_share_is_the_same_for_ever() {
        let share =
            |student: &str| Partition::all(4).find(|p| p.has(student)).map(Partition::index);
        let names = ["ada", "bob", "Zoë", "张伟", "", "../x"];
        assert_eq!(names.map(share), [3, 3, 1, 2, 1, 3].map(Some));
    }

    #[test]
    fn a_share_outside_of_the_whole_is_refused() {
        for word in ["0/4", "5/4", "1/0", "0/0", "1", "/", "a/b", "-1/4", "1/4/2", "1/99999999999"]
        {
            let error = word.parse::<Partition>().unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("1/4"), "{error}");
        }
        assert_eq!("3/4".parse::<Partition>().unwrap().to_string(), "3/4");
    }
}
