//! A bar that shows how much is done, what remains, and what has gone wrong.

use crate::model::{Grade, Status};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Characters between the brackets.
const WIDTH: usize = 16;

/// How often it is drawn at most: a terminal may be far away.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Bar {
    colour: bool,
    begun: Instant,
    drawn: Option<Instant>,
    all: usize,
    done: usize,
    not_compiled: usize,
    grader_errors: usize,
}

impl Bar {
    #[must_use]
    pub fn new(colour: bool) -> Self {
        let (all, done, not_compiled, grader_errors) = (0, 0, 0, 0);
        let begun = Instant::now();
        Self { colour, begun, drawn: None, all, done, not_compiled, grader_errors }
    }

    pub fn begin(&mut self, all: usize) {
        *self = Self { all, ..Self::new(self.colour) };
    }

    pub fn count(&mut self, grade: &Grade) {
        self.done += 1;
        self.grader_errors += usize::from(!grade.has_score());
        self.not_compiled += usize::from(grade.status == Status::NotCompiled);
    }

    /// What takes the bar away, if it is there.
    pub fn wipe(&mut self) -> &'static str {
        if self.drawn.take().is_some() { "\r\x1b[K" } else { "" }
    }

    /// What draws it, unless it has just been drawn; what takes it away when all is done.
    pub fn draw(&mut self) -> String {
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

    /// At most 79 characters, since nobody tells how wide the terminal is.
    fn line(&self, elapsed: Duration) -> String {
        let full = WIDTH * self.done / self.all.max(1);
        let (done, rest) = ("=".repeat(full), " ".repeat(WIDTH.saturating_sub(full)));
        let mut line = format!("[{}{rest}] {}/{}", self.paint("32", &done), self.done, self.all);
        if let Some(left) = self.left(elapsed) {
            let _ = write!(line, "  about {left} left");
        }
        let failures = [("not compiled", self.not_compiled), ("errors", self.grader_errors)];
        for (name, count) in failures.into_iter().filter(|(_, count)| *count > 0) {
            let _ = write!(line, "  {}", self.paint("31", &format!("{count} {name}")));
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

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(done: usize, all: usize) -> Bar {
        Bar { done, all, ..Bar::new(false) }
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
