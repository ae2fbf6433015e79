//! Two classes of results, whose lessons' wording never changes: one of three students for formats,
//! and one of six for reports. In each, somebody is hostile.

#![allow(clippy::indexing_slicing, reason = "a test may panic")]

use base::ports::PortCount;
use checks::cause::Cause;
use checks::check::{Check, Lesson, Limits};
use checks::failure::Failure;
use checks::verdict::{Finding, Outcome};
use grader::formats::{CanvasAssignment, Classroom50, Context, MoodleColumn};
use grader::model::{Grade, Graded, Results, Status, Student};
use std::iter;
use std::sync::LazyLock;
use std::time::Duration;

/// The lessons of a class, and what is the same for all of its programs.
pub struct Course {
    pub lessons: [Lesson; 2],
    seconds: f64,
    seed: u64,
    source_sha256: String,
    steps: [&'static str; 2],
    end: &'static str,
}

/// What formats are tested with. The checks' ids are those of checks that there are.
pub static FORMATS: LazyLock<Course> = LazyLock::new(|| {
    let section = "lesson.md, \"How it works\"";
    let checks =
        [("prints what came", 50), ("ends after one datagram", 30), ("sends nothing back", 20)];
    let check =
        |(id, (title, points))| check(id, title, points, format!("It {title}.").leak(), section);
    let lesson = |number, ids: [_; 3]| lesson(number, ids.into_iter().zip(checks).map(check));
    Course {
        lessons: [
            lesson(1, ["shows-its-tcp-address", "closes-at-a-line", "needs-no-argument"]),
            lesson(3, ["prints-the-text", "ends-after-one-datagram", "sends-nothing-back"]),
        ],
        seconds: 1.5,
        seed: (1 << 53) - 1,
        source_sha256: "ab".repeat(32),
        steps: ["started the program", "sent \"hi\""],
        end: "it ended with status 0",
    }
});

/// What reports are tested with.
pub static REPORTS: LazyLock<Course> = LazyLock::new(|| {
    let checks = [
        ("prints-the-text", "prints the text", 40),
        ("ends", "ends with `Ok(())`", 30),
        ("names-it", "names an argument that is no address", 20),
        ("waits", "waits as long as it takes", 10),
    ];
    let check = |number, (id, title, points)| {
        let goal = format!("The goal of `{id}`: it does <that> & ends.");
        check(id, title, points, goal.leak(), format!("lesson-{number}.md#{id}").leak())
    };
    Course {
        lessons: [2, 3].map(|number| lesson(number, checks.map(|row| check(number, row)))),
        seconds: 1.25,
        seed: 42,
        source_sha256: "0123456789abcdef".into(),
        steps: ["started `lesson`", "sent 5 bytes to 127.0.0.1:8090"],
        end: "exit status: 0",
    }
});

fn lesson(number: usize, checks: impl IntoIterator<Item = Check>) -> Lesson {
    let entry = &base::lessons::LESSONS[number - 1];
    let (limits, ports) = (Limits::USUAL, PortCount { udp: 0, both: 0 });
    let checks = checks.into_iter().collect::<Vec<_>>().leak();
    Lesson { entry, limits, ports, checks, own_network: &[], play: None }
}

const fn check(
    id: &'static str,
    title: &'static str,
    points: u32,
    goal: &'static str,
    section: &'static str,
) -> Check {
    Check { id, title, points, needs: None, goal, section, run: |_| Ok(()) }
}

impl Course {
    pub fn results(&'static self, submissions: Vec<Graded>) -> Results {
        let lessons = self.lessons.iter().collect();
        Results { tool: "grader".into(), version: "0.1.0".into(), lessons, submissions }
    }

    /// Of the lesson at this place.
    pub fn grade(&'static self, lesson: usize, status: Status, message: &str) -> Grade {
        Grade {
            seconds: self.seconds,
            seed: Some(self.seed),
            isolation: "strict".into(),
            source_sha256: self.source_sha256.clone(),
            message: message.into(),
            ..Grade::blank(&self.lessons[lesson], status)
        }
    }

    fn not_submitted(&'static self, lesson: usize) -> Grade {
        let grade = Grade::blank(&self.lessons[lesson], Status::NotSubmitted);
        Grade { isolation: "strict".into(), ..grade }
    }

    /// Whose checks ended like this.
    pub fn judged(
        &'static self,
        lesson: usize,
        outcomes: impl IntoIterator<Item = Outcome>,
    ) -> Grade {
        let checks = self.lessons[lesson].checks.iter().zip(outcomes);
        let findings = checks.map(|(check, outcome)| self.finding(check, outcome)).collect();
        Grade { findings, ..self.grade(lesson, Status::Judged, "") }
    }

