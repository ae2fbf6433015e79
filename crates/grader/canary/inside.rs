//! Tries to get out of the jail that it is started in. It is told what to try for; whoever
//! started it looks whether anything happened. What it can see by itself, it prints.

use std::env;
use std::fs;
use std::net::{TcpStream, UdpSocket};

fn main() {
    let words: Vec<String> = env::args().collect();
    let [_, secret, process, tcp, udp, target] = words.as_slice() else {
        return println!("broken: the self-test was started with {} words", words.len());
    };
    report("reads a file of the host", fs::read(secret).is_ok());
    report("sees a process of the host", fs::metadata(format!("/proc/{process}/stat")).is_ok());
    report("connects to the host", TcpStream::connect(tcp.as_str()).is_ok());
    // Whether it arrives is seen outside.
    if let Ok(socket) = UdpSocket::bind("0.0.0.0:0") {
        let _ = socket.send_to(b"canary", udp.as_str());
    }
    let _ = fs::write(target, "the canary was here");
    report(
        "fills a disk",
        ["/tmp", "/", ".", "/built", "/shop", "/dev/shm"].into_iter().any(fills),
    );
    report(
        "starts a program",
        std::process::Command::new("/bin/sh").arg("-c").arg(":").status().is_ok(),
    );
    println!("done");
}

/// Whether 64 MiB fit into a folder, as files that are small enough not to be stopped for that.
fn fills(folder: &str) -> bool {
    let names = (0..64).map(|number| format!("{folder}/canary-{number}"));
    let names: Vec<String> = names.collect();
    let fills = names.iter().all(|name| fs::write(name, [1; 1 << 20]).is_ok());
    for name in names {
        let _ = fs::remove_file(name);
    }
    fills
}

fn report(what: &str, happens: bool) {
    println!("{}: {what}", if happens { "broken" } else { "held" });
}
