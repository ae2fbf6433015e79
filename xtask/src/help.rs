//! `cargo xtask help`: made from the table of commands.

use crate::{COMMANDS, Command, find};
use anyhow::Result;
use base::usage::UsageError;
use std::io::{self, Write};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "help",
    arguments: "[COMMAND]",
    summary: "show all commands, or what one of them does",
    details: "",
    run,
};

const EXIT_CODES: &str = "\
Exit codes: 0 all is well; 1 it failed (the lesson, the build or the command); 2 wrong usage.";

fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let mut command = None;
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Value(name) if command.is_none() => {
                command = Some(find(&name.to_string_lossy())?);
            }
            other => return Err(unexpected(&other, &COMMAND)),
        }
    }
    command.map_or_else(overview, of)
}

/// Prints all commands.
pub fn overview() -> Result<ExitCode> {
    let mut text = String::from("Usage: cargo xtask [COMMAND]\n\nCommands:\n");
    for command in COMMANDS {
        let usage = format!("{} {}", command.name, command.arguments);
        text.push_str(&format!("  {usage:<26} {}\n", command.summary));
    }
    text.push_str("\nWithout a command: the lessons, and what to do next.\n");
    writeln!(io::stdout(), "{text}{EXIT_CODES}")?;
    Ok(ExitCode::SUCCESS)
}

/// Prints what `command` does.
pub fn of(command: &Command) -> Result<ExitCode> {
    let Command { name, arguments, summary, details, .. } = command;
    let mut text = format!("cargo xtask {name} {arguments}\n\n  {summary}\n");
    if !details.is_empty() {
        text.push_str(&format!("\n{}\n", details.trim_end()));
    }
    writeln!(io::stdout(), "{text}\n{EXIT_CODES}")?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses all arguments, for a command that takes none.
pub fn expect_none(mut parser: lexopt::Parser, command: &Command) -> Result<()> {
    match parser.next()? {
        Some(argument) => Err(unexpected(&argument, command)),
        None => Ok(()),
    }
}

/// Refuses a word that a command can't use.
pub fn unexpected(argument: &lexopt::Arg<'_>, command: &Command) -> anyhow::Error {
    let word = match argument {
        lexopt::Arg::Short(letter) => format!("-{letter}"),
        lexopt::Arg::Long(name) => format!("--{name}"),
        lexopt::Arg::Value(value) => value.to_string_lossy().into_owned(),
    };
    let Command { name, arguments, .. } = command;
    UsageError(format!("`{word}` is unexpected here: try `cargo xtask {name} {arguments}`")).into()
}
