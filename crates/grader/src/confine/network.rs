//! Makes the network of the checks, and of their program, small: what is sent over TCP and not
//! received is memory of the kernel's, and a program can have thousands of connections to itself
//! that it has closed. The bytes of a lesson fit in easily.

use anyhow::{Context, Result};
use rustix::thread::clear_ambient_capability_set;
use std::fs;

/// Bytes of a connection that may wait on each side: least, at first, and most; connections that
/// may wait to be accepted; and ports that wait for late segments.
const SIZES: [(&str, &str); 4] = [
    ("ipv4/tcp_rmem", "4096 16384 32768"),
    ("ipv4/tcp_wmem", "4096 16384 32768"),
    ("core/somaxconn", "64"),
    ("ipv4/tcp_max_tw_buckets", "256"),
];

/// Sets the sizes, and gives up the right to. Where the kernel lets nobody set them, the self-test
/// of the grader says so.
pub fn shrink() -> Result<()> {
    for (name, size) in SIZES {
        let _ = fs::write(format!("/proc/sys/net/{name}"), size);
    }
    clear_ambient_capability_set().context("cannot give up the right to change the network")
}
