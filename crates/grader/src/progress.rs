//! What the instructor sees while a class is graded.
//!
//! On a terminal that is a bar with an estimate, otherwise a line for each student. The bar is
//! written to stderr, and everything else to stdout. Who doesn't read it any more doesn't stop
//! the grading.

pub mod words;

use crate::class::{Grades, News, Place};
use crate::log::visible;
use crate::model::{Grade, Results, Status};
use crate::text::count as several;
use base::terminal::{self, Style};

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
        let terminal: Option<Box<dyn Write + Send>> = match terminal::can_draw(&io::stderr()) {
            true => Some(Box::new(io::stderr())),
            false => None,
        };
        Self::new(Box::new(io::stdout()), terminal, Style::of_stderr())
    }

    #[must_use]
    pub fn new(
        out: Box<dyn Write + Send>,
        terminal: Option<Box<dyn Write + Send>>,
        style: Style,
    ) -> Self {
        let bar = Bar::new(style);
        let state = State { out, terminal, bar, words: Vec::new(), finished: 0 };
        Self { state: Mutex::new(state) }
    }

    /// Shows what happens.
    pub fn tell(&self, news: News<'_>) {
        let mut state = self.state();
        match news {
            News::Found { submissions, options, found } => {
                state.say(&words::listing(submissions, options, found));
            }
            News::Known { grades, work, damaged } => state.begin(grades, work, damaged),
            News::Judged(place, grade) => state.judged(place, grade),
            News::Again(count) => state.again(count),
            News::JudgedAgain(place, grade) => state.judged_again(place, grade),
        }
        state.draw();
    }

    /// How it went.
    pub fn summary(&self, results: &Results) {
        self.state().say(&words::summary(results));
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
    /// What is known before anything is judged, and what is to be judged.
    fn begin(&mut self, grades: &Grades, work: usize, damaged: usize) {
        let words = |grade: &Option<Grade>| grade.as_ref().map(word);
        self.words = grades.iter().map(|row| row.iter().map(words).collect()).collect();
        self.finished = self.words.iter().filter(|row| row.iter().all(Option::is_some)).count();
        let is_judged = |grade: &&Grade| !grade.source_sha256.is_empty();
        let kept = grades.iter().flatten().flatten().filter(is_judged).count();
        if damaged > 0 {
            let damaged = several(damaged, "damaged file");
            self.say(&format!("! {damaged} of grades: what was in them is judged again.\n"));
        }
        if kept > 0 {
            let kept = several(kept, "lesson");
            self.say(&format!("Judged before, and nothing has changed: {kept}.\n"));
        }
        let advice = "Ctrl-C loses only what is being judged, and --resume goes on";
        self.say(&format!("To be judged: {}. {advice}.\n", several(work, "lesson")));
        self.bar.begin(work);
    }

    /// One unit has been judged for the first time.
    fn judged(&mut self, place: Place<'_>, grade: &Grade) {
        self.bar.count(grade);
        let student = &place.submission.student;
        if !grade.has_score() {
            let lesson = grade.lesson.name();
            self.say(&format!("! {}, {lesson}: to be tried again at the end\n", visible(student)));
        }
        let row = &mut self.words[place.student];
        row[place.lesson] = Some(word(grade));
        if row.iter().all(Option::is_some) {
            let row = row.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
            self.student_is_finished(student, &row);
        }
    }

    /// What couldn't be compiled or judged, or not fairly, is tried once more.
    fn again(&mut self, count: usize) {
        let lessons = several(count, "lesson");
        self.say(&format!(
            "Tried again before it counts, one at a time: {lessons} that didn't compile, weren't \
             judged, or had too little of the computer.\n"
        ));
        self.bar.begin(count);
    }

    /// One unit has been judged for the second time. That nothing came of it but what is known is
    /// no news.
    fn judged_again(&mut self, place: Place<'_>, grade: &Grade) {
        self.bar.count(grade);
        let (student, word) = (visible(&place.submission.student), word(grade));
        let is_known = self.words[place.student][place.lesson] == Some(word);
        if !is_known || !grade.has_score() {
            self.say(&format!("! {student}, {}: {}\n", grade.lesson.name(), outcome(grade)));
        }
    }

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
    format!("{} {}", grade.lesson.name(), outcome(grade))
}

fn outcome(grade: &Grade) -> String {
    match (grade.status, grade.score()) {
        (Status::NotSubmitted, _) => "not submitted".to_owned(),
        (Status::NotCompiled, _) => "not compiled".to_owned(),
        (Status::Judged, Some(score)) => score.to_string(),
        (Status::Judged | Status::GraderError, _) => "grader error".to_owned(),
    }
}

