//! Lesson 3: receive one datagram, show it, and say who sent it.
//!
//!     cargo run -p lesson-3     this receiver, in one terminal
//!     cargo run -p lesson-2     the sender, in another
//!
//! The receiver waits as long as it takes, shows one datagram, and ends.

use anyhow::{Context, Result};
use std::env;
use std::io::{self, Write};
use std::net::{SocketAddr, UdpSocket};

fn main() -> Result<()> {
    // 127.0.0.1 is this computer as it sees itself: nobody outside can reach us there.
    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:8090".into());
    let socket = bind(&address.to_string_lossy())?;
    // From here on the system keeps what arrives, even if we aren't waiting for it yet.
    let mut out = io::stdout();
    let here = socket.local_addr().context("the socket has no address")?;
    writeln!(out, "Waiting for a datagram on {here}")?;

    let (message, sender) = receive(&socket)?;
    // Bytes aren't always text. Where they aren't valid UTF-8, `�` stands in their place.
    let text = String::from_utf8_lossy(&message);
    let line = format!("Received {} bytes from {sender}: {text}\n", message.len());
    // One write for the whole line: `writeln!` may take several for a long one.
    out.write_all(line.as_bytes())?;
    // The end of `main` drops the socket. That closes it and frees the port.
    Ok(())
}

/// Makes a UDP socket that receives what is sent to `address`.
fn bind(address: &str) -> Result<UdpSocket> {
    // region: solution Bind a UDP socket to `address`.
    // Senders must know our port beforehand, so we can't leave it to the system.
    // A port belongs to one socket at a time: if it is taken, this fails.
    UdpSocket::bind(address).with_context(|| {
        format!("cannot bind a UDP socket to `{address}`: is it HOST:PORT, and free?")
    })
    // endregion
}

/// Waits for one datagram; returns its bytes, and the address that it came from.
fn receive(socket: &UdpSocket) -> Result<(Vec<u8>, SocketAddr)> {
    // region: solution Wait for a datagram on `socket`; return its bytes and its sender.
    // The room must be there first, and what doesn't fit into it is lost: Linux and macOS
    // don't say so, Windows makes it an error. We keep it simple and don't ask.
    let mut buffer = vec![0; 1024];
    let (length, sender) =
        socket.recv_from(&mut buffer).context("cannot receive a datagram from the socket")?;
    // What is left of the buffer is still zeros; they aren't part of the message.
    buffer.truncate(length);
    Ok((buffer, sender))
    // endregion
}
