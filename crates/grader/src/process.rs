//! Runs a program that may be hostile: until a deadline, with output that may be endless.

mod activity;

use activity::{Activity, LOOK};
use anyhow::{Context, Result};
use base::programs::Keeper;
use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// What a program has done.
pub struct Finished {
    /// None if a deadline passed first.
    pub status: Option<ExitStatus>,
    /// Whether it was the one for doing nothing.
    pub was_idle: bool,
    /// The beginning of each stream, as far as it was kept.
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// How long output may take to end when all that could write has been killed.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How long a program may run.
#[derive(Clone, Copy)]
pub struct Patience {
    pub whole: Duration,
    /// Without using a processor, or waiting for one; where the system doesn't tell, only the
    /// whole counts.
    pub idle: Option<Duration>,
}

/// Runs `command` without input, for as long as `patience` lasts. It and all that it has started are
/// gone when this returns. Of each stream the first `kept` bytes are kept.
pub fn run(mut command: Command, patience: Patience, kept: usize) -> Result<Finished> {
    let deadline = Instant::now() + patience.whole;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut keeper = Keeper::start()?;
    let name = command.get_program().to_owned();
    let child = keeper.spawn(&mut command);
    let mut child = child.with_context(|| format!("cannot start {}", name.display()))?;
    let (sender, events) = channel();
    read(Event::Stdout, child.stdout.take(), kept, sender.clone());
    read(Event::Stderr, child.stderr.take(), kept, sender.clone());
    let mut activity = Activity::of(child.id());
    thread::spawn(move || sender.send(Event::Ended(child.wait())));
    let mut finished =
        Finished { status: None, was_idle: false, stdout: Vec::new(), stderr: Vec::new() };
    let is_over = match patience.idle {
        Some(idle) => finished.wait_while_active(&events, deadline, &mut activity, idle)?,
        None => finished.wait(&events, deadline)?,
    };
    drop(keeper);
    if !is_over {
        finished.wait(&events, Instant::now() + LAST_WORDS)?;
        finished.status = None;
    }
    Ok(finished)
}

enum Event {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Ended(io::Result<ExitStatus>),
}

impl Finished {
    /// Waits until the program has ended, and both streams have; returns whether they have.
    fn wait(&mut self, events: &Receiver<Event>, deadline: Instant) -> Result<bool> {
        loop {
            match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::Stdout(bytes)) => self.stdout = bytes,
                Ok(Event::Stderr(bytes)) => self.stderr = bytes,
                Ok(Event::Ended(status)) => {
                    self.status = Some(status.context("cannot learn how a program has ended")?);
                }
                Err(RecvTimeoutError::Timeout) => return Ok(false),
                // All that could tell more has ended.
                Err(RecvTimeoutError::Disconnected) => return Ok(true),
            }
        }
    }
}

impl Finished {
    fn wait_while_active(
        &mut self,
        events: &Receiver<Event>,
        deadline: Instant,
        activity: &mut Activity,
        idle: Duration,
    ) -> Result<bool> {
        loop {
            let now = Instant::now();
            if self.wait(events, deadline.min(now + LOOK))? {
                return Ok(true);
            }
            self.was_idle = activity.idle() >= idle;
            if self.was_idle || Instant::now() >= deadline {
                return Ok(false);
            }
        }
    }
}

/// Reads a stream to its end, and sends its beginning.
fn read(
    event: fn(Vec<u8>) -> Event,
    pipe: Option<impl Read + Send + 'static>,
    kept: usize,
    sender: Sender<Event>,
) {
    thread::spawn(move || {
        let (mut beginning, mut buffer) = (Vec::new(), vec![0; 65_536]);
        if let Some(mut pipe) = pipe {
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                let room = kept.saturating_sub(beginning.len()).min(length);
                beginning.extend_from_slice(buffer.get(..room).unwrap_or_default());
            }
        }
        let _ = sender.send(event(beginning));
    });
}
