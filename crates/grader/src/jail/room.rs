//! What a program sees.

use super::PROGRAM;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// All of it, in the shop: it is the root of the program's file system.
pub const ROOM: &str = "room";

/// What names stand for: `localhost`, and nothing else.
pub const NAMES: [&str; 2] = ["hosts", "nsswitch.conf"];

/// Makes, in `shop`, all that a program sees: each single bind would cost each of its starts time.
pub fn furnish(shop: &Path, libraries: &[PathBuf]) -> Result<()> {
    let room = shop.join(ROOM);
    // Nothing can be written to its `/tmp`: in the memory that files are, no limit counts names.
    for folder in ["proc", "tmp", "dev", "etc", "sockets"] {
        fs::create_dir_all(room.join(folder))?;
    }
    for file in [PROGRAM, "dev/null", "dev/urandom"] {
        fs::write(room.join(file), "")?;
    }
    #[cfg(unix)]
    for (number, stream) in ["stdin", "stdout", "stderr"].iter().enumerate() {
        let target = format!("/proc/self/fd/{number}");
        std::os::unix::fs::symlink(target, room.join("dev").join(stream))?;
    }
    let names = NAMES.iter().map(|name| (shop.join(name), Path::new("etc").join(name)));
    let libraries = libraries
        .iter()
        .filter_map(|library| Some((library.clone(), library.strip_prefix("/").ok()?.to_owned())));
    let confine = (shop.join("confine"), "confine".into());
    for (from, to) in names.chain(libraries).chain([confine]) {
        let to = room.join(to);
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::copy(&from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}
