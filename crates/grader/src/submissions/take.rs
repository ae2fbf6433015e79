//! Takes a lesson's source files out of a submission.

use super::disk::{self, Budget, Entry, Kind, Outcome, refuse, show};
use super::look::{self, ENTRIES, Found};
use super::{Source, Submission};
use crate::store::hash;
use std::path::Path;

const FILE_BYTES: u64 = 256 * 1024;
const FILES: usize = 64;
const LESSON_BYTES: u64 = 1024 * 1024;
/// Folders within folders, below `src`.
const DEPTH: usize = 8;

const MAIN: &str = "main.rs";

/// The lesson's source; `None` if it isn't there.
pub fn take(submission: &Submission, lesson: &str) -> Outcome<Option<Source>> {
    let look = look::look(submission)?;
    if let Some(reason) = look::ambiguity(&look, lesson) {
        return refuse(format!("{reason}; leave only the one that counts"));
    }
    let Some(found) = look.of(lesson).next() else {
        return Ok(None);
    };
    let files = if found.is_crate { of_crate(found)? } else { flat(found)? };
    let sha256 = fingerprint(&files);
    Ok(Some(Source { files, sha256 }))
}

type Files = Vec<(String, Vec<u8>)>;

fn flat(found: &Found) -> Outcome<Files> {
    Ok(vec![(MAIN.to_owned(), disk::read(&found.path, &found.shown, FILE_BYTES)?)])
}

fn of_crate(found: &Found) -> Outcome<Files> {
    let shown = &found.shown;
    if found.kind != Kind::Folder {
        return refuse(format!("{shown} {}", found.kind.reason()));
    }
    let src = found.path.join("src");
    match disk::kind(&src)? {
        Some(Kind::Folder) => {}
        Some(other) => return refuse(format!("`src` in {shown} {}", other.reason())),
        None => return refuse(format!("there is no folder `src` in {shown}")),
    }
    let mut walk = Walk { shown, budget: Budget(ENTRIES), sources: Vec::new() };
    walk.folder(&src, "", DEPTH)?;
    let Walk { mut sources, .. } = walk;
    sources.sort_by(|(one, _), (other, _)| (one != MAIN, one).cmp(&(other != MAIN, other)));
    if sources.first().is_none_or(|(name, _)| name != MAIN) {
        return refuse(format!("there is no `src/main.rs` in {shown}"));
    }
    read(shown, sources)
}

/// Collects the source files of a crate.
struct Walk<'walk> {
    shown: &'walk str,
    budget: Budget,
    /// Where each is, seen from `src`.
    sources: Vec<(String, Entry)>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Outcome<()> {
        for entry in disk::list(folder, self.shown, &mut self.budget)? {
            if entry.is_hidden() {
                continue;
            }
            let is_source = entry.path.extension().is_some_and(|extension| extension == "rs");
            match entry.kind {
                Kind::Folder if depth == 0 => {
                    let problem = format!("has more than {DEPTH} folders in one another");
                    return refuse(format!("`src` in {} {problem}", self.shown));
                }
                Kind::Folder => {
                    let prefix = format!("{prefix}{}/", self.name(&entry)?);
                    self.folder(&entry.path, &prefix, depth - 1)?;
                }
                _ if is_source => self.source(prefix, entry)?,
                // Data, or something that we won't open: a program that needs it doesn't compile.
                Kind::File | Kind::Link | Kind::Special => {}
            }
        }
        Ok(())
    }

    fn source(&mut self, prefix: &str, entry: Entry) -> Outcome<()> {
        let name = format!("{prefix}{}", self.name(&entry)?);
        if self.sources.len() == FILES {
            return refuse(format!("{} has more than {FILES} source files", self.shown));
        }
        self.sources.push((name, entry));
        Ok(())
    }

    /// The compiler could name no other file in the source either.
    fn name<'entry>(&self, entry: &'entry Entry) -> Outcome<&'entry str> {
        let problem = || format!("has the name {}, which isn't UTF-8", show(&entry.name));
        let refused = || refuse(format!("a file in {} {}", self.shown, problem()));
        entry.name.to_str().map_or_else(refused, Ok)
    }
}

fn read(shown: &str, sources: Vec<(String, Entry)>) -> Outcome<Files> {
    let mut files = Vec::new();
    let mut left = LESSON_BYTES;
    for (name, entry) in sources {
        let place = format!("{} in {shown}", show(format!("src/{name}").as_ref()));
        let contents = disk::read(&entry.path, &place, FILE_BYTES)?;
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
