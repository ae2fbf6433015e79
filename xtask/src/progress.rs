//! What a student has reached: the file `.progress` in the workspace's root.
//!
//! It has a line for the best score of a lesson, `lesson-3 85 100` (points, maximum), and a line
//! for the hints that were shown, `lesson-3 hints 2`. Anything else in it is ignored, and losing
//! it loses nothing but this memory.

use anyhow::{Context, Result};
use base::lessons::{self, Lesson};
use std::fs;
use std::io::ErrorKind;

/// From the root; git ignores it.
pub const FILE: &str = ".progress";

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Progress(Vec<String>);

/// Points, and how many of them there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Best {
    pub points: u32,
    pub maximum: u32,
}

impl Best {
    pub fn is_full(self) -> bool {
        self.points >= self.maximum
    }
}

/// Reads what has been reached so far; without a file, that is nothing.
pub fn read() -> Result<Progress> {
    let path = lessons::root().join(FILE);
    match fs::read(&path) {
        Ok(bytes) => Ok(Progress::parse(&String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Progress::default()),
        Err(error) => {
            Err(error).with_context(|| format!("cannot read {}; you may delete it", path.display()))
        }
    }
}

/// Remembers a score, if the lesson has no better one.
pub fn record(lesson: &Lesson, points: u32, maximum: u32) -> Result<()> {
    let mut progress = read()?;
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
    let mut progress = read()?;
    progress.set(&hints_key(lesson), &shown.to_string());
    progress.write()
}

impl Progress {
    fn parse(text: &str) -> Self {
        Self(text.lines().map(|line| line.trim().to_owned()).collect())
    }

    /// The best score of a lesson, if it has been checked.
    pub fn best(&self, lesson: &Lesson) -> Option<Best> {
        self.values(&lesson.name()).find_map(|value| {
            let (points, maximum) = value.split_once(' ')?;
            Some(Best { points: points.parse().ok()?, maximum: maximum.trim().parse().ok()? })
        })
    }

    /// How many hints of a lesson have been shown.
    pub fn hints(&self, lesson: &Lesson) -> usize {
        let count = self.values(&hints_key(lesson)).find_map(|value| value.parse().ok());
        count.unwrap_or_default()
    }

    /// The first of the lessons that doesn't have all of its points.
    pub fn first_open(&self, lessons: &[&'static Lesson]) -> Option<&'static Lesson> {
        let is_full = |lesson: &Lesson| self.best(lesson).is_some_and(Best::is_full);
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
        let path = lessons::root().join(FILE);
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
    use base::lessons::LESSONS;

    #[test]
    fn lines_that_are_not_understood_are_kept_and_ignored() {
        let progress = Progress::parse("# mine\nlesson-1 85 100\r\nlesson-2 x 100\nlesson-3\n");
        let best = |number: usize| progress.best(&LESSONS[number - 1]);
        assert_eq!(best(1), Some(Best { points: 85, maximum: 100 }));
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
        assert_eq!(progress.first_open(&[&LESSONS[1], &LESSONS[2]]), Some(&LESSONS[2]));
        assert_eq!(progress.first_open(&[&LESSONS[1]]), None);
        assert!(progress.best(&LESSONS[1]).unwrap().is_full());
        assert_eq!((progress.hints(&LESSONS[1]), progress.hints(&LESSONS[0])), (2, 0));
    }
}
