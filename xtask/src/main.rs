//! The student's runner: `cargo xtask COMMAND`.
//!
//! # Layout
//!
//! - this file: the table of commands, and how their results become exit codes
//! - one file a command: [`run`], [`list`], [`help`], [`verify`], [`bench`], [`keep`]
//! - [`session`]: a running pair of programs; [`screen`]: what they print
//! - [`catalog`]: the list of lessons; [`nearest`]: did you mean …?

mod bench;
mod catalog;
mod help;
mod keep;
mod list;
mod nearest;
mod run;
mod screen;
mod session;
mod verify;

use anyhow::Result;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::ExitCode;
use std::{env, fmt};

/// A subcommand of `cargo xtask`.
pub struct Command {
    pub name: &'static str,
    /// What stands behind the name on a command line.
    pub arguments: &'static str,
    /// One line for the list of commands.
    pub summary: &'static str,
    /// What `cargo xtask help NAME` adds to the summary.
    pub details: &'static str,
    /// For the runner itself, not for people.
    pub hidden: bool,
    pub run: fn(lexopt::Parser) -> Result<ExitCode>,
}

pub const COMMANDS: &[Command] =
    &[run::COMMAND, list::COMMAND, help::COMMAND, verify::COMMAND, bench::COMMAND, keep::COMMAND];

/// A command line that can't be understood. It ends the program with status 2.
#[derive(Debug)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

fn main() -> ExitCode {
    match dispatch(env::args_os().skip(1).collect()) {
        Ok(code) => code,
        // Whoever read our output has seen enough, as in `cargo xtask list | head -1`.
        Err(error) if is_closed_pipe(&error) => ExitCode::from(1),
        Err(error) => {
            help::print_error(&error);
            let usage = error.is::<UsageError>() || error.is::<lexopt::Error>();
            ExitCode::from(if usage { 2 } else { 1 })
        }
    }
}

fn dispatch(arguments: Vec<OsString>) -> Result<ExitCode> {
    let asks_for_help = arguments.iter().any(|word| word == "--help" || word == "-h");
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
    let names = COMMANDS.iter().filter(|command| !command.hidden).map(|command| command.name);
    let guess = nearest::nearest(name, names).unwrap_or_default();
    let hint = format!("did you mean `cargo xtask {guess}`? `cargo xtask help` shows all commands");
    Err(UsageError(format!("there is no command `{name}`: {hint}")).into())
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
