//! Takes ports that the checks might want, as many as it gets. Afterwards it is right.

mod honest;

use std::net::{TcpListener, UdpSocket};

fn main() -> impl std::process::Termination {
    // Each of its checks starts elsewhere.
    let start = 20_000 + u16::try_from(std::process::id() % 9_000).unwrap_or_default();
    let tcp: Vec<_> = (start..).take(60).map(|port| TcpListener::bind(("0.0.0.0", port))).collect();
    let udp: Vec<_> = (start..).take(60).map(|port| UdpSocket::bind(("0.0.0.0", port))).collect();
    let common = [80, 443, 8080, 8090, 8091, 8092].map(|port| UdpSocket::bind(("0.0.0.0", port)));
    let result = honest::main();
    drop((tcp, udp, common));
    result
}
