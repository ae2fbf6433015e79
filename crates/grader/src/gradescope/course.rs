//! The files of the course that the grader is built from.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Nothing else: submissions and grades may lie beside them, and are nobody else's business.
const FILES: &[&str] = &["Cargo.lock", "Cargo.toml"];
const FOLDERS: &[&str] = &[".cargo", "crates", "xtask"];

/// What cargo and git make, wherever it stands.
const NOT_OURS: &[&str] = &[".git", "target"];

/// The files below `root`, with `/` on every system, sorted. Links aren't followed.
pub fn files(root: &Path) -> Result<Vec<String>> {
    let here = FILES.iter().filter(|name| root.join(name).is_file());
    let mut files: Vec<String> = here.map(|name| (*name).to_owned()).collect();
    for name in FOLDERS {
        let folder = root.join(name);
        if folder.is_dir() {
            collect(&folder, &format!("{name}/"), &mut files)?;
        }
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    let listing = || format!("cannot list the folder {}", folder.display());
    for entry in fs::read_dir(folder).with_context(listing)? {
        let entry = entry.with_context(listing)?;
        let kind = entry.file_type().with_context(listing)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if kind.is_file() && name != ".git" {
            files.push(path);
        } else if kind.is_dir() && !is_not_ours(&entry.path(), &name) {
            collect(&entry.path(), &format!("{path}/"), files)?;
        }
    }
    Ok(())
}

/// A build folder may have any name; cargo marks it.
fn is_not_ours(folder: &Path, name: &str) -> bool {
    NOT_OURS.contains(&name) || folder.join("CACHEDIR.TAG").exists()
}

#[cfg(unix)]
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

/// Where files have no such mark, a script is known by its first line.
#[cfg(not(unix))]
pub fn is_executable(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"#!"))
}
