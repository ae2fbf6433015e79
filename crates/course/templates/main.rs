//! Lesson NUMBER: To be written: what the program does, in a line.
//!
//!     cargo xtask run lesson-NUMBER     To be written: the commands that run it
//!
//! To be written: what to expect.

use anyhow::{Context, Result};
use std::env;
use std::io::{self, Write};
use std::net::SOCKET;

fn main() -> Result<()> {
    // To be written: the steps, in functions that are named after them.
    let address = env::args_os().nth(1).unwrap_or_else(|| "127.0.0.1:0".into());
    let socket = bind(&address.to_string_lossy())?;
    let mut out = io::stdout();
    writeln!(out, "Bound to {}", socket.local_addr().context("the socket has no address")?)?;
    // The socket lives until the input ends.
    io::copy(&mut io::stdin(), &mut io::sink()).context("cannot read the input")?;
    Ok(())
}

/// Makes a socket that has `address`.
fn bind(address: &str) -> Result<SOCKET> {
    // region: solution Bind a socket to `address`.
    // To be written: why this call is needed, in one or two lines.
    // To be written: what the operating system does then.
    SOCKET::bind(address).with_context(|| format!("cannot bind a socket to `{address}`"))
    // endregion
}
