//! `cargo xtask start DIR`: writes a student's workspace.
//!
//! # Layout
//!
//! - this file: the command line, where the workspace goes, whole or not at all, and its repository
//! - [`contents`]: what it consists of

mod contents;

use crate::command::{Subcommand, unexpected};
use crate::workspace;
use anyhow::{Context, Result, bail};
use base::files;
use base::lessons::{self, LESSONS};
use base::terminal::{Style, spelled};
use base::usage::UsageError;
use contents::Choice;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path, PathBuf, absolute};
use std::process::{self, ExitCode, Stdio};

pub const COMMAND: Subcommand = Subcommand {
    name: "start",
    arguments: "DIR [--lessons LIST] [--graded]",
    summary: "write a workspace for a student, with gaps to fill",
    details: "\
DIR is a new folder, or an empty one, outside of this course. What is in there afterwards is a \
course of its own, with a git repository. This one stays as it is, and what git doesn't track \
here stays here.

  --lessons LIST    which lessons get gaps: 2, 1-3 or 1-3,5; the others stay solved
  --graded          leave out the solutions, and all that would give them away",
    run,
};

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    workspace::expect_none(&COMMAND)?;
    let (directory, choice) = read_arguments(parser)?;
    let course = lessons::root();
    let place = Place::prepare(&directory, &course)?;
    contents::write(&course, place.folder(), &choice)?;
    let without_git = commit_all(place.folder());
    place.finish()?;
    let mut text = report(&directory, &choice);
    if let Some(problem) = without_git {
        text.push_str(&format!("\nIt has no git repository with a first commit: {problem}\n"));
    }
    write!(io::stdout(), "{}", spelled(&text))?;
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
            other => return Err(unexpected(&other, &COMMAND)),
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

/// A folder that is removed again unless it is finished.
struct Place {
    target: PathBuf,
    /// Beside the target, so that it can be renamed to it.
    temporary: PathBuf,
    /// Folders that lead there and weren't there before, the outermost one first.
    created: Vec<PathBuf>,
    is_finished: bool,
}

impl Place {
    fn prepare(directory: &Path, course: &Path) -> Result<Self> {
        let target = absolute(directory)
            .with_context(|| format!("cannot find the folder `{}`", directory.display()))?;
        let real = real_path(&target);
        if let Some(problem) = problem(&real, course)? {
            let name = directory.display();
            return Err(UsageError(format!("`{name}` {problem}")).into());
        }
        // Windows knows a real path by a notation that many programs don't understand, git too.
        let target = if cfg!(windows) { target } else { real };
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            bail!("`{}` is no folder within another one", directory.display());
        };
        let (parent, name) = (parent.to_owned(), name.to_string_lossy());
        let mut created: Vec<PathBuf> =
            parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        created.reverse();
        let temporary = parent.join(format!(".{name}.{}", process::id()));
        let place = Self { target, temporary, created, is_finished: false };
        fs::create_dir_all(&parent)
            .and_then(|()| fs::create_dir(&place.temporary))
            .with_context(|| format!("cannot create a folder in {}", parent.display()))?;
        Ok(place)
    }

    /// Where to write for now.
    fn folder(&self) -> &Path {
        &self.temporary
    }

    /// Gives the folder its name.
    fn finish(mut self) -> Result<()> {
        if self.target.exists() {
            // Windows renames nothing to a name that is taken, not even by an empty folder.
            fs::remove_dir(&self.target)
                .with_context(|| format!("cannot take the place of {}", self.target.display()))?;
        }
        fs::rename(&self.temporary, &self.target)
            .with_context(|| format!("cannot create {}", self.target.display()))?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        let _ = fs::remove_dir_all(&self.temporary);
        for folder in self.created.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Why there can't be a workspace, and what to do about it.
fn problem(target: &Path, course: &Path) -> Result<Option<&'static str>> {
    if target.starts_with(real_path(course)) {
        return Ok(Some("lies in the course itself; take a folder outside, such as `../sockets`"));
    }
    if !target.exists() {
        return Ok(None);
    }
    if !target.is_dir() {
        return Ok(Some("is a file; take the name of a new folder"));
    }
    let mut entries =
        fs::read_dir(target).with_context(|| format!("cannot list {}", target.display()))?;
    let is_empty = entries.next().is_none();
    Ok((!is_empty).then_some("isn't empty; take a new folder, so that nothing is overwritten"))
}

/// A path without links and `..`. What isn't there yet is no link.
fn real_path(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            real.pop();
        } else {
            real.push(component);
        }
        if real.has_root() {
            real = real.canonicalize().unwrap_or(real);
        }
    }
    real
}

/// Whoever makes the first commit where git doesn't know the user.
const NEUTRAL: [&str; 4] = ["-c", "user.name=Sockets course", "-c", "user.email=course@localhost"];

/// Makes a repository with one commit. If that can't be done, the workspace is of use all the
/// same, so that this returns only what the user may want to know.
fn commit_all(folder: &Path) -> Option<String> {
    // What the user ignores everywhere, say `.vscode`, is a part of the workspace nevertheless.
    for step in [&["init", "--quiet", "--template="][..], &["add", "--all", "--force"]] {
        if let Err(problem) = git_in(folder, step) {
            return Some(problem);
        }
    }
    let commit = ["commit", "--quiet", "--no-verify", "--message", "Start the course"];
    if git_in(folder, &commit).is_ok() {
        return None;
    }
    let mut with_identity = NEUTRAL.to_vec();
    with_identity.extend(commit);
    git_in(folder, &with_identity).err()
}

fn git_in(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = files::git(folder);
    // Nothing may go on in a folder that is about to be renamed, or ask for a password.
    for setting in
        ["gc.auto=0", "maintenance.auto=false", "core.fsmonitor=false", "commit.gpgSign=false"]
    {
        command.args(["-c", setting]);
    }
    command.args(arguments).stdin(Stdio::null());
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err("git isn't installed, and the course works without it.".to_owned())
        }
        Err(error) => Err(format!("git can't be started ({error}).")),
    }
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
