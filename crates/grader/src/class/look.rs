//! Looks through the submissions before anything is judged: what is there, and what isn't.

use super::one::words;
use crate::model::Lesson;
use crate::submissions::{self, Submission, Taken};
use crate::threads;
use anyhow::Result;
use std::panic::{self, AssertUnwindSafe};

/// What there is of a lesson of a student. The source itself isn't kept: it is taken again when
/// its turn has come, so that memory doesn't grow with the class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Its SHA-256.
    Source(String),
    Missing,
    /// Why.
    Refused(String),
    /// Why; it is tried again when its turn has come.
    Unreadable(String),
}

/// A row a student, with one entry a lesson.
pub fn look(
    submissions: &[Submission],
    lessons: &[Lesson],
    jobs: usize,
) -> Result<Vec<Vec<Found>>> {
    threads::map(submissions, jobs, |submission| {
        Ok(lessons.iter().map(|lesson| find(submission, &lesson.name)).collect())
    })
}

fn find(submission: &Submission, lesson: &str) -> Found {
    let taken = panic::catch_unwind(AssertUnwindSafe(|| submissions::take(submission, lesson)));
    match taken {
        Ok(Ok(Taken::Source(source))) => Found::Source(source.sha256),
        Ok(Ok(Taken::Missing)) => Found::Missing,
        Ok(Ok(Taken::Refused(why))) => Found::Refused(why),
        Ok(Err(error)) => Found::Unreadable(format!("{error:#}")),
        Err(payload) => Found::Unreadable(format!("the grader panicked: {}", words(&*payload))),
    }
}
