//! A student's workspace, which `start` writes, and what its folder `.course` says about it.

use crate::Command;
use anyhow::{Context, Result, anyhow, bail};
use base::lessons::{self, Lesson, parse_ranges, ranges};
use base::regions;
use base::usage::UsageError;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// From the root: which lessons were started, and how. The course itself has no such file.
pub const SETTINGS: &str = ".course/workspace";

pub struct Workspace {
    root: PathBuf,
    /// The lessons that came with gaps.
    pub lessons: Vec<&'static Lesson>,
    /// Whether the solutions were held back.
    pub graded: bool,
}

/// The student's workspace that we are in, or nothing in the course itself.
pub fn load() -> Result<Option<Workspace>> {
    read(&lessons::root())
}

/// The student's workspace, for a command that makes no sense anywhere else.
pub fn expect(command: &Command) -> Result<Workspace> {
    load()?.ok_or_else(|| {
        let name = command.name;
        let hint = "make one with `cargo xtask start DIR`, and try there";
        UsageError(format!("`{name}` belongs to a student's workspace, and this is none: {hint}"))
            .into()
    })
}

/// Refuses a command that makes no sense in a student's workspace.
pub fn expect_none(command: &Command) -> Result<()> {
    if load()?.is_none() {
        return Ok(());
    }
    let name = command.name;
    let hint = "run it in the course that this workspace was started from";
    Err(UsageError(format!("`{name}` makes no sense in a student's workspace: {hint}")).into())
}

/// The other half of a lesson's pair, if this is a student's workspace where it still has gaps.
pub fn unfinished_mate(lesson: &Lesson) -> Result<Option<&'static Lesson>> {
    let (Some(workspace), Some(mate)) = (load()?, lesson.mate()) else { return Ok(None) };
    Ok(workspace.has_gaps(mate)?.then_some(mate))
}

/// Where a lesson's starter is, from the root.
pub fn starter_path(lesson: &Lesson) -> String {
    format!(".course/starters/{}.rs", lesson.directory())
}

/// Where a lesson's solution is, from the root.
pub fn solution_path(lesson: &Lesson) -> String {
    format!(".course/solutions/{}.rs", lesson.directory())
}

/// The settings of a workspace, as [`load`] reads them.
pub fn settings(lessons: &[&Lesson], graded: bool) -> String {
    let graded = if graded { "yes" } else { "no" };
    format!("lessons {}\ngraded {graded}\n", ranges(lessons))
}

impl Workspace {
    /// Refuses a lesson that came solved.
    pub fn expect_started(&self, lesson: &Lesson) -> Result<()> {
        if self.lessons.contains(&lesson) {
            return Ok(());
        }
        let (name, mine) = (lesson.name(), ranges(&self.lessons));
        let text = format!("{name} came solved into this workspace; yours to write: {mine}");
        Err(UsageError(text).into())
    }

    /// A lesson's program as it was given out, with its gaps.
    pub fn starter(&self, lesson: &Lesson) -> Result<String> {
        self.expect_started(lesson)?;
        read_text(&self.root.join(starter_path(lesson)))
    }

    /// Whether the lesson's program still has a gap that its starter had.
    pub fn has_gaps(&self, lesson: &Lesson) -> Result<bool> {
        if !self.lessons.contains(&lesson) {
            return Ok(false);
        }
        let program = read_text(&self.root.join(lesson.source()))?;
        Ok(regions::has_gaps(&program, &self.starter(lesson)?))
    }
}

fn read(root: &Path) -> Result<Option<Workspace>> {
    let path = root.join(SETTINGS);
    match fs::read_to_string(&path) {
        Ok(text) => {
            // Not as wrong usage, which it would be on a command line.
            let (lessons, graded) = parse_settings(&text).map_err(|error| {
                let hint = format!("get it back with `git checkout {SETTINGS}`");
                anyhow!("cannot understand {}: {error:#}; {hint}", path.display())
            })?;
            Ok(Some(Workspace { root: root.to_owned(), lessons, graded }))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn read_text(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| {
        format!("cannot read {}; `git checkout` brings lost files back", path.display())
    })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn parse_settings(text: &str) -> Result<(Vec<&'static Lesson>, bool)> {
    let (mut lessons, mut graded) = (None, None);
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("lessons", list)) => lessons = Some(parse_ranges(list)?),
            Some(("graded", answer)) => graded = Some(answer.trim() == "yes"),
            _ => {}
        }
    }
    match (lessons, graded) {
        (Some(lessons), Some(graded)) => Ok((lessons, graded)),
        _ => bail!("it needs a line `lessons 1-5` and a line `graded no`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_are_written() {
        for list in ["1-5", "2", "1-2,4-5"] {
            let lessons = parse_ranges(list).unwrap();
            assert_eq!(ranges(&lessons), list);
            let settings = settings(&lessons, list == "2");
            assert_eq!(parse_settings(&settings).unwrap(), (lessons, list == "2"));
        }
        assert_eq!(parse_settings("graded no\r\nlessons 1\r\n").unwrap().0.len(), 1);
        assert!(parse_settings("lessons 1\n").is_err());
        assert!(parse_settings("graded no\n").is_err());
    }
}
