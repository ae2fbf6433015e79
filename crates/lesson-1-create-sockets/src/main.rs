//! Lesson 1: create a TCP socket and a UDP socket, see their addresses, close them.
//!
//!     cargo xtask run lesson-1                    the system chooses both ports
//!     cargo run -p lesson-1 -- 127.0.0.1:8090     both sockets use port 8090
//!
//! Expect a line for each socket, with the address it really has.
//! Press Enter, and both are closed.

use anyhow::{Context, Result};
use std::env;
use std::io::{self, Write};
use std::net::{TcpListener, UdpSocket};

fn main() -> Result<()> {
    // The address may stand on the command line. Port 0 asks the system for any free port.
    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let tcp = create_tcp(&address.to_string_lossy())?;
    let udp = create_udp(&address.to_string_lossy())?;

    // Only the system knows which ports it chose, so we ask it, through the sockets.
    // `writeln!` is `println!` with a result: output can fail, too, and must not panic.
    let mut out = io::stdout();
    writeln!(out, "TCP socket at {}", tcp.local_addr().context("the TCP socket has no address")?)?;
    writeln!(out, "UDP socket at {}", udp.local_addr().context("the UDP socket has no address")?)?;
    // Without a line end, text stays in our own buffer until it is flushed.
    write!(out, "Press Enter to close both: ")?;
    out.flush()?;
    wait_for_enter()?;

    // Closing a socket is dropping it. At the end of `main` Rust would do this by itself.
    drop(tcp);
    drop(udp);
    writeln!(out, "Closed: both ports are free again.")?;
    Ok(())
}

/// Makes a stream socket (`SOCK_STREAM`) that waits for clients at `address`.
fn create_tcp(address: &str) -> Result<TcpListener> {
    // region: solution Bind a TCP listener to `address`.
    // One call asks the system for three things: create a socket, bind it, start listening.
    // From now on the system accepts connections for us and keeps them until we ask for them.
    TcpListener::bind(address).with_context(|| {
        format!("cannot bind a TCP socket to `{address}`: is it HOST:PORT, and free?")
    })
    // endregion
}

/// Makes a datagram socket (`SOCK_DGRAM`) that receives what is sent to `address`.
fn create_udp(address: &str) -> Result<UdpSocket> {
    // region: solution Bind a UDP socket to `address`.
    // The TCP socket may have the very same address: the protocol is a part of an endpoint.
    // UDP knows no connections, so there is nothing to listen for.
    UdpSocket::bind(address).with_context(|| {
        format!("cannot bind a UDP socket to `{address}`: is it HOST:PORT, and free?")
    })
    // endregion
}

/// Returns when a line has been typed, or when there is no more input.
fn wait_for_enter() -> Result<()> {
    // region: solution Read one line from standard input; the end of the input is fine, too.
    use std::io::BufRead;
    // While we wait here, the system goes on working for our sockets.
    // We read bytes, not text: a line may hold anything.
    io::stdin().lock().read_until(b'\n', &mut Vec::new()).context("cannot read input")?;
    Ok(())
    // endregion
}
