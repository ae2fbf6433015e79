//! Grading a class, with a judge that only pretends.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

mod command_line;
mod fixture;
mod grading;
mod interrupted;
mod keys;
mod memory;
mod partitions;
mod people;
#[cfg(target_os = "linux")]
mod pipes;
mod store;
