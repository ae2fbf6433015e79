//! What can happen while we watch: a line that is typed, the end of a build or of checks, and the
//! threads that wait for it; and a save, which is seen by looking.

use crate::build;
use crate::check::{self, Judgement};
use anyhow::{Context, Result};
use base::builds::Build;
use base::lessons::{self, Lesson};
use base::programs::Keeper;
use base::terminal::Style;
use base::threads::in_background;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitStatus};
use std::sync::mpsc::Sender;

/// What wakes the main loop.
pub enum Wake {
    /// The program with this number has ended.
    Ended(u64, io::Result<ExitStatus>),
    /// A line, without its end and other white space around it.
    Typed(String),
    TypingEnded,
}

/// Waits for lines on our standard input.
pub fn await_lines(sender: Sender<Wake>) {
    in_background(Box::new(move || {
        for line in io::stdin().lock().split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if sender.send(Wake::Typed(line)).is_err() {
                return;
            }
        }
        let _ = sender.send(Wake::TypingEnded);
    }));
}

/// Waits for the end of a program.
pub fn await_end(number: u64, mut child: Child, sender: Sender<Wake>) {
    in_background(Box::new(move || drop(sender.send(Wake::Ended(number, child.wait())))));
}

/// The files that are built: where each is, and what it says. They are few and short.
pub type Snapshot = Vec<(PathBuf, Option<Vec<u8>>)>;

/// Two snapshots are equal unless something else has been saved between them. Looking works on every
/// file system, where events come only on some; times don't tell, on some two saves have the same.
pub fn snapshot(lesson: &Lesson) -> Snapshot {
    let mut files = Snapshot::new();
    collect(&lessons::root().join("crates").join(lesson.directory()), &mut files);
    files
}

/// A file or folder that has just gone is left out; its going is the change.
fn collect(folder: &Path, files: &mut Snapshot) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(metadata) = fs::metadata(&path) else { continue };
        // Editors keep files of their own beside ours; neither those nor their folders matter.
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if metadata.is_dir() && !is_hidden && entry.file_name() != "target" {
            collect(&path, files);
        } else if matches!(path.extension(), Some(end) if end == "rs" || end == "toml")
            && !is_hidden
        {
            let text = metadata.is_file().then(|| fs::read(&path).ok()).flatten();
            let file = (path, text);
            files.insert(files.partition_point(|other| *other < file), file);
        }
    }
}

/// One build of a lesson, and the checks that follow it.
/// Its programs end when it is dropped.
pub struct Attempt {
    lesson: &'static Lesson,
    /// Tells its events from those of others.
    number: u64,
    /// What the checks are told besides.
    options: Vec<OsString>,
    sender: Sender<Wake>,
    keeper: Keeper,
    step: Step,
    /// What its programs print, in its order. Unlike a pipe, a file never fills, and needn't be
    /// drained.
    output: File,
    /// How much of it was shown.
    shown: u64,
}

enum Step {
    Building(Build),
    /// The score will be in this file.
    Checking(PathBuf),
}

/// What came of an attempt: what the checks found; nothing if they had nothing to judge, since it
/// doesn't compile.
pub type Attempted = Option<Result<Judgement>>;

impl Attempt {
    /// Lets cargo build the lesson. The end of each program will be an event.
    pub fn start(
        lesson: &'static Lesson,
        number: u64,
        options: Vec<OsString>,
        sender: Sender<Wake>,
    ) -> Result<Self> {
        let (keeper, output) = (Keeper::start()?, open_output(number)?);
        let step = Step::Building(Build::begin(lesson, &build::program(&lesson.name())?)?);
        let mut attempt = Self { lesson, number, options, sender, keeper, step, output, shown: 0 };
        let mut cargo = build::lesson_command(&[lesson.name()])?;
        cargo.arg("--quiet");
        if Style::of_stdout().is_coloured() {
            cargo.args(["--color", "always"]);
        }
        attempt.launch(&mut cargo).context(build::NO_CARGO)?;
        Ok(attempt)
    }

    pub fn is(&self, number: u64) -> bool {
        self.number == number
    }

    /// One of its programs has ended. Starts the next one, or says what came of it all.
    pub fn go_on(&mut self, status: ExitStatus, checks: &Path) -> Result<Option<Attempted>> {
        let judgement = match &mut self.step {
            Step::Building(build) if status.success() => {
                build.end();
                self.judge(checks)?;
                return Ok(None);
            }
            Step::Building(_) => None,
            Step::Checking(score) => Some(check::judgement(self.lesson, status, score)),
        };
        Ok(Some(judgement))
    }

    /// What its programs have printed since we last asked, in whole lines.
    pub fn news(&mut self) -> Result<String> {
        let mut news = Vec::new();
        let start = SeekFrom::Start(self.shown);
        let read = self.output.seek(start).and_then(|_| self.output.read_to_end(&mut news));
        read.context("cannot read what the programs have printed")?;
        let end = news.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        news.truncate(end);
        self.shown += end as u64;
        Ok(String::from_utf8_lossy(&news).into_owned())
    }

    fn judge(&mut self, checks: &Path) -> Result<()> {
        let program = build::program(&self.lesson.name())?.into();
        let score = check::score_file()?;
        let mut command =
            check::command_for(checks, self.lesson, &self.options, &[program], &score);
        if Style::of_stdout().is_coloured() {
            // A file is no terminal. Source: bixense.com/clicolors.
            command.env("CLICOLOR_FORCE", "1");
        }
        command.env("COLUMNS", base::terminal::columns().to_string());
        self.step = Step::Checking(score);
        self.launch(&mut command).with_context(|| format!("cannot start {}", checks.display()))
    }

    fn launch(&mut self, command: &mut Command) -> Result<()> {
        command.stdout(self.output.try_clone()?).stderr(self.output.try_clone()?);
        let child = self.keeper.spawn(command)?;
        await_end(self.number, child, self.sender.clone());
        Ok(())
    }
}

/// A file that has no name, where the system lets us take it: so it isn't left behind.
fn open_output(number: u64) -> Result<File> {
    let path = build::program(&format!("output-{}-{number}", process::id()))?;
    let _ = fs::remove_file(&path);
    let file = File::options().create_new(true).read(true).append(true).open(&path);
    let file = file.with_context(|| format!("cannot create {}", path.display()))?;
    let _ = fs::remove_file(path);
    Ok(file)
}
