//! The input on its way to the client: read ahead a little, and passed on line by line.

use super::Event;
use std::collections::VecDeque;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::process::ChildStdin;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel};
use std::thread;
use std::time::Instant;

/// Bytes of input that are handled at once; a longer line is passed on in parts.
const CHUNK: usize = 1 << 20;

/// Lines of input that are read before the client has taken them.
const READ_AHEAD: usize = 2;

/// A line of input with its line end, or a part of a very long one. No bytes at all are the end.
pub struct Line {
    pub bytes: Vec<u8>,
    pub is_whole: bool,
}

#[derive(Default)]
pub struct Input {
    /// Whether we show it, because no terminal does.
    pub echo: bool,
    /// Whether lines wait for prompts, so that they can be shown behind them.
    pub paced: bool,
    pub waiting: VecDeque<Line>,
    /// When the next line is passed on even without a prompt.
    pub deadline: Option<Instant>,
    /// To the thread that writes; dropping it closes the client's standard input.
    to_client: Option<Sender<Vec<u8>>>,
}

impl Input {
    /// Begins to read our standard input, for a client that reads its own.
    pub fn start(stdin: ChildStdin, events: SyncSender<Event>) -> Self {
        let terminal_echoes = io::stdin().is_terminal() && io::stdout().is_terminal();
        let (to_client, lines) = channel();
        let (taken, buffers) = channel();
        for _ in 0..READ_AHEAD {
            // The other end is still here.
            let _ = taken.send(Vec::new());
        }
        thread::spawn(move || write_lines(stdin, &lines, &taken));
        thread::spawn(move || read_lines(&events, &buffers));
        Self {
            echo: !terminal_echoes,
            paced: !terminal_echoes,
            to_client: Some(to_client),
            ..Self::default()
        }
    }

    pub fn pass_on(&mut self, line: Line) {
        if line.bytes.is_empty() {
            self.to_client = None;
        } else if let Some(to_client) = &self.to_client {
            // An error means that the client has ended, which is an event of its own.
            let _ = to_client.send(line.bytes);
        }
    }
}

/// Reads our standard input, never more than a few lines ahead of the client: there are only so
/// many buffers, and one comes back when the client has taken its line.
fn read_lines(events: &SyncSender<Event>, buffers: &Receiver<Vec<u8>>) {
    let mut stdin = io::stdin().lock();
    for mut bytes in buffers {
        bytes.clear();
        let result = (&mut stdin).take(CHUNK as u64).read_until(b'\n', &mut bytes);
        if result.is_err() {
            bytes.clear();
        }
        let is_end = bytes.is_empty();
        let is_whole = bytes.ends_with(b"\n") || bytes.len() < CHUNK;
        if events.send(Event::Typed(Line { bytes, is_whole })).is_err() || is_end {
            return;
        }
    }
}

/// Writes lines to the client until it has ended, or until there are no more.
fn write_lines(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>, taken: &Sender<Vec<u8>>) {
    for line in lines {
        if stdin.write_all(&line).is_err() || taken.send(line).is_err() {
            return;
        }
    }
}
