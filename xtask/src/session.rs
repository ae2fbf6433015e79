//! A running lesson: its programs, what they write, and the input that the client is given.
//!
//! Threads wait for what can happen (a program writes, a program ends, a line is typed, a datagram
//! comes to the link) and turn it into events; the main thread takes one event at a time. So output
//! is drained all the time, nothing is polled, and one place decides.

mod held;
mod input;
mod program;

use crate::screen::{Screen, Side, Speaker, Stream};
use crate::wire::Wire;
use anyhow::{Context, Result};
use base::programs::Keeper;
use held::Held;
use input::{Input, Line};
pub use program::Program;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of output that are handled at once.
const OUTPUT_CHUNK: usize = 65_536;

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
    /// What stands between the programs. It must be dropped after the queue of events: only then
    /// do the link's threads never wait for room in there while we wait for their end.
    pub wire: Option<Wire>,
    held: Held,
}

enum Event {
    Output(Speaker, Vec<u8>),
    OutputEnded(Side),
    Ended(Side, io::Result<ExitStatus>),
    Typed(Line),
    Wire(Box<link::Event>),
}

impl Session {
    pub fn new(screen: Screen, wire: Option<Wire>) -> Self {
        let (sender, events) = sync_channel(QUEUE);
        let (server, client) = (Program::default(), Program::default());
        let (input, held) = (Input::default(), Held::default());
        Self { screen, server, client, input, events, sender, wire, held }
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
        self.input = Input::start(stdin, self.sender.clone());
        Ok(())
    }

    /// Puts the link between the programs, if there is to be one; returns the address that the
    /// client must use then.
    pub fn start_link(&mut self, server: SocketAddr) -> Result<SocketAddr> {
        let Some(wire) = &mut self.wire else { return Ok(server) };
        let sender = self.sender.clone();
        // An error means that the session is over, and the link is about to be stopped.
        let tell = move |event| drop(sender.send(Event::Wire(Box::new(event))));
        let (address, introduction) = wire.start(server, tell)?;
        self.screen.show_wire(&introduction)?;
        Ok(address)
    }

    /// Waits until something has happened, or until `deadline`.
    pub fn wait(&mut self, deadline: Option<Instant>) -> Result<()> {
        let deadlines = [
            deadline,
            self.input.deadline,
            self.held.deadline(),
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
            self.take(event)?;
        }
        while let Some(event) = self.held.next(&self.server) {
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

    /// Waits until the link has seen a reply to each copy of a request; not for long, since not
    /// every server replies.
    pub fn wait_for_the_last_replies(&mut self) -> Result<()> {
        let deadline = Instant::now() + LINE_PATIENCE;
        let awaits = |wire: &Wire| wire.tally.awaits_replies();
        while self.wire.as_ref().is_some_and(awaits) && Instant::now() < deadline {
            self.wait(Some(deadline))?;
        }
        Ok(())
    }

    /// Shows what is left to be shown.
    pub fn finish(&mut self) -> Result<()> {
        while let Some(event) = self.held.take() {
            self.handle(event)?;
        }
        self.screen.close_line()
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
        let mut child =
            keeper.spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped())).with_context(
                || format!("cannot start {}", Path::new(command.get_program()).display()),
            )?;
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

    /// Takes an event as soon as it is known. It may be too early to show it.
    fn take(&mut self, event: Event) -> Result<()> {
        if let (Event::Wire(event), Some(wire)) = (&event, &mut self.wire) {
            wire.note(event)?;
        }
        if Held::lets_pass(&event) {
            return self.handle(event);
        }
        self.held.add(event);
        Ok(())
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
            Event::Wire(event) => {
                let lines = self.wire.as_mut().map(|wire| wire.lines(&event));
                self.screen.show_wire(&lines.unwrap_or_default())?;
            }
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
            } else if self.input.paced && self.may_prompt_still() {
                self.input.waiting.push_front(line);
                return Ok(());
            } else {
                self.input.paced = false;
            }
            self.input.deadline = None;
            self.input.pass_on(line);
            self.server.has_spoken = false;
            self.held.line_was_typed();
        }
        Ok(())
    }

    /// Whether the client has time left to show a prompt. While the link is keeping a datagram
    /// back, the client can't be expected to.
    fn may_prompt_still(&mut self) -> bool {
        let due = self.wire.as_ref().and_then(|wire| wire.tally.due);
        let ours = self.input.deadline.unwrap_or_else(|| Instant::now() + PROMPT_PATIENCE);
        let deadline = due.map_or(ours, |due| ours.max(due + PROMPT_PATIENCE));
        self.input.deadline = Some(deadline);
        deadline > Instant::now()
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
