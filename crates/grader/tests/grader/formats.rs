//! What platforms read of a class: golden files, each platform's rules, and hostile text.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of this is a test, also where it isn't in the test's own function"
)]

mod bytes;
mod hostile;
mod limits;
mod missing;
mod names;
mod python;
mod rules;
mod schema;
