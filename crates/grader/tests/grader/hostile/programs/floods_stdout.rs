//! Writes a gigabyte to stdout, in all of its checks together.

use std::io::{self, Write};

fn main() {
    let line = [b"hostile ".repeat(8191), b"\n".to_vec()].concat();
    for _ in 0..4_000 {
        if io::stdout().write_all(&line).is_err() {
            break;
        }
    }
}
