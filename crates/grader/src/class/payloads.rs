//! What the payloads of a run follow from: its own key, one from a file, or the one of `--seed`.

use crate::arguments;
use crate::key;
use crate::key::RunKey;
use crate::store::run::Run;
use anyhow::{Error, Result, bail};
use base::usage::UsageError;
use std::path::Path;

/// The key of a run, and the number that it follows from, if there is one.
pub fn choose(request: &arguments::Grade, old: Option<&Run>) -> Result<(RunKey, Option<u64>)> {
    match (request.seed, request.key.as_deref(), old) {
        (Some(_), Some(_), _) => {
            let problem = "a seed makes a key of its own: leave this or --seed out";
            bail!(UsageError::about("--key", problem))
        }
        (Some(seed), None, _) => Ok((RunKey::of_seed(seed), Some(seed))),
        (None, Some(file), Some(old)) => again(file, old),
        (None, Some(file), None) => Ok((key::read_or_make(file)?, None)),
        (None, None, Some(old)) => Ok((old.key.clone(), old.seed)),
        (None, None, None) => match request.partition {
            None => Ok((RunKey::random()?, None)),
            Some(partition) => {
                let problem = format!("the other shares need the same payloads as {partition}");
                let advice =
                    "give all of them the same file, such as --key key; the first makes it";
                bail!(UsageError::about("--partition", format!("{problem}: {advice}")))
            }
        },
    }
}

/// A run that goes on has its key, so that none is made for it.
fn again(file: &Path, old: &Run) -> Result<(RunKey, Option<u64>)> {
    let none = || -> Error {
        let problem = format!("there is no {}, and the run has a key already", file.display());
        UsageError::about("--key", format!("{problem}: leave --key out")).into()
    };
    let key = key::read(file)?.ok_or_else(none)?;
    let seed = old.seed.filter(|_| key == old.key);
    Ok((key, seed))
}
