//! Who is in the class: a list of students, as learning platforms export it.
//!
//! A CSV file with a header. `folder`, `student`, `name`, `ID`, `SIS User ID`, `SIS Login ID`,
//! `section` and `email` are known, and what Moodle calls them. A gradebook from Canvas and a list
//! of participants from Moodle can be read as they are.
//!
//! A student is found by anything that is theirs alone, or not at all: a grade that isn't entered
//! is noticed, and one that is entered for somebody else may not be.

mod columns;
mod shapes;

use crate::durable::hash;
use crate::model::Student;
use anyhow::{Context, Result, bail};
use columns::Columns;
use shapes::{Shape, folded, squeezed};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

/// The students of a class, and all that they may be called, in the spellings that are compared.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Roster {
    students: Vec<Student>,
    /// The folders that the roster itself gives them.
    folders: Index,
    identifiers: Index,
    ids: Index,
    /// Letters and digits only.
    names: Index,
}

/// Where submissions and a roster differ.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// Submissions that are nobody's, or might be several students'.
    pub unknown: Vec<String>,
    /// Students without a submission.
    pub absent: Vec<Student>,
    /// Students with several submissions, and their names.
    pub doubled: Vec<(Student, Vec<String>)>,
}

impl Roster {
    /// Reads a CSV file; returns the hash of its bytes as well. It is read once only, since it may
    /// be a pipe.
    pub fn read(path: &Path) -> Result<(Self, String)> {
        let reading = || format!("cannot read the roster {}", path.display());
        let bytes = fs::read(path).with_context(reading)?;
        let sha256 = hash(&bytes);
        let text = String::from_utf8(bytes).context("save it as CSV in UTF-8");
        let roster = Self::parse(&text.with_context(reading)?).with_context(reading)?;
        Ok((roster, sha256))
    }

    fn parse(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (columns, mut reader) = Columns::find(text)?;
        let (mut rows, mut seen) = (Vec::new(), HashSet::new());
        for record in reader.records() {
            let row = columns.student(&record.context("it isn't CSV; export it once more")?);
            rows.extend(row.filter(|row| seen.insert(row.clone())));
        }
        if rows.is_empty() {
            bail!("there are no students in it, only a header");
        }
        let mut roster = Self::default();
        for (student, folder) in rows {
            roster.add(student, &folder);
        }
        Ok(roster)
    }

    fn add(&mut self, student: Student, folder: &str) {
        let position = self.students.len();
        self.folders.add(folded(folder), position);
        self.ids.add(student.id.clone(), position);
        let Student { id, sis_user_id, sis_login_id, email, .. } = &student;
        let local_part = email.split_once('@').map_or("", |(local_part, _)| local_part);
        for identifier in [id, sis_user_id, sis_login_id, email, local_part] {
            self.identifiers.add(folded(identifier), position);
        }
        for name in shapes::spellings(&student.name) {
            self.identifiers.add(folded(&name), position);
            self.names.add(squeezed(&name), position);
        }
        self.students.push(student);
    }

    /// The student who has handed in the submission of this name; `None` if that isn't certain.
    #[must_use]
    pub fn find(&self, submission: &str) -> Option<Student> {
        self.students.get(self.position(submission)?).cloned()
    }

    fn position(&self, submission: &str) -> Option<usize> {
        let name = folded(submission);
        let found = self.folders.get(&name).or_else(|| self.identifiers.get(&name));
        found.or_else(|| self.by_shape(&Shape::of(submission)?))?
    }

    /// By the name that a learning platform has given to what it downloads.
    fn by_shape(&self, shape: &Shape) -> Option<Option<usize>> {
        let name = squeezed(shape.name());
        let has_name = |position: usize| {
            let student = self.students.get(position);
            let names = student.map(|student| shapes::spellings(&student.name));
            names.unwrap_or_default().iter().any(|other| squeezed(other) == name)
        };
        match shape {
            Shape::Canvas { id, .. } if !self.ids.is_empty() => self.ids.get(id),
            // So short a name may be an instructor's own.
            Shape::ShortCanvas { id, .. } if !self.ids.is_empty() => {
                self.ids.get(id).filter(|found| found.is_some_and(has_name))
            }
            _ => self.names.get(&name),
        }
    }

    /// Tells which of these submissions have no student, and which students have no submission.
    pub fn compare<'name>(&self, submissions: impl IntoIterator<Item = &'name str>) -> Comparison {
        let mut comparison = Comparison::default();
        let mut found = vec![Vec::new(); self.students.len()];
        for name in submissions {
            match self.position(name).and_then(|position| found.get_mut(position)) {
                Some(names) => names.push(name.to_owned()),
                None => comparison.unknown.push(name.to_owned()),
            }
        }
        for (student, names) in self.students.iter().zip(found) {
            match names.len() {
                0 => comparison.absent.push(student.clone()),
                1 => {}
                _ => comparison.doubled.push((student.clone(), names)),
            }
        }
        comparison
    }
}

/// Who is called what; `None` if several are.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
struct Index(HashMap<String, Option<usize>>);

impl Index {
    fn add(&mut self, key: String, position: usize) {
        if !key.is_empty() {
            let owner = self.0.entry(key).or_insert(Some(position));
            *owner = owner.filter(|owner| *owner == position);
        }
    }

    fn get(&self, key: &str) -> Option<Option<usize>> {
        self.0.get(key).copied()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests;
