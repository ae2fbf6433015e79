//! An echo server that is so slow that it takes long to judge, and too slow for some checks.

use std::net::UdpSocket;
use std::thread::sleep;
use std::time::Duration;

fn main() {
    let port = std::env::args().nth(1).and_then(|word| word.parse::<u16>().ok());
    sleep(Duration::from_millis(200));
    let socket = UdpSocket::bind(("0.0.0.0", port.unwrap_or_default())).expect("a port");
    let mut buffer = vec![0; 65_536];
    while let Ok((length, client)) = socket.recv_from(&mut buffer) {
        sleep(Duration::from_millis(900));
        println!("{}", String::from_utf8_lossy(&buffer[..length]));
        let _ = socket.send_to(&buffer[..length], client);
    }
}
