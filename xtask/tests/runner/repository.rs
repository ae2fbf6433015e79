//! What holds for the repository as others get it.

use crate::common::{ROOT, skip};
use crate::student::{Folder, git};
use anyhow::{Context, Result, ensure};

/// Git on Windows writes text files with `\r\n`, unless the repository says otherwise.
#[test]
fn a_clone_on_windows_has_no_carriage_returns() -> Result<()> {
    let Some(place) = git(ROOT.as_ref(), &["rev-parse", "--show-prefix"])? else {
        return Ok(());
    };
    if !place.status.success() || !place.stdout.trim_ascii().is_empty() {
        skip("this is no work tree of git");
        return Ok(());
    }
    let folder = Folder::new()?;
    let words = ["-c", "core.autocrlf=true", "clone", "--quiet", ROOT, "clone"];
    let cloned = git(&folder.0, &words)?.context("git is gone")?;
    ensure!(cloned.status.success(), "{}", String::from_utf8_lossy(&cloned.stderr));
    let found = git(&folder.0.join("clone"), &["grep", "-I", "--files-with-matches", "\r"])?;
    let found = found.context("git is gone")?;
    assert_eq!(String::from_utf8(found.stdout)?, "");
    // Nothing was found, which isn't an error.
    assert_eq!(found.status.code(), Some(1), "{}", String::from_utf8_lossy(&found.stderr));
    Ok(())
}

/// A student waits for whatever is built.
#[cfg(not(windows))]
#[test]
fn nothing_that_is_for_windows_is_built_elsewhere() -> Result<()> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none"]);
    cargo.args(["--package", "xtask", "--package", "checks", "--package", "lesson-*"]);
    let tree = cargo.current_dir(ROOT).output()?;
    ensure!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout)?;
    assert!(tree.lines().any(|package| package.starts_with("lexopt ")), "{tree}");
    let for_windows: Vec<&str> = tree.lines().filter(|name| name.starts_with("win")).collect();
    assert_eq!(for_windows, [""; 0]);
    Ok(())
}
