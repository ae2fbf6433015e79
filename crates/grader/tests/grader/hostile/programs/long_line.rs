//! One line of 10 MB, of what can't be seen.

use std::io::{self, Write};

fn main() {
    let line = "\0\u{1b}\u{202e}".repeat(2_000_000);
    let _ = io::stdout().write_all(line.as_bytes());
    let _ = io::stderr().write_all(line.as_bytes());
}
