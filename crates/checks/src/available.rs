//! What our own tests find on this computer; what they need and don't find, they say.

use std::io::{self, Write};
use std::process::Command;
use std::thread;

/// Says on stderr that `test` isn't run on this system, and why. Test harnesses hide what
/// `eprintln!` prints; this they let through.
pub fn skip(test: &str, why: &str) {
    // A reader who has closed stderr doesn't want to know.
    let _ = writeln!(io::stderr(), "skipped: {test}: {why}");
}

/// The same for the test that calls this: its thread has its name.
pub fn skip_this(why: &str) {
    skip(thread::current().name().unwrap_or("a test"), why);
}

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
