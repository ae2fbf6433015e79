//! What a student's folder holds: lessons, and what can't be taken for one; and the names by which
//! work is recognised.

use super::disk::{self, Allowance, Entry, Folder, Kind, OrStop, Stop, refuse, show};
use anyhow::anyhow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

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

/// Of one submission, so many entries of folders are listed; a workspace has about 50.
pub const ENTRIES: usize = 10_000;

/// Notes about one submission.
const NOTES: usize = 20;

/// Things of one kind that are named.
const NAMED: usize = 5;

const NOTHING: &str = "nothing to grade was found, neither `crates/lesson-N-…` nor `lesson-N.rs`";

#[derive(Default, Debug)]
pub struct Look {
    pub lessons: Vec<Candidate>,
    pub notes: Vec<String>,
    /// Names that say nothing to us, as people may see them.
    unknown: Vec<String>,
}

/// A lesson's crate or flat file. It has the right name; what it is remains to be seen.
#[derive(Debug)]
pub struct Candidate {
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
    pub fn of<'look>(&'look self, lesson: &'look str) -> impl Iterator<Item = &'look Candidate> {
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
pub fn open(submission: &Submission) -> OrStop<Option<Folder>> {
    let path = &submission.path;
    if !submission.files.is_empty() {
        let folder = path.parent().ok_or_else(|| gone(path))?;
        disk::kind(folder)?.ok_or_else(|| gone(path))?;
        return Folder::open(folder).map(Some);
    }
    match disk::kind(path)? {
        Some(Kind::Folder) => Folder::open(path).map(Some),
        Some(Kind::File) => Ok(None),
        Some(other) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            refuse(format!("{} {}", show(name), other.reason()))
        }
        None => Err(gone(path).into()),
    }
}

/// Finds the lessons of a submission in its opened folder; reads no file.
pub fn look(submission: &Submission, opened: &Folder) -> OrStop<Look> {
    match submission.files.as_slice() {
        [] => folder(opened),
        files => loose(files, opened),
    }
}

/// In place of a folder.
fn file(path: &Path) -> Look {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let problem = problem(&name.to_string_lossy(), Kind::File);
    let problem = problem.unwrap_or_else(|| "isn't recognised".to_owned());
    Look { notes: vec![format!("{} {problem}", show(name))], ..Look::default() }
}

fn gone(path: &Path) -> anyhow::Error {
    let shown = show(path.as_os_str());
    anyhow!("{shown} is there no more; was it moved while it was being graded?")
}

fn loose(files: &[PathBuf], opened: &Folder) -> OrStop<Look> {
    let mut look = Look::default();
    for path in files {
        let name = path.file_name().ok_or_else(|| gone(path))?;
        let text = name.to_string_lossy();
        let flat = of_flat_file(&text).map(str::to_owned);
        let lesson = flat.or_else(|| Some(of_loose_file(name.as_encoded_bytes())?.lesson));
        let (Some(lesson), Some(kind)) = (lesson, opened.kind(name)?) else {
            return Err(gone(path).into());
        };
        let (place, shown) = (name.into(), show(name));
        look.lessons.push(Candidate { lesson, place, shown, kind, is_crate: false });
    }
    Ok(look)
}

/// Finds the lessons in a folder, or in those in it.
pub fn folder(opened: &Folder) -> OrStop<Look> {
    let mut budget = Allowance(ENTRIES);
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
pub fn level(
    folder: &Folder,
    entries: &[Entry],
    way: &Path,
    budget: &mut Allowance,
) -> OrStop<Look> {
    let mut look = Look::default();
    for entry in entries.iter().filter(|entry| !entry.is_hidden()) {
        let (name, place) = (entry.text(), way.join(&entry.name));
        let shown = shown(&place);
        if name == "crates" {
            if entry.kind != Kind::Folder {
                return refuse(format!("{shown} {}", entry.kind.reason()));
            }
            look.add(crates(&folder.folder(&entry.name)?, &place, budget)?, &shown);
        } else if let Some(lesson) = of_flat_file(&name) {
            let (lesson, kind) = (lesson.to_owned(), entry.kind);
            look.lessons.push(Candidate { lesson, place, shown, kind, is_crate: false });
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

fn crates(folder: &Folder, way: &Path, budget: &mut Allowance) -> OrStop<Look> {
    let mut look = Look::default();
    for entry in folder.list(&shown(way), budget)? {
        let (name, place) = (entry.text(), way.join(&entry.name));
        let shown = shown(&place);
        if let Some(lesson) = of_crate(&name) {
            look.lessons.push(Candidate { lesson, place, shown, kind: entry.kind, is_crate: true });
        } else if resembles_a_lesson(&name) {
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
        Kind::Folder if resembles_a_lesson(name) => {
            Some("isn't taken: a lesson's crate belongs into the folder `crates`".to_owned())
        }
        Kind::File if is_archive(name) => Some("is an archive: unpack it first".to_owned()),
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

const ARCHIVES: &[&str] = &["zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar"];

/// The lesson of a flat file: `lesson-3` for `lesson-3.rs`.
pub fn of_flat_file(name: &str) -> Option<&str> {
    let is_lesson = |stem: &&str| stem.strip_prefix("lesson-").is_some_and(is_number);
    name.strip_suffix(".rs").filter(is_lesson)
}

/// The lesson of a crate's folder: `lesson-3` for `lesson-3-receive-once`.
pub fn of_crate(name: &str) -> Option<String> {
    let (number, _) = name.strip_prefix("lesson-")?.split_once('-')?;
    is_number(number).then(|| format!("lesson-{number}"))
}

/// Likely meant as a lesson, however it is spelt.
pub fn resembles_a_lesson(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("lesson"))
}

pub fn is_archive(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ARCHIVES.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Without the extensions of archives: `alice` for `alice.tar.gz`.
pub fn without_archive(mut name: &[u8]) -> &[u8] {
    while let Some(dot) = name.iter().rposition(|byte| *byte == b'.') {
        let (stem, extension) = name.split_at(dot);
        let extension = String::from_utf8_lossy(extension);
        if stem.is_empty() || !is_archive(&format!("a{extension}")) {
            break;
        }
        name = stem;
    }
    name
}

/// A file that stands beside those of other students, with its student's name before its own.
#[derive(PartialEq, Eq, Debug)]
pub struct Loose<'name> {
    pub student: &'name [u8],
    pub lesson: String,
}

/// `alice_lesson-3.rs`, or as learning platforms name them: `doejohn_LATE_12_345_lesson-3-1.rs`.
pub fn of_loose_file(name: &[u8]) -> Option<Loose<'_>> {
    const MARK: &[u8] = b"_lesson-";
    let stem = name.strip_suffix(b".rs")?;
    let at = stem.windows(MARK.len()).rposition(|window| window == MARK)?;
    let (student, rest) = (stem.get(..at)?, stem.get(at + MARK.len()..)?);
    let rest = std::str::from_utf8(rest).ok()?;
    let owner = owner(student);
    // Canvas adds a number to the name of a file that was handed in again.
    let number = match rest.split_once('-') {
        Some((number, again)) if owner != student && is_number(again) => number,
        _ => rest,
    };
    let is_whole = !student.is_empty() && is_number(number);
    is_whole.then(|| Loose { student: owner, lesson: format!("lesson-{number}") })
}

/// Canvas puts the number of the upload, which differs from file to file, behind the student's:
/// `doejohn_12` for `doejohn_12_345`.
pub fn owner(prefix: &[u8]) -> &[u8] {
    let ends_in_number = |text: &[u8]| {
        let at = text.iter().rposition(|byte| *byte == b'_').filter(|at| *at > 0)?;
        let number = text.get(at + 1..)?;
        (!number.is_empty() && number.iter().all(u8::is_ascii_digit)).then_some(at)
    };
    let shorter = ends_in_number(prefix).and_then(|at| prefix.get(..at));
    shorter.filter(|shorter| ends_in_number(shorter).is_some()).unwrap_or(prefix)
}

/// Without leading zeros, so that nothing has two names.
fn is_number(text: &str) -> bool {
    let digits = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && !text.is_empty() && !text.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_are_lessons() {
        assert_eq!(of_flat_file("lesson-3.rs"), Some("lesson-3"));
        assert_eq!(of_flat_file("lesson-12.rs"), Some("lesson-12"));
        for name in ["lesson3.rs", "Lesson-3.rs", "lesson-3.RS", "lesson-03.rs", "lesson-.rs"] {
            assert_eq!(of_flat_file(name), None, "{name}");
        }
        for name in ["lesson-3", "lesson-3.txt", "lesson-3-1.rs", "lesson-3 (1).rs", "lesson-x.rs"]
        {
            assert_eq!(of_flat_file(name), None, "{name}");
        }
        assert_eq!(of_crate("lesson-3-receive-once").as_deref(), Some("lesson-3"));
        assert_eq!(of_crate("lesson-30-x").as_deref(), Some("lesson-30"));
        for name in ["lesson-3", "lesson-3x-y", "my-lesson-3-x", "lesson--x"] {
            assert_eq!(of_crate(name), None, "{name}");
        }
    }

    #[test]
    fn loose_files_name_their_student() {
        for (name, student) in [
            ("alice_lesson-3.rs", "alice"),
            ("doejohn_12_345_lesson-3.rs", "doejohn_12"),
            ("doejohn_LATE_12_345_lesson-3-1.rs", "doejohn_LATE_12"),
            ("Ann Lee_77_assignsubmission_file_lesson-3.rs", "Ann Lee_77_assignsubmission_file"),
            ("a_lesson-9_lesson-3.rs", "a_lesson-9"),
        ] {
            let loose = of_loose_file(name.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(loose.student), student);
            assert_eq!(loose.lesson, "lesson-3");
        }
        for name in ["lesson-3.rs", "_lesson-3.rs", "a_lesson-3-1.rs", "a_lesson-3", "a_lesson-.rs"]
        {
            assert_eq!(of_loose_file(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn archives_lose_their_extensions_only() {
        for (name, stem) in [("a.zip", "a"), ("a.b.tar.gz", "a.b"), (".zip", ".zip"), ("a", "a")] {
            assert_eq!(without_archive(name.as_bytes()), stem.as_bytes());
        }
        assert!(is_archive("WORK.ZIP") && !is_archive("zip"));
    }
}
