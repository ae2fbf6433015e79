//! A running lesson: its programs, what they write, and the input that the client is given.
//!
//! Threads wait for what can happen (a program writes, a program ends, a line is typed) and turn
//! it into events; the main thread takes one event at a time. So output is drained all the time,
//! nothing is polled, and one place decides.

use crate::screen::{Screen, Side, Speaker, Stream};
use anyhow::{Context, Result};
use keeper::Keeper;
use std::collections::VecDeque;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of output that are handled at once.
const OUTPUT_CHUNK: usize = 65_536;

/// Bytes of input that are handled at once; a longer line is passed on in parts.
const INPUT_CHUNK: usize = 1 << 20;

/// Lines of input that are read before the client has taken them.
const READ_AHEAD: usize = 2;

/// Events that may wait. When more come, the programs wait, as they would for a slow terminal.
const QUEUE: usize = 64;

/// How long the client is given to show a prompt before its next line is passed on without one:
/// a prompt that ends its line can't be told from other output.
const PROMPT_PATIENCE: Duration = Duration::from_millis(100);

/// How long a line of the server is awaited that it need not say.
const LINE_PATIENCE: Duration = Duration::from_millis(200);

/// How long the output of an ended program may stay open: a child of its own may still hold it.
const OUTPUT_PATIENCE: Duration = Duration::from_secs(1);

/// A lesson while it runs.
pub struct Session {
    pub screen: Screen,
    pub server: Program,
    pub client: Program,
    input: Input,
    events: Receiver<Event>,
    sender: SyncSender<Event>,
}

/// What is known about one of the programs.
#[derive(Default)]
pub struct Program {
    /// Its process; 0 before it is started.
    pub pid: u32,
    /// How it ended, once it has.
    pub status: Option<ExitStatus>,
    /// Whether it has written to stdout since the client was given its newest line.
    pub has_spoken: bool,
    open_streams: u8,
    /// When its output counts as ended even if a child of its own still holds it open.
    output_deadline: Option<Instant>,
}

impl Program {
    /// Whether it has ended, and all of its output has been shown.
    pub fn is_done(&self) -> bool {
        self.status.is_some() && self.open_streams == 0
    }

    fn give_up_late_output(&mut self) {
        if has_passed(self.output_deadline) {
            self.output_deadline = None;
            self.open_streams = 0;
        }
    }
}

enum Event {
    Output(Speaker, Vec<u8>),
    OutputEnded(Side),
    Ended(Side, io::Result<ExitStatus>),
    Typed(Line),
}

/// A line of input with its line end, or a part of a very long one. No bytes at all are the end.
struct Line {
    bytes: Vec<u8>,
    is_whole: bool,
}

/// The input on its way to the client.
#[derive(Default)]
struct Input {
    /// Whether we show it, because no terminal does.
    echo: bool,
    /// Whether lines wait for prompts, so that they can be shown behind them.
    paced: bool,
    waiting: VecDeque<Line>,
    /// When the next line is passed on even without a prompt.
    deadline: Option<Instant>,
    /// To the thread that writes; dropping it closes the client's standard input.
    to_client: Option<Sender<Vec<u8>>>,
}

impl Session {
    pub fn new(screen: Screen) -> Self {
        let (sender, events) = sync_channel(QUEUE);
        let (server, client) = (Program::default(), Program::default());
        Self { screen, server, client, input: Input::default(), events, sender }
    }

    /// Starts the program that waits for the other one. It gets no input.
    pub fn start_server(&mut self, keeper: &mut Keeper, command: &mut Command) -> Result<()> {
        self.start(Side::Server, keeper, command.stdin(Stdio::null()))?;
        Ok(())
    }

    /// Starts the program that is given our input.
    pub fn start_client(&mut self, keeper: &mut Keeper, command: &mut Command) -> Result<()> {
        let stdin = self.start(Side::Client, keeper, command.stdin(Stdio::piped()))?;
        let stdin = stdin.context("the program was started without its standard input")?;
        let terminal_echoes = io::stdin().is_terminal() && io::stdout().is_terminal();
        self.input.echo = !terminal_echoes;
        self.input.paced = !terminal_echoes;
        let (to_client, lines) = channel();
        self.input.to_client = Some(to_client);
        let (taken, may_read) = channel();
        for () in [(); READ_AHEAD] {
            taken.send(())?;
        }
        thread::spawn(move || write_lines(stdin, &lines, &taken));
        let sender = self.sender.clone();
        thread::spawn(move || read_lines(&sender, &may_read));
        Ok(())
    }

    /// Waits until something has happened, or until `deadline`.
    pub fn wait(&mut self, deadline: Option<Instant>) -> Result<()> {
        let deadlines = [
            deadline,
            self.input.deadline,
            self.server.output_deadline,
            self.client.output_deadline,
        ];
        let event = match deadlines.into_iter().flatten().min() {
            None => self.events.recv().ok(),
            Some(deadline) => {
                self.events.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
            }
        };
        if let Some(event) = event {
            self.handle(event)?;
        }
        self.server.give_up_late_output();
        self.client.give_up_late_output();
        self.pass_on_input()
    }

