//! Connects and sends to sockets of the host, on the host's own loopback. Afterwards it is right.

mod honest;
mod outside;

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

fn main() -> impl std::process::Termination {
    let mut reached = Vec::new();
    for address in outside::TCP {
        let Ok(address) = address.parse::<SocketAddr>() else { continue };
        if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
            reached.push(address);
        }
    }
    for address in outside::UDP {
        let any = if address.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        if let Ok(socket) = UdpSocket::bind(any) {
            // Whether it arrives is seen outside.
            let _ = socket.send_to(b"hostile", address);
        }
    }
    if !reached.is_empty() {
        eprintln!("ESCAPED: connected to {reached:?}");
    }
    honest::main()
}
