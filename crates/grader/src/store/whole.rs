//! Files that are there whole, or not at all.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// What the names of files begin with that aren't whole yet.
const HALF: &str = ".half-";

/// Puts a file in its place at once, and what it replaces is gone. A power cut afterwards may
/// bring the old one back until [`settle`] has returned, but never a mixture.
///
/// # Errors
///
/// Those of the file system.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |file| file.write_all(bytes).context("cannot write"))
}

/// As [`write`], for what is too large to be in memory twice.
///
/// # Errors
///
/// Those of the file system, and of `fill`.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<()> {
    try_write(path, fill)
        .with_context(|| format!("cannot write {}: is the disk full?", path.display()))
}

fn try_write(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<()> {
    let folder = path.parent().context("it is in no folder")?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(HALF);
    // The owner's umask decides who may read grades, as with any other file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut half = builder.tempfile_in(folder)?;
    let mut buffer = BufWriter::new(half.as_file_mut());
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    // Without it, the name can be on the disk before what is in it.
    half.as_file().sync_all()?;
    half.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Makes the names in a folder last, after they were written.
///
/// # Errors
///
/// Those of the file system.
pub fn settle(folder: &Path) -> Result<()> {
    // Elsewhere a folder can't be opened as a file.
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .with_context(|| format!("cannot make what is in {} last", folder.display()))?;
    let _ = folder;
    Ok(())
}

/// Removes what a grader that was killed had begun to write.
///
/// # Errors
///
/// Those of the file system.
pub fn remove_halves(folder: &Path) -> Result<()> {
    let context = || format!("cannot tidy {}", folder.display());
    for entry in fs::read_dir(folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        if entry.file_name().to_string_lossy().starts_with(HALF) {
            fs::remove_file(entry.path()).with_context(context)?;
        }
    }
    Ok(())
}
