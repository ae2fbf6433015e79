//! Many classes of hostile text.

use crate::formats::rules::all_hold;
use crate::results::{FORMATS, class, context, failed, one_student, submission};
use anyhow::Result;
use base::random::Random;
use checks::verdict::{Finding, Outcome};
use grader::model::{Grade, Graded, Results, Status, Student};

/// What has a meaning somewhere.
const PIECES: &[&str] = &[
    "=cmd()",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t",
    "\r",
    "\n",
    "\r\n",
    " ",
    ",",
    ";",
    "\"",
    "'",
    "''",
    "|",
    "`",
    "```",
    "\\",
    "/",
    "../",
    "..",
    "CON",
    "nul.txt",
    ".",
    "\0",
    "\x07",
    "\x1b[2J",
    "\x1b]0;x\x07",
    "\x7f",
    "\u{85}",
    "\u{9b}31m",
    "\u{2028}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{fdd0}",
    "\u{1ffff}",
    "\u{10ffff}",
    "\u{200d}",
    "\u{301}",
    "é",
    "e\u{301}",
    "李明",
    "🙂",
    "<script>alert(1)</script>",
    "</pre>",
    "</details>",
    "<!--",
    "]]>",
    "<![CDATA[",
    "&amp;",
    "&#0;",
    "&",
    "<",
    ">",
    "%0A",
    "%",
    "::error::x",
    "\n::set-output x=1::y",
    "::stop-commands::x",
    "\n::resume-8f14e45f::\n",
    "##[add-path]x",
    "# Title",
    "* x",
    "@ann",
    "[x](javascript:1)",
    "![x](https://example.org)",
    "www.example.org",
    "Points Possible",
    "EX",
    "0",
    "12x",
    "100",
    "'=1",
    "＝1",
    "a",
    "ann",
    "Ann",
    "null",
    "{}",
    "\u{0}\u{0}",
];

/// Students as chance has them, who are the same for the same seed.
struct Dice(Random);

impl Dice {
    fn below(&self, limit: usize) -> usize {
        self.0.below(limit)
    }

    fn text(&self) -> String {
        let count = self.below(5);
        let mut text: String = (0..count).map(|_| PIECES[self.below(PIECES.len())]).collect();
        if self.below(40) == 0 {
            text = text.repeat(500);
        }
        text
    }

    fn texts(&self) -> Vec<String> {
        let count = self.below(4);
        (0..count).map(|_| self.text()).collect()
    }

    fn student(&self) -> Option<Student> {
        (self.below(5) > 0).then(|| Student {
            name: self.text(),
            id: self.text(),
            sis_user_id: self.text(),
            sis_login_id: self.text(),
            section: self.text(),
            email: self.text(),
        })
    }

    fn finding(&self, lesson: usize, at: usize) -> Finding {
        let checks = FORMATS.lessons[lesson].checks;
        let outcome = match self.below(5) {
            0 => Outcome::Pass,
            1 => Outcome::Skipped(checks[0].id),
            2 => Outcome::GraderError(self.text()),
            _ => failed(&self.text(), &self.text()),
        };
        Finding {
            steps: self.texts(),
            end: Some(self.text()),
            stderr: self.texts(),
            ..FORMATS.finding(&checks[at], outcome)
        }
    }

    fn grade(&self, lesson: usize) -> Grade {
        use Status::{GraderError, Judged, NotCompiled, NotSubmitted};
        let status = [Judged, Judged, NotSubmitted, NotCompiled, GraderError][self.below(5)];
        let mut grade = FORMATS.grade(lesson, status, &self.text());
        if status == Judged {
            grade.findings = (0..3).map(|at| self.finding(lesson, at)).collect();
        }
        grade
    }

    fn submission(&self) -> Graded {
        let name = self.text();
        let grades = [self.grade(0), self.grade(1)];
        let notes = self.texts();
        Graded { roster: self.student(), notes, ..submission(&name, None, grades) }
    }
}

#[test]
fn hostile_classes_keep_all_rules() -> Result<()> {
    for seed in 0..400 {
        let dice = Dice(Random::new(seed, "hostile classes"));
        let mut submissions: Vec<_> = (0..4).map(|_| dice.submission()).collect();
        // Each is a folder, so that no two have the same name.
        submissions.sort_by(|a, b| a.student.cmp(&b.student));
        submissions.dedup_by(|a, b| a.student == b.student);
        let results = Results { submissions, ..class() };
        all_hold(&results, &context()).map_err(|error| error.context(format!("seed {seed}")))?;
    }
    Ok(())
}

#[test]
fn who_looks_like_another_is_told_apart() -> Result<()> {
    let names = ["a\n", "a\\n", "A\\N"].map(String::from);
    let ann = one_student().submissions.remove(0);
    let submissions = names.map(|student| Graded { student, ..ann.clone() }).to_vec();
    all_hold(&Results { submissions, ..class() }, &context())
}
