//! Programs to be confined, and what they do.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

pub const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of a test, in which `scratch` is there to be written into.
pub struct Stage {
    folder: TempDir,
}

impl Stage {
    pub fn new() -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::create_dir(folder.path().join("scratch")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a program prints, with no options but that it may write into `scratch`.
    pub fn prints(&self, program: &str, words: &[&str]) -> String {
        let scratch = self.path("scratch");
        prints(confined(&["--writable", scratch.to_str().unwrap()], program, words))
    }
}

pub const CONFINE: &str = env!("CARGO_BIN_EXE_confine");

/// `confine`, with options and a program of ours.
pub fn confined(options: &[&str], name: &str, words: &[&str]) -> Command {
    let mut command = Command::new(CONFINE);
    command.args(options).arg("--").arg(program(name)).args(words);
    command
}

/// A program of ours. All are compiled once, before any is started.
///
/// Tests must not copy programs: while a file is being written, another test may start a process,
/// which has that file open for a moment, and nobody can run it then.
pub fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("confine");
        fs::create_dir_all(&folder).unwrap();
        for name in ["calls", "honest", "greedy"] {
            compile(name, &folder);
        }
        folder
    });
    folder.join(name)
}

pub fn source(program: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/confine/programs");
    tests.join(program).with_extension("rs")
}

fn compile(name: &str, folder: &Path) {
    // Another test may just be starting what was compiled before.
    let new = folder.join(format!("{name}-{}", std::process::id()));
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "-O", "-o"]).arg(&new).arg(source(name));
    let output = output(rustc, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::rename(new, folder.join(name)).unwrap();
}

/// Runs a command to its end.
pub fn output(command: Command, input: &str) -> Output {
    let mut command = assert_cmd::Command::from_std(command);
    // Panics would print much more with it.
    command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
    command.timeout(PATIENCE).write_stdin(input).output().unwrap()
}

/// What a command prints that succeeds.
pub fn prints(command: Command) -> String {
    let output = output(command, "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The signal that ends a command.
pub fn signal(command: Command) -> Option<i32> {
    output(command, "").status.signal()
}

pub fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Where a program is, if it is installed.
pub fn find(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|folder| folder.join(program.as_ref()));
    places.find(|place| place.is_file())
}
