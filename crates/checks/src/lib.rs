//! What each lesson is judged on, and what it takes to judge.
//!
//! Any program will do, in whatever language it is written: it is known only by what it reads,
//! writes, sends and receives. Every wait has a deadline, and when it passes, the message says what
//! was awaited and what had happened so far.
//!
//! # Layout
//!
//! In this order; nothing uses what stands below it.
//!
//! - `object`: structs that are JSON objects
//! - [`bytes`]: bytes as text and in hexadecimal
//! - [`cause`]: why a program probably fails; [`diagnosis`]: what bytes tell of that by themselves
//! - [`failure`]: what is wrong with a program; [`log`]: what has happened so far
//! - [`budget`]: how long all checks may take; [`network`]: whose fault it is if there is no port
//! - [`setting`]: what the programs that a judging starts have in common
//! - `kept_waiting`: how long programs had to wait for a processor
//! - [`subject`]: the program, with pipes for a terminal; [`endpoint`]: the other side, over UDP
//! - [`trial`]: one run of one check, which starts programs and opens sockets
//! - [`check`]: what a check is, and a lesson's list of them
//! - `play`: what the programs over UDP that we play ourselves have in common
//! - [`lessons`]: the checks of each lesson, a file a lesson, with how to play its program
//! - [`drawing`]: what a link has seen, as a picture; [`diff`]: how two programs differ
//! - [`verdict`]: what all checks of a lesson found out; [`judge`]: makes them
//! - [`report`]: the verdict, for people
//! - [`harness`]: the same as tests, for `cargo test -p lesson-3`
//! - `available`: what our own tests need and may not find
//!
//! In `mistakes/` stands what must fail, a file a lesson, which `tests/mistakes.rs` puts to the
//! proof.

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

pub mod budget;
pub mod bytes;
pub mod cause;
pub mod check;
pub mod diagnosis;
pub mod diff;
pub mod drawing;
pub mod endpoint;
pub mod failure;
#[cfg(feature = "harness")]
pub mod harness;
pub mod judge;
mod kept_waiting;
pub mod lessons;
pub mod log;
pub mod network;
mod object;
pub mod report;
pub mod setting;
pub mod subject;
pub mod trial;
pub mod verdict;

mod available;
mod play;

pub use available::{python, skip, skip_this};
