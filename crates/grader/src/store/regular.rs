//! Files that are read only if they are files. A named pipe in the place of one would be waited
//! for, and a device might never end.

use cap_fs_ext::OpenOptionsSyncExt;
use cap_std::ambient_authority;
use cap_std::fs::OpenOptions;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Opens a file, to read it.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).nonblock(true);
    let file = cap_std::fs::File::open_ambient_with(path, &options, ambient_authority())?;
    let file = file.into_std();
    demand(&file)?;
    Ok(file)
}

/// Reads the whole of a file.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Demands of what was opened that it is a regular file.
pub fn demand(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() {
        return Ok(());
    }
    Err(io::Error::other("it is no regular file: move it away"))
}
