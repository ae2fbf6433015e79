//! The wire between the programs of a pair, made visible: a link that stands between them, drawn
//! on the screen and written to files.
//!
//! # Layout
//!
//! - [`options`]: what is asked for on the command line
//! - [`diagram`]: one datagram as a line of text
//! - [`files`]: what is written where
//! - [`tally`]: what the link has done, in numbers

pub mod diagram;
mod files;
pub mod options;
pub mod tally;

use crate::screen::Screen;
use anyhow::Result;
use base::terminal::{self, Charset, Style};
use diagram::Diagram;
use files::Files;
use link::words::Names;
use link::{Event, Faults, Kind, Link};
use options::Options;
use std::net::SocketAddr;
use tally::Tally;

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
    /// Creates the files that are asked for. The link is started later.
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
            files: Files::create(options)?,
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
