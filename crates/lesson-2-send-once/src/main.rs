//! Lesson 2: send one datagram, and don't look back.
//!
//!     cargo run -p lesson-3     the receiver, in one terminal
//!     cargo run -p lesson-2     this sender, in another
//!
//! Type a line: it crosses to the receiver as one datagram.
//! Without a receiver this program says just the same. UDP doesn't tell.

use anyhow::{Context, Result};
use std::env;
use std::io::{self, BufRead, Write};
use std::net::{SocketAddr, UdpSocket};

fn main() -> Result<()> {
    let name = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());
    // The client's four steps: know the address, create a socket, send, close.
    let target = resolve(&name.to_string_lossy())?;
    let socket = create_socket(target)?;
    let message = read_line()?.context("the input ended before a line, so nothing was sent")?;
    send(&socket, &message, target)?;
    // "Sent" means: handed to our own system. Nobody has promised to deliver it.
    writeln!(io::stdout(), "Sent {} bytes to {target}", message.len())?;
    // The end of `main` drops the socket, and that closes it.
    Ok(())
}

/// Turns `HOST:PORT` into an address that the system can send to.
fn resolve(name: &str) -> Result<SocketAddr> {
    // region: solution Look up the addresses of `name`; prefer an IPv4 one.
    use std::net::ToSocketAddrs;
    // A host can have several addresses, of two families: IPv4 (`AF_INET`) and IPv6 (`AF_INET6`).
    // Our receivers use IPv4. `false` sorts before `true`, so the minimum is one of those.
    name.to_socket_addrs()
        .with_context(|| format!("cannot find the address `{name}`: is it HOST:PORT?"))?
        .min_by_key(SocketAddr::is_ipv6)
        .with_context(|| format!("`{name}` has no address"))
    // endregion
}

/// Makes a UDP socket for sending to `target`.
fn create_socket(target: SocketAddr) -> Result<UdpSocket> {
    // region: solution Bind a UDP socket to port 0, in the address family of `target`.
    // Nobody needs to know our port beforehand, so with port 0 we let the system choose one.
    let any = if target.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    UdpSocket::bind(any).with_context(|| format!("cannot create a UDP socket on {any}"))
    // endregion
}

/// Asks for a line; returns its bytes without the line end, or `None` when the input has ended.
fn read_line() -> Result<Option<Vec<u8>>> {
    write!(io::stdout(), "Your message: ")?;
    io::stdout().flush()?;
    // A datagram carries bytes, so that is what we read.
    let mut line = Vec::new();
    let length = io::stdin().lock().read_until(b'\n', &mut line).context("cannot read input")?;
    // A line ends in `\n`, or in `\r\n`. Anything else, spaces too, belongs to the message.
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    Ok((length > 0).then_some(line))
}

/// Sends `message` as one datagram.
fn send(socket: &UdpSocket, message: &[u8], target: SocketAddr) -> Result<()> {
    // region: solution Send `message` through `socket` to `target`, in one call.
    // One call is one datagram, whole or not at all. An empty one is fine, too.
    // The system refuses more than 65,507 bytes: they would fit into no UDP datagram.
    let sent = socket.send_to(message, target);
    sent.with_context(|| format!("cannot send {} bytes to {target}", message.len()))?;
    Ok(())
    // endregion
}
