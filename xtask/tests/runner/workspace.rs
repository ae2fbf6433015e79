//! The commands that belong to a student's workspace.

use crate::common::xtask;
#[cfg(not(windows))]
use crate::common::{PATIENCE, Port};
use crate::student::{RECEIVER, Student, course};
use anyhow::Result;
use assert_cmd::assert::OutputAssertExt;
use base::lessons::{LESSONS, numbered};
use predicates::prelude::*;
use predicates::str::{contains, ends_with, is_empty, starts_with};
use std::fs;
use std::time::SystemTime;

#[test]
fn reset_brings_the_starter_back_and_overwrites_nothing() -> Result<()> {
    let student = Student::start(&[])?;
    let starter = student.read(RECEIVER)?;
    student.xtask(&["reset", "3"]).success().stdout(contains("is the starter already"));
    for (text, name) in [("one", "main.rs.old"), ("two", "main.rs.old-2"), ("", "main.rs.old-3")] {
        student.write(RECEIVER, text)?;
        let assert = student.xtask(&["reset", "lesson-3"]).success();
        assert_eq!(student.read(RECEIVER)?, starter);
        if text.is_empty() {
            assert!(!student.root.join(RECEIVER).with_file_name(name).exists());
        } else {
            assert.stdout(ends_with(format!("in {name}.\n")));
            assert_eq!(fs::read_to_string(student.root.join(RECEIVER).with_file_name(name))?, text);
        }
    }
    fs::remove_file(student.root.join(RECEIVER))?;
    student.xtask(&["reset", "3"]).success();
    assert_eq!(student.read(RECEIVER)?, starter);
    Ok(())
}

#[test]
fn each_hint_goes_one_further() -> Result<()> {
    let student = Student::start(&["--graded"])?;
    student.xtask(&["hint", "3", "--again"]).success().stdout(contains("no hint yet"));
    let walkthrough = course("lessons/lesson-3-receive-once.md")?;
    let (_, hints) = walkthrough.split_once("\n## Hints\n").unwrap();
    let hints = hints.split_once("\n## ").unwrap().0;
    let total = hints.lines().filter(|line| line.contains(". ")).count();
    for number in 1..=total {
        let title = format!("Hint {number} of {total} for lesson-3\n");
        student.xtask(&["hint", "lesson-3"]).success().stdout(starts_with(title));
    }
    for _ in 0..2 {
        let end = contains("all 6 hints").and(contains("lessons/lesson-3-receive-once.md"));
        student.xtask(&["hint", "3"]).success().stdout(end);
    }
    let all = contains("\nHint ").count(total - 1).and(starts_with("Hint 1 "));
    student.xtask(&["hint", "3", "--again"]).success().stdout(all);
    student.xtask(&["hint", "4"]).success().stdout(starts_with("Hint 1 "));
    assert_eq!(student.git(&["status", "--porcelain"])?.unwrap_or_default(), "");
    Ok(())
}

/// Of a student who has done nothing yet.
pub fn the_solution_is_shown_as_a_difference_once_all_points_are_there(
    student: &Student,
) -> Result<()> {
    let refusal = contains("doesn't have full points yet").and(contains("--anyway"));
    student.xtask(&["solution", "3"]).code(1).stdout(is_empty()).stderr(refusal);
    student.write(".progress", "lesson-3 99 100\n")?;
    student.xtask(&["solution", "3"]).code(1);
    let difference = || {
        starts_with(format!("--- {RECEIVER}\n+++ .course/solutions/lesson-3"))
            .and(contains("\n-    todo!(\"Bind a UDP socket to {address:?}.\")\n"))
            .and(contains("\n+    buffer.truncate(length);\n"))
            .and(contains("region").not())
    };
    // The workspace's own checks show it.
    let solution =
        |words: &[&str]| student.cargo(&[&["xtask", "solution", "3"], words].concat()).assert();
    solution(&["--anyway"]).success().stdout(difference());
    student.write(".progress", "lesson-3 100 100\n")?;
    solution(&[]).success().stdout(difference());
    student.write(RECEIVER, &course(RECEIVER)?)?;
    solution(&[]).success().stdout(contains("is the reference, line by line"));
    fs::remove_file(student.root.join(RECEIVER))?;
    solution(&[])
        .code(1)
        .stderr(contains(format!("cannot read {RECEIVER}; git can bring it back")));
    Ok(())
}

