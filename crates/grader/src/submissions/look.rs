//! What a student's folder holds: lessons, and what can't be taken for one.

use super::Submission;
use super::disk::{self, Budget, Entry, Folder, Kind, Outcome, Stop, refuse, show};
use super::names;
use anyhow::anyhow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Of one submission, so many entries of folders are listed; a workspace has about 50.
pub const ENTRIES: usize = 10_000;

/// Notes about one submission.
const NOTES: usize = 20;

/// Things of one kind that are named.
const NAMED: usize = 5;

const NOTHING: &str = "nothing to grade was found, neither `crates/lesson-N-…` nor `lesson-N.rs`";

#[derive(Default, Debug)]
pub struct Look {
    pub lessons: Vec<Found>,
    pub notes: Vec<String>,
    /// Names that say nothing to us, as people may see them.
    unknown: Vec<String>,
}

/// A lesson's crate or flat file. It has the right name; what it is remains to be seen.
#[derive(Debug)]
pub struct Found {
    /// `lesson-3`
    pub lesson: String,
    /// From the submission's folder.
    pub place: PathBuf,
    /// The same as people may see it.
    pub shown: String,
    pub kind: Kind,
    pub is_crate: bool,
}

impl Look {
    /// Where this lesson stands: nowhere, once, or more often than once.
    pub fn of<'look>(&'look self, lesson: &'look str) -> impl Iterator<Item = &'look Found> {
        self.lessons.iter().filter(move |found| found.lesson == lesson)
    }

    pub fn has_lessons(&self) -> bool {
        !self.lessons.is_empty()
    }

    /// The lessons that are there, each once, by their numbers.
    fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.lessons.iter().map(|found| found.lesson.as_str());
        names.map(|name| (name.len(), name)).collect::<BTreeSet<_>>().into_iter().map(|name| name.1)
    }

    /// Adds what is in a subfolder. What is unknown there is worth telling only beside lessons.
    fn add(&mut self, below: Self, folder: &str) {
        if !below.lessons.is_empty() {
            self.unknown.retain(|name| name != folder);
            self.unknown.extend(below.unknown);
        }
        self.lessons.extend(below.lessons);
        self.notes.extend(below.notes);
    }
}

/// Opens the folder of a submission, or the one that its flat files are in; `None` if it has a
/// file in place of a folder.
pub fn open(submission: &Submission) -> Outcome<Option<Folder>> {
    let path = &submission.path;
    if !submission.files.is_empty() {
        let folder = path.parent().unwrap_or(path);
        disk::kind(folder)?.ok_or_else(|| gone(path))?;
        return Folder::open(folder).map(Some);
    }
    match disk::kind(path)? {
        Some(Kind::Folder) => Folder::open(path).map(Some),
        Some(Kind::File) => Ok(None),
        Some(other) => {
            let name = path.file_name().unwrap_or_default();
            refuse(format!("{} {}", show(name), other.reason()))
        }
        None => Err(gone(path).into()),
    }
}

/// Finds the lessons of a submission in its opened folder; reads no file.
pub fn look(submission: &Submission, opened: &Folder) -> Outcome<Look> {
    match submission.files.as_slice() {
        [] => folder(opened),
        files => loose(files, opened),
    }
}

/// In place of a folder.
fn file(path: &Path) -> Look {
    let name = path.file_name().unwrap_or_default();
    let problem = problem(&name.to_string_lossy(), Kind::File);
    let problem = problem.unwrap_or_else(|| "isn't recognised".to_owned());
    Look { notes: vec![format!("{} {problem}", show(name))], ..Look::default() }
}

fn gone(path: &Path) -> anyhow::Error {
    let shown = show(path.as_os_str());
    anyhow!("{shown} is there no more; was it moved while it was being graded?")
}

fn loose(files: &[PathBuf], opened: &Folder) -> Outcome<Look> {
    let mut look = Look::default();
    for path in files {
        let name = path.file_name().unwrap_or_default();
        let text = name.to_string_lossy();
        let flat = names::of_flat_file(&text).map(str::to_owned);
        let lesson = flat.or_else(|| Some(names::of_loose_file(name.as_encoded_bytes())?.lesson));
        let (Some(lesson), Some(kind)) = (lesson, opened.kind(name)?) else {
            return Err(gone(path).into());
        };
        let (place, shown) = (name.into(), show(name));
        look.lessons.push(Found { lesson, place, shown, kind, is_crate: false });
    }
    Ok(look)
}

/// Finds the lessons in a folder, or in those in it.
pub fn folder(opened: &Folder) -> Outcome<Look> {
    let mut budget = Budget(ENTRIES);
    let entries = opened.list("the folder", &mut budget)?;
    let mut look = level(opened, &entries, Path::new(""), &mut budget)?;
    if look.lessons.is_empty() {
        for child in subfolders(&entries) {
            let (below, name) = (opened.folder(&child.name)?, show(&child.name));
            let entries = below.list(&name, &mut budget)?;
            look.add(level(&below, &entries, child.name.as_ref(), &mut budget)?, &name);
        }
    }
    Ok(look)
}

