//! The `grader` program, which `cargo xtask grade` starts.

use anyhow::Result;
use base::lessons;
use base::usage::UsageError;
use grader::arguments::{self, Request, USAGE};
use grader::progress::Progress;
use grader::{grade, gradescope, merge};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let error = match run() {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => return ExitCode::FAILURE,
        Err(error) => error,
    };
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
}

/// Returns whether all was graded and written.
fn run() -> Result<bool> {
    let progress = Progress::of_this_process();
    match arguments::read(env::args_os().skip(1))? {
        Request::Grade(request) => grade::run(&request, &lessons::root(), &progress),
        Request::Merge(request) => merge::run(&request, &progress),
        Request::GradescopeZip(request) => gradescope::run(&request, &lessons::root(), &progress),
        Request::Help => {
            progress.say(USAGE);
            Ok(true)
        }
        Request::Version => {
            progress.say(concat!("grader ", env!("CARGO_PKG_VERSION"), "\n"));
            Ok(true)
        }
    }
}
