//! `cargo xtask list`: the lessons; and what `cargo xtask` says without a command.

use crate::Command;
use crate::catalog::{LESSONS, Lesson};
use crate::help;
use crate::screen::Style;
use anyhow::Result;
use std::io::{self, Write};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "list",
    arguments: "",
    summary: "show the lessons: what each teaches, its pair, its walkthrough",
    details: "",
    hidden: false,
    run,
};

const NEXT: &str = "\
What next?
  cargo xtask run lesson-3    see a datagram cross from a sender to a receiver
  lessons/README.md           where to start reading
  cargo xtask help            all commands";

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    help::expect_none(parser, &COMMAND)?;
    write!(io::stdout(), "{}", lessons())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the lessons, and what to do next.
pub fn overview() -> Result<ExitCode> {
    writeln!(io::stdout(), "{}\n{NEXT}", lessons())?;
    Ok(ExitCode::SUCCESS)
}

fn lessons() -> String {
    let style = Style::of_stdout();
    LESSONS.iter().map(|lesson| entry(lesson, style)).collect()
}

fn entry(lesson: &Lesson, style: Style) -> String {
    let pair =
        lesson.mate().map_or("runs alone".to_owned(), |mate| format!("runs with {}", mate.name()));
    let Lesson { title, teaches, .. } = lesson;
    let name = style.paint("1", &lesson.name());
    format!("{name}  {title}: {teaches}\n          {pair} · {}\n", lesson.walkthrough())
}
