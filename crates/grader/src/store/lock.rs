//! One grader at a time in a folder: the system frees the lock however its holder ends.

use crate::durable;
use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

pub struct Lock {
    _held: Held,
}

#[cfg(target_os = "linux")]
type Held = nix::fcntl::Flock<File>;
#[cfg(not(target_os = "linux"))]
type Held = File;

impl Lock {
    /// Takes the lock of a folder, and doesn't wait for it.
    pub fn take(folder: &Path) -> Result<Self> {
        let path = folder.join("lock");
        match held(&path) {
            Ok(held) => Ok(Self { _held: held }),
            Err(error) if error.kind() == ErrorKind::WouldBlock => bail!(
                "another grader works in {}: wait for its end, or choose another --out",
                folder.display()
            ),
            Err(error) => Err(error).with_context(|| {
                format!("cannot lock {}: choose an --out on a local disk", path.display())
            }),
        }
    }
}

fn held(path: &Path) -> io::Result<Held> {
    let file = hold(path)?;
    durable::demand_regular(&file)?;
    Ok(file)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

#[cfg(target_os = "linux")]
fn hold(path: &Path) -> io::Result<Held> {
    use nix::fcntl::{Flock, FlockArg};
    let file = options().open(path)?;
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error.into())
}

/// The systems derived from BSD lock a file while they open it. std has no name for the flags
/// `O_EXLOCK` and `O_NONBLOCK` of their `fcntl.h`.
#[cfg(all(unix, not(target_os = "linux")))]
fn hold(path: &Path) -> io::Result<Held> {
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options(), 0x20 | 0x4).open(path)
}

/// Windows lets a file be opened once only.
#[cfg(windows)]
fn hold(path: &Path) -> io::Result<Held> {
    const SHARING_VIOLATION: i32 = 32;
    let file = std::os::windows::fs::OpenOptionsExt::share_mode(&mut options(), 0).open(path);
    file.map_err(|error| match error.raw_os_error() {
        Some(SHARING_VIOLATION) => ErrorKind::WouldBlock.into(),
        _ => error,
    })
}
