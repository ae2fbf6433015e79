//! A student's workspace, for the tests of what belongs to one.

use crate::common::{BUILD_PATIENCE, skip, xtask};
use anyhow::{Context, Result};
use assert_cmd::assert::{Assert, OutputAssertExt};
use predicates::str::is_empty;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

/// A folder outside of the course; it lasts as long as the value.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("xtask-start-{}-{count}", process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// What lies in it, sorted.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A workspace in a folder of its own.
pub struct Student {
    pub root: PathBuf,
    pub folder: Folder,
}

impl Student {
    pub fn start(options: &[&str]) -> Result<Self> {
        let folder = Folder::new()?;
        let root = folder.0.join("my work");
        xtask().arg("start").arg(&root).args(options).assert().success().stderr(is_empty());
        Ok(Self { root, folder })
    }

    /// The runner of the course, which takes this workspace for its own.
    pub fn xtask(&self, words: &[&str]) -> Assert {
        let mut command = xtask();
        command.env("CARGO_MANIFEST_DIR", self.root.join("xtask"));
        command.args(words).assert()
    }

    pub fn cargo(&self, words: &[&str]) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(env!("CARGO"));
        command.current_dir(&self.root).args(words).timeout(BUILD_PATIENCE);
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("student");
        command.env("CARGO_TARGET_DIR", target).env("CARGO_NET_OFFLINE", "true");
        command.env_remove("RUSTFLAGS").env("CARGO_TERM_COLOR", "never");
        command.env("LC_ALL", "C.UTF-8");
        command
    }

    /// What git prints about it; `None` where there is no git.
    pub fn git(&self, words: &[&str]) -> Result<Option<String>> {
        let output = git(&self.root, words)?;
        Ok(output.map(|output| String::from_utf8(output.stdout)).transpose()?)
    }

    pub fn read(&self, path: &str) -> Result<String> {
        let path = self.root.join(path);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    pub fn write(&self, path: &str, text: &str) -> Result<()> {
        Ok(fs::write(self.root.join(path), text)?)
    }

    pub fn solve(&self, directory: &str) -> Result<()> {
        self.write(&main_of(directory), &course(&main_of(directory))?)
    }
}

/// How git has ended in a folder; `None`, and a word about what isn't tested, where there is no git.
pub fn git(folder: &Path, words: &[&str]) -> Result<Option<Output>> {
    let mut git = Command::new("git");
    // A hook of git that runs us would name another repository than the one of the folder.
    git.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    match git.current_dir(folder).args(words).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skip(&format!("there is no git, and so no `git {}`", words.join(" ")));
            Ok(None)
        }
        output => Ok(Some(output?)),
    }
}

pub const RECEIVER: &str = "crates/lesson-3-receive-once/src/main.rs";

pub fn main_of(directory: &str) -> String {
    format!("crates/{directory}/src/main.rs")
}

/// A file of the course.
pub fn course(path: &str) -> Result<String> {
    Ok(fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path))?)
}
