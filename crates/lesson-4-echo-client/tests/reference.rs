//! What our own client does beyond the contract.

use anyhow::Result;
use assert_cmd::Command;
use assert_cmd::assert::Assert;
use checks::{
    DEADLINE, Peer, Port, Program, bad_addresses, command, fails_unheard, refuses, skip, visible,
};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use std::time::{Duration, Instant};

const CLIENT: &str = env!("CARGO_BIN_EXE_lesson-4");

#[test]
fn a_stranger_cannot_keep_it_waiting() -> Result<()> {
    let server = Peer::new()?;
    let mut client = Program::spawn(CLIENT, [server.address().to_string()])?;
    client.write_line("hello");
    let (_, address) = server.receive("the line as a datagram")?;
    let sent = Instant::now();
    let stranger = Peer::new()?;
    while client.is_running()? && sent.elapsed() < DEADLINE {
        stranger.send("from a stranger", address)?;
        stranger.quiet_for(Duration::from_millis(100))?;
    }
    let output = Assert::new(client.wait_for_exit()?);
    let waited = sent.elapsed();
    assert!((1.5..10.0).contains(&waited.as_secs_f64()), "waited for {waited:?}");
    let output = output.failure().code(predicate::ne(101)).stderr(is_empty().not());
    output.stdout(contains("stranger").not());
    Ok(())
}

#[test]
fn sends_bytes_that_are_not_utf8_as_they_are() -> Result<()> {
    let server = Peer::new()?;
    let client = Program::spawn(CLIENT, [server.address().to_string()])?;
    let line = b"\xff\xfe and \xe5\xa5";
    client.write_line(line);
    assert_eq!(visible(&server.receive("the line as a datagram")?.0), visible(line));
    Ok(())
}

#[test]
fn talks_over_ipv6() -> Result<()> {
    let Ok(server) = Peer::at("[::1]:0") else {
        skip("talks_over_ipv6", "this computer has no address ::1");
        return Ok(());
    };
    let client = Program::spawn(CLIENT, [server.address().to_string()])?;
    client.write_line("hello");
    let (_, address) = server.receive("the line as a datagram")?;
    server.send("from ::1", address)?;
    client.wait_for_stdout("the reply", |out| String::from_utf8_lossy(out).contains("from ::1"))?;
    Ok(())
}

#[test]
fn a_line_that_fits_into_no_datagram_is_an_error() -> Result<()> {
    let server = Peer::new()?;
    let mut client = Command::from_std(command(CLIENT));
    client.arg(server.address().to_string()).timeout(DEADLINE);
    let output = client.write_stdin([vec![b'x'; 70_000], vec![b'\n']].concat()).assert();
    output.failure().code(predicate::ne(101)).stderr(is_empty().not());
    server.quiet_for(Duration::from_millis(50))
}

#[test]
fn names_an_argument_that_is_no_address() -> Result<()> {
    bad_addresses().iter().try_for_each(|argument| refuses(CLIENT, argument))
}

#[test]
fn port_0_is_an_error() -> Result<()> {
    refuses(CLIENT, "127.0.0.1:0")
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    let nobody = Port::new()?;
    fails_unheard(CLIENT, &nobody.address().to_string())
}
