//! `cargo xtask reset LESSON`: brings the starter back, and keeps what was written instead.

use crate::command::{Subcommand, expect_lesson, lesson_and_flag};
use crate::workspace::{self, Workspace};
use anyhow::{Context, Result};
use base::lessons::{self, Lesson};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

pub const COMMAND: Subcommand = Subcommand {
    name: "reset",
    arguments: "LESSON",
    summary: "begin anew; your program is kept beside the starter",
    details: "\
The program is kept as main.rs.old, main.rs.old-2, …, and none of these is ever overwritten. \
Your points and the hints that you have seen stay as they are.",
    run,
};

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let (lesson, _) = lesson_and_flag(parser, &COMMAND, None)?;
    let workspace = workspace::expect(&COMMAND)?;
    let lesson = expect_lesson(lesson, &COMMAND)?;
    writeln!(io::stdout(), "{}", reset(&workspace, lesson)?)?;
    Ok(ExitCode::SUCCESS)
}

fn reset(workspace: &Workspace, lesson: &Lesson) -> Result<String> {
    let (starter, source) = (workspace.starter(lesson)?, lesson.source());
    let path = lessons::root().join(&source);
    let written = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {source}")),
    };
    if written == starter.as_bytes() {
        return Ok(format!("{source} is the starter already."));
    }
    let mut text = format!("{source} is the starter again.");
    if !written.is_empty() {
        let kept = keep(&path, &written)?;
        text.push_str(&format!(" What you had written is beside it, in {kept}."));
    }
    let context = || format!("cannot write {source}; `git checkout {source}` may do it");
    fs::write(&path, starter).with_context(context)?;
    Ok(text)
}

/// Writes `bytes` beside `path`, a `main.rs`, into a file that isn't there yet; returns its name.
fn keep(path: &Path, bytes: &[u8]) -> Result<String> {
    let mut number = 1;
    loop {
        let end = if number == 1 { "old".to_owned() } else { format!("old-{number}") };
        let name = format!("main.rs.{end}");
        match File::create_new(path.with_file_name(&name))
            .and_then(|mut file| file.write_all(bytes))
        {
            Ok(()) => return Ok(name),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                let context = format!("cannot keep your program in {name}, so nothing was reset");
                return Err(error).context(context);
            }
        }
    }
}
