//! What our own program does beyond the contract.

use anyhow::Result;
use assert_cmd::assert::Assert;
use checks::{Port, Program, bad_addresses, fails_unheard, refuses};
use predicates::prelude::*;
use predicates::str::contains;
use std::net::{TcpListener, UdpSocket};

const SOCKETS: &str = env!("CARGO_BIN_EXE_lesson-1");

#[test]
fn takes_a_name_for_an_address() -> Result<()> {
    let mut sockets = Program::spawn(SOCKETS, ["localhost:0"])?;
    sockets.close_stdin();
    let shown = contains("TCP").and(contains("UDP")).and(contains(":0\n").not());
    Assert::new(sockets.wait_for_exit()?).success().stdout(shown);
    Ok(())
}

#[test]
fn a_long_or_unfinished_line_lets_it_close() -> Result<()> {
    for line in [vec![b'x'; 70_000], b"an unfinished line".to_vec()] {
        let mut sockets = Program::spawn(SOCKETS, ["127.0.0.1:0"])?;
        sockets.write(line);
        sockets.close_stdin();
        Assert::new(sockets.wait_for_exit()?).success();
    }
    Ok(())
}

#[test]
fn a_taken_port_is_named() -> Result<()> {
    let port = Port::with_free_tcp()?;
    let tcp = TcpListener::bind(port.address())?;
    refuses(SOCKETS, port.address().to_string())?;
    drop(tcp);
    let _udp = UdpSocket::bind(port.address())?;
    refuses(SOCKETS, port.address().to_string())
}

#[test]
fn names_an_argument_that_is_no_address() -> Result<()> {
    bad_addresses().iter().try_for_each(|argument| refuses(SOCKETS, argument))
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    fails_unheard(SOCKETS, "127.0.0.1:0")
}
