//! What each lesson is judged on.

use crate::check::Lesson;

mod common;
mod lesson_1;
mod lesson_2;
mod lesson_3;
mod lesson_4;
mod lesson_5;

/// All lessons, in reading order.
pub const LESSONS: &[Lesson] =
    &[lesson_1::LESSON, lesson_2::LESSON, lesson_3::LESSON, lesson_4::LESSON, lesson_5::LESSON];

/// Finds a lesson by `lesson-3` or `3`.
pub fn find(word: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| {
        lesson.name == word || lesson.name.strip_prefix("lesson-").is_some_and(|n| n == word)
    })
}
