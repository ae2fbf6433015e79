//! The words of command lines that all jails have in common.

use crate::folders::Account;
use checks::check::Limits;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// A command line, or a part of it.
pub type Words = Vec<OsString>;

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

/// What a program has of its own. It can write nowhere, and has as many devices as it may
/// reasonably expect: `--dev` would cost each start of one a tenth of its time.
pub const PROGRAMS: &[&str] = &[
    "--proc",
    "/proc",
    "--dev-bind",
    "/dev/null",
    "/dev/null",
    "--dev-bind",
    "/dev/urandom",
    "/dev/urandom",
];

/// What the checks have beside that, which they hand on: a folder that the program's jail is built
/// in, and a right over their own network, for what is set up in it. With `--dev` it would be a right
/// over nothing: bubblewrap takes a second namespace of users for that.
pub const CHECKS: &[&str] = &["--dir", "/tmp", "--cap-add", "CAP_NET_ADMIN"];

/// A compiler has no device that it could read for ever, and writes only where its program goes.
pub const COMPILERS: &[&str] =
    &["--proc", "/proc", "--dev-bind", "/dev/null", "/dev/null", "--setenv", "TMPDIR", "/built"];

/// Where a prefix such as `/usr` has programs and libraries. What else is there is nobody's
/// business: submissions may be.
pub const INSTALLED: [&str; 5] = ["bin", "lib", "lib32", "lib64", "libexec"];

/// What the linker, the checks and a shell need.
pub const SYSTEM: &[&str] = &[
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
];

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

/// The options of `confine` for a program.
pub fn limits(limits: Limits) -> Words {
    let Limits { tasks, descriptors, memory, .. } = limits;
    let numbers = [("--tasks", tasks), ("--descriptors", descriptors), ("--memory", memory)];
    let words = numbers.map(|(option, number)| [option.into(), number.to_string().into()]);
    words.into_iter().flatten().collect()
}

pub fn bind(words: &mut Words, how: &str, outside: impl AsRef<OsStr>, inside: impl AsRef<OsStr>) {
    words.extend([how.into(), outside.as_ref().to_owned(), inside.as_ref().to_owned()]);
}

pub fn joined(parts: &[&OsStr]) -> OsString {
    parts.iter().copied().collect()
}
