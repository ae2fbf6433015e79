//! Limits this process for good, and turns it into another program.
//!
//! It is the last thing before a program that nobody has looked at. bubblewrap decides what is to
//! be seen at all; what is done here holds with and without it, and nothing can undo it. Either
//! all of it is in force when the program starts, or the program doesn't start.
//!
//! # Layout
//!
//! - [`order`]: what the command line asks for, and how much of everything the program may use
//! - [`files`]: what it may read and write (landlock)
//! - [`calls`]: what it may ask of the kernel (seccomp)
//! - here: nothing that we hold open reaches it, what is to be had of a network that is its own,
//!   and what this process becomes

mod calls;
mod files;
mod order;

use anyhow::{Context, Result, ensure};
use elf::ElfBytes;
use elf::abi::PT_INTERP;
use elf::endian::AnyEndian;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open};
use nix::libc::rlim_t;
use nix::mount::{MsFlags, mount};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{close, execveat};
use order::{Bounds, Order, Purpose};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::thread::{
    CapabilitySet, CapabilitySets, clear_ambient_capability_set, set_capabilities,
};
use std::convert::Infallible;
use std::env;
use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Does what `[OPTION]… -- PROGRAM [ARG…]` says, and becomes PROGRAM.
///
/// | option | meaning |
/// | --- | --- |
/// | `--purpose run` | one process with threads, which stays what it is, and UDP and TCP (the default) |
/// | `--purpose compile` | other processes, more memory, and no network |
/// | `--only-network` | nothing but this: the network, which is its own, becomes small, and so does FOLDER |
/// | `--tasks N`, `--descriptors N`, `--memory MIB` | so many of them; without it, what suits the purpose |
/// | `--readable PATH` | read and run only PATH, PROGRAM and what a system needs to start programs; without it, all that is visible |
/// | `--writable PATH` | read and write PATH, too; without it, nothing can be written |
/// | `--unix-sockets FOLDER` | make sockets with paths in FOLDER, and nothing else there |
///
/// It must be called before any thread is started: a thread that exists already stays free.
pub fn run(args: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let order = Order::read(args)?;
    close_inherited()?;
    if order.only_network {
        prepare_network(order.unix_sockets.as_deref())?;
        return become_other(&order);
    }
    prctl::set_pdeathsig(Signal::SIGKILL).context("cannot ask to end with the parent process")?;
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    give_up_rights()?;
    let limits = Bounds::of(&order);
    let program = Successor::open(&order, limits.descriptors)?;
    limits.set(order.purpose)?;
    files::restrict(&order, program.loader.as_deref())?;
    calls::refuse(&order, program.number())?;
    program.start(&order)
}

/// Gives up all rights of root's, for good. Some calls need no filter: they ask for such a right first.
fn give_up_rights() -> Result<()> {
    // Otherwise root, or a program that belongs to root, would have them again.
    prctl::set_no_new_privs().context("cannot give up new privileges: is this Linux too old?")?;
    let none = CapabilitySet::empty();
    let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, none).context("cannot give up rights of root's")
}

/// Where the system lists what we hold open. What we inherited may be anything: the results' file,
/// another program's pipe, a socket.
const OPEN: &str = "/proc/self/fd";

/// Closes all descriptors but stdin, stdout and stderr.
fn close_inherited() -> Result<()> {
    // The list itself was read through one of them, which is closed by now.
    for descriptor in open_descriptors()? {
        match close(descriptor) {
            Ok(()) | Err(Errno::EBADF) => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot close descriptor {descriptor}"));
            }
        }
    }
    let left = open_descriptors()?
        .into_iter()
        .filter(|&descriptor| close(descriptor) != Err(Errno::EBADF));
    ensure!(left.count() == 0, "cannot close all descriptors: is another thread opening files?");
    Ok(())
}

fn open_descriptors() -> Result<Vec<RawFd>> {
    let failed = || format!("cannot list the open descriptors in {OPEN}: is /proc mounted?");
    let mut found = Vec::new();
    for entry in fs::read_dir(OPEN).with_context(failed)? {
        let name = entry.with_context(failed)?.file_name();
        let number: Option<RawFd> = name.to_str().and_then(|name| name.parse().ok());
        found.extend(number.filter(|&number| number > 2));
    }
    Ok(found)
}

/// Bytes of a connection that may wait on each side: least, at first, and most; connections that
/// may wait to be accepted; and ports that wait for late segments.
const SIZES: [(&str, &str); 4] = [
    ("ipv4/tcp_rmem", "4096 16384 32768"),
    ("ipv4/tcp_wmem", "4096 16384 32768"),
    ("core/somaxconn", "64"),
    ("ipv4/tcp_max_tw_buckets", "256"),
];

/// Of a folder for sockets: a socket takes no bytes, but a name.
const FOLDER: &str = "size=64k,nr_inodes=64,mode=700";

/// Makes the network of the checks, and of their program, small: what is sent over TCP and not
/// received is memory of the kernel's, and a program can have thousands of connections to itself
/// that it has closed. The bytes of a lesson fit in easily. A folder for sockets is made small, too.
///
/// Sets the sizes, and gives up the right to. Where the kernel lets nobody set them, the self-test
/// of the grader says so.
fn prepare_network(folder: Option<&Path>) -> Result<()> {
    for (name, size) in SIZES {
        let _ = fs::write(format!("/proc/sys/net/{name}"), size);
    }
    if let Some(folder) = folder {
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        mount(Some("tmpfs"), folder, Some("tmpfs"), flags, Some(FOLDER))
            .with_context(|| format!("cannot make {} a folder for sockets", folder.display()))?;
    }
    clear_ambient_capability_set().context("cannot give up the right to change the network")
}

/// The program that this process becomes: opened before everything is closed to it, and started by
/// its descriptor, which is the only one that the filter of calls lets start anything.
struct Successor {
    descriptor: OwnedFd,
    /// What the kernel starts in its place, if it isn't whole without shared libraries.
    loader: Option<PathBuf>,
}

impl Successor {
    /// Opens the program. Its descriptor is one that it can't have itself, since its own end below
    /// `descriptors`.
    fn open(order: &Order, descriptors: rlim_t) -> Result<Self> {
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

    fn number(&self) -> i32 {
        self.descriptor.as_raw_fd()
    }

    /// Becomes the program.
    fn start(&self, order: &Order) -> Result<Infallible> {
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
fn become_other(order: &Order) -> Result<Infallible> {
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
