//! A folder of submissions that lasts as long as its test.

use anyhow::{Context, Result, bail, ensure};
use grader::submissions::{self, Source, Submission, Survey, Taken};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub struct Folder(TempDir);

impl Folder {
    /// With a file at each of these paths, which holds its own path; `…/` makes an empty folder.
    pub fn with(paths: &[&str]) -> Result<Self> {
        let folder = Self(tempfile::tempdir()?);
        for path in paths {
            match path.strip_suffix('/') {
                Some(empty) => fs::create_dir_all(folder.at(empty))?,
                None => folder.write(path, path)?,
            }
        }
        Ok(folder)
    }

    pub fn at(&self, path: impl AsRef<OsStr>) -> PathBuf {
        self.0.path().join(Path::new(&path))
    }

    pub fn write(&self, path: impl AsRef<OsStr>, contents: impl AsRef<[u8]>) -> Result<()> {
        let path = self.at(path);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))
    }

    /// All that is in it.
    pub fn survey(&self) -> Result<Survey> {
        submissions::survey(&[self.0.path().to_owned()])
    }

    /// What is found if these paths in it are given.
    pub fn find(&self, paths: &[&str]) -> Result<Vec<Submission>> {
        let paths: Vec<_> = paths.iter().map(|path| self.at(path)).collect();
        Ok(submissions::survey(&paths)?.submissions)
    }

    /// The submission of a student among all.
    pub fn submission(&self, student: &str) -> Result<Submission> {
        let survey = self.survey()?;
        let found = survey.submissions.iter().find(|found| found.student == student);
        found.cloned().with_context(|| format!("no {student:?} in {survey:?}"))
    }

    pub fn take(&self, student: &str, lesson: &str) -> Result<Taken> {
        submissions::take(&self.submission(student)?, lesson)
    }

    pub fn source(&self, student: &str, lesson: &str) -> Result<Source> {
        match self.take(student, lesson)? {
            Taken::Source(source) => Ok(source),
            other => bail!("{lesson} of {student}: {other:?}"),
        }
    }

    /// The names of the source files of lesson 3.
    pub fn names(&self, student: &str) -> Result<Vec<String>> {
        let source = self.source(student, "lesson-3")?;
        Ok(source.files.into_iter().map(|(name, _)| name).collect())
    }

    /// What `main.rs` of lesson 3 holds.
    pub fn main(&self, student: &str) -> Result<String> {
        let source = self.source(student, "lesson-3")?;
        let (name, contents) = source.files.into_iter().next().context("no files")?;
        ensure!(name == "main.rs", "{name} comes first");
        Ok(String::from_utf8(contents)?)
    }

    /// Why lesson 3 isn't taken.
    pub fn refusal(&self, student: &str) -> Result<String> {
        match self.take(student, "lesson-3")? {
            Taken::Refused(reason) => Ok(reason),
            other => bail!("lesson-3 of {student}: {other:?}"),
        }
    }

    pub fn notes(&self, student: &str) -> Result<String> {
        Ok(self.submission(student)?.notes.join("\n"))
    }
}

pub fn students(submissions: &[Submission]) -> Vec<&str> {
    submissions.iter().map(|submission| submission.student.as_str()).collect()
}

/// Where students have lesson 3.
pub const MAIN: &str = "crates/lesson-3-receive-once/src/main.rs";
