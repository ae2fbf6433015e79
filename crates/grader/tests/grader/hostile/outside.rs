//! What must stay as it is: files, and sockets on which nothing may arrive.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind::WouldBlock;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Sockets of the host.
pub struct Listeners {
    pub tcp: Vec<TcpListener>,
    pub udp: Vec<UdpSocket>,
}

impl Listeners {
    /// On IPv4, and on IPv6 where that is switched on.
    pub fn open() -> Result<Self> {
        let mut listeners = Self { tcp: Vec::new(), udp: Vec::new() };
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let (Ok(tcp), Ok(udp)) = (TcpListener::bind(address), UdpSocket::bind(address)) else {
                continue;
            };
            tcp.set_nonblocking(true)?;
            udp.set_nonblocking(true)?;
            listeners.tcp.push(tcp);
            listeners.udp.push(udp);
        }
        listeners.tcp.first().context("cannot listen on loopback")?;
        Ok(listeners)
    }

    pub fn count(&self) -> usize {
        self.tcp.len() + self.udp.len()
    }

    pub fn addresses(&self) -> Result<(Vec<SocketAddr>, Vec<SocketAddr>)> {
        let tcp = self.tcp.iter().map(TcpListener::local_addr).collect::<Result<_, _>>()?;
        let udp = self.udp.iter().map(UdpSocket::local_addr).collect::<Result<_, _>>()?;
        Ok((tcp, udp))
    }

    /// A line for each socket on which something has arrived.
    pub fn what_came(&self) -> Result<Vec<String>> {
        let mut came = Vec::new();
        for tcp in &self.tcp {
            match tcp.accept() {
                Err(error) if error.kind() == WouldBlock => {}
                Err(error) => return Err(error).context("the test's listener failed"),
                Ok(_) => came.push(format!("somebody connected to {}", tcp.local_addr()?)),
            }
        }
        for udp in &self.udp {
            match udp.recv_from(&mut [0; 64]) {
                Err(error) if error.kind() == WouldBlock => {}
                Err(error) => return Err(error).context("the test's socket failed"),
                Ok(_) => came.push(format!("a datagram came to {}", udp.local_addr()?)),
            }
        }
        Ok(came)
    }
}

/// What is in a folder: of each path what it is, and what it holds.
pub type Fingerprint = BTreeMap<PathBuf, String>;

/// Adds all that is in `folder`, and `folder` itself. No link is followed, and only files are
/// opened.
pub fn fingerprint(folder: &Path, prints: &mut Fingerprint) -> Result<()> {
    let failed = || format!("cannot look at {}", folder.display());
    let metadata = fs::symlink_metadata(folder).with_context(failed)?;
    let mut print = format!("mode {:o}, {} links", metadata.mode(), metadata.nlink());
    if metadata.is_file() {
        print += &format!(", {}", grader::durable::hash(&fs::read(folder).with_context(failed)?));
    } else if metadata.is_symlink() {
        print += &format!(", to {}", fs::read_link(folder).with_context(failed)?.display());
    } else if metadata.is_dir() {
        for entry in fs::read_dir(folder).with_context(failed)? {
            fingerprint(&entry?.path(), prints)?;
        }
    }
    prints.insert(folder.to_owned(), print);
    Ok(())
}

/// A line for each difference.
pub fn what_has_changed(before: &Fingerprint, after: &Fingerprint) -> Vec<String> {
    let mut changes = Vec::new();
    for path in before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))) {
        let (old, new) = (before.get(path), after.get(path));
        if old != new {
            changes.push(format!("{} has changed: {old:?} is {new:?} now", path.display()));
        }
    }
    changes
}
