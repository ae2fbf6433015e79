//! Makes the network of the checks, and of their program, small: what is sent over TCP and not
//! received is memory of the kernel's, and a program can have thousands of connections to itself
//! that it has closed. The bytes of a lesson fit in easily. A folder for sockets is made small, too.

use anyhow::{Context, Result};
use nix::mount::{MsFlags, mount};
use rustix::thread::clear_ambient_capability_set;
use std::fs;
use std::path::Path;

/// Bytes of a connection that may wait on each side: least, at first, and most; connections that
/// may wait to be accepted; and ports that wait for late segments.
const SIZES: [(&str, &str); 4] = [
    ("ipv4/tcp_rmem", "4096 16384 32768"),
    ("ipv4/tcp_wmem", "4096 16384 32768"),
    ("core/somaxconn", "64"),
    ("ipv4/tcp_max_tw_buckets", "256"),
];

/// Of a folder for sockets: a socket takes no bytes, but a name.
const FOLDER: &str = "size=64k,nr_inodes=64,mode=700";

/// Sets the sizes, and gives up the right to. Where the kernel lets nobody set them, the self-test
/// of the grader says so.
pub fn prepare(folder: Option<&Path>) -> Result<()> {
    for (name, size) in SIZES {
        let _ = fs::write(format!("/proc/sys/net/{name}"), size);
    }
    if let Some(folder) = folder {
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        mount(Some("tmpfs"), folder, Some("tmpfs"), flags, Some(FOLDER))
            .with_context(|| format!("cannot make {} a folder for sockets", folder.display()))?;
    }
    clear_ambient_capability_set().context("cannot give up the right to change the network")
}
