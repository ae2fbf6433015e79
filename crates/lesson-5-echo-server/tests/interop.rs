//! The server and a client in Python.

use anyhow::Result;
use assert_cmd::Command;
use checks::{DEADLINE, Port, Program, python};
use predicates::str::contains;

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

#[test]
fn serves_python() -> Result<()> {
    let Some(python) = python("serves_python") else { return Ok(()) };
    let port = Port::new()?;
    let number = port.number().to_string();
    let server = Program::spawn(env!("CARGO_BIN_EXE_lesson-5"), [&number])?;
    server.first_line("the line that says it is ready")?;
    let mut client = Command::new(python);
    client.args(["-c", PYTHON_CLIENT, &number]).timeout(DEADLINE);
    client.assert().success().stdout(contains("all came back"));
    Ok(())
}
