//! The words of command lines that all jails have in common.

use crate::permissions::Account;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// A command line, or a part of it.
pub type Words = Vec<OsString>;

/// Bytes that fit into a jail's `/tmp`.
pub const SCRATCH: &str = "8388608";

/// A folder that every Linux has, and in which nobody keeps anything.
pub const PUBLIC: &str = "/mnt";

/// As root: the whole system as it is, but for `PUBLIC`; and the right to become another user.
pub const ROOT: &[&str] = &[
    "--die-with-parent",
    "--dev-bind",
    "/",
    "/",
    "--tmpfs",
    PUBLIC,
    "--cap-add",
    "CAP_SETUID",
    "--cap-add",
    "CAP_SETGID",
];

/// What all jails have in common.
pub const JAIL: &[&str] = &[
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
    "--clearenv",
    "--setenv",
    "PATH",
    "/usr/bin:/bin",
    "--setenv",
    "LANG",
    "C.UTF-8",
];

/// What a jail has of its own.
pub const OWN: &[&str] = &["--proc", "/proc", "--size", SCRATCH, "--tmpfs", "/tmp"];

pub const DEVICES: &[&str] = &["--dev", "/dev"];

/// As many as a program may reasonably expect. `--dev` would cost each start of one a tenth of its
/// time.
pub const FEW_DEVICES: &[&str] =
    &["--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"];

/// What the linker, the checks and a shell need.
pub const SYSTEM: &[&str] = &["/usr", "/bin", "/lib", "/lib32", "/lib64"];

/// One program, without anything that only a second build would need.
pub const RUSTC: &[&str] = &[
    "--edition",
    "2024",
    "--crate-name",
    "program",
    "--crate-type",
    "bin",
    "--emit",
    "link",
    "-C",
    "debuginfo=0",
    "-C",
    "strip=symbols",
    "-C",
    "codegen-units=1",
    "--cap-lints",
    "warn",
    "--error-format",
    "human",
    "--color",
    "never",
];

/// Root gives up its rights.
pub fn become_account(setpriv: &Path, account: Account) -> Words {
    let number = account.number().to_string();
    let options = ["--reuid", &number, "--regid", &number, "--clear-groups", "--"];
    [setpriv.into()].into_iter().chain(options.map(OsString::from)).collect()
}

pub fn bind(words: &mut Words, how: &str, outside: impl AsRef<OsStr>, inside: impl AsRef<OsStr>) {
    words.extend([how.into(), outside.as_ref().to_owned(), inside.as_ref().to_owned()]);
}

pub fn joined(parts: &[&OsStr]) -> OsString {
    parts.iter().copied().collect()
}
