//! `cargo xtask watch [LESSON]`: checks on every save, and keeps the newest result on the screen.
//!
//! Threads wait for what can happen (a line is typed, a program ends) and turn it into events; the
//! main loop takes one at a time, and between them looks at the files. The terminal stays in its
//! line mode, so there is nothing to restore, however we end.

mod events;

use crate::check::{self, FULL_MARKS};
use crate::command::{Subcommand, lesson_and_flag};
use crate::workspace::{self, Score};
use crate::{build, hint};
use anyhow::{Context, Result};
use base::lessons::Lesson;
use base::programs::Keeper;
use base::terminal::{Style, spelled};
use base::text;
use base::usage::print_error;
use events::{Attempt, Snapshot, Wake};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

pub const COMMAND: Subcommand = Subcommand {
    name: "watch",
    arguments: "[LESSON]",
    summary: "check on every save, and show the newest result",
    details: "\
LESSON is lesson-3 or just 3; without it, the first lesson without full marks is watched. \
Save a file of the lesson, and it is built and checked. A save while that goes on starts it anew. \
Keys, each followed by Enter:

  n    go on to the next lesson
  h    show one more hint
  r    run the checks again
  a    run them again, and show all failures whole
  q    quit (as Ctrl-D and Ctrl-C do)",
    run,
};

/// How long we wait for the rest of a save: an editor may write a file in several steps.
const SETTLE: Duration = Duration::from_millis(20);

/// How often we look at the files.
const LOOK: Duration = Duration::from_millis(100);

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let (lesson, _) = lesson_and_flag(parser, &COMMAND, None)?;
    let lessons = check::started_lessons()?;
    let lesson = match lesson {
        Some(lesson) => lesson,
        None => first_open(&lessons)?,
    };
    Watch::start(lessons, lesson)?.follow()?;
    Ok(ExitCode::SUCCESS)
}

