//! A network between UDP clients and a server on loopback that can be seen, and broken.
//!
//! A [`Link`] takes the clients' datagrams at an address of its own, passes them on to the
//! server from one further socket for each client, as a router with network address translation
//! does, and brings the replies back. What it loses, duplicates, reorders or delays is decided by
//! [`Faults`]: by a seed or by a script, so that a run can be repeated.
//!
//! # Layout
//!
//! Each module uses only those above it.
//!
//! - [`event`]: what an observer is told of a datagram: its way, and its fate
//! - [`script`]: fates that are written down: `1 drop, 2 pass, 3 delay 300ms`
//! - [`fate`]: decides a fate, by nothing but seed or script, and a datagram's number
//! - [`json`], [`pcap`]: what was seen, as JSON lines, and as a file for Wireshark
//! - [`words`]: what drawings of it say
//! - `queue`: what is late; `clients`: whom a link serves, and what has come from and for them
//! - `relay`: the threads of a running link; `link`: how it is started and stopped

// An index that can't be is a bug, and says where it is.
#![allow(clippy::indexing_slicing)]

mod clients;
pub mod event;
pub mod fate;
pub mod json;
mod link;
pub mod pcap;
mod queue;
mod relay;
pub mod script;
pub mod words;

pub use event::{Direction, Event, Fate, Kind, Route};
pub use fate::{Faults, OneWay};
pub use link::Link;
pub use relay::{Bounds, Observer};
pub use script::Script;
