//! `cargo xtask check`: what it passes on to the checks, and what it makes of their verdict.

use crate::common::{Fixture, PATIENCE};
use anyhow::Result;
use assert_cmd::assert::{Assert, OutputAssertExt};
use base::lessons::LESSONS;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, is_match};
use std::fs;

/// What is said wherever nobody has written anything.
const COURSE: &str = "This is the course itself: what is judged is its worked step.\n";

/// Judges with stand-in checks; `orders` says, lesson by lesson, what they find.
fn check(fixture: &Fixture, orders: &[(usize, &str)], arguments: &[&str]) -> Result<Assert> {
    for (lesson, order) in orders {
        fs::write(fixture.source(*lesson), format!("// {order}\n"))?;
    }
    let mut command = assert_cmd::Command::from_std(fixture.xtask(""));
    Ok(command.arg("check").args(arguments).timeout(PATIENCE).assert())
}

#[test]
fn the_exit_code_is_the_verdict() -> Result<()> {
    let fixture = Fixture::new()?;
    for (order, code) in [("fine", 0), ("less", 1), ("grader error", 3)] {
        let judged = contains(format!("judged: // {order}\n"));
        check(&fixture, &[(3, order)], &["lesson-3"])?.code(code).stdout(judged).stderr(COURSE);
    }
    Ok(())
}

#[test]
fn checks_that_crash_or_give_no_score_are_no_fault_of_the_program() -> Result<()> {
    let fixture = Fixture::new()?;
    for order in ["crash", "nonsense"] {
        let error = contains("error: the checks of lesson-3 ");
        check(&fixture, &[(3, order)], &["3"])?.code(3).stderr(error);
    }
    fs::remove_file(fixture.program("checks"))?;
    check(&fixture, &[], &["3"])?.code(3).stderr(contains("cannot start "));
    Ok(())
}