/// Those that somebody has made, and that may hold what an archive held.
pub fn subfolders(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|entry| entry.kind == Kind::Folder && !entry.is_hidden())
}

/// What stands directly in a folder, and in its `crates`; `way` leads to it.
pub fn level(folder: &Folder, entries: &[Entry], way: &Path, budget: &mut Budget) -> Outcome<Look> {
    let mut look = Look::default();
    for entry in entries.iter().filter(|entry| !entry.is_hidden()) {
        let (name, place) = (entry.text(), way.join(&entry.name));
        let shown = shown(&place);
        if name == "crates" {
            if entry.kind != Kind::Folder {
                return refuse(format!("{shown} {}", entry.kind.reason()));
            }
            look.add(crates(&folder.folder(&entry.name)?, &place, budget)?, &shown);
        } else if let Some(lesson) = names::of_flat_file(&name) {
            let (lesson, kind) = (lesson.to_owned(), entry.kind);
            look.lessons.push(Found { lesson, place, shown, kind, is_crate: false });
        } else if let Some(problem) = problem(&name, entry.kind) {
            look.notes.push(format!("{shown} {problem}"));
        } else {
            look.unknown.push(shown);
        }
    }
    if entries.iter().any(|entry| entry.name == "crates") {
        // A workspace has much besides, and students keep their notes there.
        look.unknown.clear();
    }
    Ok(look)
}

fn crates(folder: &Folder, way: &Path, budget: &mut Budget) -> Outcome<Look> {
    let mut look = Look::default();
    for entry in folder.list(&shown(way), budget)? {
        let (name, place) = (entry.text(), way.join(&entry.name));
        let shown = shown(&place);
        if let Some(lesson) = names::of_crate(&name) {
            look.lessons.push(Found { lesson, place, shown, kind: entry.kind, is_crate: true });
        } else if names::resembles_a_lesson(&name) {
            let wanted = "a lesson's crate is called `lesson-N-…`, as in the course";
            look.notes.push(format!("{shown} isn't taken: {wanted}"));
        }
    }
    Ok(look)
}

/// With `/` on every system.
fn shown(place: &Path) -> String {
    show(&place.iter().collect::<Vec<_>>().join(OsStr::new("/")))
}

/// What an instructor should know of something that isn't taken.
pub fn problem(name: &str, kind: Kind) -> Option<String> {
    match kind {
        Kind::Link | Kind::Special => Some(kind.reason().to_owned()),
        Kind::Folder if names::resembles_a_lesson(name) => {
            Some("isn't taken: a lesson's crate belongs into the folder `crates`".to_owned())
        }
        Kind::File if names::is_archive(name) => Some("is an archive: unpack it first".to_owned()),
        Kind::File if name.ends_with(".rs") => {
            Some("isn't taken: a lesson's program is called `lesson-N.rs`".to_owned())
        }
        Kind::File | Kind::Folder => None,
    }
}

/// What wasn't as expected in a submission.
pub fn notes(submission: &Submission) -> Vec<String> {
    let looked = open(submission).and_then(|opened| match opened {
        Some(opened) => look(submission, &opened),
        None => Ok(file(&submission.path)),
    });
    let look = match looked {
        Ok(look) => look,
        Err(Stop::Refused(reason)) => return vec![reason],
        Err(Stop::Failed(error)) => return vec![format!("{error:#}")],
    };
    let mut notes = Vec::new();
    if !look.has_lessons() {
        notes.push(NOTHING.to_owned());
    }
    notes.extend(look.names().filter_map(|lesson| ambiguity(&look, lesson)));
    notes.extend(not_recognised(&look.unknown));
    notes.extend(look.notes);
    if notes.len() > NOTES {
        let more = notes.split_off(NOTES).len();
        notes.push(format!("and {more} more of this kind"));
    }
    notes
}

/// Why nobody can know which program is meant, if that is so.
pub fn ambiguity(look: &Look, lesson: &str) -> Option<String> {
    let places: Vec<_> = look.of(lesson).map(|found| found.shown.as_str()).collect();
    let is_ambiguous = places.len() > 1;
    is_ambiguous.then(|| format!("{lesson} is there more than once: {}", list(&places, NAMED)))
}

fn not_recognised(unknown: &[String]) -> Option<String> {
    let unknown: Vec<_> = unknown.iter().map(String::as_str).collect();
    (!unknown.is_empty()).then(|| format!("not recognised: {}", list(&unknown, NAMED)))
}

/// However many there are, few are named.
fn list(names: &[&str], at_most: usize) -> String {
    let named: Vec<_> = names.iter().take(at_most).copied().collect();
    match names.len().saturating_sub(at_most) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
