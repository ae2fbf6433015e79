//! Limits this process for good, and turns it into another program.
//!
//! It is the last thing before a program that nobody has looked at. bubblewrap decides what is to
//! be seen at all; what is done here holds with and without it, and nothing can undo it. Either
//! all of it is in force when the program starts, or the program doesn't start.
//!
//! # Layout
//!
//! - [`order`]: what the command line asks for
//! - [`network`]: what is to be had of a network that is the program's own
//! - [`program`]: what this process becomes, and how
//! - [`descriptors`]: nothing that we hold open reaches the program
//! - [`limits`]: how much of everything it may use
//! - [`files`]: what it may read and write (landlock)
//! - [`calls`]: what it may ask of the kernel (seccomp)

mod calls;
mod descriptors;
mod files;
mod limits;
mod network;
mod order;
mod program;

use anyhow::{Context, Result, ensure};
use limits::Limits;
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use order::Order;
use program::Program;
use std::convert::Infallible;
use std::ffi::OsString;

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
/// | `--strict-kernel` | refuse if this kernel can't enforce all of it, and say what is missing |
///
/// It must be called before any thread is started: a thread that exists already stays free.
pub fn run(args: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let order = Order::read(args)?;
    descriptors::close_inherited()?;
    if order.only_network {
        network::prepare(order.unix_sockets.as_deref())?;
        return program::become_other(&order);
    }
    prctl::set_pdeathsig(Signal::SIGKILL).context("cannot ask to end with the parent process")?;
    umask(Mode::S_IRWXG | Mode::S_IRWXO);
    // Otherwise a program that belongs to root could hand out root's rights.
    prctl::set_no_new_privs().context("cannot give up new privileges: is this Linux too old?")?;
    let limits = Limits::of(&order);
    let program = Program::open(&order, limits.descriptors)?;
    limits.set(order.purpose)?;
    let gaps = files::restrict(&order, program.loader.as_deref())?;
    ensure!(
        !order.strict_kernel || gaps.is_empty(),
        "this kernel can't keep programs from {}; a newer Linux with landlock can. \
         Without `--strict-kernel`, this is left open",
        gaps.join(", from ")
    );
    calls::refuse(&order, program.number())?;
    program.start(&order)
}
