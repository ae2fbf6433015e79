//! What all of our tools stand on. What is here stands nowhere else.
//!
//! A student's first `cargo xtask run` compiles it, so it needs nothing but std and anyhow, and on
//! Windows job objects.
//!
//! # Layout
//!
//! - [`lessons`]: the list of lessons, and words for some of them: `lesson-3`, `1-3,5`
//! - [`regions`]: the parts of a lesson's program that students write
//! - [`builds`]: what cargo has built, and from what
//! - [`programs`]: starts programs, which end when we do; [`run`]: runs one to its end
//! - [`strays`]: ends those that have left their group
//! - [`threads`]: starts threads; [`ports`]: finds ports, and who holds them
//! - [`text`]: what others wrote, made safe to show; [`terminal`]: colours, characters and width
//! - [`usage`]: how a program ends, and command lines that can't be understood
//! - [`files`]: what a clone of this workspace would hold
//! - [`random`]: chance that a seed repeats

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

pub mod builds;
pub mod files;
pub mod lessons;
pub mod ports;
pub mod programs;
pub mod random;
pub mod regions;
pub mod run;
pub mod strays;
pub mod terminal;
pub mod text;
pub mod threads;
pub mod usage;
