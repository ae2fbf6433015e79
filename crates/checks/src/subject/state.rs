//! What is known of a program, as it becomes known: what it has written, and how it has ended.

use crate::bytes::find;
use crate::cause::{self, Cause};
use crate::diagnosis::Seen;
use crate::failure::{Checked, require};
use base::text::{cut, line as printable, shortened as visible};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// How a program ended, for the report; it is filled in as things happen.
#[derive(Clone)]
pub struct Ending(Arc<State>);

/// A program that has ended by itself.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

#[derive(Default)]
pub struct State {
    pub streams: Mutex<Streams>,
    pub changed: Condvar,
}

#[derive(Default)]
pub struct Streams {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// How many of the two have come to their end.
    pub ended: u8,
    pub status: Option<ExitStatus>,
    /// How long it had to wait for a processor, if it ran until we stopped it and the system tells.
    pub waited: Option<Duration>,
    /// From here on an end is our doing.
    pub is_over: bool,
}

impl Streams {
    pub fn is_complete(&self) -> bool {
        self.status.is_some() && self.ended == 2
    }

    pub fn seen(&self) -> Seen<'_> {
        Seen { stdout: &self.stdout, stderr: &self.stderr, status: self.status }
    }
}

impl State {
    pub fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn change(&self, change: impl FnOnce(&mut Streams)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until `is_done`, or until that time has passed.
    pub fn wait(
        &self,
        time: Duration,
        is_done: impl Fn(&Streams) -> bool,
    ) -> MutexGuard<'_, Streams> {
        let result =
            self.changed.wait_timeout_while(self.lock(), time, |streams| !is_done(streams));
        result.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// What is kept of a stream. The rest is read and thrown away, so that nothing grows for ever.
const KEPT: usize = 1 << 20;

pub fn feed(mut pipe: ChildStdin, input: mpsc::Receiver<Vec<u8>>) {
    for bytes in input {
        if pipe.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// Reads a stream to its end, and keeps its beginning.
pub fn collect(
    state: &Arc<State>,
    pipe: Option<impl Read + Send + 'static>,
    stream: fn(&mut Streams) -> &mut Vec<u8>,
) {
    let state = Arc::clone(state);
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        if let Some(mut pipe) = pipe {
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                state.change(|streams| {
                    // What it says when we stop it is no news.
                    if streams.is_over {
                        return;
                    }
                    let kept = stream(streams);
                    let room = KEPT.saturating_sub(kept.len()).min(length);
                    kept.extend_from_slice(&buffer[..room]);
                });
            }
        }
        state.change(|streams| streams.ended += 1);
    });
}

pub fn await_end(state: &Arc<State>, mut child: Child) {
    let state = Arc::clone(state);
    thread::spawn(move || {
        let status = child.wait();
        state.change(|streams| {
            if !streams.is_over {
                streams.status = status.ok();
            }
        });
    });
}

impl Ended {
    /// Requires exit status 0.
    pub fn succeeded(&self, cause: &Cause) -> Checked {
        let (status, cause) = (self.status, cause.of_end(self.status));
        require(status.success(), format!("it ended with {status}, not with success"), &cause)
    }

    /// Whether it was a panic or a signal, which is never a right way to end.
    pub fn is_crash(&self) -> bool {
        // 101 is what a Rust program ends with when it has panicked.
        self.status.code() == Some(101) || cause::signal(self.status).is_some()
    }

    /// Requires an error of the program's own making: a status that isn't 0, neither a panic nor
    /// a signal, and a message on stderr that has `name` in it, if one is given.
    pub fn failed_properly(&self, name: &str, cause: &Cause) -> Checked {
        let (status, stderr) = (self.status, visible(&self.stderr));
        require(!status.success(), "it ended with success, where nothing could succeed", cause)?;
        let crash = Cause::NONE.of_end(status);
        require(!self.is_crash(), format!("it crashed: {status}"), &crash)?;
        require(!self.stderr.is_empty(), "it said nothing on stderr", cause)?;
        let is_named = find(&self.stderr, name.as_bytes());
        require(is_named, format!("its message doesn't name `{name}`: {stderr}"), cause)
    }
}

impl Ending {
    pub fn of(state: &Arc<State>) -> Self {
        Self(Arc::clone(state))
    }

    /// How it ended, unless that was our doing.
    pub fn status(&self) -> Option<ExitStatus> {
        self.0.lock().status
    }

    /// How long it had to wait for a processor, if it ran until we stopped it and the system tells.
    pub fn waited(&self) -> Option<Duration> {
        self.0.lock().waited
    }

    /// The last lines that it wrote to stderr, at most `count`.
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let streams = self.0.lock();
        let text = String::from_utf8_lossy(&streams.stderr);
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.len().saturating_sub(count);
        lines.into_iter().skip(first).map(|line| printable(&cut(line))).collect()
    }

    /// The hint of a gap that is still open, if it ended because of one.
    pub fn open_gap(&self) -> Option<String> {
        const TODO: &str = "not yet implemented: ";
        let streams = self.0.lock();
        let text = String::from_utf8_lossy(&streams.stderr);
        let crashed = streams.status.is_some_and(|status| status.code() == Some(101));
        let (_, hint) = text.split_once(TODO).filter(|_| crashed)?;
        Some(printable(&cut(hint.lines().next().unwrap_or(""))))
    }
}
