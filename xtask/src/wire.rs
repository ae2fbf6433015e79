//! The wire between the programs of a pair, made visible: a link that stands between them, drawn
//! on the screen and written to files.
//!
//! # Layout
//!
//! - this file: the link, what it has done in numbers, and the files that are written
//! - [`diagram`]: one datagram as a line of text
//! - [`options`]: what is asked for on the command line

pub mod diagram;
pub mod options;

use crate::build;
use crate::screen::Screen;
use anyhow::{Context, Result, bail};
use base::run::{End, run_with_input};
use base::terminal::{self, Charset, Style};
use base::usage::UsageError;
use diagram::Diagram;
use link::pcap::Capture;
use link::words::Names;
use link::{Bounds, Direction, Event, Faults, Kind, Link, json};
use options::Options;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

/// Events whose payloads are kept for the picture; it shows far fewer.
const PAYLOADS: usize = 1_000;

/// How long drawing may take, of a run that took hours; and how large a picture can't become.
const DRAWING: Duration = Duration::from_secs(60);
const LARGEST_PICTURE: usize = 1 << 26;

/// A link, and what is known of it. Before it is dropped, its observer must have become unable to
/// wait.
pub struct Wire {
    pub tally: Tally,
    /// How many characters a line of ours may have.
    room: usize,
    diagram: Diagram,
    names: Names<'static>,
    /// Whether the server ends by itself. That its port is free then is no news.
    is_one_shot: bool,
    has_head: bool,
    faults: Faults,
    files: Files,
    link: Option<Link>,
}

impl Wire {
    /// Makes sure that the files that are asked for can be written. The link is started later.
    pub fn new(
        options: &Options,
        screen: &Screen,
        names: Names<'static>,
        is_one_shot: bool,
    ) -> Result<Self> {
        let (room, charset, style) = (screen.room(), Charset::of_locale(), Style::of_stdout());
        Ok(Self {
            tally: Tally::default(),
            room,
            diagram: Diagram::new(room, charset, style, names),
            names,
            is_one_shot,
            has_head: false,
            faults: options.faults(),
            files: Files::new(options)?,
            link: None,
        })
    }

    /// Starts the link; `tell` is given all that happens there. Returns the address that the
    /// client must use, and lines that say so.
    pub fn start(
        &mut self,
        server: SocketAddr,
        tell: impl FnMut(Event) + Send + 'static,
    ) -> Result<(SocketAddr, Vec<String>)> {
        let any = SocketAddr::new(server.ip(), 0);
        let link = Link::observed(any, server, self.faults.clone(), tell)?;
        self.files.start(link.started())?;
        let address = link.address();
        let client = self.names.client;
        let mut text = vec![
            "The link stands between the two, like the router at your home.".to_owned(),
            format!("The {client} sends to {address}, and that is the link."),
            format!("The link passes it on to {server} from an address of its own."),
        ];
        if self.faults.are_random() {
            let seed = self.faults.seed;
            text.push(format!("Chance decides. Repeat it with --seed {seed}"));
        }
        let lines = text.iter().flat_map(|line| terminal::wrap(line, self.room)).collect();
        self.link = Some(link);
        Ok((address, lines))
    }

    /// Notes what has happened at the link.
    pub fn note(&mut self, event: &Event) -> Result<()> {
        self.tally.add(event);
        self.files.add(event, self.is_news(event))
    }

    /// The lines that show what has happened; the first has a head above it.
    pub fn lines(&mut self, event: &Event) -> Vec<String> {
        let line = self.diagram.line(event).filter(|_| self.is_news(event));
        let head = (line.is_some() && !self.has_head).then(|| self.diagram.head());
        self.has_head |= line.is_some();
        head.into_iter().chain(line).collect()
    }

    /// Writes what is written at the end of a run.
    pub fn finish(&mut self) -> Result<()> {
        self.files.finish(&self.names)
    }

    /// Whether an event is worth a place in a picture.
    fn is_news(&self, event: &Event) -> bool {
        !(self.is_one_shot && event.kind == Kind::Unreachable)
    }

    /// Where the link is, once it has been started.
    pub fn address(&self) -> Option<SocketAddr> {
        self.link.as_ref().map(Link::address)
    }
}

/// What a link has done so far, in numbers.
#[derive(Default, Debug)]
pub struct Tally {
    pub requests: Count,
    pub replies: Count,
    /// When the last of what waits in the link will have left it.
    pub due: Option<Instant>,
}

/// Datagrams of one direction.
#[derive(Default, Debug)]
pub struct Count {
    pub came: u64,
    pub lost: u64,
    /// Those that are late or held back, and still in the link.
    pub waiting: u64,
    /// Copies that have left the link.
    pub left: u64,
}

impl Count {
    pub fn has_lost_all(&self) -> bool {
        self.came > 0 && self.came == self.lost
    }
}

