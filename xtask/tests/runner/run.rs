//! `cargo xtask run`: pairs of programs, and everything that can go wrong with them.

use crate::common::{Fixture, PATIENCE, Port, xtask};
use anyhow::Result;
use assert_cmd::assert::{Assert, OutputAssertExt};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs a lesson on a port, with the input given through a pipe.
fn run(mut command: Command, lesson: &str, port: &Port, input: impl AsRef<[u8]>) -> Assert {
    let port = port.number.to_string();
    command.args(["run", lesson, "--port", &port]);
    let mut command = assert_cmd::Command::from_std(command);
    command.write_stdin(input.as_ref()).timeout(PATIENCE).assert()
}

/// Whether a side has printed a line that ends so.
fn line(label: &'static str, ending: &'static str) -> impl Predicate<str> {
    predicate::function(move |output: &str| {
        let mut lines = output.lines().filter_map(|line| line.split_once(" │ "));
        lines.any(|(start, text)| start.trim_end() == label && text.ends_with(ending))
    })
}

#[test]
fn a_datagram_crosses_from_the_sender_to_the_receiver() -> Result<()> {
    for lesson in ["lesson-2", "lesson-3", "2", "3"] {
        let port = Port::take()?;
        run(xtask(), lesson, &port, "hello 好\n")
            .success()
            .stderr(is_empty())
            .stdout(line("sender", "hello 好").and(line("receiver", "hello 好")));
    }
    Ok(())
}

#[test]
fn the_output_looks_as_in_a_terminal() -> Result<()> {
    let port = Port::take()?;
    let beginning = format!(
        "receiver │ Waiting for a datagram on 127.0.0.1:{}
sender   │ Your message: hello
",
        port.number
    );
    let beginning = predicate::str::starts_with(beginning);
    run(xtask(), "lesson-3", &port, "hello\n").success().stdout(beginning);
    Ok(())
}

#[test]
fn the_server_is_stopped_when_its_client_ends() -> Result<()> {
    for input in ["hello\nexit\n", "hello\n", "hello", ""] {
        let port = Port::take()?;
        let messages = input.lines().count();
        let replies = predicate::str::contains("client │ Reply: ").count(messages);
        run(xtask(), "lesson-5", &port, input).success().stderr(is_empty()).stdout(replies);
        assert!(port.is_free());
    }
    Ok(())
}

#[test]
fn lesson_1_runs_alone() -> Result<()> {
    let mut command = assert_cmd::Command::from_std(xtask());
    command.args(["run", "lesson-1"]).timeout(PATIENCE).assert().success().stdout(
        contains("sockets │ TCP socket at 127.0.0.1:")
            .and(contains("sockets │ UDP socket at 127.0.0.1:"))
            .and(contains("127.0.0.1:0\n").not()),
    );
    Ok(())
}

#[test]
fn input_may_come_from_a_file() -> Result<()> {
    let port = Port::take()?;
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("input.txt");
    std::fs::write(&path, "from a file\r\n")?;
    let mut command = xtask();
    command.args(["run", "3", "--port", &port.number.to_string()]);
    command.stdin(std::fs::File::open(&path)?);
    command.assert().success().stdout(line("receiver", "from a file"));
    Ok(())
}

#[test]
fn input_that_is_not_text_gets_through() -> Result<()> {
    let port = Port::take()?;
    run(xtask(), "lesson-5", &port, b"a\xffb\n\x1b[31m\nexit\n")
        .success()
        .stdout(line("client", "Reply: a\u{fffd}b").and(line("client", r"Reply: \u{1b}[31m")));
    Ok(())
}

#[test]
fn a_sender_without_input_fails_at_once_and_the_receiver_is_stopped() -> Result<()> {
    let port = Port::take()?;
    run(xtask(), "lesson-3", &port, "").code(1).stderr(contains("the sender (lesson-2) failed"));
    assert!(port.is_free());
    Ok(())
}

#[test]
fn a_message_that_is_too_large_is_an_error_and_no_hang() -> Result<()> {
    for lesson in ["lesson-3", "lesson-5"] {
        let port = Port::take()?;
        let input = format!("{}\n", "x".repeat(70_000));
        run(xtask(), lesson, &port, input).code(1).stderr(contains("cannot send 70000 bytes"));
        assert!(port.is_free());
    }
    Ok(())
}

