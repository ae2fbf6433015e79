//! `cargo xtask solution LESSON`: what the reference does otherwise than the student's program.

use crate::workspace::{self, Workspace};
use crate::{Command, diff, help, progress};
use anyhow::{Context, Result, bail};
use base::lessons::{self, Lesson};
use base::regions;
use base::terminal::Style;
use base::usage::UsageError;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "solution",
    arguments: "LESSON [--anyway]",
    summary: "compare your program with the reference, once it has full points",
    details: "\
Lines with `-` stand only in your program, and lines with `+` only in the reference. Yours needn't
be the same: what counts is what the checks say.

  --anyway    show it even though your program doesn't have full points yet",
    run,
};

fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let (mut lesson, mut anyway) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("anyway") => anyway = true,
            lexopt::Arg::Value(word) if lesson.is_none() => lesson = Some(lessons::named(&word)?),
            other => return Err(help::unexpected(&other, &COMMAND)),
        }
    }
    let workspace = workspace::expect(&COMMAND)?;
    let hint = "which lesson? For example `cargo xtask solution lesson-3`";
    let lesson = lesson.ok_or_else(|| UsageError(hint.to_owned()))?;
    show(&workspace, lesson, anyway)?;
    Ok(ExitCode::SUCCESS)
}

fn show(workspace: &Workspace, lesson: &Lesson, anyway: bool) -> Result<()> {
    let name = lesson.name();
    workspace.expect_started(lesson)?;
    if workspace.graded {
        bail!(
            "this workspace is graded, and so it came without solutions; `cargo xtask hint {name}` helps"
        );
    }
    let is_done = progress::read()?.best(lesson).is_some_and(progress::Best::is_full);
    if !is_done && !anyway {
        bail!(
            "{name} doesn't have full points yet: `cargo xtask check {name}` says what is missing, \
             `cargo xtask hint {name}` helps, and `--anyway` shows the solution nevertheless"
        );
    }
    let (mine, theirs) = (lesson.source(), workspace::solution_path(lesson));
    let text = |path: &str| read(path).map(|text| regions::without_markers(&text));
    let difference = diff::unified(&text(&mine)?, &text(&theirs)?);
    let style = Style::of_stdout();
    let text = if difference.is_empty() {
        format!("{mine} is the reference, line by line.\n")
    } else {
        let title = style.paint("1", &format!("--- {mine}\n+++ {theirs}"));
        format!("{title}\n{}", paint(&difference, style))
    };
    write!(io::stdout(), "{text}")?;
    Ok(())
}

fn read(path: &str) -> Result<String> {
    let bytes = fs::read(lessons::root().join(path));
    let bytes = bytes.with_context(|| format!("cannot read {path}; git can bring it back"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Colours a difference as git does.
fn paint(difference: &str, style: Style) -> String {
    let mut text = String::new();
    for line in difference.lines() {
        text.push_str(&match line.get(..1) {
            Some("-") => style.paint("31", line),
            Some("+") => style.paint("32", line),
            Some("@") => style.paint("36", line),
            _ => line.to_owned(),
        });
        text.push('\n');
    }
    text
}
