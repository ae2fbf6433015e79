//! Lessons' programs are built from what their files say now.
//!
//! Cargo looks at times only: a file that is older than the last build was built, to cargo, even if it
//! was copied, moved, unpacked or taken back since, or if another workspace with the same target
//! folder was built instead. So beside each program stands a mark of what it was built from; where
//! that isn't what is there now, its main.rs counts as newer while cargo looks.

use crate::lessons::{self, Lesson};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How far ahead a file's time is set: some file systems keep times in steps of two seconds.
const AHEAD: Duration = Duration::from_secs(4);

/// One build of a lesson's program, which cargo does between `begin` and `end`.
pub struct Build {
    source: PathBuf,
    program: PathBuf,
    began: SystemTime,
    /// What main.rs said then.
    text: Option<Vec<u8>>,
    is_current: bool,
    /// The time that main.rs really has, and the one that cargo is to see.
    times: Option<(SystemTime, SystemTime)>,
}

impl Build {
    /// Sees to it that cargo builds what isn't known to be built from what is there now.
    /// `program` is where cargo puts it.
    pub fn begin(lesson: &Lesson, program: &Path) -> Result<Self> {
        let source = lessons::root().join(lesson.source());
        let program = program.to_owned();
        let (began, text) = (SystemTime::now(), fs::read(&source).ok());
        let is_current = is_marked(&program);
        let mut build = Self { source, program, began, text, is_current, times: None };
        // Without a main.rs, cargo says so.
        if build.text.is_some() && !is_current && !build.is_newer() {
            build.make_newer().with_context(|| {
                format!(
                    "cannot make cargo build {} again: its time can't be set. \
                     Try `cargo clean --package {}`",
                    build.source.display(),
                    lesson.name()
                )
            })?;
        }
        Ok(build)
    }

    /// Whether the program was known to be built from what its sources said at the beginning.
    pub fn is_current(&self) -> bool {
        self.is_current
    }

    /// Cargo has built the program: notes what from, unless something was saved meanwhile. Where that
    /// can't be noted, it will be built again.
    pub fn end(&mut self) {
        self.give_time_back();
        let mark = mark(&self.program);
        let _ = fs::remove_file(&mark);
        if fs::read(&self.source).ok() != self.text || self.has_changed() {
            return;
        }
        if let Ok(now) = fingerprint(&self.program) {
            let _ = fs::write(&mark, now);
        }
    }

    fn has_changed(&self) -> bool {
        let is_older = |source: &PathBuf| modified(source).is_ok_and(|time| time < self.began);
        !sources(&self.program).is_ok_and(|sources| sources.iter().all(is_older))
    }

    /// Whether cargo will see by itself that there is something to build.
    fn is_newer(&self) -> bool {
        match (modified(&self.source), modified(&self.program)) {
            (Ok(source), Ok(program)) => source > program,
            _ => false,
        }
    }

    fn make_newer(&mut self) -> io::Result<()> {
        let really = modified(&self.source)?;
        set_modified(&self.source, SystemTime::now() + AHEAD)?;
        // As the file system keeps it.
        self.times = Some((really, modified(&self.source)?));
        Ok(())
    }

    /// Leaves the time alone if the file was saved meanwhile.
    fn give_time_back(&mut self) {
        let Some((really, seen)) = self.times.take() else { return };
        if modified(&self.source).is_ok_and(|time| time == seen) {
            let _ = set_modified(&self.source, really);
        }
    }
}

impl Drop for Build {
    fn drop(&mut self) {
        self.give_time_back();
    }
}

/// Where it stands what a program was built from.
fn mark(program: &Path) -> PathBuf {
    program.with_extension("built")
}

fn is_marked(program: &Path) -> bool {
    let then = fs::read_to_string(mark(program));
    then.is_ok_and(|then| fingerprint(program).is_ok_and(|now| now == then))
}

/// Tells a program, and what it was built from, from any other.
fn fingerprint(program: &Path) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    let metadata = fs::metadata(program)?;
    (metadata.len(), metadata.modified()?).hash(&mut hasher);
    lessons::root().hash(&mut hasher);
    for source in sources(program)? {
        source.hash(&mut hasher);
        fs::read(source)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}

/// The files that a program was built from, as cargo writes it down beside the program.
///
/// Source: doc.rust-lang.org/cargo/reference/build-cache.html, "Dep-info files".
fn sources(program: &Path) -> io::Result<Vec<PathBuf>> {
    let text = fs::read_to_string(program.with_extension("d"))?;
    let (_, files) = text.split_once(": ").ok_or(io::ErrorKind::InvalidData)?;
    // In a name, a space has a backslash before it.
    let files = files.trim_end().replace("\\ ", "\0");
    let path = |file: &str| lessons::root().join(file.replace('\0', " "));
    Ok(files.split(' ').map(path).collect())
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

/// Only Windows needs the right to write for that.
fn set_modified(path: &Path, time: SystemTime) -> io::Result<()> {
    File::options().read(true).write(cfg!(windows)).open(path)?.set_modified(time)
}
