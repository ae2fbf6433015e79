//! What can happen while we watch, and the threads that wait for it.

use super::files;
use base::lessons::LESSONS;
use base::programs::Keeper;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

pub enum Event {
    /// A file of some lesson was written.
    Changed,
    /// Nothing will tell us of changes any more.
    ChangesEnded,
    /// The program with this number has ended.
    Ended(u64, io::Result<ExitStatus>),
    /// A line, without its end and other white space around it.
    Typed(String),
    TypingEnded,
}

/// A program that tells us of changes, until it is stopped or this is dropped.
pub struct Changes {
    keeper: Option<Keeper>,
    program: Option<Child>,
}

impl Changes {
    /// Starts `checks changes`. If that can't be started, that is an event as well.
    pub fn start(checks: &Path, sender: &Sender<Event>) -> Self {
        let mut command = Command::new(checks);
        command.arg("changes");
        for folder in LESSONS.iter().map(files::folder).filter(|folder| folder.is_dir()) {
            command.arg(folder);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut keeper = Keeper::start().ok();
        let child = keeper.as_mut().and_then(|keeper| keeper.spawn(&mut command).ok());
        let mut changes = Self { keeper, program: child };
        match changes.program.as_mut().and_then(|child| child.stdout.take()) {
            Some(stdout) => await_changes(stdout, sender.clone()),
            None => drop(sender.send(Event::ChangesEnded)),
        }
        changes
    }

    pub fn are_told(&self) -> bool {
        self.program.is_some()
    }

    pub fn stop(&mut self) {
        self.keeper = None;
        if let Some(mut program) = self.program.take() {
            let _ = program.wait();
        }
    }
}

/// Each line is a change.
fn await_changes(stdout: ChildStdout, sender: Sender<Event>) {
    thread::spawn(move || {
        for _line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            if sender.send(Event::Changed).is_err() {
                return;
            }
        }
        let _ = sender.send(Event::ChangesEnded);
    });
}

/// Waits for lines on our standard input.
pub fn await_lines(sender: Sender<Event>) {
    thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if sender.send(Event::Typed(line)).is_err() {
                return;
            }
        }
        let _ = sender.send(Event::TypingEnded);
    });
}

/// Waits for the end of a program.
pub fn await_end(number: u64, mut child: Child, sender: Sender<Event>) {
    thread::spawn(move || sender.send(Event::Ended(number, child.wait())));
}
