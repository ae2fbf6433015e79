//! The zip for Gradescope.

use crate::platforms::stage::{Ended, GRADER};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use zip::ZipArchive;

fn make(folder: &Path, words: &[&str]) -> Result<Ended> {
    let output =
        Command::new(GRADER).arg("gradescope-zip").args(words).current_dir(folder).output();
    Ok(Ended::of(&output?))
}

/// The mode of each file, and what is in it.
fn read(path: &Path) -> Result<BTreeMap<String, (u32, Vec<u8>)>> {
    let mut zip = ZipArchive::new(File::open(path)?)?;
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at)?;
        let path = file.enclosed_name().context("a name that leads out of the zip")?;
        let mode = file.unix_mode().context("no mode")?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        files.insert(path.to_string_lossy().into_owned(), (mode & 0o777, bytes));
    }
    Ok(files)
}

#[test]
fn the_zip_holds_the_programs_and_all_that_they_build() -> Result<()> {
    let folder = TempDir::new()?;
    make(folder.path(), &["--out", "a.zip", "--lessons", "3,1"])?.expect_success()?;
    let files = read(&folder.path().join("a.zip"))?;
    for name in ["setup.sh", "run_autograder"] {
        let (mode, bytes) = files.get(name).context(name)?;
        assert_eq!(*mode, 0o755, "{name}");
        assert_eq!(
            *bytes,
            fs::read(crate::platforms::stage::file("gradescope").join(name))?,
            "{name}"
        );
    }
    assert_eq!(files.get("lessons").context("lessons")?.1, b"lesson-1,lesson-3");
    for name in ["Cargo.toml", "Cargo.lock", "crates/checks/src/main.rs", "xtask/Cargo.toml"] {
        let (mode, _) = files.get(&format!("course/{name}")).context(name)?;
        assert_eq!(*mode, 0o644, "{name}");
    }
    Ok(())
}

#[test]
fn the_zip_holds_nothing_that_was_built_or_handed_in() -> Result<()> {
    let folder = TempDir::new()?;
    make(folder.path(), &[])?.expect_success()?;
    let files = read(&folder.path().join("autograder.zip"))?;
    assert!(!files.contains_key("lessons"), "without --lessons, it is all of them");
    for name in files.keys() {
        let mut parts = name.split('/');
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let is_known = match (first, second) {
            ("course", Some(second)) => {
                [".cargo", "Cargo.lock", "Cargo.toml", "crates", "xtask"].contains(&second)
            }
            (_, second) => second.is_none() && ["setup.sh", "run_autograder"].contains(&first),
        };
        assert!(is_known && parts.all(|part| part != "target" && part != ".git"), "{name}");
    }
    let size = fs::metadata(folder.path().join("autograder.zip"))?.len();
    assert!(size < 20_000_000, "{size}");
    Ok(())
}

#[test]
fn wrong_usage_is_told() -> Result<()> {
    let folder = TempDir::new()?;
    let all = format!("1-{}", checks::lessons::LESSONS.len());
    for (words, advice) in [
        (["submissions", "--out"].as_slice(), "Usage: grader gradescope-zip"),
        (&["--format", "csv"], "'--format'"),
        (&["--lessons", "99"], &all),
        (&["--out", "missing/a.zip"], "choose another --out"),
    ] {
        let ended = make(folder.path(), words)?;
        assert!(!ended.is_success && ended.stderr.contains(advice), "{words:?}: {ended:?}");
    }
    assert_eq!(fs::read_dir(folder.path())?.count(), 0);
    Ok(())
}
