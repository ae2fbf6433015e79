//! What the payloads of a run follow from: its own key, or the one of `--seed`.

use crate::arguments::{self, UsageError};
use crate::run_key::RunKey;
use crate::store::run::Run;
use anyhow::{Result, bail};

/// The key of a run, and the number that it follows from, if there is one.
///
/// # Errors
///
/// A [`UsageError`]; or the system has no random numbers.
pub fn choose(request: &arguments::Grade, old: Option<&Run>) -> Result<(RunKey, Option<u64>)> {
    match (request.seed, old, request.partition) {
        (Some(seed), ..) => Ok((RunKey::of_seed(seed), Some(seed))),
        (None, Some(old), _) => Ok((old.key.clone(), old.seed)),
        (None, None, None) => Ok((RunKey::random()?, None)),
        (None, None, Some(partition)) => {
            let problem = format!("the other shares need the same seed as {partition}");
            bail!(UsageError::new("--partition", format!("{problem}: give all of them --seed")))
        }
    }
}
