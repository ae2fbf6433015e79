//! Plays a lesson's program, for a student whose other half of the pair isn't written yet.

use crate::budget::Deadline;
use crate::endpoint::{Datagram, Endpoint};
use crate::log::Log;
use anyhow::{Context, Result, bail};
use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

/// How long a reply is awaited.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long one look at a socket lasts, where there is no end to the waiting.
const LOOK: Duration = Duration::from_secs(3600);

/// Does what the lesson's program does, with its argument, on standard input and output.
pub fn play(lesson: &str, argument: &str) -> Result<()> {
    match lesson {
        "lesson-2" => sender(address(argument)?),
        "lesson-3" => receiver(address(argument)?),
        "lesson-4" => client(address(argument)?),
        "lesson-5" => {
            let port = argument.parse().with_context(|| format!("`{argument}` is no port"))?;
            server((Ipv4Addr::UNSPECIFIED, port).into())
        }
        _ => bail!("`{lesson}` can't be played: it has no other half"),
    }
}

fn sender(receiver: SocketAddr) -> Result<()> {
    let line = typed()?.context("the input ended before a line was typed")?;
    at_any_port()?.transmit(&line, receiver)?;
    say(&format!("Sent {} bytes to {receiver}", line.len()))
}

fn receiver(here: SocketAddr) -> Result<()> {
    let endpoint = at(here)?;
    say(&format!("Waiting for a datagram on {}", endpoint.address))?;
    let Datagram { payload, from } = next(&endpoint)?;
    let text = String::from_utf8_lossy(&payload);
    say(&format!("Received {} bytes from {from}: {text}", payload.len()))
}

fn client(server: SocketAddr) -> Result<()> {
    let endpoint = at_any_port()?;
    while let Some(line) = typed()? {
        endpoint.transmit(&line, server)?;
        let reply = reply(&endpoint, server)?;
        say(&format!("Reply: {}", String::from_utf8_lossy(&reply)))?;
        if line == b"exit" {
            break;
        }
    }
    Ok(())
}

fn reply(endpoint: &Endpoint, server: SocketAddr) -> Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    while let Some(datagram) = endpoint.next(deadline.saturating_duration_since(Instant::now()))? {
        if datagram.from == server {
            return Ok(datagram.payload);
        }
    }
    bail!("no reply from {server} within {PATIENCE:?}")
}

fn server(here: SocketAddr) -> Result<()> {
    let endpoint = at(here)?;
    say(&format!("Echo server on {}", endpoint.address))?;
    loop {
        let Datagram { payload, from } = next(&endpoint)?;
        say(&format!("{from}: {}", String::from_utf8_lossy(&payload)))?;
        // A client that can't be reached is no reason to stop.
        let _ = endpoint.transmit(&payload, from);
    }
}

fn address(name: &str) -> Result<SocketAddr> {
    let mut addresses = name.to_socket_addrs().with_context(|| format!("no address `{name}`"))?;
    addresses.find(SocketAddr::is_ipv4).with_context(|| format!("`{name}` has no IPv4 address"))
}

fn at(address: SocketAddr) -> Result<Endpoint> {
    let endpoint = Endpoint::bind(address, &Log::default(), Deadline::default());
    endpoint.with_context(|| format!("cannot bind a UDP socket to {address}"))
}

fn at_any_port() -> Result<Endpoint> {
    at((Ipv4Addr::UNSPECIFIED, 0).into())
}

fn next(endpoint: &Endpoint) -> Result<Datagram> {
    loop {
        if let Some(datagram) = endpoint.next(LOOK)? {
            return Ok(datagram);
        }
    }
}

/// A line without its end; `None` at the end of the input.
fn typed() -> Result<Option<Vec<u8>>> {
    write!(io::stdout(), "Your message: ")?;
    io::stdout().flush()?;
    let mut line = Vec::new();
    let length = io::stdin().lock().read_until(b'\n', &mut line).context("cannot read input")?;
    let text = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let text = text.map(<[u8]>::to_vec);
    Ok((length > 0).then_some(text.unwrap_or(line)))
}

fn say(text: &str) -> Result<()> {
    let line = format!("{text}\n");
    io::stdout().write_all(line.as_bytes()).context("cannot write to stdout")
}
