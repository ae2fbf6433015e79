//! What our own sender does beyond the contract.

use anyhow::Result;
use assert_cmd::{Command, assert::Assert};
use checks::{DEADLINE, Peer, Port, bad_addresses, command, fails_unheard, refuses, skip, visible};
use std::ffi::OsStr;

const SENDER: &str = env!("CARGO_BIN_EXE_lesson-2");

/// Runs the program to its end with `input` on its stdin.
fn run(target: impl AsRef<OsStr>, input: impl Into<Vec<u8>>) -> Assert {
    let mut program = Command::from_std(command(SENDER));
    program.arg(target).write_stdin(input).timeout(DEADLINE).assert()
}

/// Requires that `input` makes a datagram of `message`.
fn sends(input: impl Into<Vec<u8>>, message: impl AsRef<[u8]>) -> Result<()> {
    let receiver = Peer::new()?;
    run(receiver.address().to_string(), input).success();
    let (payload, _) = receiver.receive("the message")?;
    assert_eq!(visible(&payload), visible(message.as_ref()));
    Ok(())
}

#[test]
fn a_last_line_needs_no_line_end() -> Result<()> {
    sends("no line end", "no line end")
}

#[test]
fn only_one_line_end_is_taken_off() -> Result<()> {
    for line in ["\r in the \r middle", "\r", "\0"] {
        sends(format!("{line}\r\n"), line)?;
    }
    Ok(())
}

#[test]
fn bytes_that_are_not_utf8_are_sent_as_they_are() -> Result<()> {
    sends(b"\xff\xfe and \xe5\xa5\n", b"\xff\xfe and \xe5\xa5")
}

#[test]
fn sends_to_an_ipv6_address() -> Result<()> {
    let Ok(receiver) = Peer::at("[::1]:0") else {
        skip("sends_to_an_ipv6_address", "this computer has no address ::1");
        return Ok(());
    };
    run(receiver.address().to_string(), "hello\n").success();
    assert_eq!(receiver.receive("the message")?.0, b"hello");
    Ok(())
}

#[test]
fn names_an_argument_that_is_no_address() -> Result<()> {
    bad_addresses().iter().try_for_each(|argument| refuses(SENDER, argument))
}

#[test]
fn port_0_is_an_error() -> Result<()> {
    refuses(SENDER, "127.0.0.1:0")
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    let nobody = Port::new()?;
    fails_unheard(SENDER, &nobody.address().to_string())
}