impl Tally {
    pub fn add(&mut self, event: &Event) {
        let count = match event.direction {
            Direction::Request => &mut self.requests,
            Direction::Reply => &mut self.replies,
        };
        let fate = event.fate;
        count.left += u64::from(event.copies_that_leave());
        match event.kind {
            Kind::Arrived => {
                count.came += 1;
                count.lost += u64::from(fate.copies == 0);
                if fate.copies > 0 && !fate.is_immediate() {
                    count.waiting += 1;
                    let hold = match fate.behind {
                        0 => Duration::ZERO,
                        _ => Bounds::default().hold,
                    };
                    self.due = self.due.max(Some(Instant::now() + hold + fate.delay));
                }
            }
            Kind::Released => count.waiting = count.waiting.saturating_sub(1),
            Kind::Unreachable | Kind::Refused => {}
        }
    }

    /// Whether the server has been given more than it has replied to, as far as the link knows.
    pub fn awaits_replies(&self) -> bool {
        self.replies.came < self.requests.left
    }

    /// Says what the link has kept from the two, if it has.
    pub fn damage(&self) -> Option<String> {
        let Self { requests, replies, .. } = self;
        let parts = [
            (requests.lost, ["request", "requests"], "lost"),
            (replies.lost, ["reply", "replies"], "lost"),
            (requests.waiting, ["request", "requests"], "still on the way"),
            (replies.waiting, ["reply", "replies"], "still on the way"),
        ];
        let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, [one, more], state)| {
                format!("{count} {} {state}", if count == 1 { one } else { more })
            })
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// The files that are asked for. Log and capture are good at any time, however the run ends.
struct Files {
    log: Option<Output>,
    log_file: Option<File>,
    pcap: Option<Output>,
    capture: Option<Capture<File>>,
    svg: Option<Output>,
    /// How many events there were for the picture, and all of them as JSON lines.
    events: usize,
    lines: Vec<u8>,
}

/// A file that is to be written.
struct Output {
    option: &'static str,
    path: PathBuf,
    /// If it was there before.
    old: Option<File>,
}

impl Files {
    /// Tries the paths, so that one that is no good is known before anything is started.
    fn new(options: &Options) -> Result<Self> {
        let Options { log, pcap, svg, .. } = options;
        let asked = [("log", log), ("pcap", pcap), ("svg", svg)];
        for (index, (option, path)) in asked.iter().enumerate().filter(|(_, (_, p))| p.is_some()) {
            if let Some((other, _)) = asked.iter().skip(index + 1).find(|(_, other)| other == path)
            {
                let text =
                    format!("--{option} and --{other} name the same file: give each its own");
                return Err(UsageError(text).into());
            }
        }
        let open = |path: &Option<PathBuf>, option| {
            path.as_deref().map(|path| Output::new(option, path)).transpose()
        };
        Ok(Self {
            log: open(log, "log")?,
            log_file: None,
            pcap: open(pcap, "pcap")?,
            capture: None,
            svg: open(svg, "svg")?,
            events: 0,
            lines: Vec::new(),
        })
    }

    /// Begins the files whose beginning depends on the time when the link was started.
    fn start(&mut self, started: SystemTime) -> Result<()> {
        self.log_file = self.log.as_mut().map(Output::open).transpose()?;
        if let Some(output) = &mut self.pcap {
            let capture = Capture::new(output.open()?, started);
            self.capture = Some(capture.with_context(|| output.failure())?);
        }
        Ok(())
    }

    /// Writes down what has happened, each line and packet in one piece.
    fn add(&mut self, event: &Event, is_for_the_picture: bool) -> Result<()> {
        if let (Some(output), Some(file)) = (&self.log, &mut self.log_file) {
            json::write(file, event).with_context(|| output.failure())?;
        }
        if let (Some(output), Some(capture)) = (&self.pcap, &mut self.capture) {
            capture.add(event).with_context(|| output.failure())?;
        }
        if self.svg.is_some() && is_for_the_picture {
            let mut event = event.clone();
            if self.events >= PAYLOADS {
                event.payload = Vec::new();
            }
            self.events += 1;
            json::write(&mut self.lines, &event)?;
        }
        Ok(())
    }

    /// Writes the picture, which the checks draw, and says which files there are.
    fn finish(&mut self, names: &Names<'_>) -> Result<()> {
        let begun = [
            (&self.log, "log", self.log_file.is_some()),
            (&self.pcap, "capture", self.capture.is_some()),
        ];
        for (output, thing, _) in begun.into_iter().filter(|(_, _, is_begun)| *is_begun) {
            output.iter().for_each(|output| output.tell(thing));
        }
        let Some(output) = &mut self.svg else { return Ok(()) };
        let picture = draw(std::mem::take(&mut self.lines), names)?;
        output.open()?.write_all(&picture).with_context(|| output.failure())?;
        output.tell("picture");
        Ok(())
    }
}

