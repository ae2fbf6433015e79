//! What lesson 5 promises, seen from outside.

use anyhow::{Context, Result};
use assert_cmd::Command;
use checks::{
    DEADLINE, Peer, Port, Program, bad_ports, fails_unheard, python, refuses, skip, visible,
};
use predicates::str::contains;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

const SERVER: &str = env!("CARGO_BIN_EXE_lesson-5");

/// Requires that each of its messages comes back, and says so.
const PYTHON_CLIENT: &str = r#"
import socket, sys
server = ("127.0.0.1", int(sys.argv[1]))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(10)
for message in [b"hello", "你好".encode("utf-8"), b"", b"\xff\x00\xfe", b"exit"]:
    client.sendto(message, server)
    assert client.recvfrom(2048) == (message, server), message
print("all came back")
"#;

/// A server on a port of its own, which no other test has.
struct Server {
    program: Program,
    port: Port,
}

impl Server {
    fn start() -> Result<Self> {
        let port = Port::new()?;
        let program = Program::spawn(SERVER, [port.number().to_string()])?;
        program.first_line("the line that says it is ready")?;
        Ok(Self { program, port })
    }

    /// Requires that `payload` comes back to `client`, byte for byte, from where it was sent to.
    fn echoes(&self, client: &Peer, payload: impl AsRef<[u8]>) -> Result<()> {
        client.send(&payload, self.port.address())?;
        self.has_echoed(client, payload)
    }

    fn has_echoed(&self, client: &Peer, payload: impl AsRef<[u8]>) -> Result<()> {
        let (reply, from) = client.receive("its datagram to come back")?;
        assert_eq!(visible(&reply), visible(payload.as_ref()));
        assert_eq!(from, self.port.address());
        Ok(())
    }

    /// Awaits `payload` on stdout; returns all that was written until then.
    fn shows(&self, payload: &str) -> Result<Vec<u8>> {
        let has = |stdout: &[u8]| String::from_utf8_lossy(stdout).contains(payload);
        self.program.wait_for_stdout("the payload", has)
    }
}

#[test]
fn returns_0_to_1024_bytes_as_they_are() -> Result<()> {
    let (server, client) = (Server::start()?, Peer::new()?);
    let bytes: Vec<u8> = (0..=255).cycle().take(1024).collect();
    for length in [1024, 0, 1, 2, 100, 1023, 1024, 1] {
        server.echoes(&client, &bytes[..length])?;
    }
    Ok(())
}

#[test]
fn returns_a_datagram_once() -> Result<()> {
    let (server, client) = (Server::start()?, Peer::new()?);
    for payload in ["hello", "", "exit"] {
        server.echoes(&client, payload)?;
    }
    client.quiet_for(Duration::from_millis(200))
}

#[test]
fn returns_and_shows_a_datagram_within_a_second() -> Result<()> {
    let (server, client) = (Server::start()?, Peer::new()?);
    let mut fastest = Duration::MAX;
    // One of them may be held up by a busy computer; a server that waits is always late.
    for payload in ["the first", "the second", "the third"] {
        let sent = Instant::now();
        server.echoes(&client, payload)?;
        server.shows(payload)?;
        fastest = fastest.min(sent.elapsed());
    }
    assert!(fastest < Duration::from_secs(1), "took {fastest:?} at best");
    Ok(())
}

#[test]
fn shows_each_payload() -> Result<()> {
    let (mut server, client) = (Server::start()?, Peer::new()?);
    for payload in ["hello", "  spaces at both ends\t ", "你好", "100 % {}"] {
        server.echoes(&client, payload)?;
        server.shows(payload)?;
    }
    assert!(server.program.is_running()?);
    Ok(())
}

#[test]
fn shows_nothing_of_its_buffer_but_the_datagram() -> Result<()> {
    let (server, client) = (Server::start()?, Peer::new()?);
    server.echoes(&client, "~".repeat(1024))?;
    server.echoes(&client, "<short>")?;
    let stdout = server.shows("<short>")?;
    assert!(!stdout.contains(&0), "{}", visible(&stdout));
    assert_eq!(stdout.iter().filter(|byte| **byte == b'~').count(), 1024);
    Ok(())
}

#[test]
fn gives_each_of_many_clients_its_own() -> Result<()> {
    let server = Server::start()?;
    let clients: Vec<Peer> = (0..50).map(|_| Peer::new()).collect::<Result<_>>()?;
    for client in &clients {
        client.send(format!("from {}", client.address()), server.port.address())?;
    }
    for client in &clients {
        server.has_echoed(client, format!("from {}", client.address()))?;
    }
    Ok(())
}

#[test]
fn no_payload_stops_it() -> Result<()> {
    let (server, client) = (Server::start()?, Peer::new()?);
    for payload in [&b"exit"[..], b"", b"\xff\xfe\xe5", b"\0", b"quit\n", b"exit\n", b"still here"]
    {
        server.echoes(&client, payload)?;
    }
    Ok(())
}

#[test]
fn a_datagram_of_more_than_1024_bytes_does_not_stop_it() -> Result<()> {
    let (server, client) = (Server::start()?, Peer::new()?);
    // macOS sends no more than 9,216 bytes at once, unless it is told to.
    for length in [1025, 9000] {
        let sender = Peer::new()?;
        sender.send(vec![b'x'; length], server.port.address())?;
        server.echoes(&client, "still here")?;
    }
    Ok(())
}

#[test]
fn a_client_that_has_gone_does_not_stop_it() -> Result<()> {
    let server = Server::start()?;
    // A port that the system gives out could soon be another test's, which would get the reply.
    let gone = [Port::new()?, Port::new()?, Port::new()?];
    for port in &gone {
        Peer::at(port.address())?.send("I'm gone", server.port.address())?;
    }
    server.echoes(&Peer::new()?, "still here")
}

#[test]
fn neither_its_input_nor_time_stops_it() -> Result<()> {
    let (mut server, client) = (Server::start()?, Peer::new()?);
    server.program.write_line("exit");
    server.program.close_stdin();
    client.quiet_for(Duration::from_secs(1))?;
    server.echoes(&client, "still here")
}

#[test]
fn listens_on_every_local_address() -> Result<()> {
    if Peer::at("127.0.0.2:0").is_err() {
        skip("listens_on_every_local_address", "there is no address 127.0.0.2 here");
        return Ok(());
    }
    let (server, client) = (Server::start()?, Peer::new()?);
    let number = server.port.number();
    client.send("hello", (Ipv4Addr::new(127, 0, 0, 2), number).into())?;
    let (reply, from) = client.receive("its datagram to come back")?;
    assert_eq!((visible(&reply), from.port()), (visible(b"hello"), number));
    Ok(())
}

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
fn a_taken_port_is_an_error() -> Result<()> {
    let port = Port::new()?;
    let _holder = Peer::at((Ipv4Addr::UNSPECIFIED, port.number()))?;
    refuses(SERVER, port.number().to_string())
}

#[test]
fn names_an_argument_that_is_no_port() -> Result<()> {
    bad_ports().iter().try_for_each(|argument| refuses(SERVER, argument))
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    fails_unheard(SERVER, "0")
}

#[test]
fn serves_python() -> Result<()> {
    let Some(python) = python("serves_python") else { return Ok(()) };
    let server = Server::start()?;
    let mut command = Command::new(python);
    command.args(["-c", PYTHON_CLIENT, &server.port.number().to_string()]).timeout(DEADLINE);
    command.assert().success().stdout(contains("all came back"));
    Ok(())
}
