//! A running lesson: its programs, what they write, and the input that the client is given.
//!
//! Threads wait for what can happen (a program writes, a program ends, a line is typed, a datagram
//! comes to the link) and turn it into events; the main thread takes one event at a time. So output
//! is drained all the time, nothing is polled, and one place decides.

use crate::screen::{Screen, Side, Speaker, Stream};
use crate::wire::Wire;
use anyhow::{Context, Result};
use base::programs::Keeper;
use base::strays::Mark;
use base::threads::in_background;
use link::{Direction, Kind};
use std::collections::VecDeque;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
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

/// How long a server's line is awaited behind its reply; once for each line of the input, since
/// not every server says something.
const HELD_PATIENCE: Duration = Duration::from_millis(50);

/// Bytes of input that are handled at once; a longer line is passed on in parts.
const INPUT_CHUNK: usize = 1 << 20;

/// Lines of input that are read before the client has taken them.
const READ_AHEAD: usize = 2;

/// A lesson while it runs.
pub struct Session {
    pub screen: Screen,
    pub server: Running,
    pub client: Running,
    /// Whoever has left the group of the programs ends with this value.
    mark: Mark,
    input: Input,
    events: Receiver<Heard>,
    sender: SyncSender<Heard>,
    /// What stands between the programs. It must be dropped after the queue of events: only then
    /// do the link's threads never wait for room in there while we wait for their end.
    pub wire: Option<Wire>,
    held: Held,
}

enum Heard {
    Output(Speaker, Vec<u8>),
    OutputEnded(Side),
    Ended(Side, io::Result<ExitStatus>),
    Typed(Line),
    Wire(Box<link::Event>),
}

