//! Many classes of hostile text.

use crate::formats::class::{
    LESSONS, class, context, failed, finding, grade, one_student, student, submission,
};
use crate::formats::rules::all_hold;
use anyhow::Result;
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

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // Steele and Vigna's SplitMix.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize % limit
    }

    fn text(&mut self) -> String {
        let count = self.below(5);
        let mut text: String = (0..count).map(|_| PIECES[self.below(PIECES.len())]).collect();
        if self.below(40) == 0 {
            text = text.repeat(500);
        }
        text
    }

    fn texts(&mut self) -> Vec<String> {
        let count = self.below(4);
        (0..count).map(|_| self.text()).collect()
    }

    fn student(&mut self) -> Option<Student> {
        (self.below(5) > 0).then(|| Student {
            name: self.text(),
            id: self.text(),
            sis_user_id: self.text(),
            sis_login_id: self.text(),
            section: self.text(),
            email: self.text(),
        })
    }

    fn finding(&mut self, lesson: usize, at: usize) -> Finding {
        let checks = LESSONS[lesson].checks;
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
            ..finding(&checks[at], outcome)
        }
    }

    fn grade(&mut self, lesson: usize) -> Grade {
        use Status::{GraderError, Judged, NotCompiled, NotSubmitted};
        let status = [Judged, Judged, NotSubmitted, NotCompiled, GraderError][self.below(5)];
        let mut grade = Grade { message: self.text(), ..grade(lesson, status) };
        if status == Judged {
            grade.findings = (0..3).map(|at| self.finding(lesson, at)).collect();
        }
        grade
    }

    fn submission(&mut self) -> Graded {
        let name = self.text();
        let grades = [self.grade(0), self.grade(1)];
        let notes = self.texts();
        Graded { roster: self.student(), notes, ..submission(&name, student("", ""), grades) }
    }
}

#[test]
fn hostile_classes_keep_all_rules() -> Result<()> {
    for seed in 0..400 {
        let mut dice = Dice(seed);
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
