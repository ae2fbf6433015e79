//! What a workspace consists of: the course without what isn't for students, and with gaps.

use super::{Choice, texts};
use crate::{progress, workspace};
use anyhow::{Context, Result};
use base::files;
use base::lessons::Lesson;
use base::regions;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

/// What maintainers and instructors need: files, or folders as a whole.
const NOT_FOR_STUDENTS: &[&str] = &[
    ".ci",
    ".github/workflows",
    "crates/checks/tests",
    "crates/grader",
    "crates/course",
    "xtask/tests",
];

/// Folders, wherever they stand, from which a solution can be learned.
const REVEALING: &[&str] = &["mistakes", "variants"];

/// Writes a workspace into the folder `to`.
pub fn write(course: &Path, to: &Path, choice: &Choice) -> Result<()> {
    let mut lacks_a_package = false;
    for path in files::list(course)? {
        if is_left_out(&path, choice.graded) {
            lacks_a_package |= path.ends_with("/Cargo.toml");
            continue;
        }
        match edited(course, &path, choice)? {
            Some(text) => files::write(&to.join(&path), text.as_bytes())?,
            None => files::copy(&path, course, to)?,
        }
    }
    for (path, text) in texts::all(choice) {
        files::write(&to.join(path), text.as_bytes())?;
    }
    for lesson in &choice.lessons {
        let program = read(course, &lesson.source())?;
        let starter = strip(lesson, &program)?;
        files::write(&to.join(workspace::starter_path(lesson)), starter.as_bytes())?;
        if !choice.graded {
            files::write(&to.join(workspace::solution_path(lesson)), program.as_bytes())?;
        }
    }
    if lacks_a_package {
        shorten_lock(to);
    }
    Ok(())
}

fn is_left_out(path: &str, graded: bool) -> bool {
    let is_below = |folder: &&str| {
        path.strip_prefix(*folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_revealing = graded && path.split('/').any(|name| REVEALING.contains(&name));
    is_revealing || path.starts_with(progress::FILE) || NOT_FOR_STUDENTS.iter().any(is_below)
}

/// The new text of a file that isn't just copied.
fn edited(course: &Path, path: &str, choice: &Choice) -> Result<Option<String>> {
    for lesson in &choice.lessons {
        let source = lesson.source();
        if path == source {
            return Ok(Some(strip(lesson, &read(course, path)?)?));
        }
        if choice.graded && is_walkthrough(path, lesson) {
            let prose = read(course, path)?;
            return Ok(Some(super::conceal::conceal(&prose, &read(course, &source)?)));
        }
    }
    Ok(None)
}

/// In whatever language.
fn is_walkthrough(path: &str, lesson: &Lesson) -> bool {
    path.starts_with("lessons/") && path.ends_with(&format!("/{}.md", lesson.directory()))
}

fn strip(lesson: &Lesson, program: &str) -> Result<String> {
    regions::strip(program).with_context(|| format!("cannot make a starter of {}", lesson.source()))
}

fn read(course: &Path, path: &str) -> Result<String> {
    fs::read_to_string(course.join(path)).with_context(|| format!("cannot read {path}"))
}

/// Lets cargo take what no package needs any more out of `Cargo.lock`; otherwise the first build
/// would do it, and git would show a change that the student hasn't made.
fn shorten_lock(folder: &Path) {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["update", "--workspace", "--offline", "--quiet"]).current_dir(folder);
    let _ = cargo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::lessons::LESSONS;

    #[test]
    fn what_is_not_for_students_is_left_out() {
        for path in [".ci/run", ".github/workflows/ci.yml", "crates/grader/src/a.rs", ".progress"] {
            assert!(is_left_out(path, false), "{path}");
        }
        for path in [".github/LICENSE-MIT", "crates/grader-not", "xtask/tests.rs", "Cargo.lock"] {
            assert!(!is_left_out(path, true), "{path}");
        }
        assert!(is_left_out("crates/checks/mistakes/lesson-2.rs", true));
        assert!(!is_left_out("crates/checks/mistakes/lesson-2.rs", false));
    }

    #[test]
    fn walkthroughs_are_known_in_every_language() {
        let lesson = &LESSONS[2];
        for path in ["lessons/lesson-3-receive-once.md", "lessons/zh/lesson-3-receive-once.md"] {
            assert!(is_walkthrough(path, lesson), "{path}");
        }
        assert!(!is_walkthrough("crates/lesson-3-receive-once/lesson-3-receive-once.md", lesson));
    }
}
