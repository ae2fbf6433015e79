//! A student's workspace, which `start` writes: what its folder `.course` says about it, and what
//! the student has reached there.

use crate::command::Subcommand;
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
pub fn expect(command: &Subcommand) -> Result<Workspace> {
    load()?.ok_or_else(|| {
        let name = command.name;
        let hint = "make one with `cargo xtask start DIR`, and try there";
        UsageError(format!("`{name}` belongs to a student's workspace, and this is none: {hint}"))
            .into()
    })
}

/// Refuses a command that makes no sense in a student's workspace.
pub fn expect_none(command: &Subcommand) -> Result<()> {
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

    /// Whether the lesson's program is as it was given out. What can't be read is something else.
    pub fn is_starter(&self, lesson: &Lesson) -> bool {
        let program = read_text(&self.root.join(lesson.source()));
        matches!((program, self.starter(lesson)), (Ok(program), Ok(starter)) if program == starter)
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
        _ => bail!("it needs a line such as `lessons 1-3` and a line `graded no`"),
    }
}

/// What the student has reached, from the root; git ignores it.
///
/// It has a line for the best score of a lesson, `lesson-3 85 100` (points, maximum), and a line
/// for the hints that were shown, `lesson-3 hints 2`. Anything else in it is ignored, and losing
/// it loses nothing but this memory.
pub const PROGRESS: &str = ".progress";

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Progress(Vec<String>);

/// Points, and how many of them there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    pub points: u32,
    pub maximum: u32,
}

impl Score {
    /// Reads `85 100`.
    pub fn parse(text: &str) -> Option<Self> {
        let (points, maximum) = text.trim_end().split_once(' ')?;
        Some(Self { points: points.parse().ok()?, maximum: maximum.parse().ok()? })
    }

    pub fn is_full(self) -> bool {
        self.points >= self.maximum
    }
}

/// Reads what has been reached so far; without a file, that is nothing.
pub fn progress() -> Result<Progress> {
    let path = lessons::root().join(PROGRESS);
    match fs::read(&path) {
        Ok(bytes) => Ok(Progress::parse(&String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Progress::default()),
        Err(error) => {
            Err(error).with_context(|| format!("cannot read {}; you may delete it", path.display()))
        }
    }
}

/// Remembers a score, if the lesson has no better one.
pub fn record_score(lesson: &Lesson, points: u32, maximum: u32) -> Result<()> {
    let mut progress = progress()?;
    match progress.best(lesson) {
        Some(best) if best.maximum == maximum && best.points >= points => Ok(()),
        _ => {
            progress.set(&lesson.name(), &format!("{points} {maximum}"));
            progress.write()
        }
    }
}

/// Remembers how many hints of a lesson have been shown.
pub fn record_hints(lesson: &Lesson, shown: usize) -> Result<()> {
    let mut progress = progress()?;
    progress.set(&hints_key(lesson), &shown.to_string());
    progress.write()
}

impl Progress {
    fn parse(text: &str) -> Self {
        Self(text.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// The best score of a lesson, if it has been checked.
    pub fn best(&self, lesson: &Lesson) -> Option<Score> {
        self.values(&lesson.name()).find_map(Score::parse)
    }

    /// How many hints of a lesson have been shown.
    pub fn hints(&self, lesson: &Lesson) -> usize {
        let count = self.values(&hints_key(lesson)).find_map(|value| value.parse().ok());
        count.unwrap_or(0)
    }

    /// The first of the lessons that doesn't have all of its points.
    pub fn first_open(&self, lessons: &[&'static Lesson]) -> Option<&'static Lesson> {
        let is_full = |lesson: &Lesson| self.best(lesson).is_some_and(Score::is_full);
        lessons.iter().copied().find(|lesson| !is_full(lesson))
    }

    /// What stands behind the key, on each line that begins with it.
    fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        let start = format!("{key} ");
        self.0.iter().filter_map(move |line| line.strip_prefix(&start))
    }

    /// Replaces the lines that begin with the key, and go on with a number.
    fn set(&mut self, key: &str, value: &str) {
        let start = format!("{key} ");
        let is_number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        self.0.retain(|line| !line.strip_prefix(&start).is_some_and(is_number));
        let line = format!("{start}{value}");
        self.0.insert(self.0.partition_point(|other| *other < line), line);
    }

    /// Puts a whole new file in the place of the old one.
    fn write(&self) -> Result<()> {
        let path = lessons::root().join(PROGRESS);
        let new = path.with_extension(std::process::id().to_string());
        let written = fs::write(&new, self.0.join("\n") + "\n");
        let written = written.and_then(|()| fs::rename(&new, &path));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written.with_context(|| format!("cannot write {}; is the disk full?", path.display()))
    }
}

fn hints_key(lesson: &Lesson) -> String {
    format!("{} hints", lesson.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_two_numbers() {
        assert_eq!(Score::parse("85 100\n"), Some(Score { points: 85, maximum: 100 }));
        for text in ["", "85", "85 100 3", "-1 100", "85,100"] {
            assert_eq!(Score::parse(text), None);
        }
    }
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

    #[test]
    fn lines_that_are_not_understood_are_kept_and_ignored() {
        let progress = Progress::parse("# mine\nlesson-1 85 100\r\nlesson-2 x 100\nlesson-3\n");
        let best = |number: usize| progress.best(&lessons::LESSONS[number - 1]);
        assert_eq!(best(1), Some(Score { points: 85, maximum: 100 }));
        assert_eq!((best(2), best(3), best(4)), (None, None, None));
        assert!(progress.0.contains(&"# mine".to_owned()));
    }

    #[test]
    fn scores_and_hints_do_not_replace_each_other() {
        let mut progress = Progress::default();
        for (key, value) in [("lesson-2", "0 100"), ("lesson-2 hints", "1"), ("lesson-1", "5 100")]
        {
            progress.set(key, value);
        }
        progress.set("lesson-2", "100 100");
        progress.set("lesson-2 hints", "2");
        assert_eq!(progress.0, ["lesson-1 5 100", "lesson-2 100 100", "lesson-2 hints 2"]);
        assert_eq!(
            progress.first_open(&[&lessons::LESSONS[1], &lessons::LESSONS[2]]),
            Some(&lessons::LESSONS[2])
        );
        assert_eq!(progress.first_open(&[&lessons::LESSONS[1]]), None);
        assert!(progress.best(&lessons::LESSONS[1]).unwrap().is_full());
        assert_eq!(
            (progress.hints(&lessons::LESSONS[1]), progress.hints(&lessons::LESSONS[0])),
            (2, 0)
        );
    }
}
