//! What the instructor sees while a class is graded.
//!
//! On a terminal that is a bar with an estimate, otherwise a line for each student. The bar is
//! written to stderr, and everything else to stdout. Who doesn't read it any more doesn't stop
//! the grading.

pub mod bar;
pub mod listing;
pub mod summary;

use crate::class::look::Found;
use crate::class::{Grades, Options, Place};
use crate::model::{Grade, Results, Status};
use crate::report::text::count as several;
use crate::submissions::Submission;
use bar::Bar;
use std::env;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where to write, and what has happened so far.
pub struct Progress {
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Write + Send>,
    /// Where a bar can be drawn, if anywhere.
    terminal: Option<Box<dyn Write + Send>>,
    bar: Bar,
    /// A row a student: what became of each lesson, as far as that is known.
    words: Vec<Vec<Option<String>>>,
    /// Students all of whose lessons have been worked on.
    finished: usize,
}

impl Progress {
    /// Writes to stdout, and draws on stderr where that is a terminal which can do it.
    #[must_use]
    pub fn of_this_process() -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty());
        let able = set("TERM").map_or(cfg!(windows), |term| term != "dumb");
        let terminal: Option<Box<dyn Write + Send>> = match io::stderr().is_terminal() && able {
            true => Some(Box::new(io::stderr())),
            false => None,
        };
        Self::new(Box::new(io::stdout()), terminal, set("NO_COLOR").is_none())
    }

    #[must_use]
    pub fn new(
        out: Box<dyn Write + Send>,
        terminal: Option<Box<dyn Write + Send>>,
        colour: bool,
    ) -> Self {
        let bar = Bar::new(colour);
        let state = State { out, terminal, bar, words: Vec::new(), finished: 0 };
        Self { state: Mutex::new(state) }
    }

    /// Lists what was found, and what wasn't.
    pub fn found(&self, submissions: &[Submission], options: &Options, found: &[Vec<Found>]) {
        self.state().say(&listing::listing(submissions, options, found));
    }

    /// What is known before anything is judged, and what is to be judged.
    pub fn begin(&self, grades: &Grades, work: &[Place<'_>], damaged: usize) {
        let mut state = self.state();
        let words = |grade: &Option<Grade>| grade.as_ref().map(word);
        state.words = grades.iter().map(|row| row.iter().map(words).collect()).collect();
        state.finished = state.words.iter().filter(|row| row.iter().all(Option::is_some)).count();
        let is_judged = |grade: &&Grade| !grade.source_sha256.is_empty();
        let kept = grades.iter().flatten().flatten().filter(is_judged).count();
        if damaged > 0 {
            let damaged = several(damaged, "damaged file");
            state.say(&format!("! {damaged} of grades: what was in them is judged again.\n"));
        }
        if kept > 0 {
            let kept = several(kept, "lesson");
            state.say(&format!("Judged before, and nothing has changed: {kept}.\n"));
        }
        let advice = "Ctrl-C loses only what is being judged, and --resume goes on";
        state.say(&format!("To be judged: {}. {advice}.\n", several(work.len(), "lesson")));
        state.bar.begin(work.len());
        state.draw();
    }

    /// One unit has been judged for the first time.
    pub fn judged(&self, place: Place<'_>, grade: &Grade) {
        let mut state = self.state();
        state.bar.count(grade);
        let student = &place.submission.student;
        if !grade.has_score() {
            let lesson = &grade.lesson;
            state.say(&format!("! {}, {lesson}: to be tried again at the end\n", visible(student)));
        }
        if let Some(row) = state.words.get_mut(place.student) {
            if let Some(slot) = row.get_mut(place.lesson) {
                *slot = Some(word(grade));
            }
            if row.iter().all(Option::is_some) {
                let row = row.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
                state.student_is_finished(student, &row);
            }
        }
        state.draw();
    }

    /// What couldn't be compiled or judged, or not fairly, is tried once more.
    pub fn again(&self, count: usize) {
        let mut state = self.state();
        let lessons = several(count, "lesson");
        state.say(&format!(
            "Tried again before it counts, one at a time: {lessons} that didn't compile, weren't \
             judged, or had too little of the computer.\n"
        ));
        state.bar.begin(count);
        state.draw();
    }

    /// One unit has been judged for the second time. That nothing came of it but what is known is
    /// no news.
    pub fn judged_again(&self, place: Place<'_>, grade: &Grade) {
        let mut state = self.state();
        state.bar.count(grade);
        let (student, word) = (visible(&place.submission.student), word(grade));
        let row = state.words.get(place.student);
        let is_known = row.and_then(|row| row.get(place.lesson)) == Some(&Some(word));
        if !is_known || !grade.has_score() {
            state.say(&format!("! {student}, {}: {}\n", grade.lesson, outcome(grade)));
        }
        state.draw();
    }

    /// How it went.
    pub fn summary(&self, results: &Results) {
        self.state().say(&summary::summary(results));
    }

    /// Any other words; they end with a line end, and nothing in them is hostile.
    pub fn say(&self, text: &str) {
        self.state().say(text);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Writes lines where the bar stands; it comes back below them with the next drawing.
    fn say(&mut self, text: &str) {
        if let Some(terminal) = &mut self.terminal {
            let _ = terminal.write_all(self.bar.wipe().as_bytes());
            let _ = terminal.flush();
        }
        let _ = self.out.write_all(text.as_bytes());
        let _ = self.out.flush();
    }

    fn student_is_finished(&mut self, student: &str, row: &str) {
        self.finished += 1;
        if self.terminal.is_none() {
            let (finished, all) = (self.finished, self.words.len());
            self.say(&format!("{finished}/{all} {}: {row}\n", visible(student)));
        }
    }

    fn draw(&mut self) {
        if let Some(terminal) = &mut self.terminal {
            let _ = terminal.write_all(self.bar.draw().as_bytes());
            let _ = terminal.flush();
        }
    }
}

/// A lesson, and what became of it.
fn word(grade: &Grade) -> String {
    format!("{} {}", grade.lesson, outcome(grade))
}

fn outcome(grade: &Grade) -> String {
    match grade.status {
        Status::Judged if grade.has_score() => grade.score.to_string(),
        Status::NotSubmitted => "not submitted".to_owned(),
        Status::NotCompiled => "not compiled".to_owned(),
        Status::Judged | Status::GraderError => "grader error".to_owned(),
    }
}

/// A name from a submission in one line. Nothing in it steers a terminal, turns the direction of
/// writing, or is a command to a service that reads the log; and no two names become the same.
#[must_use]
pub fn visible(name: &str) -> String {
    readable(name, 60, |c| c == '\\' || is_invisible(c))
}

/// As [`visible`], for the first `limit` characters of what was said, with its backslashes as they
/// are: they stand in escapes of its own.
fn shown(text: &str, limit: usize) -> String {
    readable(text, limit, is_invisible)
}

fn readable(text: &str, limit: usize, escapes: fn(char) -> bool) -> String {
    let show = |c: char| match c {
        c if !escapes(c) => c.into(),
        '\0' | '\t' | '\n' | '\r' | '\\' => c.escape_debug().to_string(),
        c => c.escape_unicode().to_string(),
    };
    let cut = if text.chars().nth(limit).is_some() { "…" } else { "" };
    let text: String = text.chars().take(limit).map(show).collect();
    // GitHub's and Azure's runners obey `##[…]` wherever it stands in a line, and `::…` at its
    // beginning: no line of ours begins with a name.
    text.replace("##", "#\\u{23}") + cut
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
