//! `confine` holds: programs of ours try what they mustn't do, and do what they may.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

mod calls;
mod compiler;
mod errors;
mod files;
mod honest;
mod jail;
mod limits;
mod stage;