/// Characters between the brackets.
const WIDTH: usize = 16;

/// How often it is drawn at most: a terminal may be far away.
const PAUSE: Duration = Duration::from_millis(100);

/// Shows how much is done, what remains, and what has gone wrong.
struct Bar {
    style: Style,
    begun: Instant,
    drawn: Option<Instant>,
    all: usize,
    done: usize,
    not_compiled: usize,
    grader_errors: usize,
}

impl Bar {
    fn new(style: Style) -> Self {
        let (all, done, not_compiled, grader_errors) = (0, 0, 0, 0);
        let begun = Instant::now();
        Self { style, begun, drawn: None, all, done, not_compiled, grader_errors }
    }

    fn begin(&mut self, all: usize) {
        *self = Self { all, ..Self::new(self.style) };
    }

    fn count(&mut self, grade: &Grade) {
        self.done += 1;
        self.grader_errors += usize::from(!grade.has_score());
        self.not_compiled += usize::from(grade.status == Status::NotCompiled);
    }

    /// What takes the bar away, if it is there.
    fn wipe(&mut self) -> &'static str {
        if self.drawn.take().is_some() { "\r\x1b[K" } else { "" }
    }

    /// What draws it, unless it has just been drawn; what takes it away when all is done.
    fn draw(&mut self) -> String {
        if self.done >= self.all {
            return self.wipe().to_owned();
        }
        let now = Instant::now();
        if self.drawn.is_some_and(|drawn| now - drawn < PAUSE) {
            return String::new();
        }
        self.drawn = Some(now);
        format!("\r{}\x1b[K", self.line(now - self.begun))
    }

    /// At most 79 characters: it is drawn often, and to ask a terminal for its width takes a program.
    fn line(&self, elapsed: Duration) -> String {
        let full = WIDTH * self.done / self.all.max(1);
        let bar = self.style.paint("32", &format!("{:WIDTH$}", "=".repeat(full)));
        let mut line = format!("[{bar}] {}/{}", self.done, self.all);
        if let Some(left) = self.left(elapsed) {
            line += &format!("  about {left} left");
        }
        let failures = [("not compiled", self.not_compiled), ("errors", self.grader_errors)];
        for (name, count) in failures.into_iter().filter(|(_, count)| *count > 0) {
            line += &format!("  {}", self.style.paint("31", &format!("{count} {name}")));
        }
        line
    }

    /// What remains if it goes on as so far. The first few say little.
    fn left(&self, elapsed: Duration) -> Option<String> {
        if self.done < 5 {
            return None;
        }
        let (done, rest) = (u32::try_from(self.done).ok()?, self.all.checked_sub(self.done)?);
        let seconds = (elapsed / done).checked_mul(u32::try_from(rest).ok()?)?.as_secs() + 1;
        Some(match seconds {
            0..90 => format!("{seconds} s"),
            90..5400 => format!("{} min", (seconds + 30) / 60),
            _ => format!("{} h", (seconds + 1800) / 3600),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(done: usize, all: usize) -> Bar {
        Bar { done, all, ..Bar::new(Style::PLAIN) }
    }

    #[test]
    fn the_estimate_is_in_a_unit_that_fits() {
        let left = |done, all, seconds| bar(done, all).left(Duration::from_secs(seconds));
        assert_eq!(left(4, 10, 4), None);
        assert_eq!(left(5, 10, 5).as_deref(), Some("6 s"));
        assert_eq!(left(100, 1_000, 100).as_deref(), Some("15 min"));
        assert_eq!(left(100, 10_000, 1_000).as_deref(), Some("28 h"));
    }

    #[test]
    fn it_fits_in_a_narrow_terminal() {
        let mut bar = bar(99_998, 99_999);
        (bar.not_compiled, bar.grader_errors) = (9_999, 999);
        let line = bar.line(Duration::from_secs(3_000_000));
        assert!(line.len() < 80, "{line}");
        assert_eq!(self::bar(0, 10).line(Duration::ZERO), format!("[{}] 0/10", " ".repeat(WIDTH)));
    }

    #[test]
    fn it_is_gone_when_all_is_done() {
        let mut bar = bar(0, 1);
        assert!(bar.draw().starts_with("\r["));
        assert_eq!(bar.draw(), "", "drawn twice at once");
        bar.done = 1;
        assert_eq!(bar.draw(), "\r\x1b[K");
        assert_eq!(bar.draw(), "");
    }
}
