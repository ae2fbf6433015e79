//! A client as short as can be: sends its input, and shows what comes back.

use std::io;
use std::net::{Shutdown, TcpStream};

fn main() -> anyhow::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_default();
    let mut server = TcpStream::connect(address)?;
    io::copy(&mut io::stdin(), &mut server)?;
    server.shutdown(Shutdown::Write)?;
    io::copy(&mut server, &mut io::stdout())?;
    Ok(())
}
