//! The student's runner: `cargo xtask COMMAND`. A first run compiles it, and waits for that.
//!
//! # Layout
//!
//! - this file: the table of commands, how their results become exit codes, and `help`, which is
//!   made from the table
//! - one file a command, with its name; [`others`] has those that other programs do: `grade`,
//!   `verify` and `bench`
//! - of `run`, [`session`]: a running pair of programs; [`wire`]: what travels between them;
//!   [`screen`]: what people see of both
//! - [`workspace`]: a student's workspace, and what the student has reached there
//! - [`build`]: calls cargo; [`command`]: what a command is
//!
//! No two modules use each other: the commands stand on the rest, and this file on the commands.
//! What a first run can do without, the program `checks` does: judging, playing the other half of a
//! pair, watching files, drawing pictures, and comparing programs.

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

mod build;
mod check;
mod command;
mod hint;
mod list;
mod others;
mod reset;
mod run;
mod screen;
mod session;
mod solution;
mod start;
mod watch;
mod wire;
mod workspace;

use anyhow::Result;
use base::terminal;
use base::usage::{UsageError, finish, nearest};
use command::{Subcommand, unexpected};
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

const COMMANDS: &[Subcommand] = &[
    run::COMMAND,
    check::COMMAND,
    watch::COMMAND,
    hint::COMMAND,
    solution::COMMAND,
    reset::COMMAND,
    list::COMMAND,
    start::COMMAND,
    others::GRADE,
    HELP,
    others::VERIFY,
    others::BENCH,
    others::NEW_LESSON,
];

const HELP: Subcommand = Subcommand {
    name: "help",
    arguments: "[COMMAND]",
    summary: "show all commands, or what one of them does",
    details: "",
    run: help,
};

const EXIT_CODES: &str = "\
Exit codes: 0 all is well; 1 the lesson, build or command failed; 2 wrong usage.";

fn main() -> ExitCode {
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
        return print_commands();
    }
    let command = find(&name)?;
    // What the grader can do, the grader says.
    if asks_for_help && command.name != others::GRADE.name {
        return print_details(command);
    }
    (command.run)(lexopt::Parser::from_args(words))
}

/// Finds a command by its name.
fn find(name: &str) -> Result<&'static Subcommand> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    let names = COMMANDS.iter().map(|command| command.name);
    let guess = nearest(name, names).map(|guess| format!("did you mean `cargo xtask {guess}`? "));
    let hint = guess.unwrap_or_default() + "`cargo xtask help` shows all commands";
    Err(UsageError(format!("there is no command `{name}`: {hint}")).into())
}

fn help(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let mut command = None;
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Value(name) if command.is_none() => {
                command = Some(find(&name.to_string_lossy())?);
            }
            other => return Err(unexpected(&other, &HELP)),
        }
    }
    command.map_or_else(print_commands, print_details)
}

/// Prints all commands.
fn print_commands() -> Result<ExitCode> {
    let mut text = String::from("Usage: cargo xtask [COMMAND]\n\nCommands:\n");
    for Subcommand { name, arguments, summary, .. } in COMMANDS {
        let usage = format!("{name} {arguments}");
        let usage = if usage.len() > USAGE { format!("{usage}\n  {:USAGE$}", "") } else { usage };
        text.push_str(&format!("  {usage:USAGE$}  {summary}\n"));
    }
    text.push_str("\nWithout a command: the lessons, and what to do next.\n");
    print_help(&text)
}

/// Where the summaries begin in the list of commands.
const USAGE: usize = 24;

/// Prints what `command` does.
fn print_details(command: &Subcommand) -> Result<ExitCode> {
    let Subcommand { name, arguments, summary, details, .. } = command;
    let mut text = format!("cargo xtask {name} {arguments}\n\n  {summary}\n");
    if !details.is_empty() {
        text.push_str(&format!("\n{}\n", details.trim_end()));
    }
    text.push('\n');
    print_help(&text)
}

/// Prints a text, and the exit codes below it, in lines that fit.
fn print_help(text: &str) -> Result<ExitCode> {
    let text = format!("{text}{EXIT_CODES}");
    let text = hanging(&terminal::spelled(&text), terminal::columns());
    writeln!(io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Breaks lines that are too long. The rest of one stands below its last column: what is set off by
/// two spaces or more.
fn hanging(text: &str, columns: usize) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let margin = line.rfind("  ").map_or(0, |at| at + "  ".len());
        let (start, words) = line.split_at(margin);
        let room = columns.saturating_sub(terminal::width(start));
        let rest = format!("\n{}", " ".repeat(start.chars().count()));
        lines.push(format!("{start}{}", terminal::wrap(words, room).join(&rest)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_goes_on_below_its_column() {
        let text = "One two three.\n\n  --all    show all that";
        let broken = "One two three.\n\n  --all    show\n           all\n           that";
        assert_eq!(hanging(text, 15), broken);
        assert_eq!(hanging("One two three.", 13), "One two\nthree.");
        assert_eq!(hanging(text, 80), text);
    }
}
