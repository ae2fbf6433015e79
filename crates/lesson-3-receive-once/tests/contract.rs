//! What lesson 3 promises, seen from outside.

use anyhow::{Context, Result};
use assert_cmd::assert::Assert;
use checks::{Peer, Port, Program, bad_addresses, fails_unheard, python, refuses};
use predicates::prelude::*;
use predicates::str::contains;
use std::net::SocketAddr;
use std::time::Duration;

const RECEIVER: &str = env!("CARGO_BIN_EXE_lesson-3");

/// Sends one datagram, and prints the port that it used.
const PYTHON_SENDER: &str = r#"
import socket, sys
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto("from Python: 你好".encode("utf-8"), ("127.0.0.1", int(sys.argv[1])))
print(sender.getsockname()[1])
"#;

/// A receiver that waits on a port of its own, which no other test has.
struct Receiver {
    program: Program,
    port: Port,
}

impl Receiver {
    fn start() -> Result<Self> {
        let port = Port::new()?;
        let program = Program::spawn(RECEIVER, [port.address().to_string()])?;
        program.first_line("the line that says it is ready")?;
        Ok(Self { program, port })
    }

    /// Sends `payload` from `sender`, and awaits the receiver's end.
    fn receive(mut self, sender: &Peer, payload: impl AsRef<[u8]>) -> Result<Assert> {
        sender.send(payload, self.port.address())?;
        Ok(Assert::new(self.program.wait_for_exit()?))
    }
}

fn receive(payload: impl AsRef<[u8]>) -> Result<Assert> {
    Receiver::start()?.receive(&Peer::new()?, payload)
}

#[test]
fn prints_the_datagram_it_received() -> Result<()> {
    for text in ["hello", "  spaces at both ends \t ", "你好", "two\nlines", "100 % {}"] {
        receive(text)?.success().stdout(contains(text));
    }
    Ok(())
}

#[test]
fn prints_ip_and_port_of_the_sender() -> Result<()> {
    let sender = Peer::new()?;
    let port = sender.address().port().to_string();
    let shown = contains("127.0.0.1").and(contains(port));
    Receiver::start()?.receive(&sender, "hello")?.success().stdout(shown);
    Ok(())
}

#[test]
fn an_empty_datagram_is_a_datagram() -> Result<()> {
    let sender = Peer::new()?;
    let port = contains(sender.address().port().to_string());
    Receiver::start()?.receive(&sender, "")?.success().stdout(port);
    Ok(())
}

#[test]
fn takes_1024_bytes_whole() -> Result<()> {
    let text: String = ('a'..='z').cycle().take(1024).collect();
    receive(&text)?.success().stdout(contains(text));
    Ok(())
}

#[test]
fn prints_nothing_of_its_buffer_but_the_datagram() -> Result<()> {
    receive("short")?.success().stdout(contains("\0").not());
    Ok(())
}

#[test]
fn a_datagram_that_is_too_long_is_no_reason_to_crash() -> Result<()> {
    // 1,024 is no multiple of 3, so the last character may be cut in two.
    receive("好".repeat(400))?.code(predicate::ne(101));
    Ok(())
}

#[test]
fn bytes_that_are_not_utf8_do_not_stop_it() -> Result<()> {
    let shown = contains("before").and(contains("after"));
    receive(b"before\xff\xfe\xe5after")?.success().stdout(shown);
    Ok(())
}

#[test]
fn takes_one_datagram_only() -> Result<()> {
    let receiver = Receiver::start()?;
    let (first, second) = (Peer::new()?, Peer::new()?);
    let address = receiver.port.address();
    first.send("the first", address)?;
    let second_is_not_shown = contains("the second").not();
    let output = receiver.receive(&second, "the second")?.success().stdout(second_is_not_shown);
    output.stdout(contains("the first"));
    Ok(())
}

#[test]
fn sends_nothing_back() -> Result<()> {
    let sender = Peer::new()?;
    Receiver::start()?.receive(&sender, "hello")?.success();
    sender.quiet_for(Duration::from_millis(50))
}

#[test]
fn does_not_need_its_input() -> Result<()> {
    let mut receiver = Receiver::start()?;
    receiver.program.write_line("exit");
    receiver.program.close_stdin();
    receiver.receive(&Peer::new()?, "hello")?.success().stdout(contains("hello"));
    Ok(())
}

#[test]
fn shows_the_port_that_the_system_chose_for_port_0() -> Result<()> {
    let mut program = Program::spawn(RECEIVER, ["127.0.0.1:0"])?;
    let line = program.first_line("the line that says it is ready")?;
    let address = line.split_whitespace().find_map(|word| word.parse::<SocketAddr>().ok());
    let address = address.with_context(|| format!("no address in `{line}`"))?;
    Peer::new()?.send("found you", address)?;
    let output = Assert::new(program.wait_for_exit()?);
    output.success().stdout(contains("found you"));
    Ok(())
}

#[test]
fn frees_its_port_afterwards() -> Result<()> {
    let receiver = Receiver::start()?;
    let address = receiver.port.address();
    assert!(Peer::at(address).is_err(), "the port is free while the receiver waits");
    receiver.receive(&Peer::new()?, "hello")?.success();
    Peer::at(address)?;
    Ok(())
}

#[test]
fn a_taken_port_is_an_error() -> Result<()> {
    let port = Port::new()?;
    let _holder = Peer::at(port.address())?;
    refuses(RECEIVER, port.address().to_string())
}

#[test]
fn names_an_argument_that_is_no_address() -> Result<()> {
    bad_addresses().iter().try_for_each(|argument| refuses(RECEIVER, argument))
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    fails_unheard(RECEIVER, "127.0.0.1:0")
}

#[test]
fn receives_from_python() -> Result<()> {
    let Some(python) = python("receives_from_python") else { return Ok(()) };
    let mut receiver = Receiver::start()?;
    let port = receiver.port.number().to_string();
    let sender = Program::spawn(python, ["-c", PYTHON_SENDER, &port])?;
    let sender_port = sender.first_line("the sender's port")?;
    let output = Assert::new(receiver.program.wait_for_exit()?);
    output.success().stdout(contains("from Python: 你好").and(contains(sender_port)));
    Ok(())
}
