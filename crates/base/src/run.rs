//! Runs a program that may be hostile: until a deadline, with output that may be endless.

use crate::programs::Keeper;
use crate::threads::in_background;
use anyhow::{Context, Result};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a program has done.
#[derive(Debug)]
pub struct Finished {
    pub end: End,
    /// The beginning of each stream, as far as it was kept.
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// How a run was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It ended by itself.
    Ended(ExitStatus),
    /// Its time was up.
    OutOfTime,
    /// Whoever watched it has given it up.
    GivenUp,
}

/// How long output may take to end when all that could write has been killed.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How often a program is looked at, if somebody watches it.
const LOOK: Duration = Duration::from_millis(500);

/// Runs `command` with this input, for at most `whole`. It and all that it has started are gone when
/// this returns. Of each stream the first `kept` bytes are kept.
pub fn run_with_input(
    command: Command,
    input: Vec<u8>,
    whole: Duration,
    kept: usize,
) -> Result<Finished> {
    run_to_end(command, Some(input), whole, kept, |_| None::<fn() -> bool>)
}

/// The same without input, and watched: `watch` is given its process id, and what that returns
/// says from time to time whether it is to be given up.
pub fn run_watched<W: FnMut() -> bool>(
    command: Command,
    whole: Duration,
    kept: usize,
    watch: impl FnOnce(u32) -> Option<W>,
) -> Result<Finished> {
    run_to_end(command, None, whole, kept, watch)
}

fn run_to_end<W: FnMut() -> bool>(
    mut command: Command,
    input: Option<Vec<u8>>,
    whole: Duration,
    kept: usize,
    watch: impl FnOnce(u32) -> Option<W>,
) -> Result<Finished> {
    let deadline = Instant::now() + whole;
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut keeper = Keeper::start()?;
    let name = command.get_program().to_owned();
    let child = keeper.spawn(&mut command);
    let mut child =
        child.with_context(|| format!("cannot start {}", Path::new(&name).display()))?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        // A program may end before it has read everything.
        in_background(Box::new(move || drop(stdin.write_all(&input))));
    }
    let seen = Arc::new(Seen::default());
    read(child.stdout.take(), kept, &seen, |known, bytes| known.stdout = Some(bytes));
    read(child.stderr.take(), kept, &seen, |known, bytes| known.stderr = Some(bytes));
    let mut gives_up = watch(child.id());
    let told = Arc::clone(&seen);
    in_background(Box::new(move || {
        let status = child.wait();
        told.tell(|known| known.status = Some(status));
    }));
    let end = loop {
        let next = gives_up.as_ref().map_or(deadline, |_| deadline.min(Instant::now() + LOOK));
        if seen.wait(next) {
            let status = seen.known().status.take().context("a program has ended in no way")?;
            let status = status.context("cannot learn how a program has ended")?;
            return Ok(seen.finished(End::Ended(status)));
        }
        if Instant::now() >= deadline {
            break End::OutOfTime;
        }
        if gives_up.as_mut().is_some_and(|gives_up| gives_up()) {
            break End::GivenUp;
        }
    };
    drop(keeper);
    seen.wait(Instant::now() + LAST_WORDS);
    Ok(seen.finished(end))
}

/// What is known of a run so far. A channel would do as well, but takes long to compile.
#[derive(Default)]
struct Seen {
    known: Mutex<Known>,
    news: Condvar,
}

#[derive(Default)]
struct Known {
    status: Option<io::Result<ExitStatus>>,
    /// What was kept of the streams, when they have ended.
    stdout: Option<Vec<u8>>,
    stderr: Option<Vec<u8>>,
}

impl Seen {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, note: impl FnOnce(&mut Known)) {
        note(&mut self.known());
        self.news.notify_all();
    }

    /// Waits until the program has ended, and both streams have; says whether they have by then.
    fn wait(&self, deadline: Instant) -> bool {
        let mut known = self.known();
        loop {
            if known.status.is_some() && known.stdout.is_some() && known.stderr.is_some() {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.news.wait_timeout(known, left);
            known = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A stream that hasn't ended has nothing to show.
    fn finished(&self, end: End) -> Finished {
        let mut known = self.known();
        let stdout = known.stdout.take().unwrap_or_default();
        Finished { end, stdout, stderr: known.stderr.take().unwrap_or_default() }
    }
}

/// Reads a stream to its end, and notes its beginning.
fn read(
    pipe: Option<impl Read + Send + 'static>,
    kept: usize,
    seen: &Arc<Seen>,
    note: fn(&mut Known, Vec<u8>),
) {
    let seen = Arc::clone(seen);
    in_background(Box::new(move || {
        let (mut beginning, mut buffer) = (Vec::new(), vec![0; 65_536]);
        if let Some(mut pipe) = pipe {
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                let room = kept.saturating_sub(beginning.len()).min(length);
                beginning.extend_from_slice(&buffer[..room]);
            }
        }
        seen.tell(|known| note(known, beginning));
    }));
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script]);
        shell
    }

    #[test]
    fn the_beginning_of_both_streams_is_kept() -> Result<()> {
        let script = "echo hello; echo error >&2; exit 3";
        let finished = run_with_input(shell(script), Vec::new(), Duration::from_secs(60), 4)?;
        assert_eq!((&*finished.stdout, &*finished.stderr), (&b"hell"[..], &b"erro"[..]));
        assert!(matches!(finished.end, End::Ended(status) if status.code() == Some(3)));
        Ok(())
    }

    #[test]
    fn input_is_read_as_far_as_it_is_wanted() -> Result<()> {
        let input = [b"hello\n".as_slice(), &[b'x'; 1 << 20]].concat();
        for (script, stdout) in [("cat", input.len()), ("read line; echo $line", 6), (":", 0)] {
            let finished =
                run_with_input(shell(script), input.clone(), Duration::from_secs(60), 1 << 21)?;
            assert_eq!(finished.stdout, input[..stdout]);
        }
        Ok(())
    }

    #[test]
    fn it_ends_with_its_time_and_with_the_patience_of_who_watches() -> Result<()> {
        let finished = run_with_input(
            shell("echo a; exec cat /dev/zero"),
            Vec::new(),
            Duration::from_millis(300),
            2,
        )?;
        assert_eq!((finished.end, &*finished.stdout), (End::OutOfTime, &b"a\n"[..]));
        let long = Duration::from_secs(60);
        let finished = run_watched(shell("sleep 60"), long, 0, |_| Some(|| true))?;
        assert_eq!(finished.end, End::GivenUp);
        Ok(())
    }
}
