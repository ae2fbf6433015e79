//! A network between UDP clients and a server on loopback that can be seen, and broken.
//!
//! A [`Link`] takes the clients' datagrams at an address of its own, passes them on to the
//! server from one further socket for each client, as a router with network address translation
//! does, and brings the replies back. What it loses, duplicates, reorders or delays is decided by
//! [`Faults`]: by a seed or by a script, so that a run can be repeated.
//!
//! # Layout
//!
//! - [`fate`]: what becomes of a datagram, decided by nothing but seed or script, and its count
//! - [`script`]: `1 drop, 2 pass, 3 delay 300ms`
//! - [`event`]: what an observer of the link is told
//! - [`json`], [`pcap`]: what was seen, as JSON lines, and as a file for Wireshark
//! - `link`, `relay`: a running link, and its threads; `clients`: whom it serves
//! - `lane`: one direction of one client; `queue`: what is late

mod clients;
pub mod event;
pub mod fate;
pub mod json;
mod lane;
mod link;
pub mod pcap;
mod queue;
mod relay;
pub mod script;

pub use event::{Direction, Event, Kind, Route};
pub use fate::{Fate, Faults, Path};
pub use link::{Limits, Link};
pub use relay::Observer;
pub use script::Script;
