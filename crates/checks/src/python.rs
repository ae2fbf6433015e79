//! Finding an interpreter for the peers that aren't written in Rust.

use crate::skip;
use std::process::Command;

/// The command that starts Python 3 here. Where there is none, says that `test` is skipped.
pub fn python(test: &str) -> Option<&'static str> {
    // On Windows `python3` may be there and only open a shop, so each candidate is asked.
    let found = ["python3", "python"].into_iter().find(|command| is_python_3(command));
    if found.is_none() {
        skip(test, "there is no Python 3 here");
    }
    found
}

fn is_python_3(command: &str) -> bool {
    Command::new(command)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success() && output.stdout.starts_with(b"Python 3"))
}
