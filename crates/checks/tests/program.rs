//! What `Program` promises, tested with the shell and its tools.
#![cfg(unix)]

use anyhow::Result;
use checks::{Program, visible};
use std::process::{Command, Stdio};

fn shell(script: &str) -> Result<Program> {
    Program::spawn("sh", ["-c", script])
}

#[test]
fn the_exit_status_comes_with_all_output() -> Result<()> {
    let output = shell("echo out; echo err >&2; exit 3")?.wait_for_exit()?;
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(visible(&output.stdout), r#""out\n""#);
    assert_eq!(visible(&output.stderr), r#""err\n""#);
    Ok(())
}

#[test]
fn stdin_stays_open_until_it_is_closed() -> Result<()> {
    let mut program = Program::spawn("cat", [""; 0])?;
    program.write_line("a line");
    program.wait_for_stdout("the line", |stdout| stdout == b"a line\n")?;
    assert!(program.is_running()?);
    program.write("the rest");
    program.close_stdin();
    let output = program.wait_for_exit()?;
    assert!(output.status.success());
    assert_eq!(visible(&output.stdout), r#""a line\nthe rest""#);
    assert!(!program.is_running()?);
    Ok(())
}

#[test]
fn a_wait_in_vain_ends_with_the_program_and_tells_what_came() -> Result<()> {
    let program = shell(r"printf 'some\0' ; echo 'of it' >&2")?;
    let wait = program.wait_for_stdout("a greeting", |stdout| stdout.starts_with(b"hello"));
    let error = wait.unwrap_err().to_string();
    assert!(
        error.starts_with("waited for a greeting of `sh`, but its output has ended"),
        "{error}"
    );
    assert!(error.contains(r#"stdout so far: "some\0""#), "{error}");
    assert!(error.contains(r#"stderr so far: "of it\n""#), "{error}");
    Ok(())
}

#[test]
fn a_program_that_does_not_read_holds_nobody_up() -> Result<()> {
    let mut program = shell("echo ready; read line")?;
    program.write(vec![b'x'; 1_000_000]);
    program.write_line("");
    program.close_stdin();
    assert!(program.wait_for_exit()?.status.success());
    Ok(())
}

#[test]
fn output_that_nobody_awaits_does_not_stop_a_program() -> Result<()> {
    let output =
        shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2")?.wait_for_exit()?;
    assert_eq!((output.stdout.len(), output.stderr.len()), (1_000_000, 1_000_000));
    Ok(())
}

#[test]
fn unheard_writes_fail() -> Result<()> {
    let mut program = Program::spawn_unheard("sh", ["-c", "trap '' PIPE; echo hello || exit 7"])?;
    assert_eq!(program.wait_for_exit()?.status.code(), Some(7));
    Ok(())
}

#[test]
fn dropping_a_program_ends_it() -> Result<()> {
    let program = shell("echo $$; exec cat")?;
    let stdout = program.wait_for_stdout("a process id", |stdout| stdout.ends_with(b"\n"))?;
    let process = String::from_utf8(stdout)?.trim().to_owned();
    // Every shell has `kill`; a program of that name isn't everywhere.
    let signal = format!("kill -0 {process}");
    let exists = || Command::new("sh").args(["-c", &signal]).stderr(Stdio::null()).status();
    assert!(exists()?.success());
    drop(program);
    assert!(!exists()?.success());
    Ok(())
}
