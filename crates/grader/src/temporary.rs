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
    _remover: Remover,
}

impl Workplace {
    /// Creates it.
    pub fn create() -> Result<Self> {
        let folder = folder("grader-", &env::temp_dir())?;
        Ok(Self {
            #[cfg(unix)]
            _remover: Remover::start(REMOVE, folder.path())?,
            folder,
        })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// A folder that is ours alone.
pub fn folder(prefix: &str, within: &Path) -> Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(PRIVATE));
    builder.tempdir_in(within).context("cannot create a temporary folder: is the disk full?")
}

/// Removes `$0`. Programs may still be writing there while they are ended.
#[cfg(unix)]
const REMOVE: &str = r#"for _ in 1 2 3 4 5; do rm -rf "$0" && exit; sleep 1; done"#;

#[cfg(unix)]
pub use remover::Remover;

#[cfg(unix)]
mod remover {
    use anyhow::{Context, Result};
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};

    /// Removes a folder when its standard input ends: when it is dropped, or when we are gone. Ctrl-C
    /// and SIGKILL run no destructor of ours.
    pub struct Remover(Child);

    impl Remover {
        /// What `script` does then to the folder, which is its `$0`.
        pub fn start(script: &str, folder: &Path) -> Result<Self> {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(format!("read -r _; {script}")).arg(folder);
            // What a terminal sends, it sends to our group.
            shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            let shell = shell.process_group(0).spawn();
            shell.map(Self).context("cannot start the process that cleans up after us")
        }
    }

    impl Drop for Remover {
        fn drop(&mut self) {
            drop(self.0.stdin.take());
            let _ = self.0.wait();
        }
    }
}
