//! What our own receiver does beyond the contract.

use anyhow::{Context, Result};
use assert_cmd::assert::Assert;
use checks::{Peer, Port, Program, bad_addresses, fails_unheard, refuses};
use predicates::prelude::*;
use predicates::str::contains;
use std::net::SocketAddr;

const RECEIVER: &str = env!("CARGO_BIN_EXE_lesson-3");

#[test]
fn a_datagram_that_is_too_long_is_no_reason_to_crash() -> Result<()> {
    let port = Port::new()?;
    let mut receiver = Program::spawn(RECEIVER, [port.address().to_string()])?;
    receiver.first_line("the line that says it is ready")?;
    // 1,024 is no multiple of 3, so the last character may be cut in two.
    Peer::new()?.send("好".repeat(400), port.address())?;
    Assert::new(receiver.wait_for_exit()?).code(predicate::ne(101));
    Ok(())
}

#[test]
fn shows_the_port_that_the_system_chose_for_port_0() -> Result<()> {
    let mut receiver = Program::spawn(RECEIVER, ["127.0.0.1:0"])?;
    let line = receiver.first_line("the line that says it is ready")?;
    let address = line.split_whitespace().find_map(|word| word.parse::<SocketAddr>().ok());
    let address = address.with_context(|| format!("no address in `{line}`"))?;
    Peer::new()?.send("found you", address)?;
    let output = Assert::new(receiver.wait_for_exit()?);
    output.success().stdout(contains("found you"));
    Ok(())
}

#[test]
fn names_an_argument_that_is_no_address() -> Result<()> {
    bad_addresses().iter().try_for_each(|argument| refuses(RECEIVER, argument))
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    fails_unheard(RECEIVER, "127.0.0.1:0")
}
