//! What the programs over UDP that we play ourselves have in common.

use crate::budget::Deadline;
use crate::endpoint::{Datagram, Endpoint};
use crate::log::Log;
use anyhow::{Context, Result};
use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

/// How long one look at a socket lasts, where there is no end to the waiting.
const LOOK: Duration = Duration::from_secs(3600);

pub fn address(name: &str) -> Result<SocketAddr> {
    let mut addresses = name.to_socket_addrs().with_context(|| format!("no address `{name}`"))?;
    addresses.find(SocketAddr::is_ipv4).with_context(|| format!("`{name}` has no IPv4 address"))
}

pub fn at(address: SocketAddr) -> Result<Endpoint> {
    let endpoint = Endpoint::bind(address, &Log::default(), Deadline::default());
    endpoint.with_context(|| format!("cannot bind a UDP socket to {address}"))
}

pub fn at_any_port() -> Result<Endpoint> {
    at((Ipv4Addr::UNSPECIFIED, 0).into())
}

pub fn next(endpoint: &Endpoint) -> Result<Datagram> {
    loop {
        if let Some(datagram) = endpoint.next(LOOK)? {
            return Ok(datagram);
        }
    }
}

/// A line without its end; `None` at the end of the input.
pub fn typed() -> Result<Option<Vec<u8>>> {
    write!(io::stdout(), "Your message: ")?;
    io::stdout().flush()?;
    let mut line = Vec::new();
    let length = io::stdin().lock().read_until(b'\n', &mut line).context("cannot read input")?;
    let text = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let text = text.map(<[u8]>::to_vec);
    Ok((length > 0).then_some(text.unwrap_or(line)))
}

pub fn say(text: &str) -> Result<()> {
    let line = format!("{text}\n");
    io::stdout().write_all(line.as_bytes()).context("cannot write to stdout")
}
