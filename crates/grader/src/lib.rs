//! Grades a class: many submissions, isolated, in parallel.
//!
//! # Layout
//!
//! - [`model`]: what grading results in
//! - [`formats`]: the files that instructors' platforms read
//! - [`report`]: what people read
//! - [`workshop`]: made once for a class; [`judge`]: compiles and judges one program
//! - [`isolation`], [`jail`], [`process`]: how; [`canary`]: the proof that it holds
//! - [`run_key`], [`key_file`]: what all payloads follow from; [`unit`]: the payloads of one program
//! - [`class`]: grades all of it; [`store`]: keeps the grades; [`progress`]: what people see
//! - [`partition`], [`merge`]: for several computers; [`arguments`]: the command line
//! - [`gradescope`]: the course as an autograder
//! - `groups` (Linux only): limits for a whole trial, where the system gives them
//! - `confine` (Linux only): limits this process for good, and turns it into another program

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

pub mod arguments;
mod canary;
pub mod class;
#[cfg(target_os = "linux")]
pub mod confine;
pub mod durable;
mod folders;
pub mod formats;
pub mod grade;
pub mod gradescope;
#[cfg(target_os = "linux")]
mod groups;
pub mod jail;
pub mod judge;
pub mod key;
pub mod log;
pub mod merge;
pub mod model;
pub mod outputs;
pub mod partition;
mod process;
pub mod progress;
pub mod report;
mod roster;
pub mod store;
pub mod submissions;
mod threads;
mod workshop;
