//! What `Subject` promises, tested with the shell and its tools.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

use base::text::shortened as visible;
use checks::cause::Cause;
use checks::failure::Fault;
use checks::log::Log;
use checks::setting::Setting;
use checks::subject::{Program, SOON, Subject};
use std::process::{Command, Stdio};
use std::time::Instant;

fn shell(script: &str) -> Subject {
    let command = ["sh", "-c", script].map(Into::into).to_vec();
    let program = Program { command, name: None };
    Subject::start(&program, None, &Log::default(), &Setting::default()).unwrap()
}

#[test]
fn the_exit_status_comes_with_all_output() {
    let ended = shell("echo out; echo err >&2; exit 3").wait_for_end(SOON, &Cause::NONE).unwrap();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(visible(&ended.stdout), r#""out\n""#);
    assert_eq!(visible(&ended.stderr), r#""err\n""#);
}

#[test]
fn stdin_stays_open_until_it_is_closed() {
    let mut cat = shell("exec cat");
    cat.type_line("a line");
    cat.wait_for_stdout("the line", SOON, &Cause::NONE, |stdout| stdout == b"a line\n").unwrap();
    cat.still_runs(&Cause::NONE).unwrap();
    cat.write(b"the rest".to_vec());
    cat.close_stdin();
    let ended = cat.wait_for_end(SOON, &Cause::NONE).unwrap();
    ended.succeeded(&Cause::NONE).unwrap();
    assert_eq!(visible(&ended.stdout), r#""a line\nthe rest""#);
    assert!(cat.still_runs(&Cause::NONE).is_err());
}

#[test]
fn a_wait_in_vain_ends_with_the_program_and_tells_what_came() {
    let program = shell(r"printf 'some\0' ; exit 4");
    let cause = Cause::of_ends("shy", "It is shy.");
    let wait =
        program.wait_for_stdout("a greeting", SOON, &cause, |stdout| stdout.starts_with(b"hello"));
    let Err(Fault::Failed(failure)) = wait else { panic!("{wait:?}") };
    let problem = "it ended (exit status: 4) before a greeting; stdout so far: \"some\\0\"";
    assert_eq!((failure.problem.as_str(), failure.cause), (problem, cause));
    assert_eq!(failure.awaited, None);
}

#[test]
fn a_program_that_does_not_read_holds_nobody_up() {
    let mut program = shell("echo ready; read line");
    program.write(vec![b'x'; 1_000_000]);
    program.type_line("");
    program.close_stdin();
    program.wait_for_end(SOON, &Cause::NONE).unwrap().succeeded(&Cause::NONE).unwrap();
}

#[test]
fn output_that_nobody_awaits_does_not_stop_a_program_and_is_cut() {
    let script = "head -c 1000000 /dev/zero; head -c 2000000 /dev/zero >&2";
    let ended = shell(script).wait_for_end(SOON, &Cause::NONE).unwrap();
    assert_eq!((ended.stdout.len(), ended.stderr.len()), (1_000_000, 1 << 20));
}

#[test]
fn dropping_a_program_ends_it() {
    let program = shell("echo $$; exec cat");
    let is_line = |stdout: &[u8]| stdout.ends_with(b"\n");
    let stdout = program.wait_for_stdout("a process id", SOON, &Cause::NONE, is_line).unwrap();
    let process = String::from_utf8(stdout).unwrap().trim().to_owned();
    // Every shell has `kill`; a program of that name isn't everywhere.
    let signal = format!("kill -0 {process}");
    let exists = || Command::new("sh").args(["-c", &signal]).stderr(Stdio::null()).status();
    assert!(exists().unwrap().success());
    drop(program);
    // It is dead, and in a moment a thread takes note of that; until then its number is its own.
    let deadline = Instant::now() + SOON;
    while exists().unwrap().success() {
        assert!(Instant::now() < deadline, "it still runs");
    }
}
