//! Grades a class: many submissions, isolated, in parallel.
//!
//! # Layout
//!
//! From the top; each module uses only what stands below it.
//!
//! - [`grade`], [`merge`], [`gradescope`]: the commands
//! - [`outputs`]: what a run results in; [`progress`]: what people see meanwhile
//! - `canary`: the proof that no program gets out of its jail, before anything is graded
//! - [`class`]: grades all of it, and tells its news; [`store`]: keeps the grades
//! - [`judge`]: compiles and judges one program; `workshop`: made once for all of them
//! - [`jail`]: what programs can see and reach; `process`: what they find, and how long they may
//!   take; `groups` (Linux only): limits for a whole trial, where the system gives them
//! - `confine` (Linux only): limits this process for good, and turns it into another program
//! - [`submissions`]: takes what was handed in; `roster`: who the students are
//! - [`key`]: what payloads follow from; [`partition`]: a share of a class, for several computers
//! - [`formats`]: the files that instructors' platforms read; [`report`]: what people read
//! - [`model`]: what grading results in; `text`: what others wrote, cut to what its place can hold
//! - [`durable`]: files that can be relied on; `folders`: whom ours let in, and how they go;
//!   `threads`: work for many; [`log`]: names from submissions in what we print

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
mod text;
mod threads;
mod workshop;
