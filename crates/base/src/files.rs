//! The files of this workspace: what a clone of it would hold, but as they are now.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The paths of all files from `root`, with `/` on every system, sorted: those that git tracks,
/// and new ones that it doesn't ignore.
/// Without git, it is everything but `.git` and cargo's target folders.
pub fn list(root: &Path) -> Result<Vec<String>> {
    list_by_git(root, &["--cached", "--others", "--exclude-standard"])
}

/// The same without new files, for what others get to see. Without git, they can't be told apart.
pub fn tracked(root: &Path) -> Result<Vec<String>> {
    list_by_git(root, &["--cached"])
}

fn list_by_git(root: &Path, which: &[&str]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut git = git(root);
    git.args(["ls-files", "-z"]).args(which);
    let names = git.output().map(|output| output.stdout).unwrap_or_default();
    for name in String::from_utf8_lossy(&names).split('\0') {
        // A file that was deleted stays in git's list until that is committed.
        if is_file(&root.join(name)) {
            insert(name, &mut files);
        }
    }
    if files.is_empty() {
        collect(root, "", &mut files)?;
    }
    Ok(files)
}

/// Copies the file `path` from below one folder to below another. It is written anew: `fs::copy`
/// keeps the time of the last change on some systems, and then cargo may take it for built.
pub fn copy(path: &str, from: &Path, to: &Path) -> Result<()> {
    let source = from.join(path);
    let bytes = fs::read(&source).with_context(|| format!("cannot read {}", source.display()))?;
    write(&to.join(path), &bytes)
}

/// Writes a file, and the folders that lead to it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Git, in a folder.
pub fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    // A hook of git that runs us would name another repository than the one of the folder.
    git.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    git.current_dir(folder);
    git
}

fn insert(name: &str, files: &mut Vec<String>) {
    let place = files.partition_point(|file| file.as_str() < name);
    files.insert(place, name.to_owned());
}

fn collect(root: &Path, folder: &str, files: &mut Vec<String>) -> Result<()> {
    let path = root.join(folder);
    let listing = || format!("cannot list the folder {}", path.display());
    for entry in fs::read_dir(&path).with_context(listing)? {
        let entry = entry.with_context(listing)?;
        let name = format!("{folder}{}", entry.file_name().to_string_lossy());
        let place = entry.path();
        // In a further work tree of git it is a file.
        if name == ".git" {
            continue;
        }
        if is_file(&place) {
            insert(&name, files);
        } else if entry.file_type().with_context(listing)?.is_dir()
            // Cargo marks its target folder with this file, whatever the folder's name is.
            && !place.join("CACHEDIR.TAG").exists()
        {
            collect(root, &format!("{name}/"), files)?;
        }
    }
    Ok(())
}

/// Whether this is a file itself: links aren't followed, they may lead anywhere.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lessons;

    #[test]
    fn lists_the_same_files_with_and_without_git() {
        let folder = lessons::root().join("crates/base/src");
        let mut files = Vec::new();
        collect(&folder, "", &mut files).unwrap();
        assert!(files.contains(&"ports/holders.rs".to_owned()));
        assert_eq!(list(&folder).unwrap(), files);
    }

    #[test]
    fn target_folders_are_left_out() {
        let mut files = Vec::new();
        collect(&lessons::root(), "", &mut files).unwrap();
        assert!(files.contains(&"Cargo.toml".to_owned()));
        let is_strange = |file: &&String| {
            file.starts_with("target/") || file.starts_with(".git/") || *file == ".git"
        };
        assert_eq!(files.iter().find(is_strange), None);
    }
}
