//! The console blocks of the prose are what their commands print. Each is run as its reader would run
//! it, but for the terminal.

use super::command::{command, free_port, on_port, typed_text};
use super::compare::{Ports, difference};
use super::markdown::{Document, Fence, parse};
use super::pictures::{self, Outputs, Picture};
use super::tree::{self, Tree, finding};
use crate::programs::wait_for_end;
use anyhow::{Context, Result};
use base::lessons::{self, LESSONS};
use base::programs::{self, Keeper};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::process::Command;
use std::time::Duration;

/// Runs every block, and compares what it prints, and what it draws.
pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut blocks = Blocks { tree, findings, draws: false, total: 0 };
    blocks.run();
    format!("output: {} console blocks run", blocks.total)
}

/// Runs the blocks with pictures, and draws them.
pub fn draw(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut blocks = Blocks { tree, findings, draws: true, total: 0 };
    blocks.run();
    format!("pictures drawn anew: {}", blocks.total)
}

struct Blocks<'a> {
    tree: &'a Tree,
    findings: &'a mut Vec<String>,
    draws: bool,
    /// Blocks that were run, or pictures that were drawn.
    total: usize,
}

impl Blocks<'_> {
    fn run(&mut self) {
        if let Err(text) = build() {
            self.findings.push(finding("Cargo.toml", 1, &text));
        }
        for file in self.tree.prose() {
            let document = parse(&file.text);
            for fence in &document.fences {
                if fence.info.starts_with("console") {
                    self.run_one(fence, &document, file);
                }
            }
        }
    }

    fn run_one(&mut self, fence: &Fence<'_>, document: &Document<'_>, file: &tree::File) {
        let picture = Picture::below(fence, document, &file.path);
        let result = match (&picture, self.draws) {
            (None, true) => return,
            (Some(picture), true) => self.draw(fence, picture),
            (picture, false) => self.compare(fence, picture.as_ref()),
        };
        if let Err(text) = result {
            self.findings.push(finding(&file.path, fence.line, &text));
        }
    }

    fn draw(&mut self, fence: &Fence<'_>, picture: &Picture) -> Result<(), String> {
        let is_new = try_again(fence, |run| {
            run.check_output(fence)?;
            picture.draw(run.picture.as_ref()?, &run.ports, self.tree)
        })?;
        self.total += usize::from(is_new);
        Ok(())
    }

    fn compare(&mut self, fence: &Fence<'_>, picture: Option<&Picture>) -> Result<(), String> {
        self.total += 1;
        picture.map_or(Ok(()), |picture| picture.find(self.tree).map(drop))?;
        try_again(fence, |run| {
            run.check_output(fence)?;
            let Some(picture) = picture else { return Ok(()) };
            picture.compare(run.picture.as_ref()?, &run.ports, self.tree)
        })
    }
}

/// How often a run with a wire may show something else than a block does. Of two datagrams that
/// are under way at the same time, now one comes first and now the other.
const TRIES: usize = 8;

/// Runs a block's command until what it does is right, or too often.
fn try_again<T>(
    fence: &Fence<'_>,
    mut is_right: impl FnMut(&Run<'_>) -> Result<T, String>,
) -> Result<T, String> {
    let mut tries = if pictures::has_wire(fence) { TRIES } else { 1 };
    loop {
        let result = is_right(&Run::of(fence)?);
        tries -= 1;
        if tries == 0 || result.is_ok() {
            return result;
        }
    }
}

/// What the command of a block has done.
struct Run<'a> {
    command: &'a str,
    typed: String,
    printed: String,
    picture: Result<String, String>,
    ports: Ports,
}

impl<'a> Run<'a> {
    fn of(fence: &Fence<'a>) -> Result<Self, String> {
        let typed = typed_text(fence.info)?;
        let (command, words) = command(fence)?;
        let port = free_port()?;
        let mut words = on_port(&words, port);
        let outputs = Outputs::redirect(&mut words, pictures::has_wire(fence))?;
        let printed = outputs.with_their_names(&output_of(&words, &typed)?);
        let ports = Ports::new(command, port);
        Ok(Self { command, typed, printed, picture: outputs.picture(), ports })
    }

    /// An error says what is wrong with the block.
    fn check_output(&self, fence: &Fence<'_>) -> Result<(), String> {
        let expected = &fence.lines[1..];
        // The runner shows what is typed; without it, only a terminal would.
        let unseen = if self.command.starts_with("cargo run ") { &self.typed } else { "" };
        match difference(&expected.join("\n"), &self.printed, unseen, &self.ports) {
            None => Ok(()),
            Some(lines) => Err(format!(
                "`{}` doesn't print this; mend the block or the program \
                 (- block, + program){lines}",
                self.command
            )),
        }
    }
}

/// Builds the programs, so that the first blocks don't show how cargo compiles them.
fn build() -> Result<(), String> {
    let mut command = vec!["cargo".to_owned(), "build".to_owned(), "--quiet".to_owned()];
    for lesson in LESSONS {
        command.push(format!("--package={}", lesson.name()));
    }
    let printed = output_of(&command, "")?;
    if printed.is_empty() {
        return Ok(());
    }
    Err(format!("the lessons don't build in silence; mend what cargo says:\n{printed}"))
}

/// Within it a command has ended; it may have to compile something first.
const DEADLINE: Duration = Duration::from_secs(60);

/// Variables that a reader may have, but that would change what is printed.
const UNSET: [&str; 5] =
    ["RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS"];

/// Returns what `cargo …` prints to stdout and to stderr, in one text.
fn output_of(words: &[String], input: &str) -> Result<String, String> {
    let name = words.join(" ");
    let (output, in_time) = run(words, input).map_err(|error| {
        format!("`{name}` doesn't run: {error:#}; does it, and `cargo --version`, by hand?")
    })?;
    if in_time {
        return Ok(output);
    }
    let seconds = DEADLINE.as_secs();
    Err(format!("`{name}` hasn't ended within {seconds} s; run it by hand. It printed:\n{output}"))
}

/// Returns the output, and whether the command has ended by itself.
fn run(words: &[String], input: &str) -> Result<(String, bool)> {
    let mut typed = tempfile::tempfile().context("there is no place for its input")?;
    typed.write_all(input.as_bytes()).context("its input can't be written")?;
    typed.rewind().context("its input can't be read")?;
    let mut printed = tempfile::tempfile().context("there is no place for its output")?;
    let mut keeper = Keeper::start()?;
    let child = keeper.spawn(&mut command_line(words, typed, &printed)?);
    let mut child = child.context("it can't be started")?;
    let in_time = wait_for_end(&mut child, DEADLINE)?.is_some();
    // Whatever it has left behind would go on writing.
    drop(keeper);
    if !in_time {
        child.wait().context("its end can't be awaited")?;
    }
    let mut output = Vec::new();
    printed.rewind().context("its output can't be read")?;
    printed.read_to_end(&mut output).context("its output can't be read")?;
    Ok((String::from_utf8_lossy(&output).into_owned(), in_time))
}

fn command_line(words: &[String], input: File, output: &File) -> Result<Command> {
    let mut command = programs::cargo();
    command.args(&words[1..]).current_dir(lessons::root());
    // One file for both streams, as one terminal shows both, keeps their order.
    command.stdin(input).stdout(output.try_clone()?).stderr(output.try_clone()?);
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never");
    // The prose shows what is drawn with Unicode, in lines of the usual length.
    command.env("LC_ALL", "C.UTF-8");
    for name in UNSET {
        command.env_remove(name);
    }
    Ok(command)
}
