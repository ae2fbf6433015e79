//! Drives a lesson's program from outside, and plays the other side itself.
//!
//! Any executable will do, in whatever language it is written: it is known only by what it
//! reads, writes, sends and receives. Every wait ends at [`DEADLINE`] at the latest, with an
//! error that says what was awaited and what had happened so far.
//!
//! # Layout
//!
//! - `budget`: how long all checks of a lesson may take together.
//! - `network`: whose fault it is if there is no port.
//! - `program`: starts a program, talks to it, and ends it.
//! - `peer`: a UDP socket that sends and receives for the test.
//! - `python`: finds the interpreter that plays a peer not written in Rust.
//! - `bad_input`: what any lesson's program must do when it can't do anything.

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

pub mod budget;
pub mod changes;
pub mod check;
pub mod endpoint;
pub mod failure;
#[cfg(feature = "harness")]
pub mod harness;
pub mod judge;
pub mod lessons;
pub mod log;
pub mod network;
mod play;
pub mod report;
pub mod subject;
pub mod trial;

mod bad_input;
mod peer;
mod program;
mod python;

pub use bad_input::{bad_addresses, bad_ports, fails_unheard, refuses};
pub use base::ports::Port;
pub use base::text::{quoted as visible, shortened};
pub use peer::Peer;
pub use program::{Program, command};
pub use python::python;

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

/// How long a wait lasts at the most.
/// It is far more than anything needs, and as long as a program may take to give up.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// Says on stderr that `test` isn't run on this system, and why. Test harnesses hide what
/// `eprintln!` prints; this they let through.
pub fn skip(test: &str, why: &str) {
    // A reader who has closed stderr doesn't want to know.
    let _ = writeln!(io::stderr(), "skipped: {test}: {why}");
}

/// The same for the test that calls this: its thread has its name.
pub fn skip_this(why: &str) {
    skip(thread::current().name().unwrap_or("a test"), why);
}
