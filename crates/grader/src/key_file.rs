//! A file that holds a key, so that several runs have the same payloads, on whatever computers.

use crate::durable;
use crate::run_key::RunKey;
use anyhow::{Context, Error, Result};
use base::usage::UsageError;
use std::io::{ErrorKind, Read};
use std::path::{self, Path};

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
