//! A running program, with pipes in place of its terminal.

use crate::{DEADLINE, visible};
use anyhow::{Context, Error, Result, anyhow};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

/// A command that runs the program at `path`, in an environment that keeps failures short:
/// without `RUST_BACKTRACE`, and with a resolver that soon gives up where there is no network.
pub fn command(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    command.env_remove("RUST_BACKTRACE").env("RES_OPTIONS", "timeout:1 attempts:1");
    command
}

/// A program under test. Dropping it kills it, if it still runs, and waits for its end.
///
/// Its stdin stays open until [`Program::close_stdin`]. What it writes is collected all the
/// time, so a full pipe never stops it.
pub struct Program {
    name: String,
    child: Child,
    stdin: Option<mpsc::Sender<Vec<u8>>>,
    written: Arc<Written>,
}

impl Program {
    /// Starts the program at `path`, as [`command`] makes it.
    pub fn spawn<A: AsRef<OsStr>>(
        path: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        Self::start(command(path).args(args).stdout(Stdio::piped()))
    }

    /// Starts the program at `path` as [`Program::spawn`] does, but nobody reads its stdout:
    /// it is a pipe that is closed at the other end, where every write fails.
    pub fn spawn_unheard<A: AsRef<OsStr>>(
        path: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = A>,
    ) -> Result<Self> {
        let (reader, writer) = os_pipe::pipe().context("cannot make a pipe")?;
        drop(reader);
        Self::start(command(path).args(args).stdout(writer))
    }

    fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let path = Path::new(command.get_program());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("cannot start `{name}`"))?;
        // From here on, whatever fails, there is a `Program` that will be dropped.
        let (stdin, input) = mpsc::channel();
        let mut program = Self { name, child, stdin: Some(stdin), written: Arc::default() };
        if let Some(pipe) = program.child.stdin.take() {
            thread::spawn(|| feed(pipe, input));
        }
        let (stdout, stderr) = (program.child.stdout.take(), program.child.stderr.take());
        let (out, err) = (Arc::clone(&program.written), Arc::clone(&program.written));
        thread::spawn(move || out.collect(stdout, |streams| &mut streams.stdout));
        thread::spawn(move || err.collect(stderr, |streams| &mut streams.stderr));
        Ok(program)
    }

    /// Passes `bytes` to the program's stdin and returns at once, even if the program doesn't
    /// read. What a program didn't read before its end is lost.
    pub fn write(&self, bytes: impl Into<Vec<u8>>) {
        if let Some(stdin) = &self.stdin {
            // This fails after the program's end, which is for the exit status to explain.
            let _ = stdin.send(bytes.into());
        }
    }

    /// Types `line` and Enter; otherwise like [`Program::write`].
    pub fn write_line(&self, line: impl AsRef<[u8]>) {
        self.write([line.as_ref(), b"\n"].concat());
    }

    /// Ends the program's stdin, behind all that was written to it.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits until `enough` is true of all that the program has written to stdout since its
    /// start, and returns that. `what` says in the error what it was that didn't come.
    pub fn wait_for_stdout(&self, what: &str, enough: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>> {
        let streams = self.written.wait(|streams| enough(&streams.stdout) || streams.ended == 2);
        if enough(&streams.stdout) {
            return Ok(streams.stdout.clone());
        }
        Err(self.missing(what, &streams))
    }

    /// Waits for the first whole line on stdout, and returns it without its line end. `what`
    /// says in the error what it was that didn't come.
    pub fn first_line(&self, what: &str) -> Result<String> {
        let stdout = self.wait_for_stdout(what, |stdout| stdout.contains(&b'\n'))?;
        Ok(String::from_utf8_lossy(&stdout).lines().next().unwrap_or_default().to_owned())
    }

    /// Waits until the program has ended; returns its exit status, and all that it wrote.
    pub fn wait_for_exit(&mut self) -> Result<Output> {
        let deadline = Instant::now() + DEADLINE;
        let streams = self.written.wait(|streams| streams.ended == 2);
        // The end of its output is the event that wakes us. A process lets go of its pipes just
        // before its exit status is there, and std can't await that with a deadline.
        while streams.ended == 2 && Instant::now() < deadline {
            let status = self.child.try_wait().context("cannot ask for the exit status")?;
            if let Some(status) = status {
                let (stdout, stderr) = (streams.stdout.clone(), streams.stderr.clone());
                return Ok(Output { status, stdout, stderr });
            }
            thread::yield_now();
        }
        Err(self.missing("its end", &streams))
    }

    /// Whether the program hasn't ended yet.
    pub fn is_running(&mut self) -> Result<bool> {
        let status = self.child.try_wait().context("cannot ask whether the program still runs")?;
        Ok(status.is_none())
    }

    fn missing(&self, what: &str, streams: &Streams) -> Error {
        anyhow!(
            "waited for {what} of `{}`, but {}\n  stdout so far: {}\n  stderr so far: {}",
            self.name,
            if streams.ended == 2 { "its output has ended" } else { "time ran out" },
            visible(&streams.stdout),
            visible(&streams.stderr),
        )
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // These fail only if the program has ended before, and its end is all that we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the program has written, and a signal for each change.
#[derive(Default)]
struct Written {
    streams: Mutex<Streams>,
    changed: Condvar,
}

#[derive(Default)]
struct Streams {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// How many of the two have come to their end.
    ended: usize,
}

impl Written {
    /// Reads `pipe` to its end into `stream`. Without a pipe that is at once.
    fn collect(&self, pipe: Option<impl Read>, stream: fn(&mut Streams) -> &mut Vec<u8>) {
        if let Some(pipe) = pipe {
            let mut pipe = BufReader::new(pipe);
            loop {
                let length = match pipe.fill_buf() {
                    Ok([]) => break,
                    Ok(bytes) => {
                        self.change(|streams| stream(streams).extend_from_slice(bytes));
                        bytes.len()
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => 0,
                    Err(_) => break,
                };
                pipe.consume(length);
            }
        }
        self.change(|streams| streams.ended += 1);
    }

    fn change(&self, change: impl FnOnce(&mut Streams)) {
        change(&mut self.streams.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    /// Waits until `done`, or until the deadline has passed.
    fn wait(&self, done: impl Fn(&Streams) -> bool) -> MutexGuard<'_, Streams> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.changed.wait_timeout_while(streams, DEADLINE, |streams| !done(streams));
        result.unwrap_or_else(PoisonError::into_inner).0
    }
}

fn feed(mut pipe: ChildStdin, input: mpsc::Receiver<Vec<u8>>) {
    for bytes in input {
        if pipe.write_all(&bytes).is_err() {
            return;
        }
    }
}
