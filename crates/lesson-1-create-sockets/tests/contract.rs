//! What lesson 1 promises, seen from outside.

use anyhow::{Context, Result};
use assert_cmd::{Command, assert::Assert};
use checks::{DEADLINE, Port, Program, bad_addresses, fails_unheard, python, refuses};
use predicates::prelude::*;
use predicates::str::contains;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};

const SOCKETS: &str = env!("CARGO_BIN_EXE_lesson-1");

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

/// The program while it holds its two sockets.
struct Sockets {
    program: Program,
    tcp: SocketAddr,
    udp: SocketAddr,
}

impl Sockets {
    /// Starts the program, and reads where its sockets are.
    fn open(argument: Option<String>) -> Result<Self> {
        let program = Program::spawn(SOCKETS, argument)?;
        let stdout = program.wait_for_stdout("a TCP and a UDP address", |stdout| {
            address("TCP", stdout).and(address("UDP", stdout)).is_some()
        })?;
        let tcp = address("TCP", &stdout).context("no TCP address")?;
        let udp = address("UDP", &stdout).context("no UDP address")?;
        Ok(Self { program, tcp, udp })
    }

    /// Lets the program go on with `input`, and awaits its end.
    fn close(mut self, input: impl Into<Vec<u8>>) -> Result<Assert> {
        self.program.write(input);
        Ok(Assert::new(self.program.wait_for_exit()?))
    }
}

/// The address in the first whole line that has `protocol` in it.
fn address(protocol: &str, stdout: &[u8]) -> Option<SocketAddr> {
    let stdout = String::from_utf8_lossy(stdout);
    let mut lines = stdout.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let line = lines.find(|line| line.contains(protocol))?;
    line.split_whitespace().find_map(|word| word.parse().ok())
}

#[test]
fn shows_the_ports_that_the_system_chose() -> Result<()> {
    for argument in [None, Some("127.0.0.1:0".to_owned()), Some("localhost:0".to_owned())] {
        let sockets = Sockets::open(argument)?;
        assert!(sockets.tcp.ip().is_loopback() && sockets.udp.ip().is_loopback());
        assert_ne!(sockets.tcp.port(), 0);
        assert_ne!(sockets.udp.port(), 0);
    }
    Ok(())
}

#[test]
fn tcp_accepts_connections_while_it_waits() -> Result<()> {
    let mut sockets = Sockets::open(None)?;
    let _first = TcpStream::connect_timeout(&sockets.tcp, DEADLINE)?;
    let _second = TcpStream::connect_timeout(&sockets.tcp, DEADLINE)?;
    assert!(sockets.program.is_running()?);
    Ok(())
}

#[test]
fn both_ports_are_taken_while_it_waits() -> Result<()> {
    let mut sockets = Sockets::open(None)?;
    assert!(TcpListener::bind(sockets.tcp).is_err(), "TCP {} is free", sockets.tcp);
    assert!(UdpSocket::bind(sockets.udp).is_err(), "UDP {} is free", sockets.udp);
    assert!(sockets.program.is_running()?);
    Ok(())
}

#[test]
fn tcp_and_udp_can_have_the_same_port() -> Result<()> {
    let port = Port::with_free_tcp()?;
    let sockets = Sockets::open(Some(port.address().to_string()))?;
    assert_eq!((sockets.tcp, sockets.udp), (port.address(), port.address()));
    TcpStream::connect_timeout(&port.address(), DEADLINE)?;
    assert!(UdpSocket::bind(port.address()).is_err(), "UDP {} is free", port.number());
    Ok(())
}

#[test]
fn both_ports_are_free_afterwards() -> Result<()> {
    let port = Port::with_free_tcp()?;
    let sockets = Sockets::open(Some(port.address().to_string()))?;
    let _visitor = TcpStream::connect_timeout(&port.address(), DEADLINE)?;
    sockets.close("\n")?.success();
    TcpListener::bind(port.address())?;
    UdpSocket::bind(port.address())?;
    Ok(())
}

#[test]
fn any_line_lets_it_close() -> Result<()> {
    for line in [&b"\n"[..], b"\r\n", b"some text\n", b"not UTF-8: \xff\xfe\n"] {
        Sockets::open(None)?.close(line)?.success();
    }
    let long_line = [vec![b'x'; 70_000], vec![b'\n']].concat();
    Sockets::open(None)?.close(long_line)?.success();
    Ok(())
}

#[test]
fn the_end_of_its_input_lets_it_close() -> Result<()> {
    for input in ["", "an unfinished line"] {
        let mut sockets = Sockets::open(None)?;
        sockets.program.write(input);
        sockets.program.close_stdin();
        sockets.close("")?.success();
    }
    Ok(())
}

#[test]
fn a_taken_tcp_port_is_an_error() -> Result<()> {
    let port = Port::with_free_tcp()?;
    let _holder = TcpListener::bind(port.address())?;
    refuses(SOCKETS, port.address().to_string())
}

#[test]
fn a_taken_udp_port_is_an_error() -> Result<()> {
    let port = Port::with_free_tcp()?;
    let _holder = UdpSocket::bind(port.address())?;
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

#[test]
fn python_finds_both_sockets() -> Result<()> {
    let Some(python) = python("python_finds_both_sockets") else { return Ok(()) };
    let sockets = Sockets::open(None)?;
    let ports = [sockets.tcp, sockets.udp].map(|address| address.port().to_string());
    let visit =
        Command::new(python).args(["-c", PYTHON_VISITOR]).args(ports).timeout(DEADLINE).assert();
    visit.success().stdout(contains("TCP connected").and(contains("UDP taken")));
    sockets.close("\n")?.success();
    Ok(())
}