    fn passed(&'static self, lesson: usize) -> Grade {
        self.judged(lesson, iter::repeat(Outcome::Pass))
    }

    pub fn finding(&self, check: &'static Check, outcome: Outcome) -> Finding {
        Finding {
            steps: self.steps.map(String::from).to_vec(),
            end: Some(self.end.into()),
            duration: Duration::from_millis(42),
            ..Finding::blank(check, outcome)
        }
    }
}

pub fn failed(problem: &str, cause: &str) -> Outcome {
    let (problem, cause) = (problem.to_string(), Cause::seen("", cause.to_string()));
    Outcome::Fail(Failure { problem, cause, ..Failure::default() })
}

/// The points of [`without_score`]. Nothing but JSON has these digits anywhere.
pub const NO_SCORE: u32 = 77;

/// Findings that earned points before the grader failed.
pub fn without_score() -> Vec<Finding> {
    static CHECKS: [Check; 3] = [
        check("a", "a", NO_SCORE / 2, "", ""),
        check("b", "b", NO_SCORE.div_ceil(2), "", ""),
        check("c", "c", 100 - NO_SCORE, "", ""),
    ];
    let outcomes = [Outcome::Pass, Outcome::Pass, Outcome::GraderError("no memory".into())];
    CHECKS.iter().zip(outcomes).map(|(check, outcome)| Finding::blank(check, outcome)).collect()
}

/// One grade for each lesson.
pub fn submission(name: &str, roster: Option<Student>, grades: [Grade; 2]) -> Graded {
    Graded { student: name.into(), roster, notes: Vec::new(), grades: grades.into() }
}

pub fn student(name: &str, id: &str) -> Student {
    Student {
        name: name.to_string(),
        id: id.to_string(),
        sis_user_id: format!("s{id}"),
        sis_login_id: format!("login{id}"),
        section: "Group 1".to_string(),
        email: format!("{id}@example.org"),
    }
}

/// What the folder of a hostile student is called who thinks of gradebooks.
pub const FORMULA: &str = "=cmd|' /C calc'!A0, \"Bob\";+1\n</script>";

/// Three students for formats.
pub fn class() -> Results {
    let absent = FORMATS.not_submitted(1);
    let message = "error: expected `;`\n --> src/main.rs:1:1\n\x1b[31m```\n</pre></details>\n| x |";
    let broken = FORMATS.grade(0, Status::NotCompiled, message);
    let mut hostile = submission(FORMULA, Some(bob()), [broken, absent]);
    hostile.notes = vec!["took `a\u{202e}b|c`\n::error::x, left out </details>".to_string()];
    let ann = Some(student("Ann Lee", "101"));
    let ann = submission("ann", ann, [FORMATS.passed(0), mixed()]);
    let message = "cannot start the checks of `李明🙂`: no memory";
    let ours = FORMATS.grade(1, Status::GraderError, message);
    let ming = Some(student("Li Ming", "103"));
    let ming = submission("李明🙂", ming, [FORMATS.passed(0), ours]);
    FORMATS.results(vec![hostile, ann, ming])
}

/// Only the student whom no format leaves out.
pub fn one_student() -> Results {
    let mut results = class();
    results.submissions.retain(|submission| submission.student == "ann");
    results
}

/// What platforms know of the class for formats.
pub fn context() -> Context {
    let assignment = |title: &str, id| CanvasAssignment { title: title.to_string(), id };
    let text = String::from;
    Context {
        canvas: [
            (text("lesson-1"), assignment("=Sockets, \"1\"", Some(4711))),
            (text("lesson-3"), assignment("Receive once", None)),
        ]
        .into(),
        moodle: Some(MoodleColumn::Email),
        classroom50: Classroom50 {
            classroom: text("sockets"),
            assignment: text("lessons"),
            assignment_type: text("individual"),
            owner: text("ann"),
            submission: text("submit/2026-06-01T14-32-05Z-a1b2c3d"),
            commit: text("https://example.org/commit/a1b2c3d"),
            release: text("https://example.org/releases/1"),
            review: text("https://example.org/compare/1"),
            datetime: text("2026-06-01T14:32:05Z"),
        },
    }
}

/// Who has chosen a name that does harm, and some identifiers that can't be used.
fn bob() -> Student {
    Student {
        name: "+Bob \"the \x1b[31mred\" 🙂,\r\n=1;-2 Points Possible".to_string(),
        sis_user_id: "@SUM(A1)".to_string(),
        section: "-Group, 2".to_string(),
        ..student("", "102")
    }
}

fn mixed() -> Grade {
    let failed = failed(
        "It printed \"]]> </pre> & <b>\0\x1b[2J\".\n::error::forged",
        "The loop has no end: 100 % of it | runs.",
    );
    let needed = FORMATS.lessons[1].checks[1].id;
    let mut grade = FORMATS.judged(1, [Outcome::Pass, failed, Outcome::Skipped(needed)]);
    grade.findings[1].stderr = vec![
        "::set-output name=score::100".to_string(),
        "##[add-path]/tmp\0\x1b]0;owned\x07 </script><script>alert(1)</script>".to_string(),
    ];
    grade.findings[2].steps.clear();
    grade.findings[2].end = None;
    grade
}

/// What the folder of a hostile student is called who thinks of pages.
pub const MARKED_UP: &str =
    "\"><img src=x onerror=hacked()>`` ](javascript:hacked())\n# forged \u{202e}\u{1b}[31m | a";

/// What would run, or show, if it were markup.
pub const MARKUP: &str = "</pre></td></table></details><script>hacked()</script>\
    <img src=x onerror=hacked()><svg onload=hacked()></svg><a id=bad href=\"javascript:hacked()\">x</a>\
    <iframe srcdoc=\"<script>parent.hacked()</script>\"></iframe><style>body{display:none}</style>\
    </style></script><!-- --><base href=//evil.example><form action=javascript:hacked()>";

/// Six students for reports, with everything that can become of a lesson.
pub fn larger_class() -> Results {
    let source = REPORTS.grade(1, Status::NotCompiled, &more_markup());
    let source = Grade { isolation: "best".into(), seed: Some(43), ..source };
    let mut hostile = submission(MARKED_UP, None, [marked_up(), source]);
    hostile.notes = vec![more_markup()];
    let ada = submission("ada", Some(ada()), [REPORTS.passed(0), REPORTS.passed(1)]);
    let skipped = iter::repeat(Outcome::Skipped("prints-the-text"));
    let gap = REPORTS.judged(1, iter::once(failed("a gap is still open", "")).chain(skipped));
    let bob = submission("bob", None, [differs(), gap]);
    let error = Outcome::GraderError("cannot bind a socket of ours".into());
    let ours = REPORTS.judged(1, [Outcome::Pass, error, Outcome::Pass, Outcome::Pass]);
    let carol = submission("carol", None, [REPORTS.passed(0), ours]);
    let dave = submission("dave", None, [0, 1].map(|lesson| REPORTS.not_submitted(lesson)));
    let message = "warning: unused\n\nerror[E0425]: cannot find value `x`\n  --> src/main.rs:3:5";
    let broken = REPORTS.grade(0, Status::NotCompiled, message);
    let message = "the sandbox could not be started, twice";
    let ours = REPORTS.grade(1, Status::GraderError, message);
    let mut eve = submission("eve", None, [broken, ours]);
    eve.notes = vec!["src/big.rs is too large".into(), "a link".into()];
    REPORTS.results(vec![hostile, ada, bob, carol, dave, eve])
}

fn more_markup() -> String {
    format!(
        "{MARKUP}\n```\n````\n</details>\n\n# forged\n\n[x](javascript:hacked()) ![x](http://evil.example/x)\n\
         <img src=x onerror=hacked()>\n| a | b |\n@everyone \u{1b}]0;hacked\u{7}\u{202e}\0\r::set-output name=x::y"
    )
}

fn ada() -> Student {
    Student {
        name: "Ada <Lovelace> & Söhne".into(),
        id: "4711".into(),
        section: "A".into(),
        email: "ada@example.edu".into(),
        ..Student::default()
    }
}

fn differs() -> Grade {
    let problem = "the payload differs\n6 bytes\n    0  74 79 70 65 64 20";
    let failed = failed(problem, "Turn the argument into an address, with `parse`.");
    let mut grade = REPORTS.judged(0, [Outcome::Pass, failed.clone(), failed, Outcome::Pass]);
    for finding in &mut grade.findings[1..3] {
        finding.stderr = vec![String::new(), "thread 'main' panicked at a < b".into()];
    }
    grade
}

fn marked_up() -> Grade {
    let cause = format!("Write what stands in the gap's place: {}", more_markup());
    let failed = iter::repeat(failed(&more_markup(), &cause));
    let mut grade = REPORTS.judged(0, iter::once(Outcome::Pass).chain(failed));
    for finding in &mut grade.findings[1..] {
        finding.steps.push(more_markup());
        finding.end = Some(more_markup());
        finding.stderr = more_markup().lines().map(str::to_owned).collect();
    }
    grade
}
