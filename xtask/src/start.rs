//! `cargo xtask start DIR`: writes a student's workspace.
//!
//! # Layout
//!
//! - this file: the command line, and what the student is told
//! - [`place`]: where the workspace goes, whole or not at all
//! - [`contents`]: what it consists of, [`conceal`]: of the prose; [`texts`]: the files that only it has
//! - [`git`]: its repository

mod conceal;
mod contents;
mod git;
mod place;
mod texts;

use crate::{Command, help, workspace};
use anyhow::Result;
use base::lessons::{self, LESSONS, Lesson};
use base::terminal::Style;
use base::usage::UsageError;
use place::Place;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "start",
    arguments: "DIR [--lessons 1-5] [--graded]",
    summary: "write a workspace for a student: the lessons with gaps to fill",
    details: "\
DIR is a new folder, or an empty one, outside of this course. What is in there afterwards is a
course of its own, with a git repository. This one stays as it is.

  --lessons LIST    which lessons get gaps: 2, 1-3 or 1-3,5; the others stay solved
  --graded          leave out the solutions, and all that would give them away",
    run,
};

/// What a workspace is to be like.
pub struct Choice {
    /// The lessons that get gaps.
    lessons: Vec<&'static Lesson>,
    graded: bool,
}

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    workspace::expect_none(&COMMAND)?;
    let (directory, choice) = read_arguments(parser)?;
    let course = lessons::root();
    let place = Place::prepare(&directory, &course)?;
    contents::write(&course, place.folder(), &choice)?;
    let without_git = git::commit_all(place.folder());
    place.finish()?;
    let mut text = report(&directory, &choice);
    if let Some(problem) = without_git {
        text.push_str(&format!("\nIt has no git repository with a first commit: {problem}\n"));
    }
    write!(io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

fn read_arguments(mut parser: lexopt::Parser) -> Result<(PathBuf, Choice)> {
    let (mut directory, mut chosen, mut graded) = (None, None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            lexopt::Arg::Long("lessons") => {
                let list = parser.value()?;
                chosen = Some(lessons::parse_ranges(&list.to_string_lossy())?);
            }
            lexopt::Arg::Long("graded") => graded = true,
            lexopt::Arg::Value(word) if directory.is_none() => directory = Some(word.into()),
            other => return Err(help::unexpected(&other, &COMMAND)),
        }
    }
    let hint = "into which folder? For example `cargo xtask start ../sockets`";
    let directory = directory.ok_or_else(|| UsageError(hint.to_owned()))?;
    let lessons = chosen.unwrap_or_else(|| LESSONS.iter().collect());
    Ok((directory, Choice { lessons, graded }))
}

/// What the student can do now.
fn report(directory: &Path, choice: &Choice) -> String {
    let style = Style::of_stdout();
    let Choice { lessons, graded } = choice;
    let (place, first) = (quoted(directory), lessons.first().map_or(String::new(), |l| l.name()));
    let list = lessons::ranges(lessons);
    let mut text = format!("The workspace is ready; its gaps are in {}.\n\n", named(&list));
    for (command, purpose) in [
        (format!("cd {place}"), ""),
        ("cargo xtask".to_owned(), "see where you are, and what is next"),
        (
            format!("cargo xtask watch {first}"),
            "be told on each save what is right, and what isn't",
        ),
    ] {
        let line = format!("  {}    {purpose}", style.paint("1", &format!("{command:<26}")));
        text.push_str(&format!("{}\n", line.trim_end()));
    }
    text.push_str("\nREADME.md there says how to work.\n");
    if *graded && lessons.len() < LESSONS.len() {
        text.push_str(
            "Note: the other lessons are solved, and lessons repeat parts of each other. To hold \
             all solutions back, leave `--lessons` out.\n",
        );
    }
    text
}

/// `lesson 2` or `lessons 1-3`
fn named(list: &str) -> String {
    let plural = if list.len() > 1 { "s" } else { "" };
    format!("lesson{plural} {list}")
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-~+@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    if cfg!(windows) { format!("\"{text}\"") } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted(Path::new("../sockets-1.0/好")), "../sockets-1.0/好");
        let quotes = if cfg!(windows) { "\"my work\"" } else { "'my work'" };
        assert_eq!(quoted(Path::new("my work")), quotes);
    }
}
