//! The columns of a roster, whoever has exported it.

use super::shapes::folded;
use crate::model::Student;
use anyhow::{Context, Result, bail};
use csv::{Reader, ReaderBuilder, StringRecord, Trim};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Column {
    Folder,
    /// A name, or the folder if names have a column of their own.
    Student,
    Name,
    FirstName,
    LastName,
    Id,
    SisUserId,
    SisLoginId,
    Section,
    Email,
}

/// Spreadsheets separate by what the country uses.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// What each column of a file means, as far as we know it.
pub struct Columns(Vec<Option<Column>>);

impl Columns {
    /// Finds the separator and the columns; the reader stands behind the header.
    pub fn find(text: &str) -> Result<(Self, Reader<&[u8]>)> {
        let mut best: Option<(usize, Self, Reader<&[u8]>)> = None;
        for separator in SEPARATORS {
            let mut builder = ReaderBuilder::new();
            builder.delimiter(separator).flexible(true).trim(Trim::All);
            let mut reader = builder.from_reader(text.as_bytes());
            let header = reader.headers().context("cannot read its header")?;
            let columns = Self(header.iter().map(column).collect());
            let known = columns.0.iter().flatten().count();
            if best.as_ref().is_none_or(|(most, ..)| known > *most) {
                best = Some((known, columns, reader));
            }
        }
        match best {
            Some((_, columns, reader)) if columns.identify() => Ok((columns, reader)),
            _ => bail!(
                "no column of it says who a student is; its first line should name some of: \
                 folder, student, name, ID, SIS User ID, SIS Login ID, email"
            ),
        }
    }

    fn has(&self, column: Column) -> bool {
        self.0.contains(&Some(column))
    }

    fn identify(&self) -> bool {
        self.0.iter().flatten().any(|column| *column != Column::Section)
    }

    /// The student of a row, and their folder; `None` for rows that aren't about a student.
    pub fn student(&self, record: &StringRecord) -> Option<(Student, String)> {
        let cell = |column: Column| {
            let position = self.0.iter().position(|other| *other == Some(column));
            position.and_then(|position| record.get(position)).unwrap_or_default().to_owned()
        };
        // Canvas states there how many points each assignment is worth.
        if record.get(0).is_some_and(|first| first.contains("Points Possible")) {
            return None;
        }
        let (name, student) = (cell(Column::Name), cell(Column::Student));
        let full_name = format!("{} {}", cell(Column::FirstName), cell(Column::LastName));
        let full_name = full_name.trim().to_owned();
        let names = [Column::Name, Column::FirstName, Column::LastName];
        let is_folder = names.iter().any(|column| self.has(*column));
        let (name, folder) = match (name.is_empty(), is_folder) {
            (false, _) => (name, student),
            (true, true) => (full_name, student),
            (true, false) => (student, String::new()),
        };
        let folder = if self.has(Column::Folder) { cell(Column::Folder) } else { folder };
        let student = Student {
            name,
            id: cell(Column::Id),
            sis_user_id: cell(Column::SisUserId),
            sis_login_id: cell(Column::SisLoginId),
            section: cell(Column::Section),
            email: cell(Column::Email),
        };
        let is_blank = Student { section: String::new(), ..student.clone() } == Student::default();
        (!is_blank || !folder.is_empty()).then_some((student, folder))
    }
}

fn column(title: &str) -> Option<Column> {
    Some(match folded(title).replace(['-', '_'], " ").as_str() {
        "folder" | "submission" => Column::Folder,
        "student" => Column::Student,
        "name" | "full name" | "student name" => Column::Name,
        "first name" | "firstname" | "given name" => Column::FirstName,
        "last name" | "lastname" | "surname" | "family name" => Column::LastName,
        "id" | "user id" => Column::Id,
        "sis user id" | "id number" | "idnumber" | "student id" => Column::SisUserId,
        "sis login id" | "login id" | "login" | "username" | "user name" => Column::SisLoginId,
        "section" | "group" | "groups" => Column::Section,
        "email" | "e mail" | "email address" | "e mail address" => Column::Email,
        _ => return None,
    })
}
