//! Takes as much as it gets of one thing, but never more than a test can bear, and prints how much
//! that was.

use std::fs::File;
use std::io::Write;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};
use std::{env, thread};

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["memory"] => memory(),
        ["file", path] => file(path),
        ["descriptors"] => descriptors(),
        ["threads"] => threads(),
        ["time"] => time(),
        _ => panic!("what is {words:?}?"),
    }
}

/// MiB, at most 1 GiB.
fn memory() {
    let mut taken = Vec::new();
    while taken.len() < 1024 {
        let mut chunk = Vec::<u8>::new();
        if chunk.try_reserve_exact(1 << 20).is_err() {
            break;
        }
        chunk.resize(1 << 20, 1);
        taken.push(chunk);
    }
    println!("{}", taken.len());
}

/// Bytes, at most 16 MiB.
fn file(path: &str) {
    let mut file = File::create(path).unwrap();
    for _ in 0..16 {
        file.write_all(&[1; 1 << 20]).unwrap();
    }
    println!("{}", file.metadata().unwrap().len());
}

/// At most 5000.
fn descriptors() {
    let files: Vec<File> = (0..5000).map_while(|_| File::open("/dev/null").ok()).collect();
    println!("{}", files.len());
}

/// At most 2000, with small stacks, so that memory isn't what ends it.
fn threads() {
    let mut running = Vec::new();
    while running.len() < 2000 {
        let (sender, receiver) = channel::<()>();
        let thread = thread::Builder::new().stack_size(1 << 16);
        let Ok(thread) = thread.spawn(move || drop(receiver.recv())) else { break };
        running.push((sender, thread));
    }
    println!("{}", running.len());
    for (sender, thread) in running {
        drop(sender);
        thread.join().unwrap();
    }
}

/// Seconds, at most 50, since a busy computer may give little of each.
fn time() {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(50) {}
    println!("{}", start.elapsed().as_secs());
}
