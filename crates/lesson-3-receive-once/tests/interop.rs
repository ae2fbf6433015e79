//! The receiver and a sender in Python.

use anyhow::Result;
use assert_cmd::assert::Assert;
use checks::{Port, Program, python};
use predicates::prelude::*;
use predicates::str::contains;

/// Sends one datagram, and prints the port that it used.
const PYTHON_SENDER: &str = r#"
import socket, sys
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto("from Python: 你好".encode("utf-8"), ("127.0.0.1", int(sys.argv[1])))
print(sender.getsockname()[1])
"#;

#[test]
fn receives_from_python() -> Result<()> {
    let Some(python) = python("receives_from_python") else { return Ok(()) };
    let port = Port::new()?;
    let mut receiver =
        Program::spawn(env!("CARGO_BIN_EXE_lesson-3"), [port.address().to_string()])?;
    receiver.first_line("the line that says it is ready")?;
    let sender = Program::spawn(python, ["-c", PYTHON_SENDER, &port.number().to_string()])?;
    let sender_port = sender.first_line("the sender's port")?;
    let output = Assert::new(receiver.wait_for_exit()?);
    output.success().stdout(contains("from Python: 你好").and(contains(sender_port)));
    Ok(())
}
