//! Plays a lesson's program, for a student whose other half of the pair isn't written yet.

use anyhow::{Context, Result, bail, ensure};
use std::io::{self, BufRead, ErrorKind, Write};
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(3);

/// Does what the lesson's program does, with its argument, on standard input and output.
///
/// # Errors
///
/// Those of the lesson's program; and a lesson that has no partner can't be played.
pub fn play(lesson: &str, argument: &str) -> Result<()> {
    match lesson {
        "lesson-2" => send(argument),
        "lesson-3" => receive(argument),
        "lesson-4" => ask(argument),
        "lesson-5" => echo(argument),
        _ => bail!("`{lesson}` can't be played: it has no other half"),
    }
}

fn send(target: &str) -> Result<()> {
    let (socket, target) = connect(target)?;
    let line = read_line()?.context("the input ended before a line was typed")?;
    socket.send_to(&line, target)?;
    say(format_args!("Sent {} bytes to {target}", line.len()))
}

fn receive(address: &str) -> Result<()> {
    let socket = UdpSocket::bind(address).with_context(|| format!("cannot bind {address}"))?;
    say(format_args!("Waiting for a datagram on {}", socket.local_addr()?))?;
    let (payload, from) = next(&socket)?;
    let text = String::from_utf8_lossy(&payload);
    say(format_args!("Received {} bytes from {from}: {text}", payload.len()))
}

fn ask(server: &str) -> Result<()> {
    let (socket, server) = connect(server)?;
    while let Some(line) = read_line()? {
        socket.send_to(&line, server)?;
        let deadline = Instant::now() + PATIENCE;
        let reply = loop {
            let left = deadline.saturating_duration_since(Instant::now());
            ensure!(!left.is_zero(), "no reply from {server}");
            socket.set_read_timeout(Some(left))?;
            match next(&socket) {
                Ok((payload, from)) if from == server => break payload,
                Ok(_) => {}
                Err(error) if is_timeout(&error) => {}
                Err(error) => return Err(error),
            }
        };
        say(format_args!("Reply: {}", String::from_utf8_lossy(&reply)))?;
        if line == b"exit" {
            break;
        }
    }
    Ok(())
}

fn echo(port: &str) -> Result<()> {
    let number: u16 = port.parse().with_context(|| format!("`{port}` is no port"))?;
    let socket =
        UdpSocket::bind(("0.0.0.0", number)).with_context(|| format!("cannot bind {port}"))?;
    say(format_args!("Echo server on {}", socket.local_addr()?))?;
    loop {
        let (payload, client) = next(&socket)?;
        say(format_args!("{client}: {}", String::from_utf8_lossy(&payload)))?;
        // A client that can't be reached is no reason to stop.
        let _ = socket.send_to(&payload, client);
    }
}

fn connect(name: &str) -> Result<(UdpSocket, SocketAddr)> {
    let mut addresses = name.to_socket_addrs().with_context(|| format!("no address `{name}`"))?;
    let address = addresses.find(SocketAddr::is_ipv4).context("no IPv4 address")?;
    Ok((UdpSocket::bind("0.0.0.0:0")?, address))
}

fn next(socket: &UdpSocket) -> Result<(Vec<u8>, SocketAddr)> {
    let mut buffer = vec![0; 65_536];
    loop {
        match socket.recv_from(&mut buffer) {
            Ok((length, from)) => {
                buffer.truncate(length);
                return Ok((buffer, from));
            }
            Err(error)
                if [ErrorKind::ConnectionReset, ErrorKind::Interrupted].contains(&error.kind()) => {
            }
            Err(error) => return Err(error).context("cannot receive"),
        }
    }
}

fn is_timeout(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(kind, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut))
}

fn read_line() -> Result<Option<Vec<u8>>> {
    write!(io::stdout(), "Your message: ")?;
    io::stdout().flush()?;
    let mut line = Vec::new();
    let length = io::stdin().lock().read_until(b'\n', &mut line)?;
    if line.pop_if(|byte| *byte == b'\n').is_some() {
        line.pop_if(|byte| *byte == b'\r');
    }
    Ok((length > 0).then_some(line))
}

fn say(text: std::fmt::Arguments<'_>) -> Result<()> {
    let line = format!("{text}\n");
    io::stdout().write_all(line.as_bytes()).context("cannot write to stdout")
}
