//! The program that this process becomes: opened before everything is closed to it, and started by
//! its descriptor, which is the only one that the filter of calls lets start anything.

use super::order::{Order, Purpose};
use anyhow::{Context, Result};
use elf::ElfBytes;
use elf::abi::PT_INTERP;
use elf::endian::AnyEndian;
use nix::fcntl::{AtFlags, OFlag, open};
use nix::libc::rlim_t;
use nix::sys::stat::Mode;
use nix::unistd::execveat;
use rustix::io::fcntl_dupfd_cloexec;
use std::convert::Infallible;
use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

pub struct Program {
    descriptor: OwnedFd,
    /// What the kernel starts in its place, if it isn't whole without shared libraries.
    pub loader: Option<PathBuf>,
}

impl Program {
    /// Opens the program. Its descriptor is one that it can't have itself, since its own end below
    /// `descriptors`.
    pub fn open(order: &Order, descriptors: rlim_t) -> Result<Self> {
        let failed = || failed(order);
        let (flags, mode) = (OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty());
        let opened = open(&order.program, flags, mode).with_context(failed)?;
        let number = i32::try_from(descriptors).context("there are too many descriptors")?;
        let context = || format!("cannot have descriptor {number}: raise `ulimit -n`");
        let descriptor = fcntl_dupfd_cloexec(&opened, number).with_context(context)?;
        // Whoever can't be read can't be looked into; it may be started without a loader.
        let bytes = fs::read(&order.program).unwrap_or_default();
        Ok(Self { descriptor, loader: loader(&bytes) })
    }

    pub fn number(&self) -> i32 {
        self.descriptor.as_raw_fd()
    }

    /// Becomes the program.
    pub fn start(&self, order: &Order) -> Result<Infallible> {
        if order.purpose == Purpose::Compile {
            return become_other(order);
        }
        let words: Vec<CString> = [order.program.as_os_str()]
            .into_iter()
            .chain(order.arguments.iter().map(OsString::as_os_str))
            .map(text)
            .collect::<Result<_>>()?;
        let flags = AtFlags::AT_EMPTY_PATH;
        let started = execveat(&self.descriptor, c"", &words, &variables()?, flags);
        started.with_context(|| failed(order))
    }
}

/// Becomes a program that may become others.
pub fn become_other(order: &Order) -> Result<Infallible> {
    let error = Command::new(&order.program).args(&order.arguments).exec();
    Err(error).with_context(|| failed(order))
}

/// glibc reserves 64 MiB of addresses for the heap of each of its first threads. They are never
/// used, but they count as memory, and a few threads would be all that fits.
const ONE_HEAP: (&str, &str) = ("MALLOC_ARENA_MAX", "1");

fn variables() -> Result<Vec<CString>> {
    let (name, value) = ONE_HEAP;
    let others = env::vars_os().filter(|(other, _)| other != name);
    let all = others.chain([(name.into(), value.into())]);
    all.map(|(mut variable, value)| {
        variable.push("=");
        variable.push(value);
        text(&variable)
    })
    .collect()
}

fn text(words: &OsStr) -> Result<CString> {
    CString::new(words.as_bytes()).context("a word of the command has a NUL in it")
}

fn failed(order: &Order) -> String {
    let program = order.program.display();
    format!("cannot start {program}: is it there, may it be run, and are its libraries visible?")
}

/// `PT_INTERP`, as elf(5) calls it.
fn loader(program: &[u8]) -> Option<PathBuf> {
    let file = ElfBytes::<AnyEndian>::minimal_parse(program).ok()?;
    let header = file.segments()?.iter().find(|header| header.p_type == PT_INTERP)?;
    let path = file.segment_data(&header).ok()?.strip_suffix(b"\0")?;
    Some(PathBuf::from(OsString::from_vec(path.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_has_a_loader_that_is_there() {
        let bytes = fs::read(env::current_exe().unwrap()).unwrap();
        // musl's programs have none.
        if cfg!(target_env = "gnu") {
            assert!(loader(&bytes).unwrap().is_file());
        }
    }

    #[test]
    fn what_is_no_program_has_no_loader() {
        for bytes in [&b""[..], b"#!/bin/sh\n", b"\x7fELF", &[0; 4096]] {
            assert_eq!(loader(bytes), None);
        }
    }
}
