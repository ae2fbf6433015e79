//! Does what a student's program may do, and prints what came of it.

use std::io::{self, BufRead, Read, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::sync::{Arc, Barrier};
use std::thread;
use std::{env, fs, process};

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["hello"] => println!("hello"),
        ["udp"] => udp(),
        ["tcp"] => tcp(),
        ["unix", folder] => unix(folder),
        ["sockets", folder] => println!("{}", sockets(folder)),
        ["threads", count] => threads(count.parse().unwrap()),
        ["lookup"] => println!("{}", ("localhost", 0).to_socket_addrs().unwrap().count() > 0),
        ["stdin"] => io::stdin().lock().lines().for_each(|line| println!("{}", line.unwrap())),
        ["panic"] => panic!("as any program may"),
        ["abort"] => process::abort(),
        ["abort in a thread"] => drop(thread::spawn(|| process::abort()).join()),
        ["environment"] => env::vars().for_each(|(name, value)| println!("{name}={value}")),
        ["read", path] => print!("{}", tell(fs::read_to_string(path))),
        ["list", path] => print!("{}", tell(list(path))),
        ["write", path] => print!("{}", tell(fs::write(path, "x").map(|()| "written".into()))),
        ["start", program] => println!("{}", tell(start(program))),
        ["become", program] => println!("{:?}", process::Command::new(program).exec().kind()),
        ["wait"] => wait(),
        _ => panic!("what is {words:?}?"),
    }
}

fn tell(result: io::Result<String>) -> String {
    result.unwrap_or_else(|error| format!("{:?}", error.kind()))
}

fn udp() {
    let here = UdpSocket::bind("127.0.0.1:0").unwrap();
    let there = UdpSocket::bind("127.0.0.1:0").unwrap();
    here.send_to(b"over UDP", there.local_addr().unwrap()).unwrap();
    let mut buffer = [0; 16];
    let length = there.recv(&mut buffer).unwrap();
    println!("{}", String::from_utf8_lossy(&buffer[..length]));
}

fn tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = thread::spawn(move || {
        TcpStream::connect(address).unwrap().write_all(b"over TCP").unwrap();
    });
    let mut text = String::new();
    listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
    client.join().unwrap();
    println!("{text}");
}

fn unix(folder: &str) {
    let path = format!("{folder}/socket");
    let listener = UnixListener::bind(&path).unwrap();
    UnixStream::connect(&path).unwrap().write_all(b"over a path").unwrap();
    let mut text = String::new();
    listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
    fs::remove_file(path).unwrap();
    println!("{text}");
}

/// How many paths a program can give to sockets that it has closed, of at most 1000.
fn sockets(folder: &str) -> usize {
    let bind = |number: &u32| UnixListener::bind(format!("{folder}/{number}")).is_ok();
    (0..1000).take_while(bind).count()
}

/// All threads are there at the same time.
fn threads(count: usize) {
    let barrier = Arc::new(Barrier::new(count + 1));
    let start = |_| {
        let barrier = Arc::clone(&barrier);
        thread::spawn(move || {
            let heap = vec![1_u8; 1000];
            barrier.wait();
            heap.len()
        })
    };
    let threads: Vec<_> = (0..count).map(start).collect();
    barrier.wait();
    let sum: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    println!("{}", sum / 1000);
}

fn list(path: &str) -> io::Result<String> {
    let mut names = String::new();
    for entry in fs::read_dir(path)? {
        names += &format!("{}\n", entry?.file_name().display());
    }
    Ok(names)
}

fn start(program: &str) -> io::Result<String> {
    process::Command::new(program).status().map(|_| "started".to_owned())
}

/// Until somebody ends it, or for a minute.
fn wait() {
    println!("waiting");
    thread::sleep(std::time::Duration::from_secs(60));
}
