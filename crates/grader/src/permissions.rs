//! Who may use our files. The user as whom programs run may be another one than we are, and our
//! own `umask` may be a strict one.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Lets all read what is in a tree, and run what we can run.
///
/// # Errors
///
/// Those of the file system.
pub fn open_to_readers(tree: &Path) -> Result<()> {
    let listed = || format!("cannot list {}", tree.display());
    if tree.is_symlink() {
        return Ok(());
    }
    if tree.is_dir() {
        for entry in fs::read_dir(tree).with_context(listed)? {
            open_to_readers(&entry.with_context(listed)?.path())?;
        }
    }
    change(tree, |mode| mode | 0o444 | (mode & 0o100) >> 3 | (mode & 0o100) >> 6)
}

/// Lets all get through a folder to what is in it.
///
/// # Errors
///
/// Those of the file system.
pub fn open_to_passers(folder: &Path) -> Result<()> {
    change(folder, |_| 0o755)
}

/// Lets all write into a folder.
///
/// # Errors
///
/// Those of the file system.
pub fn open_to_writers(folder: &Path) -> Result<()> {
    change(folder, |_| 0o777)
}

/// The folder that other users don't get through on their way to `path`, if there is one.
#[must_use]
#[cfg(unix)]
pub fn closed_on_the_way_to(path: &Path) -> Option<&Path> {
    use std::os::unix::fs::MetadataExt;
    path.ancestors()
        .find(|folder| fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 == 0))
}

#[must_use]
#[cfg(not(unix))]
pub fn closed_on_the_way_to(_: &Path) -> Option<&Path> {
    None
}

#[cfg(unix)]
fn change(path: &Path, mode: impl Fn(u32) -> u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let changed = fs::metadata(path).and_then(|metadata| {
        let mut permissions = metadata.permissions();
        permissions.set_mode(mode(permissions.mode()));
        fs::set_permissions(path, permissions)
    });
    changed.with_context(|| format!("cannot open {} to the programs' user", path.display()))
}

#[cfg(not(unix))]
fn change(_: &Path, _: impl Fn(u32) -> u32) -> Result<()> {
    Ok(())
}
