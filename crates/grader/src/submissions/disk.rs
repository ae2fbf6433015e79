//! Reads folders and files of a submission without trusting them: no link is followed, nothing
//! but regular files is opened, and everything has a limit.

use anyhow::{Context, Error};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{ErrorKind, Read};
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

pub type Outcome<T> = Result<T, Stop>;

pub fn refuse<T>(reason: impl Into<String>) -> Outcome<T> {
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
    pub path: PathBuf,
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
pub struct Budget(pub usize);

/// Sorted by name.
pub fn list(folder: &Path, shown: &str, budget: &mut Budget) -> Outcome<Vec<Entry>> {
    let failed = || cannot("list the folder", folder);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).with_context(failed)? {
        if budget.0 == 0 {
            return refuse(format!("{shown} holds too many files to look through"));
        }
        budget.0 -= 1;
        let entry = entry.with_context(failed)?;
        let kind = Kind::of(entry.file_type().with_context(failed)?);
        entries.push(Entry { name: entry.file_name(), path: entry.path(), kind });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

/// What is there; `None` if nothing is.
pub fn kind(path: &Path) -> anyhow::Result<Option<Kind>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(Kind::of(metadata.file_type()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| cannot("look at", path)),
    }
}

/// The whole of a regular file, if it has at most `limit` bytes.
pub fn read(path: &Path, shown: &str, limit: u64) -> Outcome<Vec<u8>> {
    let failed = || cannot("read the file", path);
    let expected = fs::symlink_metadata(path).with_context(failed)?;
    match Kind::of(expected.file_type()) {
        Kind::File => {}
        other => return refuse(format!("{shown} {}", other.reason())),
    }
    let too_large = format!("{shown} has more than {} KiB", limit / 1024);
    if expected.len() > limit {
        return refuse(too_large);
    }
    let file = open(path).with_context(failed)?;
    if !is_same(&expected, &file.metadata().with_context(failed)?) {
        let error = Error::msg("it was replaced while it was being read; try again");
        return Err(error.context(failed()).into());
    }
    let mut contents = Vec::new();
    file.take(limit + 1).read_to_end(&mut contents).with_context(failed)?;
    if contents.len() as u64 > limit {
        return refuse(too_large);
    }
    Ok(contents)
}

/// Were a link or a named pipe put in the file's place meanwhile, it would be neither followed nor
/// waited for.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> std::io::Result<File> {
    use nix::fcntl::OFlag;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)
}

#[cfg(not(target_os = "linux"))]
fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(unix)]
fn is_same(expected: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: &Metadata| (metadata.dev(), metadata.ino());
    opened.is_file() && identity(expected) == identity(opened)
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, opened: &Metadata) -> bool {
    opened.is_file()
}

fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} {}; may you read it?", show(path.as_os_str()))
}

/// The longest name that is shown whole, in characters.
const LONGEST: usize = 120;

/// A name or path as people may see it: in backticks, on one line, and nothing in it is invisible.
pub fn show(name: &OsStr) -> String {
    let name = name.to_string_lossy();
    let length = name.chars().count();
    let cut = if length > LONGEST { LONGEST / 2..length - LONGEST / 2 } else { length..length };
    let mut shown = String::from("`");
    for (position, character) in name.chars().enumerate() {
        match character {
            _ if position == cut.start => shown.push('…'),
            _ if cut.contains(&position) => {}
            '\'' | '"' => shown.push(character),
            other => shown.extend(other.escape_debug()),
        }
    }
    shown.push('`');
    shown
}
