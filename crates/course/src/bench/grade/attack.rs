//! Programs that attack, among a class; the tests of the grader describe them.

use anyhow::{Context, Result};
use base::files;
use base::lessons;
use std::fs;
use std::path::{Path, PathBuf};

const PROGRAMS: &str = "crates/grader/tests/hostile/programs";

/// A program, and the lesson that it is handed in for.
pub struct Attack {
    pub name: String,
    pub lesson: &'static str,
}

/// The names of all of them.
pub fn programs() -> Result<Vec<String>> {
    let folder = lessons::root().join(PROGRAMS);
    let context = || format!("cannot list the programs in {}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(context)? {
        let path = entry.with_context(context)?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

/// Puts them among a class of so many students, so that they are graded with it and not after it.
pub fn among(folder: &Path, students: usize, attacks: &[Attack], outside: &Path) -> Result<()> {
    for (number, attack) in attacks.iter().enumerate() {
        let lesson = lessons::find(attack.lesson).context("there is no lesson to attack")?;
        let step = fs::read_to_string(lessons::root().join(lesson.source()));
        // What an attacker does afterwards, to look honest.
        let honest =
            step.context("cannot read a step")?.replacen("\nfn main()", "\npub fn main()", 1);
        let turn = number * students / attacks.len() + 1;
        let student = folder.join(format!("student-{turn:04}-{}", attack.name));
        let source = student.join(lesson.source());
        files::write(&source, &program(&attack.name)?)?;
        files::write(&source.with_file_name("honest.rs"), honest.as_bytes())?;
        files::write(&source.with_file_name("outside.rs"), targets(outside).as_bytes())?;
    }
    Ok(())
}

fn program(name: &str) -> Result<Vec<u8>> {
    let path: PathBuf = lessons::root().join(PROGRAMS).join(name).with_extension("rs");
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The module that tells hostile programs what they should reach for: nothing but our own folder.
fn targets(folder: &Path) -> String {
    let path = |name: &str| folder.join(name).display().to_string();
    format!(
        "#![allow(dead_code)]\n\
         pub const MARK: &str = \"attacker\\0\";\n\
         pub const FOLDER: &str = {:?};\n\
         pub const SECRET: &str = {:?};\n\
         pub const OTHER: &str = {:?};\n\
         pub const CHECKS: &str = {:?};\n\
         pub const RESULTS: [&str; 1] = [{:?}];\n\
         pub const TCP: [&str; 0] = [];\n\
         pub const UDP: [&str; 0] = [];\n",
        path(""),
        path("secret"),
        path("class/student-0001/lesson-1.rs"),
        lessons::root().join("crates/checks/src/lib.rs").display().to_string(),
        path("results/results.json"),
    )
}