#[test]
fn the_overview_shows_points_and_what_is_next() -> Result<()> {
    let student = Student::start(&[])?;
    student.write(".progress", "lesson-1 100 100\nlesson-2 45 100\nrubbish\n")?;
    let shown = || {
        contains("██████████ 100 of 100 points")
            .and(contains("████░░░░░░ 45 of 100 points"))
            .and(contains("What next? lesson-2, Send once"))
            .and(contains("cargo xtask check lesson-2"))
    };
    student.xtask(&[]).success().stdout(shown());
    student.xtask(&["list"]).success().stdout(shown());
    let full: String =
        LESSONS.iter().map(|lesson| format!("{} 100 100\n", lesson.name())).collect();
    student.write(".progress", &full)?;
    student.xtask(&[]).success().stdout(contains("all points in every lesson"));
    Ok(())
}

/// The console of Windows has all characters, and there the locale isn't in variables.
#[cfg(not(windows))]
#[test]
fn no_command_prints_characters_that_the_locale_lacks() -> Result<()> {
    let (student, port) = (Student::start(&[])?, Port::take()?);
    student.write(".progress", "lesson-1 45 100\nlesson-3 hints 9\n")?;
    student.write(RECEIVER, "other")?;
    let port = port.number.to_string();
    for (words, told) in [
        ("", "####...... 45 of 100 points"),
        ("list", " runs alone * lessons/"),
        ("help grade", "SUBMISSIONS... [OPTIONS]"),
        ("help 好", r"`\u{597d}`"),
        ("hint 3 --again", "Hint 1 "),
        ("reset 3", "is the starter again"),
        ("start 好", "makes no sense in a student's workspace"),
        (&format!("run 4 --port {port}"), r"client | Your message: \u{597d}"),
    ] {
        let mut command = xtask();
        if !words.starts_with("run") {
            command.env("CARGO_MANIFEST_DIR", student.root.join("xtask"));
        }
        command.args(words.split_whitespace()).env("LC_ALL", "C");
        let mut command = assert_cmd::Command::from_std(command);
        let output = command.write_stdin("好\n").timeout(PATIENCE).output()?;
        let text = [output.stdout, output.stderr].concat();
        assert!(text.is_ascii(), "{words}: {}", String::from_utf8_lossy(&text));
        assert!(String::from_utf8_lossy(&text).contains(told), "{words}");
    }
    Ok(())
}

#[test]
fn commands_in_the_wrong_tree_say_so() -> Result<()> {
    let student = Student::start(&[])?;
    for words in [
        &["verify"][..],
        &["bench", "first-run"],
        &["new-lesson", "9", "some-slug"],
        &["start", "elsewhere"],
    ] {
        student.xtask(words).code(2).stderr(contains("no sense in a student's workspace"));
    }
    for words in [["reset", "3"], ["solution", "3"]] {
        xtask().args(words).assert().code(2).stderr(contains("belongs to a student's workspace"));
    }
    student.write(".course/workspace", "lessons x\n")?;
    student.xtask(&["list"]).code(1).stderr(contains("git checkout .course/workspace"));
    Ok(())
}

/// Cargo itself goes by times, and would take each of these for the program before.
pub fn checks_and_tests_judge_what_the_file_says_now(student: &Student) -> Result<()> {
    let other = Student::start(&[])?;
    let (gaps, solution) = (student.read(RECEIVER)?, course(RECEIVER)?);
    let agree = |student: &Student, is_right: bool, order: [&[&str]; 2]| {
        for words in order {
            let ended = student.cargo(words).ok();
            assert_eq!(ended.is_ok(), is_right, "{words:?}: {ended:?}");
        }
    };
    let (check, test) = (&["xtask", "check", "3"][..], &["test", "--package", "lesson-3"][..]);
    let write_old = |text: &str| -> Result<()> {
        student.write(RECEIVER, text)?;
        let file = fs::File::options().write(true).open(student.root.join(RECEIVER))?;
        Ok(file.set_modified(SystemTime::UNIX_EPOCH)?)
    };
    agree(student, false, [check, test]);
    write_old(&solution)?;
    agree(student, true, [check, test]);
    write_old(&gaps)?;
    agree(student, false, [test, check]);
    // Built behind our back.
    student.write(RECEIVER, &solution)?;
    student.cargo(&["build"]).assert().success();
    write_old(&gaps)?;
    agree(student, false, [test, check]);
    // By another workspace, to the same place.
    other.solve(&numbered(3).directory())?;
    agree(&other, true, [check, test]);
    agree(student, false, [test, check]);
    let time = fs::metadata(student.root.join(RECEIVER))?.modified()?;
    assert_eq!(time, SystemTime::UNIX_EPOCH);

    fs::remove_file(student.root.join(RECEIVER))?;
    agree(student, false, [check, test]);
    let gone = contains("isn't there. `cargo xtask reset 3` brings the starter back");
    student.cargo(check).assert().code(1).stderr(gone);
    Ok(())
}
