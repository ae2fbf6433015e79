//! What our own server does beyond the contract.

use anyhow::{Context, Result};
use checks::{Peer, Program, bad_ports, fails_unheard, refuses};
use std::net::{Ipv4Addr, SocketAddr};

const SERVER: &str = env!("CARGO_BIN_EXE_lesson-5");

#[test]
fn shows_the_port_that_the_system_chose_for_port_0() -> Result<()> {
    let (program, client) = (Program::spawn(SERVER, ["0"])?, Peer::new()?);
    let line = program.first_line("the line that says it is ready")?;
    let address = line.split_whitespace().find_map(|word| word.parse::<SocketAddr>().ok());
    let port = address.with_context(|| format!("no address in `{line}`"))?.port();
    client.send("found you", (Ipv4Addr::LOCALHOST, port).into())?;
    assert_eq!(client.receive("its datagram to come back")?.0, b"found you");
    Ok(())
}

#[test]
fn names_an_argument_that_is_no_port() -> Result<()> {
    bad_ports().iter().try_for_each(|argument| refuses(SERVER, argument))
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    fails_unheard(SERVER, "0")
}
