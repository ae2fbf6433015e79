//! The verdict as a good teacher gives it: the first failure whole, the rest in a line each, as it
//! comes about.

use crate::check::Lesson;
use crate::verdict::{Finding, Mark, Outcome, Part, Verdict, count, same_fault};
use base::terminal::{self, Style, wrap};
use std::fmt::Write;

/// Tells a verdict as it comes about.
pub struct Teller {
    style: Style,
    /// Whether each failure is told whole, or only the first.
    all: bool,
    /// What was told.
    told: Vec<Finding>,
}

impl Teller {
    pub fn new(all: bool, style: Style) -> Self {
        Self { style, all, told: Vec::new() }
    }

    /// What stands above it all.
    pub fn title(&self, lesson: &Lesson) -> String {
        let title = format!("{}  {}", lesson.name(), lesson.title());
        format!("{}\n", self.style.paint("1", &title))
    }

    /// A finding in a line, and if it is news, all that there is to say about it.
    pub fn finding(&mut self, finding: &Finding) -> String {
        let is_news = matches!(finding.mark(), Mark::Fail | Mark::GraderError);
        if !is_news {
            return line(finding, "", self.style);
        }
        if let Some(check) = same_fault(&self.told, finding) {
            return line(finding, &format!("  (the same fault as {check})"), self.style);
        }
        let is_told = self.all || self.told.is_empty();
        self.told.push(finding.clone());
        let line = line(finding, "", self.style);
        if is_told { format!("{line}{}\n", details(finding, self.style)) } else { line }
    }

    /// What stands below it all.
    pub fn total(&self, verdict: &Verdict) -> String {
        let (earned, most, seed) = (verdict.points(), verdict.max_points(), verdict.seed);
        let code = if earned == most { "1;32" } else { "1" };
        let total = self.style.paint(code, &format!("{earned} of {most} points"));
        let not_judged = match count(&verdict.findings, Mark::NotJudged) {
            0 => "",
            _ => "Not judged here: what uses a port that somebody else may need.\n",
        };
        format!("\n{total}   (seed {seed}: `--seed {seed}` repeats this run)\n{not_judged}")
    }
}

/// A check in one line: a mark, its claim, its points.
fn line(finding: &Finding, remark: &str, style: Style) -> String {
    let (mark, note) = match &finding.outcome {
        Outcome::Pass => (style.paint("32", "✓"), String::new()),
        Outcome::Fail(_) => (style.paint("31", "✗"), String::new()),
        Outcome::Skipped(needed) => (style.paint("33", "–"), format!("  (needs {needed})")),
        Outcome::NotJudged => (style.paint("2", "·"), "  (not judged here)".to_owned()),
        Outcome::GraderError(_) => (style.paint("35", "!"), "  (grader error)".to_owned()),
    };
    let check = finding.check;
    let points = match finding.mark() {
        Mark::NotJudged => " ".repeat("10/10".len()),
        _ => format!("{:>2}/{:<2}", finding.points(), check.points),
    };
    format!("  {mark} {points}  {}{note}{remark}\n", check.title)
}

/// All that there is to say about a check: what was done, what was expected, what came, why, and
/// where to read.
pub fn details(finding: &Finding, style: Style) -> String {
    let check = finding.check;
    let mut text =
        format!("\n{}  {}\n", style.paint("1;31", check.title), style.paint("2", check.id));
    let mut show = |heading: &str, lines: &[String]| {
        let _ = writeln!(text, "  {}", style.paint("1", heading));
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    };
    let room = terminal::columns() - "    ".len();
    for part in finding.parts() {
        let heading = part.heading();
        match part {
            Part::Failure(failure) => {
                show(heading, &wrap(&failure.problem, room));
                for dump in &failure.compared {
                    show(&dump.name, &lines(&dump.painted(style)));
                }
            }
            Part::Steps(steps) => {
                show(heading, &numbered(steps, room));
            }
            Part::Stderr(lines) => show(heading, lines),
            Part::Section(section) => show(heading, &[format!("lessons/{section}")]),
            Part::Goal(text)
            | Part::Needs(text)
            | Part::NotJudged(text)
            | Part::GraderError(text)
            | Part::Cause(text)
            | Part::End(text) => show(heading, &wrap(text, room)),
        }
    }
    text
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// Steps with numbers in front of them, and what doesn't fit below their words.
fn numbered(steps: &[String], room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, step) in (1..).zip(steps) {
        let number = format!("{at}. ");
        for (row, part) in wrap(step, room - number.len()).into_iter().enumerate() {
            let margin = if row == 0 { number.clone() } else { " ".repeat(number.len()) };
            lines.push(margin + &part);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Check, Limits};
    use crate::failure::{Fault, same};
    use base::ports::PortCount;
    use snapbox::{assert_data_eq, file};

    const CHECKS: &[Check] = &[
        check("first", None),
        check("second", None),
        check("third", Some("second")),
        check("fourth", None),
    ];

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

    fn judged() -> Verdict {
        let Err(Fault::Failed(failure)) = same("the payload", b"typed ", b"typed\n") else {
            panic!("the payloads differ")
        };
        let outcomes = [
            Outcome::Pass,
            Outcome::Fail(*failure),
            Outcome::Skipped("second"),
            Outcome::NotJudged,
        ];
        let finding = |(check, outcome)| Finding {
            steps: vec![
                "started `it 127.0.0.1:20000`".to_owned(),
                "typed \"typed \\n\"".to_owned(),
            ],
            end: Some("exit status: 1".to_owned()),
            stderr: vec!["oh".to_owned()],
            ..Finding::blank(check, outcome)
        };
        let findings = CHECKS.iter().zip(outcomes).map(finding).collect();
        Verdict { lesson: &LESSON, program: Vec::new(), seed: 7, findings }
    }

    static NOTHING: base::lessons::Lesson = base::lessons::Lesson {
        number: 9,
        slug: "nothing",
        title: "Nothing",
        teaches: "",
        label: "nothing",
        role: base::lessons::Role::Alone,
        sockets: base::lessons::Sockets::Udp,
        argument: base::lessons::Argument::Address,
    };

    static LESSON: Lesson = Lesson {
        entry: &NOTHING,
        limits: Limits::USUAL,
        ports: PortCount { udp: 0, both: 0 },
        checks: CHECKS,
        own_network: &["fourth"],
        play: None,
    };

    fn verdict(verdict: &Verdict, all: bool, style: Style) -> String {
        let mut teller = Teller::new(all, style);
        let findings: String =
            verdict.findings.iter().map(|finding| teller.finding(finding)).collect();
        teller.title(verdict.lesson) + &findings + &teller.total(verdict)
    }

    #[test]
    fn a_verdict_reads_like_a_teacher() {
        let text = verdict(&judged(), false, Style::PLAIN);
        assert_data_eq!(text, file!["report_golden.txt"].raw());
    }

    #[test]
    fn colour_changes_nothing_else() {
        let plain = verdict(&judged(), true, Style::PLAIN);
        let mut coloured = verdict(&judged(), true, Style::COLOURED);
        assert!(coloured.contains("\x1b[31m"));
        for code in ["1;31", "1;32", "31", "32", "33", "35", "1", "2", "0"] {
            coloured = coloured.replace(&format!("\x1b[{code}m"), "");
        }
        assert_eq!(coloured, plain);
    }
}
