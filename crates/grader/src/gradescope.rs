//! `cargo xtask grade gradescope-zip`: the course as an autograder for Gradescope.

use crate::arguments;
use crate::progress::Progress;
use anyhow::{Context, Result, ensure};
use base::files;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What Gradescope starts, and looks for at the root of the zip.
const PROGRAMS: &[(&str, &str)] = &[
    ("setup.sh", include_str!("../platforms/gradescope/setup.sh")),
    ("run_autograder", include_str!("../platforms/gradescope/run_autograder")),
];

/// Where the course is in the zip. The programs look for it there.
const COURSE: &str = "course";

/// Makes the zip from the course at `root`; returns whether it was written.
pub fn run(request: &arguments::ZipRequest, root: &Path, progress: &Progress) -> Result<bool> {
    let bytes = zip(root, request.lessons.as_deref())?;
    let out = &request.out;
    fs::write(out, &bytes)
        .with_context(|| format!("cannot write {}: choose another --out", out.display()))?;
    progress.say(&format!(
        "Wrote {} ({} KB).\nUpload it as the autograder of a programming assignment.\n",
        out.display(),
        bytes.len().div_ceil(1000)
    ));
    Ok(true)
}

/// The zip: the same course makes the same bytes.
fn zip(root: &Path, lessons: Option<&[String]>) -> Result<Vec<u8>> {
    let files = course(root)?;
    ensure!(
        files.iter().any(|file| file == "Cargo.lock"),
        "{} isn't the course any more, which this grader was built from; build it again",
        root.display()
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in PROGRAMS {
        // Whoever checked the course out on Windows may have other line ends.
        add(&mut zip, name, text.replace("\r\n", "\n").as_bytes(), true)?;
    }
    if let Some(lessons) = lessons {
        add(&mut zip, "lessons", lessons.join(",").as_bytes(), false)?;
    }
    for file in files {
        let path = root.join(&file);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = format!("{COURSE}/{file}");
        add(&mut zip, &name, &bytes, is_executable(&path))?;
    }
    let bytes = zip.finish().context("cannot make the zip")?;
    Ok(bytes.into_inner())
}

fn add(
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
    is_executable: bool,
) -> Result<()> {
    let mode = if is_executable { 0o755 } else { 0o644 };
    let options = SimpleFileOptions::default().unix_permissions(mode);
    zip.start_file(name, options).with_context(|| format!("cannot put {name} into the zip"))?;
    zip.write_all(bytes).with_context(|| format!("cannot put {name} into the zip"))
}

/// What the grader is built from, and nothing else: submissions and grades may lie beside them, and are nobody else's business.
const FILES: &[&str] = &["Cargo.lock", "Cargo.toml"];
const FOLDERS: &[&str] = &[".cargo", "crates", "xtask"];

/// The files of the course at `root`, sorted.
fn course(root: &Path) -> Result<Vec<String>> {
    let here = FILES.iter().filter(|name| root.join(name).is_file());
    let mut files: Vec<String> = here.map(|name| (*name).to_owned()).collect();
    for name in FOLDERS.iter().filter(|name| root.join(name).is_dir()) {
        let below = files::list(&root.join(name))?;
        files.extend(below.into_iter().map(|file| format!("{name}/{file}")));
    }
    files.sort();
    Ok(files)
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

/// Where files have no such mark, a script is known by its first line.
#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"#!"))
}
