//! `confine OPTIONS -- PROGRAM [ARG…]`: limits itself, and becomes PROGRAM. See `grader::confine`.
//!
//! It is a program of its own, because it is started for every program that is judged: it should
//! be small.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

/// What `env`, `timeout` and their like end with when they couldn't start what they should.
const NOT_STARTED: u8 = 125;

fn main() -> ExitCode {
    let _ = writeln!(io::stderr(), "{}{:#}", grader::jail::CANNOT_CONFINE, confine());
    ExitCode::from(NOT_STARTED)
}

/// Returns only if it fails.
#[cfg(target_os = "linux")]
fn confine() -> anyhow::Error {
    match grader::confine::run(env::args_os().skip(1)) {
        Err(error) => error,
    }
}

#[cfg(not(target_os = "linux"))]
fn confine() -> anyhow::Error {
    anyhow::anyhow!("only Linux can confine {} further programs", env::args_os().count())
}
