//! Where a workspace goes: it is written under another name, and gets its own when it is complete.

use anyhow::{Context, Result};
use base::usage::UsageError;
use std::path::{Component, Path, PathBuf, absolute};
use std::{fs, process};

/// A folder that is removed again unless it is finished.
pub struct Place {
    target: PathBuf,
    /// Beside the target, so that it can be renamed to it.
    temporary: PathBuf,
    /// Folders that lead there and weren't there before, the outermost one first.
    created: Vec<PathBuf>,
    is_finished: bool,
}

impl Place {
    pub fn prepare(directory: &Path, course: &Path) -> Result<Self> {
        let target = absolute(directory)
            .with_context(|| format!("cannot find the folder `{}`", directory.display()))?;
        let real = real_path(&target);
        if let Some(problem) = problem(&real, course)? {
            let name = directory.display();
            return Err(UsageError(format!("`{name}` {problem}")).into());
        }
        // Windows knows a real path by a notation that many programs don't understand, git too.
        let target = if cfg!(windows) { target } else { real };
        let parent = target.parent().unwrap_or(&target).to_owned();
        let mut created: Vec<PathBuf> =
            parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        created.reverse();
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = parent.join(format!(".{name}.{}", process::id()));
        let place = Self { target, temporary, created, is_finished: false };
        fs::create_dir_all(&parent)
            .and_then(|()| fs::create_dir(&place.temporary))
            .with_context(|| format!("cannot create a folder in {}", parent.display()))?;
        Ok(place)
    }

    /// Where to write for now.
    pub fn folder(&self) -> &Path {
        &self.temporary
    }

    /// Gives the folder its name.
    pub fn finish(mut self) -> Result<()> {
        if self.target.exists() {
            // Windows renames nothing to a name that is taken, not even by an empty folder.
            fs::remove_dir(&self.target)
                .with_context(|| format!("cannot take the place of {}", self.target.display()))?;
        }
        fs::rename(&self.temporary, &self.target)
            .with_context(|| format!("cannot create {}", self.target.display()))?;
        self.is_finished = true;
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        let _ = fs::remove_dir_all(&self.temporary);
        for folder in self.created.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Why there can't be a workspace, and what to do about it.
fn problem(target: &Path, course: &Path) -> Result<Option<&'static str>> {
    if target.starts_with(real_path(course)) {
        return Ok(Some("lies in the course itself; take a folder outside, such as `../sockets`"));
    }
    if !target.exists() {
        return Ok(None);
    }
    if !target.is_dir() {
        return Ok(Some("is a file; take the name of a new folder"));
    }
    let mut entries =
        fs::read_dir(target).with_context(|| format!("cannot list {}", target.display()))?;
    let is_empty = entries.next().is_none();
    Ok((!is_empty).then_some("isn't empty; take a new folder, so that nothing is overwritten"))
}

/// A path without links and `..`. What isn't there yet is no link.
fn real_path(path: &Path) -> PathBuf {
    let mut real = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            real.pop();
        } else {
            real.push(component);
        }
        if real.has_root() {
            real = real.canonicalize().unwrap_or(real);
        }
    }
    real
}
