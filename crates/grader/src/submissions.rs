//! What students have handed in: finds it, and takes from it what is graded.
//!
//! Nothing in it is trusted. Of a lesson, only its source files are read; no link is followed, not
//! even one that takes the place of a folder meanwhile; and nothing but regular files of a bounded
//! size is opened.
//!
//! A student hands in a folder, with a whole workspace (`crates/lesson-N-…/src/`) or flat files
//! (`lesson-N.rs`), also one folder deeper, as archives unpack; or flat files that stand beside
//! those of others, with the student's name in front (`alice_lesson-3.rs`).

mod disk;
mod look;
mod take;

use anyhow::{Context, Error, Result, bail};
use disk::{Allowance, Entry, Folder, Kind, OrStop, Stop, show};
use look::Look;
pub use look::Submission;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
pub use take::{Source, Taken, take};

/// All that the given paths hold.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Survey {
    /// Sorted by `student`.
    pub submissions: Vec<Submission>,
    /// What stands between the submissions and is nobody's, each with the reason.
    pub ignored: Vec<String>,
}

/// Students, or their files, in one folder.
const CLASS: usize = 100_000;

/// Finds the submissions below these paths: folders of students' folders, or a student's own; and
/// tells what else was there.
pub fn survey(paths: &[PathBuf]) -> Result<Survey> {
    let mut collector = Collector { is_alone: paths.len() == 1, ..Collector::default() };
    for path in paths {
        match collector.path(path) {
            Ok(()) => {}
            Err(Stop::Refused(reason)) => return Err(Error::msg(reason)),
            Err(Stop::Failed(error)) => return Err(error),
        }
    }
    Ok(collector.survey())
}

/// What is given twice is in here once: paths are absolute.
#[derive(Default)]
struct Collector {
    /// Whether only one path was given.
    is_alone: bool,
    /// Folders that are one student's, and archives.
    wholes: BTreeSet<PathBuf>,
    /// Flat files that stand beside others', by their folder and the student's name.
    loose: BTreeMap<(PathBuf, Vec<u8>), BTreeSet<PathBuf>>,
    ignored: BTreeSet<String>,
}

impl Collector {
    fn path(&mut self, given: &Path) -> OrStop<()> {
        let shown = show(given.as_os_str());
        let path = fs::canonicalize(given);
        let path = path.with_context(|| {
            format!("cannot find {shown}; name the folder that holds the students' folders")
        })?;
        match disk::kind(&path)? {
            Some(Kind::Folder) => self.folder(path),
            Some(Kind::File) => Ok(self.file(path)?),
            _ => disk::refuse(format!("{shown} is neither a folder nor a file")),
        }
    }

    /// A file that was given by its name.
    fn file(&mut self, path: PathBuf) -> Result<()> {
        let name = path.file_name().context("a file has no name")?;
        let folder = path.parent().context("a file is in no folder")?;
        let student = if let Some(loose) = look::of_loose_file(name.as_encoded_bytes()) {
            loose.student
        } else if look::of_flat_file(&name.to_string_lossy()).is_some() {
            folder.file_name().unwrap_or_default().as_encoded_bytes()
        } else {
            bail!("{} is no lesson's file; if it is an archive, unpack it first", show(name));
        };
        let key = (folder.to_owned(), student.to_owned());
        self.loose.entry(key).or_default().insert(path);
        Ok(())
    }

    /// A folder that was given: a class's, or one student's.
    fn folder(&mut self, path: PathBuf) -> OrStop<()> {
        let folder = Folder::open(&path)?;
        let entries = folder.list(&show(path.as_os_str()), &mut Allowance(CLASS))?;
        if self.is_one_students(&folder, &entries) {
            self.add(path);
        } else {
            self.class(&path, entries);
        }
        Ok(())
    }

    fn is_one_students(&self, folder: &Folder, entries: &[Entry]) -> bool {
        if entries.iter().any(|entry| entry.name == "crates") && is_workspace(folder, entries) {
            return true;
        }
        let mut folders = look::subfolders(entries);
        match (folders.next(), folders.next()) {
            (None, _) => {
                let is_archive = |entry: &Entry| look::is_archive(&entry.text());
                let has_archives = self.is_alone && entries.iter().any(is_archive);
                entries.iter().any(is_flat) || !(has_archives || entries.iter().any(is_loose))
            }
            // A class of one, or what an archive held: who gives several gives a student's each.
            (Some(only), None) if !self.is_alone && has_lessons_itself(folder, only) => true,
            // A student's flat files and notes, or a file that strayed among the students?
            _ => entries.iter().any(is_flat) && !have_lessons(folder, entries),
        }
    }

    fn class(&mut self, folder: &Path, entries: Vec<Entry>) {
        let bytes = |entry: &Entry| entry.name.as_encoded_bytes().to_owned();
        let students: BTreeSet<_> = look::subfolders(&entries).map(bytes).collect();
        for entry in entries {
            let (name, path) = (entry.name.as_encoded_bytes(), folder.join(&entry.name));
            let is_archive = entry.kind == Kind::File && look::is_archive(&entry.text());
            let is_unpacked = is_archive && students.contains(look::without_archive(name));
            match (entry.kind, look::of_loose_file(name)) {
                _ if entry.is_hidden() => {}
                _ if is_unpacked => {
                    self.ignore(&path, "is an archive, and was unpacked beside it");
                }
                // A link, or an archive, may be all that a student is known by.
                (Kind::Folder | Kind::Link, _) => self.add(path),
                _ if is_archive => self.add(path),
                (Kind::File, Some(loose)) => {
                    let key = (folder.to_owned(), loose.student.to_owned());
                    self.loose.entry(key).or_default().insert(path);
                }
                _ if is_flat(&entry) => self.ignore(&path, "is in no student's folder"),
                _ => {
                    let problem = look::problem(&entry.text(), entry.kind);
                    self.ignore(&path, problem.as_deref().unwrap_or("isn't recognised"));
                }
            }
        }
    }

