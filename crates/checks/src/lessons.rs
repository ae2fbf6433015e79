//! What each lesson is judged on.

use crate::check::Lesson;
use anyhow::{Context, Result};

mod common;
mod lesson_1;
mod lesson_2;
mod lesson_3;
mod lesson_4;
mod lesson_5;

/// All lessons, in reading order.
pub const LESSONS: &[Lesson] =
    &[lesson_1::LESSON, lesson_2::LESSON, lesson_3::LESSON, lesson_4::LESSON, lesson_5::LESSON];

/// Finds a lesson by `lesson-3`, `3`, or the name of its folder.
pub fn find(word: &str) -> Option<&'static Lesson> {
    let entry = base::lessons::find(word)?;
    LESSONS.iter().find(|lesson| lesson.entry == entry)
}

/// The same, for a lesson that was there when it was judged; fails if it isn't any more.
pub fn known(name: &str) -> Result<&'static Lesson> {
    find(name).with_context(|| format!("there is no lesson `{name}` in this version of the course"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_of_the_catalogue_is_judged() {
        let ours: Vec<_> = LESSONS.iter().map(|lesson| lesson.entry.number).collect();
        let all: Vec<_> = base::lessons::LESSONS.iter().map(|entry| entry.number).collect();
        assert_eq!(ours, all);
    }

    #[test]
    fn a_check_needs_one_that_stands_before_it() {
        for lesson in LESSONS {
            for (at, check) in lesson.checks.iter().enumerate() {
                let before = &lesson.checks[..at];
                let is_there = |needed| before.iter().any(|other| other.id == needed);
                assert!(check.needs.is_none_or(is_there), "{}: {check:?}", lesson.entry.name());
            }
        }
    }
}
