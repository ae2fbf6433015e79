//! The files of the workspace, read once.

use anyhow::{Context, Result};
use base::files;
use std::fs;
use std::path::Path;

/// A file of the workspace.
pub struct File {
    /// From the root, with `/` on every system.
    pub path: String,
    /// Only Markdown, Rust, TOML and SVG files have their text here; the others are empty.
    pub text: String,
}

/// All files, by their paths.
pub struct Tree(Vec<File>);

impl Tree {
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self(Vec::new());
        for path in files::list(root)? {
            tree.add(&path, read_text(&root.join(&path))?);
        }
        Ok(tree)
    }

    fn add(&mut self, path: &str, text: String) {
        let place = self.0.partition_point(|file| file.path.as_str() < path);
        self.0.insert(place, File { path: path.to_owned(), text });
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        let file = self.0.iter().find(|file| file.path == path)?;
        Some(&file.text)
    }

    /// Whether there is such a file, or a folder with files in it.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.0.iter().any(|file| file.path == path || file.path.starts_with(&folder))
    }

    pub fn files(&self) -> &[File] {
        &self.0
    }

    /// The Markdown files for readers.
    pub fn prose(&self) -> Vec<&File> {
        let mut prose = Vec::new();
        for file in &self.0 {
            let path = &file.path;
            let is_below = path.starts_with("lessons/") || path.starts_with(".github/");
            if path == "README.md" || (is_below && path.ends_with(".md")) {
                prose.push(file);
            }
        }
        prose
    }
}

fn read_text(path: &Path) -> Result<String> {
    let name = path.to_string_lossy();
    if ![".md", ".rs", ".toml", ".svg"].iter().any(|end| name.ends_with(*end)) {
        return Ok(String::new());
    }
    fs::read_to_string(path).with_context(|| format!("cannot read `{name}`: is it UTF-8?"))
}

/// A fault, where it is, and what to do about it. `path` is from the root of the workspace.
pub fn finding(path: &str, line: usize, text: &str) -> String {
    format!("{path}:{line}: {text}")
}

#[cfg(test)]
impl Tree {
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self(Vec::new());
        for (path, text) in files {
            tree.add(path, (*text).to_owned());
        }
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_their_files() {
        let tree = Tree::of(&[("a-b", ""), ("a/b/c.md", ""), ("b", "")]);
        for path in ["a", "a/b", "a/b/c.md", "b", ""] {
            assert!(tree.has(path), "{path}");
        }
        for path in ["c", "a/b/c", "a/", "a/b/c.md/d"] {
            assert!(!tree.has(path), "{path}");
        }
    }

    #[test]
    fn the_workspace_is_read_without_its_target_folder() {
        let tree = Tree::read(&base::lessons::root()).unwrap();
        assert!(tree.text("xtask/Cargo.toml").unwrap().contains("name = \"xtask\""));
        assert!(tree.files().iter().all(|file| !file.path.contains("target/")));
    }
}
