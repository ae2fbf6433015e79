//! Lesson 4: talk to an echo server, one message and one reply at a time.
//!
//!     cargo run -p lesson-5     the server, in one terminal
//!     cargo run -p lesson-4     this client, in another, or in several
//!
//! Each line that you type comes back. `exit` comes back, too, and ends the client.

use anyhow::{Context, Result};
use std::env;
use std::io::{self, BufRead, Write};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

fn main() -> Result<()> {
    let name = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());
    // One socket for the whole talk: to the server we are one client, at one port.
    let (socket, server) = open(&name.to_string_lossy())?;
    while let Some(line) = read_line()? {
        send(&socket, &line, server)?;
        // A lost datagram leaves no trace. All that we can do is not to wait for ever.
        let reply = receive(&socket, server, Instant::now() + Duration::from_secs(3))?;
        let shown = format!("Reply: {}\n", String::from_utf8_lossy(&reply));
        io::stdout().write_all(shown.as_bytes())?;
        // What was typed decides, not what the server made of it.
        if line == b"exit" {
            break;
        }
    }
    Ok(())
}

/// Looks up `HOST:PORT`; returns a socket for talking to it, and its address.
fn open(name: &str) -> Result<(UdpSocket, SocketAddr)> {
    // region: solution Look up `name`; bind a socket of its address family to port 0.
    use std::net::ToSocketAddrs;
    // As in lesson 2: prefer an IPv4 address, and let the system choose our own port.
    // Nobody needs to know that port beforehand: the server finds it on our first datagram.
    let server = name
        .to_socket_addrs()
        .with_context(|| format!("cannot find the address `{name}`: is it HOST:PORT?"))?
        .min_by_key(SocketAddr::is_ipv6)
        .with_context(|| format!("`{name}` has no address"))?;
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).context("cannot create a UDP socket")?;
    Ok((socket, server))
    // endregion
}

/// Asks for a line; returns its bytes without the line end, or `None` when the input has ended.
/// The same as in lesson 2.
fn read_line() -> Result<Option<Vec<u8>>> {
    write!(io::stdout(), "Your message: ")?;
    io::stdout().flush()?;
    let mut line = Vec::new();
    let length = io::stdin().lock().read_until(b'\n', &mut line).context("cannot read input")?;
    if line.ends_with(b"\n") {
        line.pop();
        if line.ends_with(b"\r") {
            line.pop();
        }
    }
    Ok((length > 0).then_some(line))
}

/// Sends `message` as one datagram.
fn send(socket: &UdpSocket, message: &[u8], server: SocketAddr) -> Result<()> {
    // region: solution Send `message` through `socket` to `server`, in one call.
    // This works whether a server is there or not; only `receive` can find that out.
    let sent = socket.send_to(message, server);
    sent.with_context(|| format!("cannot send {} bytes to {server}", message.len()))?;
    Ok(())
    // endregion
}

/// Waits for a datagram from `server`, until `deadline` at the latest.
fn receive(socket: &UdpSocket, server: SocketAddr, deadline: Instant) -> Result<Vec<u8>> {
    // region: solution Wait on `socket` for a datagram from `server`, but not past `deadline`.
    use io::ErrorKind::{ConnectionReset, Interrupted, TimedOut, WouldBlock};
    let mut buffer = vec![0; 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        anyhow::ensure!(!left.is_zero(), "no reply from {server}: does a server run there?");
        // Without a time-out, `recv_from` would wait for ever. We set what is left of our time
        // each time anew, so that a stranger who sends to us all day can't keep us waiting.
        socket.set_read_timeout(Some(left)).context("cannot set the time-out")?;
        match socket.recv_from(&mut buffer) {
            Ok((length, sender)) if sender == server => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            // Anybody may send to our port. Only a datagram from the server is a reply.
            Ok(_) => {}
            // Time is up, a signal came, or (Windows) nobody is there: the clock decides, above.
            Err(e) if [WouldBlock, TimedOut, Interrupted, ConnectionReset].contains(&e.kind()) => {}
            Err(error) => return Err(error).context("cannot receive the reply"),
        }
    }
    // endregion
}
