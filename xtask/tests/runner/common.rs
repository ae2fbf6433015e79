//! What the tests of the runner share.

use anyhow::{Context, Result, ensure};
use base::lessons::{LESSONS, numbered};
use std::env::{self, consts::EXE_SUFFIX};
use std::io::{self, Write};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The longest that anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The same, where cargo may have to compile everything, on a computer that is busy besides.
pub const BUILD_PATIENCE: Duration = Duration::from_secs(600);

/// A UDP port that no test and no system picks at the same time: it lies below the ports that
/// systems hand out by themselves, and its TCP twin is held as a lock.
pub struct Port {
    pub number: u16,
    _lock: TcpListener,
}

impl Port {
    pub fn take() -> Result<Self> {
        for number in 11_000..19_000 {
            let Ok(lock) = TcpListener::bind(("127.0.0.1", number)) else { continue };
            if UdpSocket::bind(("0.0.0.0", number)).is_ok() {
                return Ok(Self { number, _lock: lock });
            }
        }
        anyhow::bail!("no port between 11000 and 19000 is free")
    }

    pub fn is_free(&self) -> bool {
        UdpSocket::bind(("0.0.0.0", self.number)).is_ok()
    }
}

/// The runner, as cargo starts it, with the lessons' programs built before.
pub fn xtask() -> Command {
    static BUILT: LazyLock<()> = LazyLock::new(build_lessons);
    LazyLock::force(&BUILT);
    plain(Path::new(env!("CARGO_BIN_EXE_xtask")))
}

/// Builds what `run` would build, so that cargo has nothing to say about it in a test. Should this
/// fail, the test says so.
fn build_lessons() {
    let folder = Path::new(env!("CARGO_BIN_EXE_xtask")).parent().and_then(Path::parent);
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--target-dir"]).args(folder).current_dir(ROOT);
    cargo.args(["--package", "checks"]);
    cargo.args(LESSONS.iter().flat_map(|lesson| ["--package".to_owned(), lesson.name()]));
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let _ = cargo.status();
}

/// Says on stderr that the test that calls this isn't run here, and why: its thread has its name.
/// Test harnesses hide what `eprintln!` prints; this they let through.
pub fn skip(why: &str) {
    let test = thread::current();
    let _ = writeln!(io::stderr(), "skipped: {}: {why}", test.name().unwrap_or("a test"));
}

/// The workspace.
pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A folder with the runner among programs that misbehave, and a tree of lessons without code; it
/// lasts as long as the value.
pub struct Fixture {
    pub directory: PathBuf,
}

impl Fixture {
    pub fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let unique = format!("runner-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let fixture = Self { directory: Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique) };
        fs::create_dir_all(fixture.program("")).context("cannot make a folder")?;
        let stand_in = compiled_fixture("misbehaving_lesson")?;
        for lesson in LESSONS {
            put(&stand_in, &fixture.program(&lesson.name()))?;
            let source = fixture.directory.join(lesson.source());
            fs::create_dir_all(source.with_file_name(""))?;
            fs::write(source, format!("// {}\n", lesson.slug))?;
        }
        put(&compiled_fixture("stand_in_checks")?, &fixture.program("checks"))?;
        put(&stand_in, &fixture.program("cargo"))?;
        put(Path::new(env!("CARGO_BIN_EXE_xtask")), &fixture.program("xtask"))?;
        Ok(fixture)
    }

    /// The runner; its programs behave as the word says.
    pub fn xtask(&self, behaviour: &str) -> Command {
        let mut command = plain(&self.program("xtask"));
        command.env("FIXTURE", behaviour).env("CARGO", self.program("cargo"));
        command.env("CARGO_MANIFEST_DIR", self.directory.join("xtask"));
        command
    }

    /// Makes it a student's workspace with these lessons, such as `2-3`.
    pub fn make_workspace(&self, lessons: &str) -> Result<()> {
        fs::create_dir_all(self.directory.join(".course"))?;
        let settings = format!("lessons {lessons}\ngraded no\n");
        Ok(fs::write(self.directory.join(".course/workspace"), settings)?)
    }

