//! The commands that only the course itself has. `cargo xtask` starts this program for them.

mod bench;
mod files;
#[path = "../../../../crates/checks/mistakes/mod.rs"]
mod mistakes;
mod start;
mod verify;

use anyhow::Result;
use std::env;
use std::process::ExitCode;
use xtask::UsageError;

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1);
    let name = words.next().unwrap_or_default();
    let parser = lexopt::Parser::from_args(words);
    xtask::finish(match name.to_str() {
        Some("start") => start::run(parser),
        Some("verify") => verify::run(parser),
        Some("bench") => bench::run(parser),
        _ => unknown(),
    })
}

fn unknown() -> Result<ExitCode> {
    Err(UsageError("this program is for `cargo xtask start`, `verify` and `bench`".into()).into())
}
