//! The `grader` program, which `cargo xtask grade` starts, or people and platforms do.

use anyhow::Result;
use base::lessons;
use base::terminal::spelled;
use base::usage::{TYPED, UsageError};
use grader::arguments::{self, Request};
use grader::progress::Progress;
use grader::{grade, gradescope, merge};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let typed = env::var(TYPED).ok();
    let request = match arguments::read(env::args_os().skip(1), typed.as_deref()) {
        Ok(request) => request,
        // Help isn't an error, and clap tells them apart.
        Err(error) => {
            let text = error.render().to_string();
            if error.use_stderr() {
                let _ = io::stderr().write_all(spelled(&text).as_bytes());
                return ExitCode::from(2);
            }
            let _ = io::stdout().write_all(spelled(&text).as_bytes());
            return ExitCode::SUCCESS;
        }
    };
    let error = match run(&request) {
        Ok(true) => return ExitCode::SUCCESS,
        Ok(false) => return ExitCode::FAILURE,
        Err(error) => error,
    };
    let _ = writeln!(io::stderr(), "{}", spelled(&format!("error: {error:#}")));
    ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
}

/// Returns whether all was graded and written.
fn run(request: &Request) -> Result<bool> {
    let progress = Progress::of_this_process();
    match request {
        Request::Grade(request) => grade::run(request, &lessons::root(), &progress),
        Request::Merge(request) => merge::run(request, &progress),
        Request::GradescopeZip(request) => gradescope::run(request, &lessons::root(), &progress),
    }
}
