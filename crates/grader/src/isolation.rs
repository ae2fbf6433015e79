//! How well programs are kept away from everything else.

use anyhow::{Error, bail};
use std::fmt;
use std::str::FromStr;

/// The rungs, from the best.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isolation {
    /// bubblewrap, and within it limits of our own.
    Strict,
    /// Limits of our own: where bubblewrap isn't there or mustn't make namespaces.
    Best,
    /// Processes, deadlines and capped output: for one's own code.
    None,
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strict => "strict",
            Self::Best => "best",
            Self::None => "none",
        })
    }
}

impl FromStr for Isolation {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        [Self::Strict, Self::Best, Self::None]
            .into_iter()
            .find(|isolation| isolation.to_string() == word)
            .map_or_else(|| bail!("`{word}` is no isolation; take strict, best or none"), Ok)
    }
}
