//! `cargo xtask start`: what is in a workspace, and where one can be.

use crate::common::{Port, ROOT, xtask};
use crate::student::{Folder, RECEIVER, Student, course, git, main_of};
use crate::workspace;
use anyhow::Result;
use assert_cmd::assert::OutputAssertExt;
use base::lessons::{LESSONS, Lesson, numbered, ranges};
use predicates::prelude::*;
use predicates::str::{contains, ends_with, is_empty, starts_with};
use std::fs;
use std::path::{Path, PathBuf};

/// All files below a folder, but for git's own.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            found.push(path);
        } else if path.file_name().is_some_and(|name| name != ".git") {
            found.extend(files(&path)?);
        }
    }
    Ok(found)
}

/// Of each region of a program: its comments, and the longest line of its code.
fn telling_lines(program: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    for region in program.split("// region: solution ").skip(1) {
        let (region, _) = region.split_once("// endregion").unwrap_or_default();
        let region = region.lines().skip(1).map(str::trim).filter(|line| !line.is_empty());
        let (comments, code): (Vec<&str>, Vec<&str>) =
            region.partition(|line| line.starts_with("//"));
        lines.extend(comments);
        lines.extend(code.into_iter().max_by_key(|line| line.len()));
    }
    lines
}

/// One test, since it compiles, and what it has compiled is good for that place only.
#[test]
fn a_workspace_is_built_run_and_judged() -> Result<()> {
    let student = Student::start(&[])?;
    it_compiles_without_a_warning_and_plays_the_missing_half(&student)?;
    workspace::the_solution_is_shown_as_a_difference_once_all_points_are_there(&student)?;
    student.xtask(&["reset", "3"]).success();
    workspace::checks_and_tests_judge_what_the_file_says_now(&student)
}

fn it_compiles_without_a_warning_and_plays_the_missing_half(student: &Student) -> Result<()> {
    let before = (files(&student.root)?, student.read("Cargo.lock")?);
    student.cargo(&["build"]).assert().success().stderr(contains("warning").not());
    assert_eq!((files(&student.root)?, student.read("Cargo.lock")?), before);

    let port = Port::take()?;
    let port = port.number.to_string();
    let run = |lesson: &str, input: &str| {
        let mut command = student.cargo(&["xtask", "run", lesson, "--port", &port]);
        command.write_stdin(input).assert()
    };
    let gap = contains("the receiver (lesson-3) failed").and(contains("not yet implemented: Bind"));
    run("lesson-3", "hello\n").code(1).stderr(gap);
    for (lesson, mate, label, shown) in [
        (2, 3, "receiver", "receiver │ Received 5 bytes from"),
        (3, 2, "sender", "sender   │ Your message: hello"),
        (4, 5, "server", "client │ Reply: hello"),
        (5, 4, "client", "client │ Reply: hello"),
    ] {
        let directory = &numbered(lesson).directory();
        student.solve(directory)?;
        let note = format!("lesson-{mate} still has gaps, so its part, the {label}, is played");
        let output = run(&lesson.to_string(), "hello\n").success();
        output.stdout(contains(shown)).stderr(starts_with(note).and(contains("\n").count(1)));
        fs::copy(
            student.root.join(format!(".course/starters/{directory}.rs")),
            student.root.join(main_of(directory)),
        )?;
    }
    student.solve(&numbered(4).directory())?;
    student.solve(&numbered(5).directory())?;
    run("lesson-4", "hello\n").success().stderr(is_empty());
    Ok(())
}

