//! What students have handed in: finds it, and takes from it what is graded.
//!
//! Nothing in it is trusted. Of a lesson, only its source files are read; no link is followed, not
//! even one that takes the place of a folder meanwhile; and nothing but regular files of a bounded
//! size is opened.
//!
//! A student hands in a folder, with a whole workspace (`crates/lesson-N-…/src/`) or flat files
//! (`lesson-N.rs`), also one folder deeper, as archives unpack; or flat files that stand beside
//! those of others, with the student's name in front (`alice_lesson-3.rs`).

mod collect;
mod disk;
mod look;
mod names;
mod take;
mod witness;

use anyhow::Result;
use disk::Stop;
use std::path::PathBuf;
pub use witness::witnesses;

/// One student's work.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Submission {
    /// The name of the folder or file, as text. No two submissions have the same.
    pub student: String,
    /// The folder, or the first of `files`.
    pub path: PathBuf,
    /// What wasn't as expected in it, for the instructor.
    pub notes: Vec<String>,
    /// Flat files in one folder that isn't the student's alone; otherwise empty.
    pub files: Vec<PathBuf>,
}

/// All that the given paths hold.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Survey {
    /// Sorted by `student`.
    pub submissions: Vec<Submission>,
    /// What stands between the submissions and is nobody's, each with the reason.
    pub ignored: Vec<String>,
}

/// A lesson of a submission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    Source(Source),
    /// It wasn't handed in.
    Missing,
    /// It can't be taken as it is; why, for the instructor and the student.
    Refused(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Each path below `src`, with `/`, and what the file holds; the first is `main.rs`.
    pub files: Vec<(String, Vec<u8>)>,
    /// Of all names and contents.
    pub sha256: String,
}

/// Finds the submissions below these paths: folders of students' folders, or a student's own.
/// They are sorted by student, and no two have the same name.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Submission>> {
    Ok(survey(paths)?.submissions)
}

/// Like [`find`], and tells what else was there.
pub fn survey(paths: &[PathBuf]) -> Result<Survey> {
    collect::collect(paths)
}

/// Takes the source of a lesson (`lesson-3`).
pub fn take(submission: &Submission, lesson: &str) -> Result<Taken> {
    match take::take(submission, lesson) {
        Ok(Some(source)) => Ok(Taken::Source(source)),
        Ok(None) => Ok(Taken::Missing),
        Err(Stop::Refused(reason)) => Ok(Taken::Refused(reason)),
        Err(Stop::Failed(error)) => Err(error),
    }
}
