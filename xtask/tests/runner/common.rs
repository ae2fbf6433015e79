//! What the tests of the runner share.

use anyhow::{Context, Result, ensure};
use std::env::{self, consts::EXE_SUFFIX};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The longest that anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A UDP port that no test and no system picks at the same time: it lies below the ports that
/// systems hand out by themselves, and its TCP twin is held as a lock.
pub struct Port {
    pub number: u16,
    _lock: TcpListener,
}

impl Port {
    pub fn take() -> Result<Self> {
        for number in 11_000..19_000 {
            if let Ok(lock) = TcpListener::bind(("127.0.0.1", number))
                && UdpSocket::bind(("0.0.0.0", number)).is_ok()
            {
                return Ok(Self { number, _lock: lock });
            }
        }
        anyhow::bail!("no port between 11000 and 19000 is free")
    }

    pub fn is_free(&self) -> bool {
        UdpSocket::bind(("0.0.0.0", self.number)).is_ok()
    }
}

/// The runner, as cargo starts it.
pub fn xtask() -> Command {
    plain(Path::new(env!("CARGO_BIN_EXE_xtask")))
}

/// A folder with the runner among programs that misbehave; it lasts as long as the value.
pub struct Fixture {
    directory: PathBuf,
}

impl Fixture {
    /// They are links, not copies: a file that has just been written may still be busy.
    pub fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let unique = format!("runner-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let fixture = Self { directory: Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique) };
        fs::create_dir_all(fixture.program("")).context("cannot make a folder")?;
        let stand_in = compiled_fixture()?;
        for number in 1..=5 {
            fs::hard_link(&stand_in, fixture.program(&format!("lesson-{number}")))?;
        }
        fs::hard_link(&stand_in, fixture.program("cargo"))?;
        fs::hard_link(env!("CARGO_BIN_EXE_xtask"), fixture.program("xtask"))?;
        Ok(fixture)
    }

    /// The runner; its programs behave as the word says.
    pub fn xtask(&self, behaviour: &str) -> Command {
        let mut command = plain(&self.program("xtask"));
        command.env("FIXTURE", behaviour).env("CARGO", self.program("cargo"));
        command
    }

    fn program(&self, name: &str) -> PathBuf {
        let suffix = if name.is_empty() { "" } else { EXE_SUFFIX };
        self.directory.join("debug").join(format!("{name}{suffix}"))
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn plain(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("NO_COLOR").env_remove("RUST_BACKTRACE").env("TERM", "xterm");
    command
}

/// The program behind the links, compiled unless that has been done since its source changed.
fn compiled_fixture() -> Result<PathBuf> {
    static COMPILING: Mutex<()> = Mutex::new(());
    let _only_one = COMPILING.lock();
    let source =
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/runner/fixtures/misbehaving_lesson.rs");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("misbehaving_lesson");
    let time = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    if time(&program).is_ok_and(|compiled| time(Path::new(source)).is_ok_and(|s| s < compiled)) {
        return Ok(program);
    }
    // Other test processes may do the same: a finished program takes its place in one step.
    let fresh = program.with_extension(process::id().to_string());
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(rustc).args(["--edition=2024", source, "-o"]).arg(&fresh).status()?;
    ensure!(status.success(), "the fixture doesn't compile");
    fs::rename(&fresh, &program)?;
    Ok(program)
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