#[test]
fn a_workspace_is_a_repository_with_one_commit_and_nothing_else() -> Result<()> {
    let student = Student::start(&[])?;
    if let Some(log) = student.git(&["log", "--format=%s"])? {
        assert_eq!(log, "Start the course\n");
    }
    let changes = student.git(&["status", "--porcelain", "--ignored"])?;
    assert_eq!(changes.unwrap_or_default(), "");
    assert_eq!(student.folder.names()?, ["my work"]);
    for path in [".ci", ".github/workflows", "xtask/tests", "crates/checks/tests", "target"] {
        assert!(!student.root.join(path).exists(), "{path}");
    }
    // The grader stays behind, and with it what nobody else needs.
    let lock = student.read("Cargo.lock")?;
    let packages = |lock: &str| lock.matches("[[package]]").count();
    assert!(packages(&lock) < packages(&course("Cargo.lock")?) && !lock.contains("\"grader\""));
    let all = ranges(&LESSONS.iter().collect::<Vec<_>>());
    assert_eq!(student.read(".course/workspace")?, format!("lessons {all}\ngraded no\n"));
    for directory in LESSONS.iter().map(Lesson::directory) {
        let starter = student.read(&main_of(&directory))?;
        assert!(starter.contains("    todo!(\"") && !starter.contains("region"), "{starter}");
        assert_eq!(student.read(&format!(".course/starters/{directory}.rs"))?, starter);
        let solution = student.read(&format!(".course/solutions/{directory}.rs"))?;
        assert_eq!(solution, course(&main_of(&directory))?);
    }
    Ok(())
}

#[test]
fn nothing_goes_into_a_workspace_but_what_the_course_tracks() -> Result<()> {
    let expected = base::files::list(&Student::start(&["--graded"])?.root)?;
    let (root, folder) = (Path::new(ROOT), Folder::new()?);
    let course = folder.0.join("course");
    for path in base::files::tracked(root)? {
        base::files::copy(&path, root, &course)?;
    }
    let start = |name: &str| {
        let mut start = xtask();
        start.env("CARGO_MANIFEST_DIR", course.join("xtask"));
        start.args(["start", "--graded"]).arg(folder.0.join(name)).assert()
    };
    let of_zip = ["run.json", "autograder.zip", "submissions/ada/lesson-3.rs", ".env"];
    let of_repository = ["crates/run.json", "crates/base/src/notes.rs"];
    let has_git = git(&course, &["init", "--quiet"])?.is_some();
    if has_git {
        git(&course, &["add", "--all"])?;
    }
    for path in of_zip.iter().chain(&of_repository[..if has_git { 2 } else { 0 }]) {
        base::files::write(&course.join(path), b"not for others")?;
    }
    start("first").success();
    assert_eq!(base::files::list(&folder.0.join("first"))?, expected);
    if has_git {
        git(&course, &["rm", "--quiet", "--cached", RECEIVER])?;
        let words = contains(RECEIVER).and(contains("`git add`"));
        start("second").code(1).stderr(words);
        fs::remove_dir_all(course.join(".git"))?;
        of_repository.iter().try_for_each(|path| fs::remove_file(course.join(path)))?;
    }
    start("third").success();
    assert_eq!(base::files::list(&folder.0.join("third"))?, expected);
    Ok(())
}

#[test]
fn the_next_commands_are_printed() -> Result<()> {
    let folder = Folder::new()?;
    let directory = folder.0.join("a/b");
    let commands = contains(format!("  cd {}\n  cargo xtask  ", directory.display()))
        .and(contains("  cargo xtask watch lesson-2 "));
    xtask().args(["start", "--lessons=2-3"]).arg(&directory).assert().success().stdout(commands);
    Ok(())
}

#[test]
fn only_the_chosen_lessons_have_gaps() -> Result<()> {
    let student = Student::start(&["--lessons", "2-3"])?;
    for lesson in LESSONS {
        let (directory, is_chosen) = (lesson.directory(), [2, 3].contains(&lesson.number));
        let source = main_of(&directory);
        assert_eq!(student.read(&source)? != course(&source)?, is_chosen, "{directory}");
        let starter = student.root.join(format!(".course/starters/{directory}.rs"));
        assert_eq!(starter.exists(), is_chosen, "{directory}");
    }
    let list = contains("solved already")
        .count(LESSONS.len() - 2)
        .and(contains("not checked yet").count(2));
    student.xtask(&["list"]).success().stdout(list.and(contains("What next? lesson-2")));
    for command in ["reset", "solution"] {
        let words = contains("lesson-1 came solved").and(contains("yours to write: 2-3"));
        student.xtask(&[command, "1"]).code(2).stderr(words);
    }
    Ok(())
}

