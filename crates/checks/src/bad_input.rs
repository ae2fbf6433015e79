//! What every lesson's program owes to input that it can't use: an error of its own making.

use crate::{Program, visible};
use anyhow::{Context, Result, ensure};
use std::ffi::{OsStr, OsString};
use std::process::Output;

/// Arguments that are no address, neither to bind nor to send to.
pub fn bad_addresses() -> Vec<OsString> {
    with_bad_text(&[
        "nonsense",
        "8090",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:-1",
        "127.0.0.1:port",
        // RFC 6761 promises that no name under `.invalid` will ever resolve.
        "no-such-host.invalid:8090",
    ])
}

/// Arguments that are no port.
pub fn bad_ports() -> Vec<OsString> {
    with_bad_text(&["nonsense", "99999", "-1", "80.5", "127.0.0.1:8090", ""])
}

fn with_bad_text(arguments: &[&str]) -> Vec<OsString> {
    arguments.iter().map(OsString::from).chain([not_unicode()]).collect()
}

#[cfg(unix)]
fn not_unicode() -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(b"bad-text-\xff".to_vec())
}

#[cfg(windows)]
fn not_unicode() -> OsString {
    let surrogate: OsString = std::os::windows::ffi::OsStringExt::from_wide(&[0xd800]);
    ["bad-text-".into(), surrogate].into_iter().collect()
}

/// Requires that the program at `path` can't work with `argument`: it ends, not by a panic or a
/// signal, with a status that isn't 0, and its stderr has `argument` in it (up to what isn't
/// Unicode there, which it may show as it likes). Its stdin is one line.
pub fn refuses(path: &str, argument: impl AsRef<OsStr>) -> Result<()> {
    let lossy = argument.as_ref().to_string_lossy();
    let name = lossy.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default();
    let output = run(Program::spawn(path, [&argument])?)?;
    is_an_error(&output)
        .and_then(|()| {
            let stderr = String::from_utf8_lossy(&output.stderr);
            ensure!(stderr.contains(name), "stderr doesn't name it: {}", visible(&output.stderr));
            Ok(())
        })
        .with_context(|| format!("the argument `{lossy}`"))
}

/// Requires that the program at `path` ends with an error of its own, neither a panic nor a
/// signal, when its output goes into a pipe that nobody reads. Its stdin is one line.
pub fn fails_unheard(path: &str, argument: &str) -> Result<()> {
    is_an_error(&run(Program::spawn_unheard(path, [argument])?)?)
}

fn run(mut program: Program) -> Result<Output> {
    program.write_line("hello");
    program.close_stdin();
    program.wait_for_exit()
}

fn is_an_error(output: &Output) -> Result<()> {
    let (status, stderr) = (output.status, visible(&output.stderr));
    ensure!(!status.success(), "no error: {status}\n  stdout: {}", visible(&output.stdout));
    // 101 is the status of a Rust program that has panicked.
    let reported = status.code().is_some_and(|code| code != 101);
    ensure!(reported, "the error crashed it: {status}\n  stderr: {stderr}");
    ensure!(!output.stderr.is_empty(), "no message on stderr: {status}");
    Ok(())
}
