//! Writes to each port, so that other submissions' checks might take it for theirs, and is an echo
//! server besides.

mod honest;

use std::net::UdpSocket;
use std::thread;

fn main() -> impl std::process::Termination {
    thread::spawn(|| {
        let Ok(socket) = UdpSocket::bind("0.0.0.0:0") else { return };
        for port in 1024..=u16::MAX {
            let _ = socket.send_to(b"hostile", ("127.0.0.1", port));
        }
    });
    honest::main()
}
