//! The files of a lesson, as they are at one moment.

use base::lessons::{self, Lesson};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files that are built: where each is, when it was written, and how long it is.
pub type Snapshot = Vec<(PathBuf, Option<SystemTime>, u64)>;

/// Two snapshots are equal unless something has been saved between them.
pub fn snapshot(lesson: &Lesson) -> Snapshot {
    let mut files = Snapshot::new();
    collect(&folder(lesson), &mut files);
    files.sort();
    files
}

/// The lesson's crate.
pub fn folder(lesson: &Lesson) -> PathBuf {
    lessons::root().join("crates").join(lesson.directory())
}

/// A file or folder that has just gone is left out; its going is the change.
fn collect(folder: &Path, files: &mut Snapshot) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(metadata) = fs::metadata(&path) else { continue };
        // Editors keep files of their own beside ours; neither those nor their folders matter.
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if metadata.is_dir() && !is_hidden && entry.file_name() != "target" {
            collect(&path, files);
        } else if matches!(path.extension(), Some(end) if end == "rs" || end == "toml")
            && !is_hidden
        {
            files.push((path, metadata.modified().ok(), metadata.len()));
        }
    }
}
