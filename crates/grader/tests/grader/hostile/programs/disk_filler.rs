//! Fills what it can write to, but in all of its checks together never more than 130 MiB.
//! Afterwards it is right.

mod honest;
mod outside;

use std::fs::{self, File};
use std::io::Write;

const MIB: usize = 1 << 20;

fn main() -> impl std::process::Termination {
    let folders =
        [outside::FOLDER, "/tmp", "/", "/built", "/shop", "/dev", "/dev/shm", "/var/tmp", "."];
    let filled: Vec<&str> = folders.into_iter().filter(|folder| fills(folder)).collect();
    if !filled.is_empty() {
        eprintln!("ESCAPED: wrote to {filled:?}");
    }
    honest::main()
}

/// Whether a MiB fits in there. It stays.
fn fills(folder: &str) -> bool {
    let path = format!("{folder}/{}", outside::MARK.trim_end_matches('\0'));
    let written = File::create(&path).and_then(|mut file| file.write_all(&vec![1; MIB]));
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written.is_ok()
}
