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
use base::terminal::{Style, spelled};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Standard output, in the characters that its reader has.
struct Spelled;

impl Write for Spelled {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let whole = String::from_utf8_lossy(text);
        io::stdout().write_all(spelled(&whole).as_bytes())?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// Where to write, and what has happened so far.
pub struct Progress {
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Write + Send>,
    /// Finished while there is nothing to draw, and hidden where nothing can be drawn.
    bar: ProgressBar,
    style: Style,
    not_compiled: usize,
    grader_errors: usize,
    /// A row a student: what became of each lesson, as far as that is known.
    words: Vec<Vec<Option<String>>>,
    /// Students all of whose lessons have been worked on.
    finished: usize,
}

impl Progress {
    /// Writes to stdout, and draws on stderr where that is a terminal which can do it.
    #[must_use]
    pub fn of_this_process() -> Self {
        // A terminal may be far away.
        let terminal = ProgressDrawTarget::stderr_with_hz(10);
        Self::new(Box::new(Spelled), terminal, Style::of_stderr())
    }

    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, terminal: ProgressDrawTarget, style: Style) -> Self {
        let bar = ProgressBar::with_draw_target(None, terminal).with_style(look(style));
        bar.finish_and_clear();
        let (not_compiled, grader_errors, finished) = (0, 0, 0);
        let words = Vec::new();
        let state = State { out, bar, style, not_compiled, grader_errors, words, finished };
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
        self.draw_of(work);
    }

    /// One unit has been judged for the first time.
    fn judged(&mut self, place: Place<'_>, grade: &Grade) {
        self.count(grade);
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
        self.draw_of(count);
    }

    /// One unit has been judged for the second time. That nothing came of it but what is known is
    /// no news.
    fn judged_again(&mut self, place: Place<'_>, grade: &Grade) {
        self.count(grade);
        let (student, word) = (visible(&place.submission.student), word(grade));
        let is_known = self.words[place.student][place.lesson] == Some(word);
        if !is_known || !grade.has_score() {
            self.say(&format!("! {student}, {}: {}\n", grade.lesson.name(), outcome(grade)));
        }
    }

    /// A bar for so much work, none of which is done.
    fn draw_of(&mut self, work: usize) {
        (self.not_compiled, self.grader_errors) = (0, 0);
        if work > 0 {
            self.bar.set_message("");
            self.bar.set_length(work as u64);
            self.bar.reset();
        }
    }

    /// What has gone wrong stands in red behind the bar; when all is done, there is none.
    fn count(&mut self, grade: &Grade) {
        let (error, not_compiled) = (!grade.has_score(), grade.status == Status::NotCompiled);
        self.grader_errors += usize::from(error);
        self.not_compiled += usize::from(not_compiled);
        if error || not_compiled {
            let wrong = [("not compiled", self.not_compiled), ("errors", self.grader_errors)];
            let wrong = wrong.into_iter().filter(|(_, count)| *count > 0);
            let red = |(name, count)| self.style.paint("31", &format!("{count} {name}"));
            let wrong = wrong.map(|wrong| format!("  {}", red(wrong)));
            self.bar.set_message(wrong.collect::<String>());
        }
        self.bar.inc(1);
        if self.bar.length() == Some(self.bar.position()) {
            self.bar.finish_and_clear();
        }
    }

    /// Writes lines where the bar stands, which comes back below them.
    fn say(&mut self, text: &str) {
        let out = &mut self.out;
        self.bar.suspend(|| {
            let _ = out.write_all(text.as_bytes());
            let _ = out.flush();
        });
    }

    fn student_is_finished(&mut self, student: &str, row: &str) {
        self.finished += 1;
        if self.bar.is_hidden() {
            let (finished, all) = (self.finished, self.words.len());
            self.say(&format!("{finished}/{all} {}: {row}\n", visible(student)));
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

/// How the bar looks: how much is done, what remains, and what has gone wrong.
fn look(style: Style) -> ProgressStyle {
    let bar = style.paint("32", "{bar:16}");
    let template = format!("[{bar}] {{pos}}/{{len}}{{left}}{{wide_msg}}");
    let look = ProgressStyle::with_template(&template);
    let remaining = |state: &ProgressState, line: &mut dyn fmt::Write| {
        let all = state.len().unwrap_or(state.pos());
        if let Some(left) = left(state.pos(), all, state.elapsed()) {
            let _ = write!(line, "  about {left} left");
        }
    };
    // A template of ours has no error; without it, a bar would look otherwise.
    let look = look.unwrap_or_else(|_| ProgressStyle::default_bar());
    look.progress_chars("= ").with_key("left", remaining)
}

/// What remains if it goes on as so far. The first few say little. indicatif's own estimate looks at
/// the last seconds only, and a class takes hours.
fn left(done: u64, all: u64, elapsed: Duration) -> Option<String> {
    if done < 5 {
        return None;
    }
    let (done, rest) = (u32::try_from(done).ok()?, u32::try_from(all.checked_sub(done)?).ok()?);
    let seconds = (elapsed / done).checked_mul(rest)?.as_secs() + 1;
    Some(match seconds {
        0..90 => format!("{seconds} s"),
        90..5400 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1800) / 3600),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::InMemoryTerm;

    #[test]
    fn the_estimate_is_in_a_unit_that_fits() {
        let left = |done, all, seconds| left(done, all, Duration::from_secs(seconds));
        assert_eq!(left(4, 10, 4), None);
        assert_eq!(left(5, 10, 5).as_deref(), Some("6 s"));
        assert_eq!(left(100, 1_000, 100).as_deref(), Some("15 min"));
        assert_eq!(left(100, 10_000, 1_000).as_deref(), Some("28 h"));
    }

    #[test]
    fn it_fits_in_a_narrow_terminal() {
        let terminal = InMemoryTerm::new(5, 40);
        let target = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let bar = ProgressBar::with_draw_target(Some(99_999), target);
        let bar =
            bar.with_style(look(Style::COLOURED)).with_message("  9999 not compiled  999 errors");
        bar.tick();
        assert_eq!(terminal.contents(), "[                ] 0/99999  9999 not com");
    }
}
