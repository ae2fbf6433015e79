//! The command line: what is listed, what is refused, and with which exit code.

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.env("LC_ALL", "C.UTF-8").timeout(std::time::Duration::from_secs(60));
    command
}

#[test]
fn list_names_every_lesson_with_its_pair_and_walkthrough() {
    let mut assert = xtask().arg("list").assert().success().stderr(is_empty());
    for (lesson, pair) in [(2, 3), (3, 2), (4, 5), (5, 4)] {
        let entry =
            format!(r"lesson-{lesson}  .+\n +runs with lesson-{pair} · lessons/lesson-{lesson}-");
        assert = assert.stdout(predicate::str::is_match(entry).unwrap());
    }
    assert.stdout(contains("runs alone · lessons/lesson-1-create-sockets.md"));
}

#[test]
fn help_says_what_to_do_next_names_every_command_and_explains_its_options() {
    let commands: &[&str] = &["run LESSON", "list", "verify"];
    let options: &[&str] = &["--port N", "Exit codes: 0"];
    for (arguments, words) in [
        (&[][..], &["What next?", "cargo xtask run lesson-3"][..]),
        (&["help"], commands),
        (&["--help"], commands),
        (&["-h"], commands),
        (&["help", "run"], options),
        (&["run", "--help"], options),
        (&["run", "-h"], options),
        (&["help", "grade"], &["`cargo xtask grade --help` lists all options"]),
    ] {
        let mut assert = xtask().args(arguments).assert().success();
        for word in words {
            assert = assert.stdout(contains(*word));
        }
    }
}

#[test]
fn help_fits_into_80_columns() {
    let help = |words: &[&str]| {
        let assert = xtask().arg("help").args(words).env_remove("COLUMNS").assert().success();
        let text = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
        let too_long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(too_long, [""; 0], "help {words:?}");
        text
    };
    let all = help(&[]);
    let commands = all.lines().filter_map(|line| line.strip_prefix("  "));
    let names = commands.filter_map(|line| line.split(' ').next().filter(|name| !name.is_empty()));
    assert!(names.inspect(|name| drop(help(&[name]))).count() > 10);
}

#[test]
fn wrong_usage_is_refused_by_name_and_the_nearest_word_is_named() {
    for (arguments, words) in [
        (&["lst"][..], &["`lst`", "`cargo xtask list`"][..]),
        (&["help", "rnu"], &["`cargo xtask run`"]),
        (&["run", "leson-3"], &["leson-3", "`lesson-3`"]),
        (&["run", "lesson-99"], &["`lesson-99`: there are lessons 1 to "]),
        (&["watch", "9"], &["`9`: there are lessons 1 to "]),
        (&["run", "0"], &["`0`: there are lessons 1 to "]),
        (&["run", "three"], &["`three`: `cargo xtask list` shows all lessons"]),
        (&["help", "foo"], &["`foo`: `cargo xtask help` shows all commands"]),
        (&["run"], &[]),
        (&["run", "lesson-3", "lesson-4"], &[]),
        (&["run", "lesson-3", "--prot", "8091"], &["did you mean `--port`?"]),
        (&["run", "lesson-3", "--fast"], &["`--fast`: `cargo xtask help run`"]),
        (&["run", "lesson-3", "--port"], &[]),
        (&["list", "lesson-3"], &[]),
        (&["help", "run", "list"], &[]),
        (&["run", "lesson-3", "--port=0"], &["no port"]),
        (&["run", "lesson-3", "--port=65536"], &["no port"]),
        (&["run", "lesson-3", "--port=99999"], &["no port"]),
        (&["run", "lesson-3", "--port=-1"], &["no port"]),
        (&["run", "lesson-3", "--port=http"], &["no port"]),
        (&["run", "lesson-3", "--port="], &["no port"]),
    ] {
        let mut assert = xtask().args(arguments).assert().code(2).stdout(is_empty());
        assert = assert.stderr(predicate::str::starts_with("error: "));
        for word in words {
            assert = assert.stderr(contains(*word));
        }
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_not_text_are_refused_without_a_panic() {
    use std::os::unix::ffi::OsStrExt;
    let word = std::ffi::OsStr::from_bytes(b"lesson-\xff");
    xtask().arg("run").arg(word).assert().code(2).stderr(contains("lesson-\u{fffd}"));
    xtask().arg(word).assert().code(2);
}

#[test]
fn a_closed_pipe_is_no_panic() {
    use std::process::{Command, Stdio};
    for arguments in [&["list"][..], &["help"], &[]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let (reader, writer) = os_pipe::pipe().unwrap();
        drop(reader);
        command.args(arguments).stdout(writer).stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
