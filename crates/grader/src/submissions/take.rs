//! Takes a lesson's source files out of a submission.

use super::disk::{Allowance, Entry, Folder, Kind, OrStop, Stop, refuse, show};
use super::look::{self, Candidate, ENTRIES, Submission};
use crate::durable::hash;
use anyhow::{Result, anyhow};
use std::ffi::OsStr;
use std::path::Path;

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

/// Takes the source of a lesson (`lesson-3`).
pub fn take(submission: &Submission, lesson: &str) -> Result<Taken> {
    match source(submission, lesson) {
        Ok(Some(source)) => Ok(Taken::Source(source)),
        Ok(None) => Ok(Taken::Missing),
        Err(Stop::Refused(reason)) => Ok(Taken::Refused(reason)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

const FILE_BYTES: u64 = 256 * 1024;
const FILES: usize = 64;
const LESSON_BYTES: u64 = 1024 * 1024;
/// Folders within folders, below `src`.
const DEPTH: usize = 8;

const MAIN: &str = "main.rs";

/// The lesson's source; `None` if it isn't there.
fn source(submission: &Submission, lesson: &str) -> OrStop<Option<Source>> {
    let Some(opened) = look::open(submission)? else {
        return Ok(None);
    };
    let look = look::look(submission, &opened)?;
    if let Some(reason) = look::ambiguity(&look, lesson) {
        return refuse(format!("{reason}; leave only the one that counts"));
    }
    let Some(found) = look.of(lesson).next() else {
        return Ok(None);
    };
    let files = if found.is_crate { of_crate(&opened, found)? } else { flat(&opened, found)? };
    let sha256 = fingerprint(&files);
    Ok(Some(Source { files, sha256 }))
}

type Files = Vec<(String, Vec<u8>)>;

fn flat(opened: &Folder, found: &Candidate) -> OrStop<Files> {
    Ok(vec![(MAIN.to_owned(), read_at(opened, &found.place, &found.shown)?)])
}

fn of_crate(opened: &Folder, found: &Candidate) -> OrStop<Files> {
    let shown = &found.shown;
    if found.kind != Kind::Folder {
        return refuse(format!("{shown} {}", found.kind.reason()));
    }
    let src = at(opened, &found.place, |folder| src(folder, shown))?;
    let mut walk = Walk { shown, budget: Allowance(ENTRIES), sources: Vec::new() };
    walk.folder(&src, "", DEPTH)?;
    let Walk { mut sources, .. } = walk;
    sources.sort_by(|one, other| (one != MAIN, one).cmp(&(other != MAIN, other)));
    if sources.first().is_none_or(|name| name != MAIN) {
        return refuse(format!("there is no `src/main.rs` in {shown}"));
    }
    read(&src, shown, sources)
}

fn src(folder: &Folder, shown: &str) -> OrStop<Folder> {
    let name = OsStr::new("src");
    match folder.kind(name)? {
        Some(Kind::Folder) => folder.folder(name),
        Some(other) => refuse(format!("`src` in {shown} {}", other.reason())),
        None => refuse(format!("there is no folder `src` in {shown}")),
    }
}

/// Goes down to a place, folder by folder, and does something there.
fn at<T>(folder: &Folder, place: &Path, act: impl FnOnce(&Folder) -> OrStop<T>) -> OrStop<T> {
    let mut below = None;
    for name in place {
        below = Some(below.as_ref().unwrap_or(folder).folder(name)?);
    }
    act(below.as_ref().unwrap_or(folder))
}

fn read_at(folder: &Folder, place: &Path, shown: &str) -> OrStop<Vec<u8>> {
    let (Some(way), Some(name)) = (place.parent(), place.file_name()) else {
        return Err(anyhow!("{shown} has no name").into());
    };
    at(folder, way, |folder| folder.read(name, shown, FILE_BYTES))
}

/// Collects the source files of a crate.
struct Walk<'walk> {
    shown: &'walk str,
    budget: Allowance,
    /// Where each is, seen from `src`.
    sources: Vec<String>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Folder, prefix: &str, depth: usize) -> OrStop<()> {
        for entry in folder.list(self.shown, &mut self.budget)? {
            if entry.is_hidden() {
                continue;
            }
            let is_source =
                Path::new(&entry.name).extension().is_some_and(|extension| extension == "rs");
            match entry.kind {
                Kind::Folder if depth == 0 => {
                    let problem = format!("has more than {DEPTH} folders in one another");
                    return refuse(format!("`src` in {} {problem}", self.shown));
                }
                Kind::Folder => {
                    let prefix = format!("{prefix}{}/", self.name(&entry)?);
                    self.folder(&folder.folder(&entry.name)?, &prefix, depth - 1)?;
                }
                _ if is_source => self.source(prefix, &entry)?,
                // Data, or something that we won't open: a program that needs it doesn't compile.
                Kind::File | Kind::Link | Kind::Special => {}
            }
        }
        Ok(())
    }

    fn source(&mut self, prefix: &str, entry: &Entry) -> OrStop<()> {
        let name = format!("{prefix}{}", self.name(entry)?);
        if self.sources.len() == FILES {
            return refuse(format!("{} has more than {FILES} source files", self.shown));
        }
        self.sources.push(name);
        Ok(())
    }

    /// The compiler could name no other file in the source either.
    fn name<'entry>(&self, entry: &'entry Entry) -> OrStop<&'entry str> {
        let problem = || format!("has the name {}, which isn't UTF-8", show(&entry.name));
        let refused = || refuse(format!("a file in {} {}", self.shown, problem()));
        entry.name.to_str().map_or_else(refused, Ok)
    }
}

fn read(src: &Folder, shown: &str, sources: Vec<String>) -> OrStop<Files> {
    let mut files = Vec::new();
    let mut left = LESSON_BYTES;
    for name in sources {
        let place = format!("{} in {shown}", show(format!("src/{name}").as_ref()));
        let contents = read_at(src, name.as_ref(), &place)?;
        let Some(rest) = left.checked_sub(contents.len() as u64) else {
            let limit = LESSON_BYTES / 1024;
            return refuse(format!("the source files of {shown} together exceed {limit} KiB"));
        };
        left = rest;
        files.push((name, contents));
    }
    Ok(files)
}

/// Of names and contents. Their lengths come first, so that no two sources look the same.
fn fingerprint(files: &[(String, Vec<u8>)]) -> String {
    let mut all = Vec::new();
    for (name, contents) in files {
        for part in [name.as_bytes(), contents] {
            all.extend((part.len() as u64).to_le_bytes());
            all.extend(part);
        }
    }
    hash(&all)
}