#[test]
fn a_graded_workspace_holds_no_solution() -> Result<()> {
    let student = Student::start(&["--graded"])?;
    let mut texts = Vec::new();
    for path in files(&student.root)? {
        texts.push((fs::read_to_string(&path)?, path));
    }
    for directory in LESSONS.iter().map(Lesson::directory) {
        let program = course(&main_of(&directory))?;
        let lines = telling_lines(&program);
        assert!(lines.len() > 2, "{directory}");
        for line in lines {
            let found = texts.iter().find(|(text, _)| text.contains(line));
            assert_eq!(found.map(|(_, path)| path), None, "{line}");
        }
        let prose = student.read(&format!("lessons/{directory}.md"))?;
        assert!(prose.contains("    // … your turn\n"), "{directory}");
    }
    assert!(!student.root.join("crates/checks/mistakes").exists());
    assert!(!student.read("README.md")?.contains("xtask solution"));
    student.xtask(&["solution", "3", "--anyway"]).code(1).stderr(contains("graded"));
    student.xtask(&["reset", "3"]).success();
    Ok(())
}

#[test]
fn a_folder_that_can_not_be_a_workspace_is_refused_and_left_alone() -> Result<()> {
    let folder = Folder::new()?;
    let file = folder.0.join("file");
    fs::write(&file, "mine")?;
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (directory, words) in [
        (folder.0.clone(), "isn't empty"),
        (file.clone(), "is a file"),
        (course.join("crates/mine"), "lies in the course itself"),
        (course.join("new/../mine"), "lies in the course itself"),
    ] {
        xtask().arg("start").arg(&directory).assert().code(2).stderr(contains(words));
    }
    xtask().arg("start").arg(folder.0.join("new/x/../../file")).assert().code(2);
    assert_eq!(folder.names()?, ["file"]);
    xtask().args(["start"]).assert().code(2).stderr(contains("into which folder?"));
    let words = contains("`9` names no lessons");
    xtask().args(["start", "x", "--lessons", "1,9"]).assert().code(2).stderr(words);
    Ok(())
}

#[test]
fn an_empty_folder_is_taken_and_a_failure_leaves_nothing() -> Result<()> {
    let folder = Folder::new()?;
    let directory = folder.0.join("work");
    let mut broken = xtask();
    broken.env("CARGO_MANIFEST_DIR", folder.0.join("no-course/xtask"));
    broken.arg("start").arg(directory.join("x/y")).assert().code(1).stderr(contains("cannot"));
    assert_eq!(folder.names()?, [""; 0]);
    fs::create_dir(&directory)?;
    xtask().arg("start").arg(&directory).assert().success();
    assert_eq!(folder.names()?, ["work"]);
    assert!(directory.join("Cargo.toml").exists());
    Ok(())
}

#[test]
fn git_is_needed_neither_with_an_identity_nor_at_all() -> Result<()> {
    let folder = Folder::new()?;
    let mut stranger = xtask();
    stranger.env("HOME", &folder.0).env("XDG_CONFIG_HOME", &folder.0);
    for name in ["NOSYSTEM", "COUNT"] {
        stranger.env(format!("GIT_CONFIG_{name}"), if name == "COUNT" { "1" } else { "true" });
    }
    stranger.env("GIT_CONFIG_KEY_0", "user.useConfigOnly").env("GIT_CONFIG_VALUE_0", "true");
    let directory = folder.0.join("a");
    stranger.arg("start").arg(&directory).assert().success();
    if let Some(log) = git(&directory, &["log", "--format=%an"])? {
        assert_eq!(String::from_utf8(log.stdout)?, "Sockets course\n");
    }

    let directory = folder.0.join("b");
    let mut without = xtask();
    without.env("PATH", &folder.0).arg("start").arg(&directory);
    without
        .assert()
        .success()
        .stdout(ends_with("git isn't installed, and the course works without it.\n"));
    assert!(directory.join(RECEIVER).exists() && !directory.join(".git").exists());
    assert!(!directory.join("target").exists());
    Ok(())
}
