//! Sends datagrams to its target as long as it may, in place of one.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

fn main() {
    let target = std::env::args().nth(1).unwrap_or_default();
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    let end = Instant::now() + Duration::from_secs(4);
    while Instant::now() < end {
        let _ = socket.send_to(b"hostile", &target);
    }
}
