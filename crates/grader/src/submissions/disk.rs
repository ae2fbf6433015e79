//! Reads folders and files of a submission without trusting them: everything is opened by its
//! name from the folder that holds it, so that no link is followed, whenever it was put there;
//! nothing but regular files is opened, and everything has a limit.

use anyhow::{Context, Error};
use base::text;
use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, FileType, Metadata, OpenOptions};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A lesson can't be taken.
#[derive(Debug)]
pub enum Stop {
    /// As it was handed in, for this reason.
    Refused(String),
    /// Because the system failed us; nobody's work is to blame.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub type OrStop<T> = Result<T, Stop>;

pub fn refuse<T>(reason: impl Into<String>) -> OrStop<T> {
    Err(Stop::Refused(reason.into()))
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Folder,
    File,
    Link,
    /// A named pipe, a socket, a device.
    Special,
}

impl Kind {
    fn of(kind: FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Special
        }
    }

    /// Why something of this kind isn't taken where another was expected.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Folder => "is a folder, and a file was expected",
            Self::File => "is a file, and a folder was expected",
            Self::Link => "is a link, and links aren't followed",
            Self::Special => "is neither a file nor a folder, and isn't opened",
        }
    }
}

/// What a folder holds.
#[derive(Debug)]
pub struct Entry {
    pub name: OsString,
    pub kind: Kind,
}

impl Entry {
    /// The name as text; what isn't UTF-8 is replaced.
    pub fn text(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// What systems and archivers leave behind, and nobody has written.
    pub fn is_hidden(&self) -> bool {
        let name = self.name.as_encoded_bytes();
        // `..name` is an odd name, but one that somebody has chosen.
        name == b"__MACOSX" || (name.starts_with(b".") && !name.starts_with(b".."))
    }
}

/// How many more entries of folders may be listed.
pub struct Allowance(pub usize);

/// A folder that is held open: whatever is put in its place later, this is still the same one.
#[derive(Debug)]
pub struct Folder {
    dir: Dir,
    /// Where it was when it was opened, for messages.
    place: PathBuf,
}

impl Folder {
    /// Opens a folder that is no link itself. The way to it is the instructor's, and trusted.
    pub fn open(place: &Path) -> OrStop<Self> {
        match (place.parent(), place.file_name()) {
            (Some(parent), Some(name)) => Self::trusted(parent)?.folder(name),
            _ => Self::trusted(place),
        }
    }

    fn trusted(place: &Path) -> OrStop<Self> {
        let dir = Dir::open_ambient_dir(place, ambient_authority());
        let dir = dir.with_context(|| cannot(LIST, place))?;
        Ok(Self { dir, place: place.to_owned() })
    }

    /// Where something in it is.
    pub fn place_of(&self, name: &OsStr) -> PathBuf {
        self.place.join(name)
    }

    /// A folder in it.
    pub fn folder(&self, name: &OsStr) -> OrStop<Self> {
        match self.dir.open_dir_nofollow(name) {
            Ok(dir) => Ok(Self { dir, place: self.place_of(name) }),
            Err(error) => Err(self.unopened(name, Kind::Folder, error)),
        }
    }

    /// What is in it, sorted by name.
    pub fn list(&self, shown: &str, budget: &mut Allowance) -> OrStop<Vec<Entry>> {
        let failed = || cannot(LIST, &self.place);
        let mut entries = Vec::new();
        for entry in self.dir.entries().with_context(failed)? {
            if budget.0 == 0 {
                return refuse(format!("{shown} holds too many files to look through"));
            }
            budget.0 -= 1;
            let entry = entry.with_context(failed)?;
            let kind = match entry.file_type().with_context(failed)? {
                // Not every file system tells that in the list.
                unknown if unknown == FileType::unknown() => {
                    entry.metadata().with_context(failed)?.file_type()
                }
                known => known,
            };
            entries.push(Entry { name: entry.file_name(), kind: Kind::of(kind) });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// What has this name in it; `None` if nothing has.
    pub fn kind(&self, name: &OsStr) -> anyhow::Result<Option<Kind>> {
        kind_of(self.dir.symlink_metadata(name), || self.place_of(name))
    }

    /// The whole of a regular file in it, if that has at most `limit` bytes.
    pub fn read(&self, name: &OsStr, shown: &str, limit: u64) -> OrStop<Vec<u8>> {
        let failed = || cannot(READ, &self.place_of(name));
        let seen = self.dir.symlink_metadata(name).with_context(failed)?;
        match Kind::of(seen.file_type()) {
            Kind::File => {}
            other => return refuse(format!("{shown} {}", other.reason())),
        }
        let mut options = OpenOptions::new();
        // If a named pipe has taken its place, nobody may ever write into that.
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let file = self.dir.open_with(name, &options);
        let file = file.map_err(|error| self.unopened(name, Kind::File, error))?;
        let opened = file.metadata().with_context(failed)?;
        if !opened.is_file() {
            return Err(Error::msg(REPLACED).context(failed()).into());
        }
        let mut contents = Vec::new();
        if opened.len() <= limit {
            file.take(limit + 1).read_to_end(&mut contents).with_context(failed)?;
        }
        if opened.len().max(contents.len() as u64) > limit {
            return refuse(format!("{shown} has more than {} KiB", limit / 1024));
        }
        Ok(contents)
    }

    /// What was there a moment ago can't be opened.
    fn unopened(&self, name: &OsStr, seen: Kind, error: io::Error) -> Stop {
        let what = if seen == Kind::Folder { LIST } else { READ };
        let is_the_same = self.kind(name).is_ok_and(|kind| kind == Some(seen));
        let error = Error::from(error);
        let error = if is_the_same { error } else { error.context(REPLACED) };
        error.context(cannot(what, &self.place_of(name))).into()
    }
}

const LIST: &str = "list the folder";
const READ: &str = "read the file";
const REPLACED: &str = "it was replaced while it was being read; try again";

/// What is where an instructor says; `None` if nothing is.
pub fn kind(path: &Path) -> anyhow::Result<Option<Kind>> {
    let metadata = fs::symlink_metadata(path).map(Metadata::from_just_metadata);
    kind_of(metadata, || path.to_owned())
}

fn kind_of(
    metadata: io::Result<Metadata>,
    place: impl Fn() -> PathBuf,
) -> anyhow::Result<Option<Kind>> {
    match metadata {
        Ok(metadata) => Ok(Some(Kind::of(metadata.file_type()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| cannot("look at", &place())),
    }
}

fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} {}; may you read it?", show(path.as_os_str()))
}

/// A name or path as people may see it: in backticks, on one line, and nothing in it is invisible.
pub fn show(name: &OsStr) -> String {
    format!("`{}`", text::brief_name(&name.to_string_lossy()))
}
