//! How well programs are kept away from everything else.

use anyhow::{Error, Result, anyhow, bail, ensure};
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

/// What `strict` needs, where it doesn't work.
pub const REMEDY: &str = "Install bubblewrap (`apt install bubblewrap`, or what your system calls \
                          it). Where it may not make namespaces, as in many containers, and for \
                          ordinary users on Ubuntu 24.04 and newer, allow it there (on Ubuntu, \
                          `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, as root)";

impl Isolation {
    pub fn expect_possible(self) -> Result<()> {
        ensure!(
            self == Self::None || cfg!(target_os = "linux"),
            "`{self}` needs Linux. Here you can grade your own code, with `--isolation none`; grade \
             others' on Linux, or in a virtual machine with Linux"
        );
        Ok(())
    }

    /// The reason why the rung doesn't work here, and what to do about it.
    #[must_use]
    pub fn advise(self, error: Error) -> Error {
        match self {
            Self::Strict => anyhow!(
                "`strict` doesn't work here: {error:#}. {REMEDY}; or take less, with \
                 `--isolation best`"
            ),
            Self::Best | Self::None => error,
        }
    }
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

    fn from_str(word: &str) -> Result<Self> {
        [Self::Strict, Self::Best, Self::None]
            .into_iter()
            .find(|isolation| isolation.to_string() == word)
            .map_or_else(|| bail!("`{word}` is no isolation; take strict, best or none"), Ok)
    }
}