impl Session {
    pub fn new(screen: Screen, wire: Option<Wire>) -> Self {
        let (sender, events) = sync_channel(QUEUE);
        let (server, client) = (Running::default(), Running::default());
        let (mark, input, held) = (Mark::default(), Input::default(), Held::default());
        Self { screen, server, client, mark, input, events, sender, wire, held }
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
        let tell = move |event| drop(sender.send(Heard::Wire(Box::new(event))));
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

    fn program(&mut self, side: Side) -> &mut Running {
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
        self.mark.put_on(command);
        let mut child =
            keeper.spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped())).with_context(
                || format!("cannot start {}", Path::new(command.get_program()).display()),
            )?;
        if let Some(stdout) = child.stdout.take() {
            self.drain((side, Stream::Stdout), Box::new(stdout));
        }
        if let Some(stderr) = child.stderr.take() {
            self.drain((side, Stream::Stderr), Box::new(stderr));
        }
        self.program(side).pid = child.id();
        let stdin = child.stdin.take();
        let sender = self.sender.clone();
        in_background(Box::new(move || drop(sender.send(Heard::Ended(side, child.wait())))));
        Ok(stdin)
    }

    /// Turns all that a program writes into events.
    fn drain(&mut self, speaker: Speaker, mut output: Box<dyn Read + Send>) {
        self.program(speaker.0).open_streams += 1;
        let sender = self.sender.clone();
        in_background(Box::new(move || {
            let mut buffer = vec![0; OUTPUT_CHUNK];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                let bytes = buffer[..length].to_vec();
                if sender.send(Heard::Output(speaker, bytes)).is_err() {
                    return;
                }
            }
            let _ = sender.send(Heard::OutputEnded(speaker.0));
        }));
    }

    /// Takes an event as soon as it is known. It may be too early to show it.
    fn take(&mut self, event: Heard) -> Result<()> {
        if let (Heard::Wire(event), Some(wire)) = (&event, &mut self.wire) {
            wire.note(event)?;
        }
        if Held::lets_pass(&event) {
            return self.handle(event);
        }
        self.held.add(event);
        Ok(())
    }

    fn handle(&mut self, event: Heard) -> Result<()> {
        match event {
            Heard::Output(speaker, bytes) => {
                self.program(speaker.0).has_spoken |= speaker.1 == Stream::Stdout;
                self.screen.show(speaker, &bytes)?;
            }
            Heard::OutputEnded(side) => {
                let program = self.program(side);
                program.open_streams = program.open_streams.saturating_sub(1);
                if program.open_streams == 0 {
                    program.output_deadline = None;
                }
            }
            Heard::Ended(side, status) => {
                let program = self.program(side);
                program.status = Some(status.context("cannot learn how a program ended")?);
                if program.open_streams > 0 {
                    program.output_deadline = Some(Instant::now() + OUTPUT_PATIENCE);
                }
            }
            Heard::Typed(line) => self.input.waiting.push_back(line),
            Heard::Wire(event) => {
                let wire = self.wire.as_mut().context("a datagram has come to no link")?;
                self.screen.show_wire(&wire.lines(&event))?;
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

/// What is known about one of the programs.
#[derive(Default)]
pub struct Running {
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

impl Running {
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

fn has_passed(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}

/// What waits until the server has said what it says about a request.
///
/// A server's line, its reply at the link, and what the client makes of that reach us on three
/// ways. The first may come last, and to show it last would tell the wrong story.
#[derive(Default)]
struct Held {
    events: VecDeque<Heard>,
    deadline: Option<Instant>,
}

impl Held {
    /// Whether an event never waits: what the others wait for, and input.
    fn lets_pass(event: &Heard) -> bool {
        match event {
            Heard::Output((side, _), _) | Heard::OutputEnded(side) | Heard::Ended(side, _) => {
                *side == Side::Server
            }
            Heard::Typed(_) => true,
            Heard::Wire(_) => false,
        }
    }

    fn add(&mut self, event: Heard) {
        self.events.push_back(event);
    }

    /// The next event, if its time has come.
    fn next(&mut self, server: &Running) -> Option<Heard> {
        let is_early = !server.has_spoken && !server.is_done() && self.events.len() < QUEUE;
        if is_early && self.events.front().is_some_and(is_reply) {
            let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + HELD_PATIENCE);
            if deadline > Instant::now() {
                return None;
            }
        }
        self.take()
    }

    /// The next event, even if it is early.
    fn take(&mut self) -> Option<Heard> {
        self.events.pop_front()
    }

    /// When the next event's time has come in any case.
    fn deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.events.is_empty())
    }

    /// Begins to wait anew, for what the server says about the next line.
    fn line_was_typed(&mut self) {
        self.deadline = None;
    }
}

fn is_reply(event: &Heard) -> bool {
    match event {
        Heard::Wire(event) => event.direction == Direction::Reply && event.kind == Kind::Arrived,
        _ => false,
    }
}

/// A line of input with its line end, or a part of a very long one. No bytes at all are the end.
struct Line {
    bytes: Vec<u8>,
    is_whole: bool,
}

/// The input on its way to the client: read ahead a little, and passed on line by line.
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

impl Input {
    /// Begins to read our standard input, for a client that reads its own.
    fn start(stdin: ChildStdin, events: SyncSender<Heard>) -> Self {
        let terminal_echoes = io::stdin().is_terminal() && io::stdout().is_terminal();
        let (to_client, lines) = channel();
        let (taken, buffers) = channel();
        for _ in 0..READ_AHEAD {
            // The other end is still here.
            let _ = taken.send(Vec::new());
        }
        in_background(Box::new(move || write_lines(stdin, &lines, &taken)));
        in_background(Box::new(move || read_lines(&events, &buffers)));
        Self {
            echo: !terminal_echoes,
            paced: !terminal_echoes,
            to_client: Some(to_client),
            ..Self::default()
        }
    }

    fn pass_on(&mut self, line: Line) {
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
fn read_lines(events: &SyncSender<Heard>, buffers: &Receiver<Vec<u8>>) {
    let mut stdin = io::stdin().lock();
    for mut bytes in buffers {
        bytes.clear();
        let result = (&mut stdin).take(INPUT_CHUNK as u64).read_until(b'\n', &mut bytes);
        if result.is_err() {
            bytes.clear();
        }
        let is_end = bytes.is_empty();
        let is_whole = bytes.ends_with(b"\n") || bytes.len() < INPUT_CHUNK;
        if events.send(Heard::Typed(Line { bytes, is_whole })).is_err() || is_end {
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

#[cfg(test)]
mod tests {
    use super::*;
    use link::{Fate, Route};

    fn wire(direction: Direction) -> Heard {
        let any = "127.0.0.1:1".parse().unwrap();
        Heard::Wire(Box::new(link::Event {
            time: Duration::ZERO,
            kind: Kind::Arrived,
            direction,
            number: 1,
            route: Route { client: any, link: any, upstream: any, server: any },
            payload: Vec::new(),
            fate: Fate::PASS,
        }))
    }

    fn held() -> Held {
        let mut held = Held::default();
        held.add(wire(Direction::Request));
        held.add(wire(Direction::Reply));
        held.add(Heard::Output((Side::Client, Stream::Stdout), Vec::new()));
        held.add(wire(Direction::Request));
        held
    }

    fn count(held: &mut Held, server: &Running) -> usize {
        std::iter::from_fn(|| held.next(server)).count()
    }

    #[test]
    fn a_reply_and_all_behind_it_wait_for_the_server() {
        let mut held = held();
        let mut server = Running::default();
        assert_eq!(count(&mut held, &server), 1);
        assert_eq!(count(&mut held, &server), 0);
        assert!(held.deadline().is_some());
        server.has_spoken = true;
        assert_eq!(count(&mut held, &server), 3);
        assert!(held.deadline().is_none());
    }

    #[test]
    fn a_silent_server_is_awaited_once_for_each_line() {
        let mut held = held();
        let server = Running::default();
        held.deadline = Some(Instant::now());
        assert_eq!(count(&mut held, &server), 4);
        held.add(wire(Direction::Reply));
        assert_eq!(count(&mut held, &server), 1);
        held.line_was_typed();
        held.add(wire(Direction::Reply));
        assert_eq!(count(&mut held, &server), 0);
    }
}
