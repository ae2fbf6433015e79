//! Runs a command of the prose as its reader would, but for the terminal.

use anyhow::{Context, Result};
use base::lessons;
use base::programs::Keeper;
use std::env;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::process::{self, Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Within it a command has ended; it may have to compile something first.
const DEADLINE: Duration = Duration::from_secs(60);

/// Variables that a reader may have, but that would change what is printed.
const UNSET: [&str; 5] =
    ["RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS"];

/// Returns what `cargo …` prints to stdout and to stderr, in one text.
pub fn output_of(words: &[String], input: &str) -> Result<String, String> {
    let name = words.join(" ");
    let (output, in_time) = run(words, input).map_err(|error| {
        format!("`{name}` doesn't run: {error:#}; does it, and `cargo --version`, by hand?")
    })?;
    if in_time {
        return Ok(output);
    }
    let seconds = DEADLINE.as_secs();
    Err(format!("`{name}` hasn't ended within {seconds} s; run it by hand. It printed:\n{output}"))
}

/// Returns the output, and whether the command has ended by itself.
fn run(words: &[String], input: &str) -> Result<(String, bool)> {
    let mut keeper = Keeper::start()?;
    let mut printed = unnamed_file().context("there is no place for its output")?;
    let child = start(words, &mut keeper, &printed);
    let mut child = child.context("it can't be started")?;
    let ended = Arc::new(AtomicBool::new(false));
    let watch = watch(keeper, Arc::clone(&ended));
    // A program may end before it has read everything; the rest is of no use then.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let end = child.wait();
    ended.store(true, Ordering::Release);
    watch.thread().unpark();
    let in_time = watch.join().unwrap_or_default();
    end.context("its end can't be awaited")?;
    let output = content(&mut printed).context("its output can't be read")?;
    Ok((String::from_utf8_lossy(&output).into_owned(), in_time))
}

fn start(words: &[String], keeper: &mut Keeper, output: &File) -> Result<Child> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(words.get(1..).unwrap_or_default()).current_dir(lessons::root());
    // One file for both streams, as one terminal shows both, keeps their order.
    command.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never");
    // The prose shows what is drawn with Unicode, in lines of the usual length.
    command.env("LC_ALL", "C.UTF-8");
    for name in UNSET {
        command.env_remove(name);
    }
    Ok(keeper.spawn(&mut command)?)
}

/// A file that is gone when the last of its handles is.
fn unnamed_file() -> io::Result<File> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("course-output-{}-{count}", process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

fn content(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Ends all that the keeper keeps when the command has ended, or when its time is up;
/// says whether it has ended in time. Who awaits its end sees it then, in any case.
fn watch(keeper: Keeper, ended: Arc<AtomicBool>) -> JoinHandle<bool> {
    let deadline = Instant::now() + DEADLINE;
    thread::spawn(move || {
        let mut left = DEADLINE;
        while !ended.load(Ordering::Acquire) && !left.is_zero() {
            thread::park_timeout(left);
            left = deadline.saturating_duration_since(Instant::now());
        }
        let in_time = ended.load(Ordering::Acquire);
        drop(keeper);
        in_time
    })
}