    /// Waits until the server has said something since the client was given its newest line; not
    /// for long, since it needn't. A line that it says about itself then stands before the
    /// client's next prompt, and not in it.
    pub fn wait_for_the_servers_line(&mut self) -> Result<()> {
        let deadline = Instant::now() + LINE_PATIENCE;
        while !self.server.has_spoken && !self.server.is_done() && Instant::now() < deadline {
            self.wait(Some(deadline))?;
        }
        Ok(())
    }

    fn program(&mut self, side: Side) -> &mut Program {
        match side {
            Side::Server => &mut self.server,
            Side::Client => &mut self.client,
        }
    }

    fn start(
        &mut self,
        side: Side,
        keeper: &mut Keeper,
        command: &mut Command,
    ) -> Result<Option<ChildStdin>> {
        let mut child = keeper
            .spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        if let Some(stdout) = child.stdout.take() {
            self.drain((side, Stream::Stdout), stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            self.drain((side, Stream::Stderr), stderr);
        }
        self.program(side).pid = child.id();
        let stdin = child.stdin.take();
        let sender = self.sender.clone();
        thread::spawn(move || sender.send(Event::Ended(side, child.wait())));
        Ok(stdin)
    }

    /// Turns all that a program writes into events.
    fn drain(&mut self, speaker: Speaker, mut output: impl Read + Send + 'static) {
        self.program(speaker.0).open_streams += 1;
        let sender = self.sender.clone();
        thread::spawn(move || {
            let mut buffer = vec![0; OUTPUT_CHUNK];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if sender.send(Event::Output(speaker, bytes)).is_err() {
                    return;
                }
            }
            let _ = sender.send(Event::OutputEnded(speaker.0));
        });
    }

    fn handle(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Output(speaker, bytes) => {
                self.program(speaker.0).has_spoken |= speaker.1 == Stream::Stdout;
                self.screen.show(speaker, &bytes)?;
            }
            Event::OutputEnded(side) => {
                let program = self.program(side);
                program.open_streams = program.open_streams.saturating_sub(1);
                if program.open_streams == 0 {
                    program.output_deadline = None;
                }
            }
            Event::Ended(side, status) => {
                let program = self.program(side);
                program.status = Some(status.context("cannot learn how a program ended")?);
                if program.open_streams > 0 {
                    program.output_deadline = Some(Instant::now() + OUTPUT_PATIENCE);
                }
            }
            Event::Typed(line) => self.input.waiting.push_back(line),
        }
        Ok(())
    }

    /// Gives the client the lines whose time has come.
    fn pass_on_input(&mut self) -> Result<()> {
        while let Some(line) = self.input.waiting.pop_front() {
            if !self.input.echo {
                self.show_typed(&line)?;
            } else if self.screen.shows_prompt() {
                self.screen.echo(&line.bytes, line.is_whole)?;
            } else if self.input.paced && !has_passed(self.input.deadline) {
                self.input.deadline.get_or_insert_with(|| Instant::now() + PROMPT_PATIENCE);
                self.input.waiting.push_front(line);
                return Ok(());
            } else {
                self.input.paced = false;
            }
            self.input.deadline = None;
            self.input.pass_on(line);
            self.server.has_spoken = false;
        }
        Ok(())
    }

    /// The terminal has shown the line itself, but not a line end that wasn't typed.
    fn show_typed(&mut self, line: &Line) -> Result<()> {
        if line.bytes.ends_with(b"\n") {
            self.screen.line_was_typed();
            return Ok(());
        }
        self.screen.close_line()
    }
}

impl Input {
    fn pass_on(&mut self, line: Line) {
        if line.bytes.is_empty() {
            self.to_client = None;
        } else if let Some(to_client) = &self.to_client {
            // An error means that the client has ended, which is an event of its own.
            let _ = to_client.send(line.bytes);
        }
    }
}

fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}

/// Reads our standard input, never more than a few lines ahead of the client.
fn read_lines(sender: &SyncSender<Event>, may_read: &Receiver<()>) {
    let mut stdin = io::stdin().lock();
    while may_read.recv().is_ok() {
        let mut bytes = Vec::new();
        let result = (&mut stdin).take(INPUT_CHUNK as u64).read_until(b'\n', &mut bytes);
        if result.is_err() {
            bytes.clear();
        }
        let is_end = bytes.is_empty();
        let is_whole = bytes.ends_with(b"\n") || bytes.len() < INPUT_CHUNK;
        if sender.send(Event::Typed(Line { bytes, is_whole })).is_err() || is_end {
            return;
        }
    }
}

/// Writes lines to the client until it has ended, or until there are no more.
fn write_lines(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>, taken: &Sender<()>) {
    for line in lines {
        if stdin.write_all(&line).is_err() || taken.send(()).is_err() {
            return;
        }
    }
}
