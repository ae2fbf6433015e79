//! The client and a server in Python.

use anyhow::Result;
use assert_cmd::Command;
use checks::{DEADLINE, Program, command, python};
use predicates::prelude::*;
use predicates::str::contains;

/// Prints its port, then sends everything back.
const PYTHON_SERVER: &str = r#"
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    message, client = server.recvfrom(1024)
    server.sendto(message, client)
"#;

#[test]
fn talks_to_python() -> Result<()> {
    let Some(python) = python("talks_to_python") else { return Ok(()) };
    let server = Program::spawn(python, ["-c", PYTHON_SERVER])?;
    let port = server.first_line("the server's port")?;
    let mut client = Command::from_std(command(env!("CARGO_BIN_EXE_lesson-4")));
    client.arg(format!("127.0.0.1:{port}")).write_stdin("hello\n你好\nexit\nnever sent\n");
    let output = client.timeout(DEADLINE).assert().success();
    output
        .stdout(contains("hello").and(contains("你好")).and(contains("exit")))
        .stdout(contains("never sent").not());
    Ok(())
}
