//! The sender and a receiver in Python.

use anyhow::Result;
use assert_cmd::{Command, assert::Assert};
use checks::{DEADLINE, Program, command, python};
use predicates::str::contains;

/// Prints its port, then the one datagram that it receives, in hexadecimal.
const PYTHON_RECEIVER: &str = r#"
import socket
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
receiver.settimeout(10)
print(receiver.getsockname()[1], flush=True)
print(receiver.recvfrom(1024)[0].hex())
"#;

#[test]
fn sends_to_python() -> Result<()> {
    let Some(python) = python("sends_to_python") else { return Ok(()) };
    let mut receiver = Program::spawn(python, ["-c", PYTHON_RECEIVER])?;
    let port = receiver.first_line("the receiver's port")?;
    let mut sender = Command::from_std(command(env!("CARGO_BIN_EXE_lesson-2")));
    sender.arg(format!("127.0.0.1:{port}")).write_stdin("to Python: \u{1f40d}\n");
    sender.timeout(DEADLINE).assert().success();
    let hex: String = "to Python: \u{1f40d}".bytes().map(|byte| format!("{byte:02x}")).collect();
    Assert::new(receiver.wait_for_exit()?).success().stdout(contains(hex));
    Ok(())
}
