//! The verdict as a good teacher gives it: the first failure whole, the rest in a line each.

use crate::check::{Failure, Lesson, Outcome};
use crate::judge::{Report, points};
use crate::report::bytes;
use base::terminal;
use std::fmt::Write;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub colour: bool,
    /// Whether every failure is shown whole, and every transcript.
    pub all: bool,
}

impl Style {
    pub fn of_stdout(all: bool) -> Self {
        Self { colour: terminal::Style::of_stdout().is_coloured(), all }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The whole verdict.
pub fn verdict(lesson: &Lesson, reports: &[Report], seed: u64, style: Style) -> String {
    let mut text = format!(
        "{}\n",
        style.paint("1", &format!("{}  {}", lesson.entry.name(), lesson.entry.title))
    );
    for report in reports {
        text.push_str(&line(report, style));
    }
    let is_news =
        |report: &&Report| matches!(report.outcome, Outcome::Fail(_) | Outcome::GraderError(_));
    let news = if style.all { reports.len() } else { 1 };
    for report in reports.iter().filter(is_news).take(news) {
        text.push_str(&details(report, style));
    }
    let (earned, maximum) = points(reports);
    let code = if earned == maximum { "1;32" } else { "1" };
    let total = style.paint(code, &format!("{earned} of {maximum} points"));
    // Writing to a string can't fail.
    let _ = writeln!(text, "\n{total}   (seed {seed}: `--seed {seed}` repeats this run)");
    text
}

/// A check in one line: a mark, its claim, its points.
fn line(report: &Report, style: Style) -> String {
    let check = report.check;
    let (mark, points, note) = match &report.outcome {
        Outcome::Pass => (style.paint("32", "✓"), check.points, String::new()),
        Outcome::Fail(_) => (style.paint("31", "✗"), 0, String::new()),
        Outcome::Skipped(needed) => (style.paint("33", "–"), 0, format!("  (needs {needed})")),
        Outcome::GraderError(_) => (style.paint("35", "!"), 0, "  (grader error)".to_owned()),
    };
    format!("  {mark} {:>2}/{:<2}  {}{note}\n", points, check.points, check.title)
}

/// A failure: what was done, what was expected, what came, why, and where to read.
pub fn details(report: &Report, style: Style) -> String {
    let check = report.check;
    let mut text =
        format!("\n{}  {}\n", style.paint("1;31", check.title), style.paint("2", check.id));
    let mut part = |name: &str, body: &str| {
        let _ = writeln!(text, "  {}", style.paint("1", name));
        for line in body.lines() {
            let _ = writeln!(text, "    {line}");
        }
    };
    part("The goal", check.goal);
    let steps = report.steps.iter().enumerate().map(|(at, step)| format!("{}. {step}\n", at + 1));
    part("What happened", &steps.collect::<String>());
    match &report.outcome {
        Outcome::Fail(failure) => explain(failure, &mut part, style),
        Outcome::GraderError(error) => part("The check itself failed, not your program", error),
        Outcome::Pass | Outcome::Skipped(_) => {}
    }
    if let Some(end) = &report.end {
        part("How the program ended", end);
    }
    if !report.stderr.is_empty() {
        part("The end of its stderr", &report.stderr.join("\n"));
    }
    part("Where to read", &format!("lessons/{}", check.section));
    text
}

fn explain(failure: &Failure, part: &mut impl FnMut(&str, &str), style: Style) {
    part("What went wrong", &failure.problem);
    if let Some(comparison) = &failure.comparison {
        for (name, dump) in bytes::compare(comparison, style.colour) {
            part(name, &dump);
        }
    }
    part("Likely cause", &failure.cause);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Check, Fault, Limits, same};
    use base::ports::PortCount;
    use std::time::Duration;

    const CHECKS: &[Check] =
        &[check("first", None), check("second", None), check("third", Some("second"))];

    const fn check(id: &'static str, needs: Option<&'static str>) -> Check {
        Check {
            id,
            title: "sends what was typed",
            points: 30,
            needs,
            goal: "A line is sent as it was typed.",
            section: "lesson-9-nothing.md#send",
            run: |_| Ok(()),
        }
    }

    fn reports() -> Vec<Report> {
        let Err(Fault::Failed(failure)) =
            same("the payload", b"typed ", b"typed\n", "Only the line end doesn't belong to it.")
        else {
            panic!("the payloads differ")
        };
        let outcomes = [Outcome::Pass, Outcome::Fail(*failure), Outcome::Skipped("second")];
        let report = |(check, outcome)| Report {
            check,
            outcome,
            steps: vec![
                "started `it 127.0.0.1:20000`".to_owned(),
                "typed \"typed \\n\"".to_owned(),
            ],
            end: Some("exit status: 1".to_owned()),
            stderr: vec!["oh".to_owned()],
            duration: Duration::ZERO,
            ports: PortCount::default(),
        };
        CHECKS.iter().zip(outcomes).map(report).collect()
    }

    const LESSON: Lesson = Lesson {
        entry: &NOTHING,
        limits: Limits::USUAL,
        ports: PortCount { udp: 0, both: 0 },
        checks: CHECKS,
        play: None,
    };

    static NOTHING: base::lessons::Lesson = base::lessons::Lesson {
        sockets: base::lessons::Sockets::Udp,
        argument: base::lessons::Argument::Address,
        number: 9,
        slug: "nothing",
        title: "Nothing",
        teaches: "nothing",
        label: "nothing",
        role: base::lessons::Role::Alone,
    };

    #[test]
    fn a_verdict_reads_like_a_teacher() {
        let golden = include_str!("golden/verdict.txt");
        let text = verdict(&LESSON, &reports(), 7, Style { colour: false, all: false });
        assert_eq!(text, golden, "it is now:\n{text}");
    }

    #[test]
    fn colour_changes_nothing_else() {
        let plain = verdict(&LESSON, &reports(), 7, Style { colour: false, all: true });
        let mut coloured = verdict(&LESSON, &reports(), 7, Style { colour: true, all: true });
        assert!(coloured.contains("\x1b[31m"));
        for code in ["1;31", "1;32", "31", "32", "33", "35", "1", "2", "0"] {
            coloured = coloured.replace(&format!("\x1b[{code}m"), "");
        }
        assert_eq!(coloured, plain);
    }
}
