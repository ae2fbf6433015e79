//! The `grader` program, which `cargo xtask grade` starts.

use anyhow::Result;
use grader::arguments::{self, Request, USAGE, UsageError};
use grader::progress::Progress;
use grader::{class, gradescope, merge};
use std::env;
use std::io::{self, Write};
use std::path::Path;
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
        Request::Grade(request) => class::command::run(&request, root(), &progress),
        Request::Merge(request) => merge::command::run(&request, &progress),
        Request::GradescopeZip(request) => gradescope::run(&request, root(), &progress),
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

/// The course that we were built in.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}
