//! Folders of ours: whom they let in, and that they last no longer than we do, however we end. What
//! we make is ours alone; the account as which root lets programs run gets what it needs of it, and
//! no more.

use anyhow::{Context, Result};
use std::env;
use std::fs::{self, DirBuilder};
use std::path::Path;
use tempfile::TempDir;

/// Creates a folder that is ours alone from its first moment, and those on the way to it.
pub fn create_private(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, PRIVATE);
    builder.create(folder).with_context(|| format!("cannot create {}", folder.display()))
}

/// For the owner of a folder, and nobody else.
#[cfg(unix)]
const PRIVATE: u32 = 0o700;

/// Lets all read what is in a tree, and run what we can run: all who get to it, which a private
/// folder above it decides. Our own `umask` may be a strict one.
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

/// The first folder that other users don't get through on their way to `path`, if there is one.
#[must_use]
#[cfg(unix)]
pub fn closed_on_the_way_to(path: &Path) -> Option<&Path> {
    use std::os::unix::fs::MetadataExt;
    path.ancestors()
        .filter(|folder| fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 == 0))
        .last()
}

#[must_use]
#[cfg(not(unix))]
pub fn closed_on_the_way_to(_: &Path) -> Option<&Path> {
    None
}

/// A user and a group of the same number, which are nobody's: root gives up its rights for it.
///
/// The user nobody wouldn't do: other services of a computer may run as nobody, too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Account(u32);

impl Account {
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

#[cfg(target_os = "linux")]
mod account {
    use super::{Account, PRIVATE, change};
    use anyhow::{Context, Result};
    use nix::unistd::{Gid, Group, Uid, User, geteuid};
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, chown};
    use std::path::Path;
    use std::process;

    /// systemd's list of users and groups gives these numbers to nobody, and a container has them.
    const FREE: std::ops::Range<u32> = 60_706..61_184;

    impl Account {
        /// One for this process, if it is root's. Another grader of root's takes another.
        pub fn for_root() -> Result<Option<Self>> {
            if !geteuid().is_root() {
                return Ok(None);
            }
            let busy = users_of_processes();
            let skipped = process::id() % FREE.end.abs_diff(FREE.start);
            let mut numbers = FREE.clone().chain(FREE).skip(skipped as usize);
            let is_free = |number: &u32| !busy.contains(number) && !is_known(*number);
            let number = numbers.find(is_free);
            let context = || format!("all users from {} to {} are taken", FREE.start, FREE.end);
            number.map(Self).map(Some).with_context(context)
        }

        /// Lets it through a private folder, to what it knows the name of.
        pub fn may_pass(self, folder: &Path) -> Result<()> {
            give(folder, 0, self.0)?;
            change(folder, |_| PRIVATE | 0o010)
        }

        /// Lets it write into an empty folder, which nobody else can use any more.
        pub fn may_fill(self, folder: &Path) -> Result<()> {
            give(folder, self.0, self.0)?;
            change(folder, |_| PRIVATE)
        }
    }

    fn give(path: &Path, user: u32, group: u32) -> Result<()> {
        chown(path, Some(user), Some(group))
            .with_context(|| format!("cannot give {} to the programs' user", path.display()))
    }

    fn is_known(number: u32) -> bool {
        let user = User::from_uid(Uid::from_raw(number));
        let group = Group::from_gid(Gid::from_raw(number));
        user.is_ok_and(|user| user.is_some()) || group.is_ok_and(|group| group.is_some())
    }

    fn users_of_processes() -> BTreeSet<u32> {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes.filter_map(|process| Some(process.metadata().ok()?.uid())).collect()
    }
}

#[cfg(not(target_os = "linux"))]
impl Account {
    /// Only on Linux root gives up its rights.
    pub fn for_root() -> Result<Option<Self>> {
        Ok(None)
    }

    pub fn may_pass(self, _: &Path) -> Result<()> {
        Ok(())
    }

    pub fn may_fill(self, _: &Path) -> Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
fn change(path: &Path, mode: impl Fn(u32) -> u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let changed = fs::metadata(path).and_then(|metadata| {
        let mut permissions = metadata.permissions();
        permissions.set_mode(mode(permissions.mode()));
        fs::set_permissions(path, permissions)
    });
    changed.with_context(|| format!("cannot change who may use {}", path.display()))
}

#[cfg(not(unix))]
fn change(_: &Path, _: impl Fn(u32) -> u32) -> Result<()> {
    Ok(())
}

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
        let folder = temporary("grader-", &env::temp_dir())?;
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
pub fn temporary(prefix: &str, within: &Path) -> Result<TempDir> {
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