    /// Makes crates of lesson 3 and of the checks, which nobody has built yet, for the real cargo.
    pub fn make_crates(&self) -> Result<()> {
        let lesson = self.source(3).with_file_name("").with_file_name("");
        let checks = self.directory.join("crates/checks");
        let members =
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/lesson-3-*\", \"crates/checks\"]\n";
        fs::write(self.directory.join("Cargo.toml"), members)?;
        fs::create_dir_all(checks.join("src"))?;
        fs::copy(fixture_source("stand_in_checks"), checks.join("src/main.rs"))?;
        for (name, folder) in [("lesson-3", lesson), ("checks", checks)] {
            let package = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n");
            fs::write(folder.join("Cargo.toml"), package)?;
            fs::remove_file(self.program(name))?;
        }
        Ok(())
    }

    /// The runner, with the real cargo.
    pub fn xtask_with_cargo(&self) -> Command {
        let mut command = self.xtask("");
        command.env("CARGO", env!("CARGO"));
        command
    }

    /// Where the lesson's program would stand.
    pub fn source(&self, lesson: usize) -> PathBuf {
        self.directory.join(numbered(lesson).source())
    }

    pub fn program(&self, name: &str) -> PathBuf {
        let suffix = if name.is_empty() { "" } else { EXE_SUFFIX };
        self.directory.join("debug").join(format!("{name}{suffix}"))
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Puts a program somewhere else. On Unix that is a link: a file that has just been written may
/// still be busy. On Windows it is a copy: a link can't be removed while the program runs.
fn put(program: &Path, place: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return fs::copy(program, place).map(drop);
    }
    fs::hard_link(program, place)
}

fn plain(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("NO_COLOR").env_remove("RUST_BACKTRACE").env("TERM", "xterm");
    command.env_remove("COLUMNS").env("LC_ALL", "C.UTF-8");
    command
}

/// A program behind the links, compiled unless that has been done since its source changed.
fn compiled_fixture(name: &str) -> Result<PathBuf> {
    static COMPILING: Mutex<()> = Mutex::new(());
    let _only_one = COMPILING.lock();
    let source = fixture_source(name);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    if time(&program).is_ok_and(|compiled| time(&source).is_ok_and(|source| source < compiled)) {
        return Ok(program);
    }
    // Other test processes may do the same: a finished program takes its place in one step.
    let fresh = program.with_extension(process::id().to_string());
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status =
        Command::new(rustc).arg("--edition=2024").arg(source).arg("-o").arg(&fresh).status()?;
    ensure!(status.success(), "the fixture {name} doesn't compile");
    fs::rename(&fresh, &program)?;
    Ok(program)
}

/// Runs a command in a terminal of its own, and types `text` at its prompts, line by line; returns
/// all that the terminal shows, and the status behind it. `None` where there is no Python.
#[cfg(unix)]
pub fn in_a_terminal(prompt: &str, text: &str, command: &Command) -> Result<Option<String>> {
    let script = fixture_source("in_a_terminal").with_extension("py");
    if Command::new("python3").arg("--version").output().is_err() {
        skip("there is no python3, which makes a terminal");
        return Ok(None);
    }
    let mut python = Command::new("python3");
    python.arg(script).args([prompt, text]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => python.env(name, value),
            None => python.env_remove(name),
        };
    }
    let output = python.output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(Some(String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")))
}

pub fn fixture_source(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/runner/fixtures");
    Path::new(folder).join(format!("{name}.rs"))
}

/// The names of all running processes whose environment has this variable, which is empty.
#[cfg(target_os = "linux")]
pub fn processes_with(mark: &str) -> Vec<String> {
    let name = |entry: fs::DirEntry| {
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let mut variables = environment.split(|byte| *byte == 0);
        variables.find(|variable| variable.strip_suffix(b"=") == Some(mark.as_bytes()))?;
        Some(fs::read_to_string(entry.path().join("comm")).ok()?.trim_end().to_owned())
    };
    fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(name).collect()
}

/// Waits until `condition` holds. For what the system has no event for: other processes' ends.
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        ensure!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Waits until a program that was started has ended.
#[cfg(target_os = "linux")]
pub fn end_of(child: &mut process::Child) -> Result<process::ExitStatus> {
    let mut status = None;
    eventually("the program has ended", || {
        status = child.try_wait().ok().flatten();
        status.is_some()
    })?;
    status.context("it has no status")
}

/// Whether a signal does nothing to the programs that we start: what we ignore, as `nohup` has it,
/// they ignore, too.
#[cfg(target_os = "linux")]
pub fn is_ignored(signal: rustix::process::Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let is_ignored = mask >> (signal.as_raw() - 1) & 1 == 1;
    if is_ignored {
        skip(&format!("signal {} is ignored here", signal.as_raw()));
    }
    is_ignored
}
