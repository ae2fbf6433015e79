//! Files that can be relied on: read only if they are files, and there whole or not at all. A named
//! pipe in the place of one would be waited for, and a device might never end.

use anyhow::{Context, Result};
use cap_fs_ext::OpenOptionsSyncExt;
use cap_std::ambient_authority;
use cap_std::fs::OpenOptions;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Opens a file, to read it.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).nonblock(true);
    let file = cap_std::fs::File::open_ambient_with(path, &options, ambient_authority())?;
    let file = file.into_std();
    demand_regular(&file)?;
    Ok(file)
}

/// Reads the whole of a file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// SHA-256, in hexadecimal.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Demands of what was opened that it is a regular file.
pub fn demand_regular(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() {
        return Ok(());
    }
    Err(io::Error::other("it is no regular file: move it away"))
}

/// What the names of files begin with that aren't whole yet.
const HALF: &str = ".half-";

/// The mode of a file that the umask decides about, as with any other file.
const SHARED: u32 = 0o666;

/// The mode of a file for its owner alone.
const PRIVATE: u32 = 0o600;

/// Puts a file in its place at once, and what it replaces is gone. A power cut afterwards may
/// bring the old one back until [`settle`] has returned, but never a mixture.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |file| file.write_all(bytes).context("cannot write"))
}

/// As [`write()`], for what nobody but the owner may read, not even while it is half written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    try_write(path, PRIVATE, |file| file.write_all(bytes).context("cannot write"))
        .with_context(|| cannot_write(path))
}

/// As [`write_private`], but what is there stays: of several who do this at a time, on whatever
/// computers, one has its way.
pub fn make_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let half = half(path, PRIVATE, |file| file.write_all(bytes).context("cannot write"))?;
    match half.persist_noclobber(path) {
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error.into()),
        Ok(_) => path.parent().map_or(Ok(()), settle),
    }
}

/// As [`write()`], for what is too large to be in memory twice.
pub fn write_with(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<()> {
    try_write(path, SHARED, fill).with_context(|| cannot_write(path))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}: is the disk full?", path.display())
}

fn try_write(
    path: &Path,
    mode: u32,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<()> {
    half(path, mode, fill)?.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// What will be at `path`, beside it.
fn half(
    path: &Path,
    mode: u32,
    fill: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>,
) -> Result<NamedTempFile> {
    let folder = path.parent().context("it is in no folder")?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(HALF);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    let _ = mode;
    let mut half = builder.tempfile_in(folder)?;
    let mut buffer = BufWriter::new(half.as_file_mut());
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    // Without it, the name can be on the disk before what is in it.
    half.as_file().sync_all()?;
    Ok(half)
}

/// Makes the names in a folder last, after they were written.
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_private_is_so_before_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("private");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        let mode = |file: &File| file.metadata().unwrap().permissions().mode() & 0o777;
        let fill = |file: &mut BufWriter<&mut File>| {
            assert_eq!(mode(file.get_ref()), PRIVATE);
            Ok(file.write_all(b"new")?)
        };
        try_write(&path, PRIVATE, fill).unwrap();
        assert_eq!(mode(&File::open(&path).unwrap()), PRIVATE);
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