impl Output {
    /// Tries to write the file. What it holds stays there until there is something new to write,
    /// and if it isn't there, it comes only then: the run may end before.
    fn new(option: &'static str, path: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        let old = match options.write(true).create_new(true).open(path) {
            Ok(_) => fs::remove_file(path).map(|()| None),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                options.create_new(false).create(true).truncate(false).open(path).map(Some)
            }
            Err(error) => Err(error),
        };
        let old = old.with_context(|| {
            let path = path.display();
            format!("cannot create `{path}` for --{option}: is its folder there, and yours?")
        })?;
        Ok(Self { option, path: path.to_owned(), old })
    }

    /// Opens the file, which is empty then, and there.
    fn open(&mut self) -> Result<File> {
        let file = match self.old.take() {
            // A pipe or a device is as empty as it can be.
            Some(old) if old.metadata().is_ok_and(|metadata| metadata.is_file()) => {
                old.set_len(0).map(|()| old)
            }
            Some(old) => Ok(old),
            None => File::create(&self.path),
        };
        file.with_context(|| self.failure())
    }

    /// Says that it was written. Where stderr is closed, nobody misses it.
    fn tell(&self, thing: &str) {
        let text = format!("Wrote the {thing} to {}.", self.path.display());
        let _ = writeln!(io::stderr(), "{}", terminal::spelled(&text));
    }

    fn failure(&self) -> String {
        let Self { option, path, .. } = self;
        let path = path.display();
        format!("cannot write to `{path}` for --{option}: is there room left for it?")
    }
}

/// Has JSON lines drawn.
fn draw(lines: Vec<u8>, names: &Names<'_>) -> Result<Vec<u8>> {
    let mut command = Command::new(build::program(build::CHECKS)?);
    command.args(["draw", names.client, names.server]);
    let drawn = run_with_input(command, lines, DRAWING, LARGEST_PICTURE);
    let drawn = drawn.context("cannot draw the picture for --svg")?;
    match drawn.end {
        End::Ended(status) if status.success() => Ok(drawn.stdout),
        End::Ended(status) => {
            let said = String::from_utf8_lossy(&drawn.stderr);
            bail!("cannot draw the picture for --svg ({status}): {}", said.trim_end())
        }
        End::OutOfTime | End::GivenUp => {
            bail!("the picture for --svg wasn't drawn within {DRAWING:?}; was it a long run?")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use link::{Fate, Route};
    use std::time::Duration;

    const LATE: Fate = Fate { delay: Duration::from_secs(1), ..Fate::PASS };
    const TWICE: Fate = Fate { copies: 2, ..Fate::PASS };

    fn tally(events: &[(Kind, Direction, Fate)]) -> Tally {
        let any = "127.0.0.1:1".parse().unwrap();
        let route = Route { client: any, link: any, upstream: any, server: any };
        let mut tally = Tally::default();
        for &(kind, direction, fate) in events {
            let (time, payload) = (Duration::ZERO, Vec::new());
            tally.add(&Event { time, kind, direction, number: 1, route, payload, fate });
        }
        tally
    }

    #[test]
    fn a_perfect_link_does_no_damage() {
        let tally = tally(&[(Kind::Arrived, Direction::Request, Fate::PASS)]);
        assert_eq!(tally.damage(), None);
        assert_eq!(tally.due, None);
        assert!(!tally.requests.has_lost_all());
    }

    #[test]
    fn what_is_lost_and_what_is_late_is_told() {
        let mut events = vec![
            (Kind::Arrived, Direction::Request, Fate::LOST),
            (Kind::Arrived, Direction::Reply, Fate::LOST),
            (Kind::Arrived, Direction::Reply, Fate::LOST),
            (Kind::Arrived, Direction::Reply, LATE),
        ];
        let words = "1 request lost, 2 replies lost, 1 reply still on the way";
        assert_eq!(tally(&events).damage().as_deref(), Some(words));
        assert!(tally(&events).requests.has_lost_all());
        assert!(tally(&events).due.is_some_and(|due| due > Instant::now()));
        events.push((Kind::Released, Direction::Reply, LATE));
        let words = "1 request lost, 2 replies lost";
        assert_eq!(tally(&events).damage().as_deref(), Some(words));
    }

    #[test]
    fn each_copy_that_reaches_the_server_is_worth_a_reply() {
        let mut events = vec![
            (Kind::Arrived, Direction::Request, Fate::LOST),
            (Kind::Arrived, Direction::Request, LATE),
        ];
        assert!(!tally(&events).awaits_replies());
        events.push((Kind::Arrived, Direction::Request, TWICE));
        events.push((Kind::Arrived, Direction::Reply, Fate::LOST));
        assert!(tally(&events).awaits_replies());
        events.push((Kind::Arrived, Direction::Reply, Fate::PASS));
        assert!(!tally(&events).awaits_replies());
    }
}