/// The first lesson without full marks, or else the first.
fn first_open(lessons: &[&'static Lesson]) -> Result<&'static Lesson> {
    let progress = workspace::progress()?;
    let is_open = |lesson: &&&Lesson| !progress.best(lesson).is_some_and(Score::is_full);
    let lesson = lessons.iter().find(is_open).or(lessons.first());
    lesson.copied().context("no lesson has been started; `cargo xtask start` says how")
}

struct Watch {
    lessons: Vec<&'static Lesson>,
    lesson: &'static Lesson,
    /// The program that judges.
    checks: PathBuf,
    /// What is going on.
    attempt: Option<Attempt>,
    /// How many attempts there were.
    attempts: u64,
    /// The lesson's files as they were when the newest attempt began.
    files: Snapshot,
    /// Whether there is a save that may not be complete.
    is_settling: bool,
    /// Whether something of the newest attempt was shown.
    has_news: bool,
    has_keys: bool,
    style: Style,
    events: Receiver<Wake>,
    sender: Sender<Wake>,
}

/// How much of what fails is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    First,
    All,
}

impl Watch {
    fn start(lessons: Vec<&'static Lesson>, lesson: &'static Lesson) -> Result<Self> {
        let checks = build::checks(&mut Keeper::start()?, "judge your program")?;
        let (sender, events) = channel();
        events::await_lines(sender.clone());
        Ok(Self {
            lessons,
            lesson,
            checks,
            attempt: None,
            attempts: 0,
            files: Snapshot::default(),
            is_settling: false,
            has_news: false,
            has_keys: true,
            style: Style::of_stdout(),
            events,
            sender,
        })
    }

    /// Handles events until the student quits.
    fn follow(&mut self) -> Result<()> {
        self.begin(Shown::First)?;
        loop {
            match self.next_event() {
                None => self.look()?,
                Some(Wake::Ended(number, status)) => {
                    self.go_on(number, status.context("cannot learn how a program ended")?)?;
                }
                Some(Wake::Typed(line)) => {
                    if !self.obey(&line)? {
                        return Ok(());
                    }
                }
                Some(Wake::TypingEnded) if io::stdin().is_terminal() => return say("\n"),
                Some(Wake::TypingEnded) => self.has_keys = false,
            }
        }
    }

    /// Waits for an event, or (`None`) until it is time to look at the files.
    fn next_event(&self) -> Option<Wake> {
        let patience = if self.is_settling { SETTLE } else { LOOK };
        self.events.recv_timeout(patience).ok()
    }

    /// Shows what is new, and starts an attempt if the lesson's files have changed since the last one.
    fn look(&mut self) -> Result<()> {
        self.show_news()?;
        if self.is_settling {
            return self.begin(Shown::First);
        }
        self.is_settling = events::snapshot(self.lesson) != self.files;
        Ok(())
    }

    /// Ends what is going on, and builds and checks the lesson.
    fn begin(&mut self, shown: Shown) -> Result<()> {
        self.attempt = None;
        (self.is_settling, self.has_news) = (false, false);
        self.files = events::snapshot(self.lesson);
        let doing = format!("Building and checking {} …", self.lesson.source());
        // The old result stays until the new one is there; where the screen can't be cleared, all
        // of them stay.
        let start = if self.style.is_coloured() { "\r\x1b[K" } else { "\n\n" };
        say(&format!("{start}{}\n", self.style.paint("2", &doing)))?;
        self.attempts += 1;
        let options = if shown == Shown::All { vec!["--all".into()] } else { Vec::new() };
        let sender = self.sender.clone();
        self.attempt = Some(Attempt::start(self.lesson, self.attempts, options, sender)?);
        Ok(())
    }

    /// A program of an attempt has ended.
    fn go_on(&mut self, number: u64, status: ExitStatus) -> Result<()> {
        let result = match &mut self.attempt {
            Some(attempt) if attempt.is(number) => attempt.go_on(status, &self.checks)?,
            // It was ended to make room for a newer one.
            _ => None,
        };
        let Some(result) = result else { return Ok(()) };
        self.show_news()?;
        self.attempt = None;
        match result {
            None => say(&format!("\n{}\n", check::does_not_compile(self.lesson)))?,
            Some(Err(error)) => print_error(&error),
            Some(Ok(judgement)) => {
                check::record(self.lesson, &judgement);
                if judgement.code == FULL_MARKS {
                    self.congratulate()?;
                }
            }
        }
        self.prompt()
    }

    /// Shows what the attempt has printed since the last look; what is first takes the place of the old
    /// result.
    fn show_news(&mut self) -> Result<()> {
        let news = self.attempt.as_mut().map(Attempt::news).transpose()?.unwrap_or_default();
        if news.is_empty() {
            return Ok(());
        }
        if !self.has_news {
            self.has_news = true;
            self.clear()?;
            check::say_what_is_judged()?;
        }
        say(&news)
    }

    /// Clears the screen where that can be done. What has scrolled away is the student's, and stays.
    fn clear(&self) -> Result<()> {
        if self.style.is_coloured() { say("\x1b[2J\x1b[H") } else { Ok(()) }
    }

    fn congratulate(&self) -> Result<()> {
        let name = self.lesson.name();
        let next = match self.next_lesson() {
            Some(next) => format!("`n` goes on to {}.", next.name()),
            None => "It was the last one.".to_owned(),
        };
        say(&format!("\n{} {next}\n", self.style.paint("1;32", &format!("{name} is complete."))))
    }

    /// Does what a key says; returns whether to go on.
    fn obey(&mut self, line: &str) -> Result<bool> {
        match line {
            "q" => return Ok(false),
            "r" => self.begin(Shown::First)?,
            "a" => self.begin(Shown::All)?,
            "n" => match self.next_lesson() {
                Some(next) => {
                    self.lesson = next;
                    self.clear()?;
                    self.begin(Shown::First)?;
                }
                None => self.answer(&format!("{} is the last lesson.\n", self.lesson.name()))?,
            },
            "h" => match hint::next(self.lesson) {
                Ok(hint) => self.answer(&format!("\n{hint}\n"))?,
                Err(error) => {
                    print_error(&error);
                    self.answer("")?;
                }
            },
            "" => self.answer("")?,
            other => {
                let key = text::brief_name(other);
                self.answer(&format!("`{key}` is no key here: n, h, r, a or q.\n"))?;
            }
        }
        Ok(true)
    }

    fn next_lesson(&self) -> Option<&'static Lesson> {
        self.lessons.iter().copied().find(|lesson| lesson.number > self.lesson.number)
    }

    fn answer(&mut self, text: &str) -> Result<()> {
        say(text)?;
        if self.attempt.is_none() { self.prompt() } else { Ok(()) }
    }

    /// Says what can be done now.
    fn prompt(&mut self) -> Result<()> {
        if !self.has_keys {
            return say("\nWaiting for a save; Ctrl-C ends this.\n");
        }
        // Shorter than the narrowest terminal, so that one line is all there is to clear.
        let keys = self.style.paint("2", "n next, h hint, r run, a all, q quit >");
        say(&format!("\nWaiting for a save. Letter and Enter:\n{keys} "))
    }
}

fn say(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(spelled(text).as_bytes())?;
    Ok(stdout.flush()?)
}