    fn add(&mut self, whole: PathBuf) {
        self.wholes.insert(whole);
    }

    fn ignore(&mut self, path: &Path, problem: &str) {
        self.ignored.insert(format!("{} {problem}", show(path.as_os_str())));
    }

    fn survey(self) -> Survey {
        let mut submissions: Vec<_> = self.wholes.into_iter().map(whole).collect();
        for ((_, student), files) in self.loose {
            let student = String::from_utf8_lossy(&student).into_owned();
            let files: Vec<_> = files.into_iter().collect();
            let path = files[0].clone();
            submissions.push(Submission { student, path, files, notes: Vec::new() });
        }
        for submission in &mut submissions {
            submission.notes = look::notes(submission);
        }
        tell_apart(&mut submissions);
        Survey { submissions, ignored: self.ignored.into_iter().collect() }
    }
}

fn is_flat(entry: &Entry) -> bool {
    look::of_flat_file(&entry.text()).is_some()
}

fn is_loose(entry: &Entry) -> bool {
    look::of_loose_file(entry.name.as_encoded_bytes()).is_some()
}

/// Whether there are lessons in one of the folders in it, or in a folder in those.
fn have_lessons(folder: &Folder, entries: &[Entry]) -> bool {
    look::subfolders(entries).any(|entry| {
        let look = folder.folder(&entry.name).and_then(|folder| look::folder(&folder));
        look.is_ok_and(|look| look.has_lessons())
    })
}

/// Whether there are lessons in the folder in it, and not only in a folder in that.
fn has_lessons_itself(folder: &Folder, entry: &Entry) -> bool {
    let look = folder.folder(&entry.name).and_then(|folder| {
        let entries = folder.list("", &mut Allowance(look::ENTRIES))?;
        level(&folder, &entries)
    });
    look.is_ok_and(|look| look.has_lessons())
}

fn level(folder: &Folder, entries: &[Entry]) -> OrStop<Look> {
    look::level(folder, entries, Path::new(""), &mut Allowance(look::ENTRIES))
}

/// Whether `crates` is a workspace's, and not the folder of a student of that name.
fn is_workspace(folder: &Folder, entries: &[Entry]) -> bool {
    let has_crates = |look: Look| look.lessons.iter().any(|found| found.is_crate);
    level(folder, entries).is_ok_and(has_crates) || !have_lessons(folder, entries)
}

fn whole(path: PathBuf) -> Submission {
    let name = path.file_name().unwrap_or_default();
    let name = match disk::kind(&path) {
        Ok(Some(Kind::File)) => look::without_archive(name.as_encoded_bytes()),
        _ => name.as_encoded_bytes(),
    };
    let student = match name {
        b"" => "submission".to_owned(),
        name => String::from_utf8_lossy(name).into_owned(),
    };
    Submission { student, path, ..Submission::default() }
}

/// Sorts by names, and numbers those that are the same. None of them keeps its name: nobody knows
/// to which of them a roster's student belongs.
fn tell_apart(submissions: &mut [Submission]) {
    let key = |submission: &Submission| (submission.student.clone(), submission.path.clone());
    submissions.sort_by_key(key);
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for submission in submissions.iter() {
        *all.entry(submission.student.clone()).or_default() += 1;
    }
    let mut taken: BTreeSet<String> = all.keys().cloned().collect();
    for submission in submissions.iter_mut() {
        if all.get(&submission.student).is_none_or(|count| *count < 2) {
            continue;
        }
        let others = format!("others are called {}, too", show(submission.student.as_ref()));
        let place = show(submission.path.as_os_str());
        submission.notes.insert(0, format!("{others}; this is the one in {place}"));
        let numbered = (1_usize..).map(|number| format!("{} ({number})", submission.student));
        if let Some(name) = numbered.into_iter().find(|name| !taken.contains(name)) {
            taken.insert(name.clone());
            submission.student = name;
        }
    }
    submissions.sort_by_key(key);
}

/// Places that are tried: a class is in one or a few.
const PLACES: usize = 4;

/// Folders within folders, and entries of each, that are looked at.
const DEPTH: usize = 8;
const ENTRIES: usize = 100;

/// Files of submissions that no program but their own may see, which the self-test tries to: one
/// for each folder that submissions are in.
pub fn witnesses(submissions: &[Submission]) -> Vec<PathBuf> {
    let mut places = BTreeSet::new();
    let mut found = Vec::new();
    for submission in submissions {
        let place = submission.path.parent();
        if found.len() == PLACES || places.contains(&place) {
            continue;
        }
        if let Some(file) = file_below(&submission.path, DEPTH) {
            places.insert(place);
            found.push(file);
        }
    }
    found
}

fn file_below(path: &Path, depth: usize) -> Option<PathBuf> {
    let kind = fs::symlink_metadata(path).ok()?.file_type();
    if kind.is_file() {
        return Some(path.to_owned());
    }
    if !kind.is_dir() || depth == 0 {
        return None;
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path).ok()?.flatten().take(ENTRIES).map(|entry| entry.path()).collect();
    entries.sort();
    entries.iter().find_map(|entry| file_below(entry, depth - 1))
}
