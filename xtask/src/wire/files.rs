//! What was seen on the wire, in files: JSON lines, a capture for Wireshark, and a picture.

use super::options::Options;
use crate::build;
use anyhow::{Context, Result, bail};
use base::programs::{End, run_with_input};
use base::usage::UsageError;
use link::pcap::Capture;
use link::words::Names;
use link::{Event, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Events whose payloads are kept for the picture; it shows far fewer.
const PAYLOADS: usize = 1_000;

/// How long drawing may take, of a run that took hours; and how large a picture can't become.
const DRAWING: Duration = Duration::from_secs(60);
const LARGEST_PICTURE: usize = 1 << 26;

/// The files that are asked for. Log and capture are good at any time, however the run ends.
pub struct Files {
    log: Option<Output>,
    pcap: Option<Output>,
    capture: Option<Capture<File>>,
    svg: Option<Output>,
    /// How many events there were for the picture, and all of them as JSON lines.
    events: usize,
    lines: Vec<u8>,
}

/// A file that is open for writing.
struct Output {
    option: &'static str,
    path: PathBuf,
    file: File,
}

impl Files {
    /// Creates the files, so that a path that is no good is known before anything is started.
    pub fn create(options: &Options) -> Result<Self> {
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
            path.as_deref().map(|path| Output::create(option, path)).transpose()
        };
        Ok(Self {
            log: open(log, "log")?,
            pcap: open(pcap, "pcap")?,
            capture: None,
            svg: open(svg, "svg")?,
            events: 0,
            lines: Vec::new(),
        })
    }

    /// Begins the files whose beginning depends on the time when the link was started.
    pub fn start(&mut self, started: SystemTime) -> Result<()> {
        for output in [&mut self.log, &mut self.pcap].into_iter().flatten() {
            output.empty()?;
        }
        if let Some(Output { file, .. }) = &self.pcap {
            let capture = file.try_clone().and_then(|file| Capture::new(file, started));
            self.capture = Some(capture.with_context(|| failure(&self.pcap))?);
        }
        Ok(())
    }

    /// Writes down what has happened, each line and packet in one piece.
    pub fn add(&mut self, event: &Event, is_for_the_picture: bool) -> Result<()> {
        if let Some(Output { file, .. }) = &mut self.log {
            json::write(file, event).with_context(|| failure(&self.log))?;
        }
        if let Some(capture) = &mut self.capture {
            capture.add(event).with_context(|| failure(&self.pcap))?;
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

    /// Writes the picture, which the checks draw.
    pub fn finish(&mut self, names: &Names<'_>) -> Result<()> {
        let Some(output) = &mut self.svg else { return Ok(()) };
        let picture = draw(std::mem::take(&mut self.lines), names)?;
        output.empty()?;
        output.file.write_all(&picture).with_context(|| output.failure())
    }
}

impl Output {
    /// Opens a file. What it holds stays there until there is something new to write.
    fn create(option: &'static str, path: &Path) -> Result<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.with_context(|| {
            let path = path.display();
            format!("cannot create `{path}` for --{option}: is its folder there, and yours?")
        })?;
        Ok(Self { option, path: path.to_owned(), file })
    }

    fn empty(&mut self) -> Result<()> {
        // A pipe or a device is as empty as it can be.
        let is_file = self.file.metadata().is_ok_and(|metadata| metadata.is_file());
        if is_file { self.file.set_len(0).with_context(|| self.failure()) } else { Ok(()) }
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

fn failure(output: &Option<Output>) -> String {
    output.as_ref().map(Output::failure).unwrap_or_default()
}
