//! Folders that last no longer than we do, however we end.

#[cfg(unix)]
use crate::permissions::PRIVATE;
use anyhow::{Context, Result};
use std::env;
use std::path::Path;
use tempfile::TempDir;

/// A folder for the whole of a run.
pub struct Workplace {
    // In this order: what is gone needn't be removed by the other.
    folder: TempDir,
    #[cfg(unix)]
    _remover: remover::Remover,
}

impl Workplace {
    /// Creates it.
    ///
    /// # Errors
    ///
    /// Those of the file system; or the system starts no process.
    pub fn create() -> Result<Self> {
        let folder = folder("grader-", &env::temp_dir())?;
        Ok(Self {
            #[cfg(unix)]
            _remover: remover::Remover::start(folder.path())?,
            folder,
        })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A folder that is ours alone.
///
/// # Errors
///
/// Those of the file system.
pub fn folder(prefix: &str, within: &Path) -> Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(PRIVATE));
    builder.tempdir_in(within).context("cannot create a temporary folder: is the disk full?")
}

#[cfg(unix)]
mod remover {
    use anyhow::{Context, Result};
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};

    /// Removes a folder when its standard input ends: when it is dropped, or when we are gone. Ctrl-C
    /// and SIGKILL run no destructor of ours.
    pub struct Remover(Child);

    /// Programs may still be writing there while they are ended.
    const REMOVE: &str = r#"read -r _; for _ in 1 2 3 4 5; do rm -rf "$0" && exit; sleep 1; done"#;

    impl Remover {
        pub fn start(folder: &Path) -> Result<Self> {
            let mut shell = Command::new("/bin/sh");
            shell.args(["-c", REMOVE]).arg(folder).stdin(Stdio::piped());
            // What a terminal sends, it sends to our group.
            shell.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
            shell.spawn().map(Self).context("cannot start the process that cleans up after us")
        }
    }

    impl Drop for Remover {
        fn drop(&mut self) {
            drop(self.0.stdin.take());
            let _ = self.0.wait();
        }
    }
}
