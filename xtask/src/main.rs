//! `cargo xtask COMMAND`; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::main()
}