#[test]
fn the_lessons_own_program_is_judged() -> Result<()> {
    let fixture = Fixture::new()?;
    let program = fixture.program("lesson-3");
    let words = contains(r#"arguments ["check", "lesson-3", "--score", "#)
        .and(contains(format!(r#""--program", {program:?}]"#)));
    check(&fixture, &[], &["lesson-3"])?.success().stdout(words);
    Ok(())
}

#[test]
fn everything_behind_program_is_the_command() -> Result<()> {
    let fixture = Fixture::new()?;
    for (arguments, command) in [
        (&["--program", "python3", "-u", "x.py"][..], r#""python3", "-u", "x.py""#),
        (
            &["--program", "./x", "--help", "-h", "--seed", "0"],
            r#""./x", "--help", "-h", "--seed", "0""#,
        ),
        (&["--program=./x", "--all", "--", "lesson-4"], r#""./x", "--all", "--", "lesson-4""#),
        (&["--all", "--seed=7", "--program", "--program"], r#""--program""#),
    ] {
        let words = contains(format!("\"--program\", {command}]\n"));
        let arguments = [&["lesson-3"], arguments].concat();
        check(&fixture, &[], &arguments)?.success().stdout(words).stderr(is_empty());
    }
    Ok(())
}

#[test]
fn options_are_passed_on() -> Result<()> {
    let fixture = Fixture::new()?;
    // The largest seed of a grader.
    let options = ["--seed", "9007199254740991", "--all", "--format", "human"];
    let words = contains(
        r#"["check", "lesson-2", "--seed", "9007199254740991", "--all", "--format", "human", "#,
    );
    check(&fixture, &[], &[&options[..], &["2"]].concat())?.success().stdout(words);
    Ok(())
}

#[test]
fn json_goes_through_with_nothing_around_it() -> Result<()> {
    let fixture = Fixture::new()?;
    let line = r#"\A\{"arguments": \["check", "lesson-5", .*\]\}\n\z"#;
    check(&fixture, &[], &["5", "--format", "json"])?.success().stdout(is_match(line)?);
    let lines = format!(r"\A({})\z", r#"\{"arguments": \[.*\]\}\n"#.repeat(LESSONS.len()));
    check(&fixture, &[], &["--format=json"])?.success().stdout(is_match(lines)?);
    Ok(())
}

#[test]
fn without_a_lesson_all_are_judged_and_summed_up() -> Result<()> {
    let fixture = Fixture::new()?;
    let orders = [(2, "less"), (4, "grader error"), (5, "crash")];
    let mut summary = "\n".to_owned();
    for lesson in LESSONS {
        let end = match lesson.number {
            2 => "85 of 100 points",
            4 | 5 => "not judged: the checks themselves failed",
            _ => "100 of 100 points",
        };
        summary += &format!("{}  {:<16} {end}\n", lesson.name(), lesson.title);
    }
    check(&fixture, &orders, &[])?.code(3).stdout(
        contains("\njudged: //").count(LESSONS.len()).and(predicate::str::ends_with(summary)),
    );
    check(&fixture, &[(4, "less"), (5, "less")], &[])?.code(1);
    check(&fixture, &[(2, "fine"), (4, "fine"), (5, "fine")], &[])?.success();
    Ok(())
}

#[test]
fn a_program_that_does_not_compile_is_not_judged() -> Result<()> {
    let fixture = Fixture::new()?;
    let errors = "error: expected item, found `oops`\nlesson-3 doesn't compile yet";
    for (arguments, note) in [("check 3", COURSE), ("check 3 --format json", "")] {
        let (arguments, errors) = (arguments.split(' '), format!("{note}{errors}"));
        let assert = fixture.xtask("does-not-compile").args(arguments).assert();
        assert.code(1).stdout(is_empty()).stderr(predicate::str::starts_with(errors));
    }
    let assert = fixture.xtask("does-not-compile").arg("check").assert();
    assert.code(1).stdout(contains("doesn't compile yet\n").count(LESSONS.len()));
    // Another program needs none of ours.
    let other = ["check", "3", "--program", "./x"];
    fixture.xtask("does-not-compile").args(other).assert().success();
    Ok(())
}

#[test]
fn cargo_builds_the_program_and_the_first_time_the_checks() -> Result<()> {
    let fixture = Fixture::new()?;
    fixture.make_crates()?;
    let check = || fixture.xtask_with_cargo().args(["check", "lesson-3"]).assert();
    fs::write(fixture.source(3), "fn main() { oops }")?;
    let error = contains("error[E0425]: cannot find value `oops`");
    check().code(1).stdout(is_empty()).stderr(error.and(contains("Building the checks").not()));
    fs::write(fixture.source(3), "// mended\nfn main() {}")?;
    check().success().stdout(contains("judged: // mended")).stderr(contains("Building the checks"));
    fs::write(fixture.source(3), "// mended once more\nfn main() {}")?;
    check().success().stdout(contains("judged: // mended once more")).stderr(COURSE);
    Ok(())
}

#[cfg(unix)]
#[test]
fn errors_of_the_compiler_have_colours_in_a_terminal() -> Result<()> {
    let fixture = Fixture::new()?;
    fixture.make_crates()?;
    fs::write(fixture.source(3), "fn main() { oops }")?;
    let mut command = fixture.xtask_with_cargo();
    command.args(["check", "lesson-3"]).env_remove("CARGO_TERM_COLOR");
    let Some(shown) = crate::common::in_a_terminal("", "", &command)? else { return Ok(()) };
    assert!(is_match(r"\x1b\[[0-9;]*merror\[E0425\]")?.eval(&shown), "{shown:?}");
    assert!(shown.contains("lesson-3 doesn't compile yet"), "{shown:?}");
    Ok(())
}

#[test]
fn scores_of_the_own_program_are_remembered_in_a_students_workspace() -> Result<()> {
    let fixture = Fixture::new()?;
    let progress = fixture.directory.join(".progress");
    check(&fixture, &[(3, "less")], &["3"])?.code(1);
    assert!(!progress.exists());
    fixture.make_workspace("2-3")?;
    check(&fixture, &[], &["3"])?.code(1).stderr(is_empty());
    assert_eq!(fs::read_to_string(&progress)?, "lesson-3 85 100\n");
    check(&fixture, &[(3, "fine")], &["3", "--program", "./x"])?.success();
    check(&fixture, &[(2, "grader error")], &["2"])?.code(3);
    assert_eq!(fs::read_to_string(&progress)?, "lesson-3 85 100\n");
    let both = contains("lesson-2  Send once").and(contains("lesson-3  Receive once"));
    check(&fixture, &[(2, "less")], &[])?.code(1).stdout(both.and(contains("lesson-1").not()));
    assert_eq!(fs::read_to_string(&progress)?, "lesson-2 85 100\nlesson-3 100 100\n");
    Ok(())
}

#[test]
fn what_is_still_the_starter_is_judged_only_if_it_is_named() -> Result<()> {
    let fixture = Fixture::new()?;
    fixture.make_workspace("2-3")?;
    let starter = fixture.directory.join(".course/starters/lesson-2-send-once.rs");
    fs::create_dir_all(starter.with_file_name(""))?;
    fs::copy(fixture.source(2), starter)?;
    let summary = "\n\nlesson-2  Send once        not begun: still the starter\n\
                   lesson-3  Receive once     100 of 100 points\n";
    let judged = || contains("judged: ").count(1);
    check(&fixture, &[], &[])?.code(1).stdout(judged().and(predicate::str::ends_with(summary)));
    check(&fixture, &[], &["--format", "json"])?.code(1).stdout(contains("{").count(1));
    check(&fixture, &[], &["2"])?.success().stdout(judged());
    Ok(())
}

#[test]
fn scores_leave_no_file_behind() -> Result<()> {
    let fixture = Fixture::new()?;
    check(&fixture, &[(3, "less")], &[])?.code(1);
    let files = fs::read_dir(fixture.program("").with_file_name("debug"))?;
    for file in files {
        assert!(!file?.file_name().to_string_lossy().starts_with("score"));
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_left_behind_after_a_signal() -> Result<()> {
    use crate::common::{end_of, eventually, is_ignored, processes_with};
    use rustix::process::{Pid, Signal, kill_process};
    use std::os::unix::process::ExitStatusExt;
    for signal in [Signal::INT, Signal::KILL] {
        if is_ignored(signal) {
            continue;
        }
        let fixture = Fixture::new()?;
        fs::write(fixture.source(3), "// wait with a child\n")?;
        let mark = format!("CHECK_{}_{}", std::process::id(), signal.as_raw());
        let mut command = fixture.xtask("");
        command.args(["check", "3"]).env(&mark, "").stdout(std::process::Stdio::null());
        let mut child = command.spawn()?;
        let checks = || processes_with(&mark).iter().filter(|name| *name == "checks").count();
        eventually("the checks run", || checks() == 2)?;
        kill_process(Pid::from_child(&child), signal)?;
        assert_eq!(end_of(&mut child)?.signal(), Some(signal.as_raw()));
        eventually("no process is left", || processes_with(&mark).is_empty())?;
    }
    Ok(())
}

#[test]
fn wrong_usage_is_refused_with_an_example() -> Result<()> {
    let fixture = Fixture::new()?;
    for (arguments, words) in [
        (&["--program", "./x"][..], "which lesson is the program for?"),
        (&["3", "--program"], "which program?"),
        (&["3", "--seed", "soon"], "`soon` is no seed"),
        (&["3", "--seed", "-1"], "`-1` is no seed"),
        (&["3", "--format", "xml"], "there is no format `xml`"),
        (&["lesson-99"], "there are lessons 1 to "),
        (&["3", "4"], "`4` is unexpected"),
        (&["3", "--every"], "`--every` is unexpected"),
    ] {
        check(&fixture, &[], arguments)?.code(2).stdout(is_empty()).stderr(contains(words));
    }
    Ok(())
}
