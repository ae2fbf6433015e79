//! The console blocks of the prose are what their commands print.

use super::command::{command, free_port, on_port, typed_text};
use super::compare::difference;
use super::markdown::{Document, Fence, parse};
use super::normalise::Ports;
use super::pictures::{self, Outputs, Picture};
use super::tree::{File, Tree};
use super::{finding, process};
use base::lessons::LESSONS;

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

    fn run_one(&mut self, fence: &Fence<'_>, document: &Document<'_>, file: &File) {
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
        let printed = outputs.with_their_names(&process::output_of(&words, &typed)?);
        let ports = Ports::new(command, port);
        Ok(Self { command, typed, printed, picture: outputs.picture(), ports })
    }

    /// An error says what is wrong with the block.
    fn check_output(&self, fence: &Fence<'_>) -> Result<(), String> {
        let expected = fence.lines.get(1..).unwrap_or_default();
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
    let printed = process::output_of(&command, "")?;
    if printed.is_empty() {
        return Ok(());
    }
    Err(format!("the lessons don't build in silence; mend what cargo says:\n{printed}"))
}
