//! One build of a lesson, and the checks that follow it.

use super::events::{self, Event};
use crate::build;
use crate::grading::{self, Verdict};
use anyhow::{Context, Result};
use base::lessons::Lesson;
use base::programs::Keeper;
use base::terminal::Style;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus};
use std::sync::mpsc::Sender;

/// Its programs end when it is dropped.
pub struct Attempt {
    lesson: &'static Lesson,
    /// Tells its events from those of others.
    number: u64,
    sender: Sender<Event>,
    keeper: Keeper,
    step: Step,
    /// What its programs print, in its order. Unlike a pipe, a file never fills, and needn't be
    /// drained.
    output: File,
}

enum Step {
    Building,
    /// The score will be in this file.
    Checking(PathBuf),
}

/// What came of an attempt.
pub struct Outcome {
    /// All that its programs have printed.
    pub output: String,
    /// What the checks found; nothing if they had nothing to judge: it doesn't compile.
    pub verdict: Option<Result<Verdict>>,
}

impl Attempt {
    /// Lets cargo build the lesson. The end of each program will be an event.
    pub fn start(lesson: &'static Lesson, number: u64, sender: Sender<Event>) -> Result<Self> {
        let (keeper, output) = (Keeper::start()?, open_output(number)?);
        let mut attempt = Self { lesson, number, sender, keeper, step: Step::Building, output };
        let mut cargo = build::command(&[lesson.name()])?;
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
    pub fn go_on(&mut self, status: ExitStatus, checks: &Path) -> Result<Option<Outcome>> {
        let verdict = match &self.step {
            Step::Building if status.success() => {
                self.check(checks)?;
                return Ok(None);
            }
            Step::Building => None,
            Step::Checking(score) => Some(grading::verdict(self.lesson, status, score)),
        };
        let mut output = Vec::new();
        let read = self.output.rewind().and_then(|()| self.output.read_to_end(&mut output));
        read.context("cannot read what the programs have printed")?;
        let output = String::from_utf8_lossy(&output).into_owned();
        Ok(Some(Outcome { output, verdict }))
    }

    fn check(&mut self, checks: &Path) -> Result<()> {
        let program = build::program(&self.lesson.name())?.into();
        let score = grading::score_file()?;
        let mut command = grading::command(checks, self.lesson, &[], &[program], &score);
        if Style::of_stdout().is_coloured() {
            // A file is no terminal. Source: bixense.com/clicolors.
            command.env("CLICOLOR_FORCE", "1");
        }
        self.step = Step::Checking(score);
        self.launch(&mut command).with_context(|| format!("cannot start {}", checks.display()))
    }

    fn launch(&mut self, command: &mut Command) -> Result<()> {
        command.stdout(self.output.try_clone()?).stderr(self.output.try_clone()?);
        let child = self.keeper.spawn(command)?;
        events::await_end(self.number, child, self.sender.clone());
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
