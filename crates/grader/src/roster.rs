//! Who is in the class: a list of students, as learning platforms export it.
//!
//! A CSV file with a header. `folder`, `student`, `name`, `ID`, `SIS User ID`, `SIS Login ID`,
//! `section` and `email` are known, and what Moodle calls them. A gradebook from Canvas and a list
//! of participants from Moodle can be read as they are.
//!
//! A student is found by anything that is theirs alone, or not at all: a grade that isn't entered
//! is noticed, and one that is entered for somebody else may not be.

use crate::durable::hash;
use crate::model::Student;
use anyhow::{Context, Result, bail};
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
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
        for name in spellings(&student.name) {
            self.identifiers.add(folded(&name), position);
            self.names.add(squeezed(&name), position);
        }
        self.students.push(student);
    }

    /// The student who has handed in the submission of this name; `None` if that isn't certain.
    #[must_use]
    pub fn find(&self, submission: &str) -> Option<Student> {
        self.position(submission).map(|position| self.students[position].clone())
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
            let names = spellings(&self.students[position].name);
            names.iter().any(|other| squeezed(other) == name)
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
            match self.position(name) {
                Some(position) => found[position].push(name.to_owned()),
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
struct Columns(Vec<Option<Column>>);

impl Columns {
    /// Finds the separator and the columns; the reader stands behind the header.
    fn find(text: &str) -> Result<(Self, Reader<&[u8]>)> {
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
    fn student(&self, record: &StringRecord) -> Option<(Student, String)> {
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

/// The name of a folder or file, taken apart.
#[derive(PartialEq, Eq, Debug)]
enum Shape {
    /// `doejohn_12_345_work` and `doejohn_LATE_12_345_work`: the name that Canvas sorts by, the
    /// student's ID, and the upload's.
    Canvas { name: String, id: String },
    /// `doejohn_12`: the same for several uploads.
    ShortCanvas { name: String, id: String },
    /// `John Doe_77_assignsubmission_file`: the number is none of those that exports hold.
    Moodle { name: String },
}

impl Shape {
    fn of(submission: &str) -> Option<Self> {
        if let Some((start, _)) = submission.split_once("_assignsubmission_") {
            let (name, number) = start.rsplit_once('_')?;
            return is_number(number).then(|| Self::Moodle { name: name.to_owned() });
        }
        let words: Vec<_> = submission.split('_').collect();
        let pair = |pair: &[&str]| pair.iter().all(|word| is_number(word));
        let at = words.windows(2).position(pair).or_else(|| words.len().checked_sub(1))?;
        let is_short = at + 1 == words.len();
        let id = words.get(at).filter(|word| is_number(word))?.to_string();
        let name = words.get(..at)?;
        let name = name.strip_suffix(&["LATE"]).unwrap_or(name).concat();
        match name.as_str() {
            // The number behind `anon` isn't the student's.
            "" | "anon" => None,
            _ if is_short => Some(Self::ShortCanvas { name, id }),
            _ => Some(Self::Canvas { name, id }),
        }
    }

    fn name(&self) -> &str {
        let (Self::Canvas { name, .. } | Self::ShortCanvas { name, .. } | Self::Moodle { name }) =
            self;
        name
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Without regard to case, and to spaces around it.
fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Letters and digits only, since platforms drop most others from the names of files.
fn squeezed(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// A name as it is, and with the surname at the other end: `Doe, John` and `John Doe`.
fn spellings(name: &str) -> Vec<String> {
    let turned = match name.split_once(',') {
        Some((last, first)) => Some(format!("{} {}", first.trim(), last.trim())),
        None => name.rsplit_once(' ').map(|(first, last)| format!("{last}, {first}")),
    };
    [Some(name.to_owned()), turned].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(text: &str) -> Roster {
        Roster::parse(text).unwrap()
    }

    /// The names or, if they have none, the logins of those found.
    fn found(roster: &Roster, submission: &str) -> Option<String> {
        let student = roster.find(submission)?;
        Some(if student.name.is_empty() { student.sis_login_id } else { student.name })
    }

    const CANVAS: &str = "\u{feff}Student,ID,SIS User ID,SIS Login ID,Section,Sockets (9)\r\n\
        \x20   Points Possible,,,,,100\r\n\
        \"Doe, John\",12,U-7,jdoe,\"CS 1, Monday\",\r\n\
        \"Ödegård, Åsa\",13,U-8,asa,CS 1,50\r\n\
        \"Doe, Jane\",14,U-9,jadoe,CS 1,\r\n\
        \"Doe, Jane\",15,U-10,janed,CS 2,\r\n";

    const MOODLE: &str = "First name,Last name,ID number,Email address,Username\n\
        John,Doe,1001,john@example.org,jd\n\
        Jean Luc,O'Brien,1002,jl@example.org,jl\n\
        Ann,Lee,1003,ann@example.org,ann\n\
        Ann,Lee,1004,ann.lee@example.org,ann2\n";

    #[test]
    fn a_canvas_gradebook_is_read_as_it_was_exported() {
        let roster = roster(CANVAS);
        assert_eq!(roster.students.len(), 4);
        let student = roster.find("jdoe").unwrap();
        assert_eq!(student.name, "Doe, John");
        assert_eq!((student.id.as_str(), student.sis_user_id.as_str()), ("12", "U-7"));
        assert_eq!(student.section, "CS 1, Monday");
        for name in ["JDOE", " u-7 ", "12", "Doe, John", "John Doe"] {
            assert_eq!(found(&roster, name).as_deref(), Some("Doe, John"), "{name}");
        }
    }

    #[test]
    fn what_canvas_lets_download_belongs_to_its_ids() {
        let roster = roster(CANVAS);
        for name in ["doejohn_12_345_work", "doejohn_LATE_12_345_work_1_2", "group_12_345_a.b"] {
            assert_eq!(found(&roster, name).as_deref(), Some("Doe, John"), "{name}");
        }
        assert_eq!(found(&roster, "doejohn_12").as_deref(), Some("Doe, John"));
        assert_eq!(found(&roster, "ödegårdåsa_LATE_13").as_deref(), Some("Ödegård, Åsa"));
        for (name, login) in [("doejane_14", "jadoe"), ("doejane_LATE_15_9_work", "janed")] {
            assert_eq!(roster.find(name).unwrap().sis_login_id, login);
        }
        for name in
            ["team_12", "doejohn_99_345_work", "anon_12_345_work", "_12_345_work", "doe_12x"]
        {
            assert_eq!(found(&roster, name), None, "{name}");
        }
    }

    #[test]
    fn without_ids_what_canvas_lets_download_belongs_to_names() {
        let roster = roster("name,email\nJohn Doe,j@example.org\nJane Doe,jane@example.org\n");
        assert_eq!(found(&roster, "doejohn_12_345_work").as_deref(), Some("John Doe"));
        assert_eq!(found(&roster, "doejim_12_345_work"), None);
    }

    #[test]
    fn a_moodle_list_is_read_as_it_was_exported() {
        let roster = roster(MOODLE);
        let student = roster.find("john@example.org").unwrap();
        assert_eq!(student.name, "John Doe");
        assert_eq!((student.sis_user_id.as_str(), student.sis_login_id.as_str()), ("1001", "jd"));
        for (name, owner) in [
            ("John Doe_77_assignsubmission_file", Some("John Doe")),
            ("John Doe_77_assignsubmission_file_", Some("John Doe")),
            ("Jean Luc OBrien_77_assignsubmission_file", Some("Jean Luc O'Brien")),
            ("Ann Lee_77_assignsubmission_file", None),
            ("John Doe_x_assignsubmission_file", None),
            ("_77_assignsubmission_file", None),
            ("1003", Some("Ann Lee")),
            ("ann.lee", Some("Ann Lee")),
        ] {
            assert_eq!(found(&roster, name).as_deref(), owner, "{name}");
        }
    }

    #[test]
    fn whoever_is_not_certain_is_not_found() {
        let roster = roster(
            "login;name;email\nann;Ann Lee;ann@example.org\nlee;Ann Lee;al@example.org\n\
             kim;Kim;ann@example.com\n",
        );
        assert_eq!(found(&roster, "Ann Lee"), None);
        assert_eq!(found(&roster, "ann"), None, "a login, and the local part of another's address");
        assert_eq!(found(&roster, "al").as_deref(), Some("Ann Lee"));
        assert_eq!(found(&roster, "kim").as_deref(), Some("Kim"));
        for nobody in ["", " ", "kim (1)", "ki", "_", "@example.org"] {
            assert_eq!(found(&roster, nobody), None, "{nobody:?}");
        }
    }

    #[test]
    fn the_folder_that_a_roster_names_comes_first() {
        for header in ["student,name,login", "folder,name,login"] {
            let roster = roster(&format!("{header}\nteam-1,Ann,bob\nteam-2,Bob,ann\nbob,Cy,cy\n"));
            assert_eq!(found(&roster, "team-1").as_deref(), Some("Ann"));
            assert_eq!(found(&roster, "bob").as_deref(), Some("Cy"));
            assert_eq!(found(&roster, "ann"), None);
        }
        let roster = roster("student,ID\nann,1\n");
        assert_eq!(found(&roster, "ann").as_deref(), Some("ann"));
    }

    #[test]
    fn headers_are_known_however_they_are_spelt() {
        for text in ["STUDENT-ID\tE-Mail\n7\ta@b\n", "email address;ID Number\na@b;7\n"] {
            let student = roster(text).find("7").unwrap();
            assert_eq!((student.sis_user_id.as_str(), student.email.as_str()), ("7", "a@b"));
        }
    }

    #[test]
    fn a_file_without_students_is_refused() {
        for text in ["", "grade,points\n1,2\n", "section\nA\n", "name,ID\n", "name,ID\n,\n , \n"] {
            assert!(Roster::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn rows_that_are_short_or_twice_do_no_harm() {
        let roster = roster("name,ID,email\nAnn\nBob,2\nBob,2\nCy,3,c@d,more,than,known\n");
        assert_eq!(roster.students.len(), 3);
        assert_eq!(found(&roster, "bob").as_deref(), Some("Bob"));
    }

    #[test]
    fn of_40_000_rows_each_student_is_taken_once() {
        let row = |number: usize| format!("Student {number},{number}\n");
        let rows: String = (0..20_000).chain((0..20_000).rev()).map(row).collect();
        let roster = roster(&format!("name,ID\n{rows}"));
        assert_eq!(roster.students.len(), 20_000);
        let ids: Vec<_> = roster.students.iter().map(|student| student.id.clone()).collect();
        assert_eq!(ids, (0..20_000).map(|number| number.to_string()).collect::<Vec<_>>());
        for name in ["0", "Student 12345", "19999"] {
            assert!(found(&roster, name).is_some(), "{name}");
        }
    }

    #[test]
    fn both_sides_that_lack_something_are_told() {
        let roster = roster("login,ID\nann,1\nbob,2\ncy,3\n");
        let comparison = roster.compare(["ann", "bob", "x_2_9_work", "dan"]);
        assert_eq!(comparison.unknown, ["dan"]);
        let absent: Vec<_> =
            comparison.absent.iter().map(|one| one.sis_login_id.as_str()).collect();
        assert_eq!(absent, ["cy"]);
        let doubled: Vec<_> =
            comparison.doubled.iter().map(|(one, names)| (&*one.id, names)).collect();
        assert_eq!(doubled, [("2", &vec!["bob".to_owned(), "x_2_9_work".to_owned()])]);
    }

    #[test]
    #[cfg(unix)]
    fn a_roster_may_be_a_pipe_which_can_be_read_once_only() {
        use std::io::Write;
        use std::os::fd::AsRawFd;
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(MOODLE.as_bytes()).unwrap();
        drop(writer);
        let path = format!("/dev/fd/{}", reader.as_raw_fd());
        let (roster, sha256) = Roster::read(Path::new(&path)).unwrap();
        assert_eq!((roster.students.len(), sha256), (4, hash(MOODLE.as_bytes())));
    }
}
