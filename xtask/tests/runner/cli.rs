//! The command line: what is listed, what is refused, and with which exit code.

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};

fn xtask() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.timeout(std::time::Duration::from_secs(60));
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
fn no_command_at_all_says_what_to_do_next() {
    xtask()
        .assert()
        .success()
        .stdout(contains("What next?").and(contains("cargo xtask run lesson-3")));
}

#[test]
fn help_names_every_command() {
    for arguments in [["help"], ["--help"], ["-h"]] {
        let commands = contains("run LESSON").and(contains("list")).and(contains("verify"));
        xtask().args(arguments).assert().success().stdout(commands);
    }
}

#[test]
fn help_on_a_command_explains_its_options_and_the_exit_codes() {
    for arguments in [["help", "run"], ["run", "--help"], ["run", "-h"]] {
        let text = contains("--port N").and(contains("Exit codes: 0"));
        xtask().args(arguments).assert().success().stdout(text);
    }
}

#[test]
fn help_on_grading_says_where_its_options_are() {
    let text = contains("`cargo xtask grade --help` lists all options");
    xtask().args(["help", "grade"]).assert().success().stdout(text);
}

#[test]
fn an_unknown_command_is_wrong_usage_and_names_the_nearest() {
    xtask()
        .arg("lst")
        .assert()
        .code(2)
        .stderr(contains("`lst`").and(contains("`cargo xtask list`")));
    xtask().args(["help", "rnu"]).assert().code(2).stderr(contains("`cargo xtask run`"));
}

#[test]
fn an_unknown_lesson_is_wrong_usage_and_names_the_nearest() {
    for (word, nearest) in [("leson-3", "`lesson-3`"), ("lesson-99", "`lesson-"), ("0", "`lesson-")]
    {
        xtask().args(["run", word]).assert().code(2).stderr(contains(word).and(contains(nearest)));
    }
}

#[test]
fn wrong_arguments_are_refused_by_name() {
    for arguments in [
        &["run"][..],
        &["run", "lesson-3", "lesson-4"],
        &["run", "lesson-3", "--prot", "8091"],
        &["run", "lesson-3", "--port"],
        &["list", "lesson-3"],
        &["help", "run", "list"],
    ] {
        let error = predicate::str::starts_with("error: ");
        xtask().args(arguments).assert().code(2).stdout(is_empty()).stderr(error);
    }
}

#[test]
fn a_port_is_a_number_from_1_to_65535() {
    for port in ["0", "65536", "99999", "-1", "http", ""] {
        let port = format!("--port={port}");
        xtask().args(["run", "lesson-3", &port]).assert().code(2).stderr(contains("no port"));
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
