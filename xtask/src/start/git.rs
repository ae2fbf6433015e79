//! The repository of a new workspace.

use base::files;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;

/// Whoever makes the first commit where git doesn't know the user.
const NEUTRAL: [&str; 4] = ["-c", "user.name=Sockets course", "-c", "user.email=course@localhost"];

/// Makes a repository with one commit. If that can't be done, the workspace is of use all the
/// same, so that this returns only what the user may want to know.
pub fn commit_all(folder: &Path) -> Option<String> {
    // What the user ignores everywhere, say `.vscode`, is a part of the workspace nevertheless.
    for step in [&["init", "--quiet", "--template="][..], &["add", "--all", "--force"]] {
        if let Err(problem) = git(folder, step) {
            return Some(problem);
        }
    }
    let commit = ["commit", "--quiet", "--no-verify", "--message", "Start the course"];
    if git(folder, &commit).is_ok() {
        return None;
    }
    let mut with_identity = NEUTRAL.to_vec();
    with_identity.extend(commit);
    git(folder, &with_identity).err()
}

fn git(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = files::git(folder);
    // Nothing may go on in a folder that is about to be renamed, or ask for a password.
    for setting in
        ["gc.auto=0", "maintenance.auto=false", "core.fsmonitor=false", "commit.gpgSign=false"]
    {
        command.args(["-c", setting]);
    }
    command.args(arguments).stdin(Stdio::null());
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err("git isn't installed, and the course works without it.".to_owned())
        }
        Err(error) => Err(format!("git can't be started ({error}).")),
    }
}
