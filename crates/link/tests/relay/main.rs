//! What programs on both sides of a link see, on real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what only tests call may fail as tests do"
)]

mod bounds;
mod common;
mod faults;
mod perfect;
