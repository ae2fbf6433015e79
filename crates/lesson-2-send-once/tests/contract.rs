//! What lesson 2 promises, seen from outside.

use anyhow::{Context, Result};
use assert_cmd::{Command, assert::Assert};
use checks::{
    DEADLINE, Peer, Port, Program, bad_addresses, command, fails_unheard, python, refuses, skip,
    visible,
};
use predicates::prelude::*;
use predicates::str::contains;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::time::Duration;

const SENDER: &str = env!("CARGO_BIN_EXE_lesson-2");

/// How long a second datagram of a program that has ended could still be on its way.
const AFTERWARDS: Duration = Duration::from_millis(50);

/// Prints its port, then the one datagram that it receives, in hexadecimal.
const PYTHON_RECEIVER: &str = r#"
import socket
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
receiver.settimeout(10)
print(receiver.getsockname()[1], flush=True)
print(receiver.recvfrom(1024)[0].hex())
"#;

/// Runs the program to its end with `input` on its stdin.
fn run(target: impl AsRef<OsStr>, input: impl Into<Vec<u8>>) -> Assert {
    let mut program = Command::from_std(command(SENDER));
    program.arg(target).write_stdin(input).timeout(DEADLINE).assert()
}

/// Requires that `input` makes exactly one datagram of `message`; returns where it came from.
fn sends(input: impl Into<Vec<u8>>, message: impl AsRef<[u8]>) -> Result<SocketAddr> {
    let receiver = Peer::new()?;
    run(receiver.address().to_string(), input).success();
    let (payload, from) = receiver.receive("the message")?;
    assert_eq!(visible(&payload), visible(message.as_ref()));
    receiver.quiet_for(AFTERWARDS)?;
    Ok(from)
}

#[test]
fn sends_the_line_without_its_line_end() -> Result<()> {
    sends("hello\n", "hello")?;
    sends("hello\r\n", "hello")?;
    sends("no line end", "no line end")?;
    Ok(())
}

#[test]
fn nothing_but_the_line_end_is_trimmed() -> Result<()> {
    for line in ["  spaces at both ends ", "\ttabs\t", "\r in the \r middle", "\r", "\0", "你好"]
    {
        sends(format!("{line}\r\n"), line)?;
    }
    Ok(())
}

#[test]
fn bytes_that_are_not_utf8_are_sent_as_they_are() -> Result<()> {
    sends(b"\xff\xfe and \xe5\xa5\n", b"\xff\xfe and \xe5\xa5")?;
    Ok(())
}

#[test]
fn an_empty_line_is_an_empty_datagram() -> Result<()> {
    sends("\n", "")?;
    sends("\r\n", "")?;
    Ok(())
}

#[test]
fn sends_3000_bytes_as_one_datagram() -> Result<()> {
    let line = "好".repeat(1000);
    sends(format!("{line}\n"), line)?;
    Ok(())
}

#[test]
fn sends_the_first_line_only() -> Result<()> {
    sends("first\nsecond\nthird\n", "first")?;
    Ok(())
}

#[test]
fn prompts_before_it_reads() -> Result<()> {
    let receiver = Peer::new()?;
    let mut sender = Program::spawn(SENDER, [receiver.address().to_string()])?;
    sender.wait_for_stdout("a prompt", |stdout| !stdout.is_empty())?;
    assert!(sender.is_running()?);
    Ok(())
}

#[test]
fn neither_awaits_a_reply_nor_the_end_of_its_input() -> Result<()> {
    let receiver = Peer::new()?;
    let mut sender = Program::spawn(SENDER, [receiver.address().to_string()])?;
    sender.write_line("hello");
    receiver.receive("the message")?;
    Assert::new(sender.wait_for_exit()?).success();
    Ok(())
}

#[test]
fn says_something_after_sending() -> Result<()> {
    let nobody = Port::new()?;
    let target = nobody.address().to_string();
    let prompt = run(&target, "").get_output().stdout.clone();
    let stdout = run(&target, "hello\n").success().get_output().stdout.clone();
    let after = stdout.strip_prefix(&prompt[..]).context("the prompt isn't always the same")?;
    assert!(!after.trim_ascii().is_empty(), "only {} after the prompt", visible(after));
    Ok(())
}

#[test]
fn the_system_chooses_its_port() -> Result<()> {
    // Two of them may be the same by chance, but not all.
    let sources = [sends("a\n", "a")?, sends("b\n", "b")?, sends("c\n", "c")?];
    assert!(sources.iter().any(|source| *source != sources[0]), "always {}", sources[0]);
    Ok(())
}

#[test]
fn finds_the_receiver_by_name() -> Result<()> {
    let receiver = Peer::new()?;
    run(format!("localhost:{}", receiver.address().port()), "hello\n").success();
    assert_eq!(receiver.receive("the message")?.0, b"hello");
    Ok(())
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
fn nobody_needs_to_listen() -> Result<()> {
    let nobody = Port::new()?;
    run(nobody.address().to_string(), "hello\n").success();
    Ok(())
}

#[test]
fn sends_nothing_without_a_line() -> Result<()> {
    let receiver = Peer::new()?;
    run(receiver.address().to_string(), "").code(predicate::ne(101));
    receiver.quiet_for(AFTERWARDS)
}

#[test]
fn a_line_that_fits_into_no_datagram_is_an_error() -> Result<()> {
    let receiver = Peer::new()?;
    let run = run(receiver.address().to_string(), [vec![b'x'; 70_000], vec![b'\n']].concat());
    run.failure().code(predicate::ne(101)).stderr(predicate::str::is_empty().not());
    receiver.quiet_for(AFTERWARDS)
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

#[test]
fn sends_to_python() -> Result<()> {
    let Some(python) = python("sends_to_python") else { return Ok(()) };
    let mut receiver = Program::spawn(python, ["-c", PYTHON_RECEIVER])?;
    let port = receiver.first_line("the receiver's port")?;
    run(format!("127.0.0.1:{port}"), "to Python: \u{1f40d}\n").success();
    let hex: String = "to Python: \u{1f40d}".bytes().map(|byte| format!("{byte:02x}")).collect();
    Assert::new(receiver.wait_for_exit()?).success().stdout(contains(hex));
    Ok(())
}
