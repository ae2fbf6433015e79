//! Lesson 5: an echo server: whatever comes goes back to whoever sent it.
//!
//!     cargo run -p lesson-5     this server, in one terminal
//!     cargo run -p lesson-4     a client, in another, or in several
//!
//! The server shows each message, and runs until you press Ctrl-C.

use anyhow::{Context, Result};
use std::env;
use std::io::{self, Write};
use std::net::{SocketAddr, UdpSocket};

fn main() -> Result<()> {
    let port = env::args_os().nth(1).unwrap_or_else(|| "8090".into());
    let socket = bind(&port.to_string_lossy())?;
    let here = socket.local_addr().context("the socket has no address")?;
    writeln!(io::stdout(), "Echo server on {here}")?;

    // No datagram is larger than this, so none is cut. One buffer serves for all of them.
    let mut buffer = vec![0; 65_536];
    loop {
        let (length, client) = receive(&socket, &mut buffer)?;
        // The first `length` bytes; behind them stands what is left of older messages.
        let message = buffer.get(..length).unwrap_or_default();
        // First shown, then sent: when a client has its reply, the line is on the screen.
        let line = format!("{client}: {}\n", String::from_utf8_lossy(message));
        io::stdout().write_all(line.as_bytes())?;
        if let Err(error) = reply(&socket, message, client) {
            // One client's trouble is no reason to leave all the others alone, and neither is it
            // if we can't even report it.
            let _ = writeln!(io::stderr(), "{error:#}");
        }
    }
}

/// Makes a UDP socket that receives on `port`, at every IPv4 address of this computer.
fn bind(port: &str) -> Result<UdpSocket> {
    // region: solution Parse `port`; bind a UDP socket to it at 0.0.0.0.
    let port: u16 = port.parse().with_context(|| format!("`{port}` is no port (0 to 65535)"))?;
    // A computer has an address for each network, and 127.0.0.1. 0.0.0.0 stands for all of them.
    // Python writes it as the empty string, C as INADDR_ANY.
    UdpSocket::bind(("0.0.0.0", port))
        .with_context(|| format!("cannot bind UDP port {port}: is it free?"))
    // endregion
}

/// Waits for a datagram; returns its length in `buffer`, and who sent it.
fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> Result<(usize, SocketAddr)> {
    // region: solution Wait for a datagram on `socket`; read it into `buffer`.
    use io::ErrorKind::{ConnectionReset, Interrupted};
    loop {
        match socket.recv_from(buffer) {
            // Windows tells us here that a client had gone before our reply reached it.
            // Like a signal that interrupts us, this is no reason to stop.
            Err(e) if [ConnectionReset, Interrupted].contains(&e.kind()) => {}
            result => return result.context("cannot receive a datagram"),
        }
    }
    // endregion
}

/// Sends `message` back to `client`.
fn reply(socket: &UdpSocket, message: &[u8], client: SocketAddr) -> Result<()> {
    // region: solution Send `message` through `socket` to `client`.
    // From the same socket: the client takes a reply only from the port it has written to.
    let sent = socket.send_to(message, client);
    sent.with_context(|| format!("cannot reply to {client} with {} bytes", message.len()))?;
    Ok(())
    // endregion
}
