//! The two sockets and a visitor in Python.

use anyhow::{Context, Result};
use assert_cmd::{Command, assert::Assert};
use checks::{DEADLINE, Program, python};
use predicates::prelude::*;
use predicates::str::contains;
use std::net::SocketAddr;

/// Connects to the TCP port, and tries to bind the UDP port.
const PYTHON_VISITOR: &str = r#"
import socket, sys
tcp, udp = int(sys.argv[1]), int(sys.argv[2])
socket.create_connection(("127.0.0.1", tcp), timeout=10).close()
print("TCP connected")
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("127.0.0.1", udp))
except OSError:
    print("UDP taken")
"#;

#[test]
fn python_finds_both_sockets() -> Result<()> {
    let Some(python) = python("python_finds_both_sockets") else { return Ok(()) };
    let mut sockets = Program::spawn(env!("CARGO_BIN_EXE_lesson-1"), ["127.0.0.1:0"])?;
    let is_complete = |stdout: &[u8]| port("TCP", stdout).and(port("UDP", stdout)).is_some();
    let stdout = sockets.wait_for_stdout("a TCP and a UDP address", is_complete)?;
    let ports = [port("TCP", &stdout), port("UDP", &stdout)];
    let ports = ports.map(|port| port.unwrap_or_default().to_string());
    let mut visit = Command::new(python);
    let visit = visit.args(["-c", PYTHON_VISITOR]).args(ports).timeout(DEADLINE).assert();
    visit.success().stdout(contains("TCP connected").and(contains("UDP taken")));
    sockets.write_line("");
    Assert::new(sockets.wait_for_exit().context("it doesn't close")?).success();
    Ok(())
}

/// The port in the first whole line that has `protocol` in it.
fn port(protocol: &str, stdout: &[u8]) -> Option<u16> {
    let stdout = String::from_utf8_lossy(stdout);
    let mut lines = stdout.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let line = lines.find(|line| line.contains(protocol))?;
    let address: SocketAddr = line.split_whitespace().find_map(|word| word.parse().ok())?;
    Some(address.port())
}
