//! What the lesson promises, seen from outside: the checks that it is graded with.

use checks::harness::{Built, main as judge};
use std::process::ExitCode;

fn main() -> ExitCode {
    judge(&Built {
        package: env!("CARGO_PKG_NAME"),
        program: env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"))),
    })
}
