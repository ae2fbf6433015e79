//! A server as short as can be: echoes lines, for one client after the other.

use std::io::{BufRead, BufReader, Write};

fn main() -> anyhow::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_default();
    let listener = std::net::TcpListener::bind(address)?;
    for client in listener.incoming() {
        let mut client = client?;
        for line in BufReader::new(client.try_clone()?).lines() {
            writeln!(client, "{}", line?)?;
        }
    }
    Ok(())
}
