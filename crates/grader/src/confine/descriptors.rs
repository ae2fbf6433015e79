//! What we inherited may be anything: the results' file, another program's pipe, a socket.

use anyhow::{Context, Result, ensure};
use nix::errno::Errno;
use nix::unistd::close;
use std::fs;
use std::os::fd::RawFd;

const OPEN: &str = "/proc/self/fd";

/// Closes all descriptors but stdin, stdout and stderr.
pub fn close_inherited() -> Result<()> {
    // The list itself was read through one of them, which is closed by now.
    for descriptor in open()? {
        match close(descriptor) {
            Ok(()) | Err(Errno::EBADF) => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot close descriptor {descriptor}"));
            }
        }
    }
    let left = open()?.into_iter().filter(|&descriptor| close(descriptor) != Err(Errno::EBADF));
    ensure!(left.count() == 0, "cannot close all descriptors: is another thread opening files?");
    Ok(())
}

fn open() -> Result<Vec<RawFd>> {
    let failed = || format!("cannot list the open descriptors in {OPEN}: is /proc mounted?");
    let mut found = Vec::new();
    for entry in fs::read_dir(OPEN).with_context(failed)? {
        let name = entry.with_context(failed)?.file_name();
        let number: Option<RawFd> = name.to_str().and_then(|name| name.parse().ok());
        found.extend(number.filter(|&number| number > 2));
    }
    Ok(found)
}