#[test]
fn a_taken_port_is_named_with_its_holder_and_a_free_one() -> Result<()> {
    for lesson in ["lesson-3", "lesson-5"] {
        let port = Port::take()?;
        let _holder = std::net::UdpSocket::bind(("127.0.0.1", port.number))?;
        let taken = format!("Port {} is taken by ", port.number);
        let free = format!("`cargo xtask run {lesson} --port 1");
        let assert = run(xtask(), lesson, &port, "hello\n").code(1);
        let assert = assert.stderr(contains(taken).and(contains(free)));
        if cfg!(target_os = "linux") {
            assert.stderr(contains(format!("(process {})", std::process::id())));
        }
    }
    Ok(())
}

#[test]
fn a_server_may_print_thousands_of_lines() -> Result<()> {
    let port = Port::take()?;
    let input = "a line of input\n".repeat(3000);
    let replies = contains("client │ Reply: a line of input\n").count(3000);
    let lines = contains(": a line of input\n").count(9000);
    run(xtask(), "lesson-5", &port, input).success().stdout(replies.and(lines));
    let port = Port::take()?;
    let output = contains("line 0\n").and(contains("line 19999\n"));
    run(Fixture::new()?.xtask("server-prints-a-lot"), "5", &port, "x\n").success().stdout(output);
    Ok(())
}

#[test]
fn who_fails_is_named_with_its_status_below_its_words_and_the_others_are_stopped() -> Result<()> {
    for (behaviour, lesson, problem, details) in [
        (
            "server-panics",
            "lesson-3",
            "the receiver (lesson-3) failed (exit ",
            &["receiver │ the floor is gone\n"][..],
        ),
        (
            "server-panics",
            "lesson-5",
            "the server (lesson-5) failed (exit ",
            &["server │ the floor is gone\n"],
        ),
        ("server-dies-before-binding", "5", "the server (lesson-5) failed (exit ", &[": 7)"]),
        // An endless server must not end.
        (
            "server-ends-with-success",
            "5",
            "the server (lesson-5) ended too early, with success",
            &[],
        ),
        (
            "client-fails",
            "lesson-4",
            "the client (lesson-4) failed (exit ",
            &[": 3)", "no luck today"],
        ),
        // A receiver isn't awaited for ever.
        (
            "client-sends-nothing",
            "lesson-3",
            "the sender ended 5s ago, but the receiver is still waiting",
            &[],
        ),
    ] {
        let port = Port::take()?;
        let fixture = Fixture::new()?;
        let mut assert = run(fixture.xtask(behaviour), lesson, &port, "hello\n").code(1);
        for words in [&[problem], details].concat() {
            assert = assert.stderr(contains(words).count(1));
        }
        assert!(port.is_free());
    }
    Ok(())
}

#[test]
fn a_prompt_may_end_its_line() -> Result<()> {
    let port = Port::take()?;
    let output = line("client", "Type, please:").and(line("client", r#"typed: "a\nb\n""#));
    run(Fixture::new()?.xtask("client-prompts-in-lines"), "4", &port, "a\nb\n")
        .success()
        .stdout(output);
    Ok(())
}

#[test]
fn a_backtrace_is_not_asked_of_the_programs() -> Result<()> {
    let port = Port::take()?;
    let fixture = Fixture::new()?;
    let mut command = fixture.xtask("shows-environment");
    command.env("RUST_BACKTRACE", "full");
    run(command, "5", &port, "").success().stdout(contains("RUST_BACKTRACE=None"));
    Ok(())
}

#[test]
fn a_reader_that_goes_away_ends_everything_without_a_panic() -> Result<()> {
    let port = Port::take()?;
    let mut command = xtask();
    command.args(["run", "5", "--port", &port.number.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output()?;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(port.is_free());
    Ok(())
}

#[test]
fn nothing_waits_without_need() -> Result<()> {
    let port = Port::take()?;
    let started = Instant::now();
    run(Fixture::new()?.xtask(""), "5", &port, "").success();
    // A lost event would cost one of the runner's patiences: 5 s or more.
    assert!(started.elapsed().as_secs() < 5);
    Ok(())
}
