//! The student's runner: `cargo xtask COMMAND`.
//!
//! # Layout
//!
//! - this file: the table of commands, and how their results become exit codes
//! - one file a command, with its name
//! - [`session`]: a running pair of programs; [`screen`]: what they print; [`wire`]: what travels
//!   between them
//! - [`build`]: calls cargo; [`grading`]: calls the checks, and learns their verdict
//! - [`grade`]: starts the grader, for instructors
//! - [`workspace`], [`progress`]: a student's workspace, and what the student has reached there
//! - [`course`]: starts the program `course`, which has the commands that no student waits for

pub mod build;
pub mod check;
pub mod course;
pub mod grade;
pub mod grading;
pub mod help;
pub mod hint;
pub mod list;
pub mod progress;
pub mod reset;
pub mod run;
pub mod screen;
pub mod session;
pub mod solution;
pub mod start;
pub mod watch;
pub mod wire;
pub mod workspace;

use anyhow::Result;
use base::usage::{UsageError, finish, nearest};
use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

/// A subcommand of `cargo xtask`.
pub struct Command {
    pub name: &'static str,
    /// What stands behind the name on a command line.
    pub arguments: &'static str,
    /// One line for the list of commands.
    pub summary: &'static str,
    /// What `cargo xtask help NAME` adds to the summary.
    pub details: &'static str,
    pub run: fn(lexopt::Parser) -> Result<ExitCode>,
}

pub const COMMANDS: &[Command] = &[
    run::COMMAND,
    check::COMMAND,
    watch::COMMAND,
    hint::COMMAND,
    solution::COMMAND,
    reset::COMMAND,
    list::COMMAND,
    start::COMMAND,
    grade::COMMAND,
    help::COMMAND,
    course::VERIFY,
    course::BENCH,
];

/// The whole program.
pub fn main() -> ExitCode {
    let result = dispatch(env::args_os().skip(1).collect());
    finish(result, anyhow::Error::is::<lexopt::Error>)
}

fn dispatch(arguments: Vec<OsString>) -> Result<ExitCode> {
    // All that follows `--program` is another program's command line.
    let mut ours =
        arguments.iter().take_while(|word| !word.as_encoded_bytes().starts_with(b"--program"));
    let asks_for_help = ours.any(|word| word == "--help" || word == "-h");
    let mut words = arguments.into_iter();
    let Some(name) = words.next() else {
        return list::overview();
    };
    let name = name.to_string_lossy();
    if name == "--help" || name == "-h" {
        return help::overview();
    }
    let command = find(&name)?;
    if asks_for_help {
        return help::of(command);
    }
    (command.run)(lexopt::Parser::from_args(words))
}

/// Finds a command by its name.
pub fn find(name: &str) -> Result<&'static Command> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    let names = COMMANDS.iter().map(|command| command.name);
    let guess = nearest(name, names).unwrap_or_default();
    let hint = format!("did you mean `cargo xtask {guess}`? `cargo xtask help` shows all commands");
    Err(UsageError(format!("there is no command `{name}`: {hint}")).into())
}
