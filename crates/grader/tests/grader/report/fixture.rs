//! A small class: everything that can become of a lesson, and one student who is hostile.

use base::ports::PortCount;
use checks::cause::Cause;
use checks::check::{Check, Lesson, Limits};
use checks::failure::Failure;
use checks::verdict::{Finding, Mark, Outcome};
use grader::model::{Grade, Graded, Results, Status, Student};
use std::time::Duration;

macro_rules! check {
    ($file:literal, $id:literal, $title:literal, $points:literal) => {
        Check {
            id: $id,
            title: $title,
            points: $points,
            needs: None,
            goal: concat!("The goal of `", $id, "`: it does <that> & ends."),
            section: concat!($file, "#", $id),
            run: |_| Ok(()),
        }
    };
}

macro_rules! checks {
    ($file:literal) => {
        [
            check!($file, "prints-the-text", "prints the text", 40),
            check!($file, "ends", "ends with `Ok(())`", 30),
            check!($file, "names-it", "names an argument that is no address", 20),
            check!($file, "waits", "waits as long as it takes", 10),
        ]
    };
}

/// Two lessons whose checks' wording never changes.
static LESSONS: [Lesson; 2] = [lesson(2, &CHECKS_2), lesson(3, &CHECKS_3)];

static CHECKS_2: [Check; 4] = checks!("lesson-2.md");
static CHECKS_3: [Check; 4] = checks!("lesson-3.md");

const fn lesson(number: usize, checks: &'static [Check]) -> Lesson {
    let entry = &base::lessons::LESSONS[number - 1];
    let (limits, ports) = (Limits::USUAL, PortCount { udp: 0, both: 0 });
    Lesson { entry, limits, ports, checks, own_network: &[], play: None }
}

/// What would run, or show, if it were markup.
pub const MARKUP: &str = "</pre></td></table></details><script>hacked()</script>\
    <img src=x onerror=hacked()><svg onload=hacked()></svg><a id=bad href=\"javascript:hacked()\">x</a>\
    <iframe srcdoc=\"<script>parent.hacked()</script>\"></iframe><style>body{display:none}</style>\
    </style></script><!-- --><base href=//evil.example><form action=javascript:hacked()>";

/// The folder's name of the hostile student.
pub const HOSTILE: &str =
    "\"><img src=x onerror=hacked()>`` ](javascript:hacked())\n# forged \u{202e}\u{1b}[31m | a";

pub fn class() -> Results {
    let mut submissions = vec![
        submission("ada", vec![passed(0), passed(1)]),
        submission("bob", vec![failed(0), open_gap(1)]),
        submission("carol", vec![passed(0), broken(1)]),
        submission("dave", vec![empty(0), empty(1)]),
        submission("eve", vec![not_compiled(0), unjudged(1)]),
        submission(HOSTILE, vec![hostile(0), hostile_source(1)]),
    ];
    for submission in &mut submissions {
        match submission.student.as_str() {
            "ada" => submission.roster = Some(ada()),
            "eve" => submission.notes = vec!["src/big.rs is too large".into(), "a link".into()],
            HOSTILE => submission.notes = vec![hostile_text()],
            _ => {}
        }
    }
    submissions.sort_by(|a, b| a.student.cmp(&b.student));
    let lessons = LESSONS.iter().collect();
    Results { tool: "grader".into(), version: "0.1.0".into(), lessons, submissions }
}

fn hostile_text() -> String {
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

fn submission(student: &str, grades: Vec<Grade>) -> Graded {
    Graded { student: student.into(), roster: None, notes: Vec::new(), grades }
}

fn grade(lesson: usize, status: Status, message: &str) -> Grade {
    Grade {
        seconds: 1.25,
        seed: Some(42),
        isolation: "strict".into(),
        source_sha256: "0123456789abcdef".into(),
        message: message.into(),
        ..Grade::blank(&LESSONS[lesson], status)
    }
}

fn empty(lesson: usize) -> Grade {
    let grade = grade(lesson, Status::NotSubmitted, "");
    Grade { seconds: 0.0, seed: None, source_sha256: String::new(), ..grade }
}

fn not_compiled(lesson: usize) -> Grade {
    let message = "warning: unused\n\nerror[E0425]: cannot find value `x`\n  --> src/main.rs:3:5";
    grade(lesson, Status::NotCompiled, message)
}

fn unjudged(lesson: usize) -> Grade {
    grade(lesson, Status::GraderError, "the sandbox could not be started, twice")
}

fn hostile_source(lesson: usize) -> Grade {
    let grade = grade(lesson, Status::NotCompiled, &hostile_text());
    Grade { isolation: "best".into(), seed: Some(43), ..grade }
}

/// A grade whose checks ended like this.
fn judged(lesson: usize, outcomes: [Outcome; 4]) -> Grade {
    let checks = LESSONS[lesson].checks.iter().zip(outcomes);
    let findings = checks.map(|(check, outcome)| finding(check, outcome)).collect();
    Grade { findings, ..grade(lesson, Status::Judged, "") }
}

pub fn finding(check: &'static Check, outcome: Outcome) -> Finding {
    Finding {
        steps: vec!["started `lesson`".into(), "sent 5 bytes to 127.0.0.1:8090".into()],
        end: Some("exit status: 0".into()),
        duration: Duration::from_millis(12),
        ..Finding::blank(check, outcome)
    }
}

fn wrong(problem: &str, cause: &str) -> Outcome {
    Outcome::Fail(Failure {
        problem: problem.into(),
        cause: Cause::seen("", cause.to_owned()),
        ..Failure::default()
    })
}

fn passed(lesson: usize) -> Grade {
    judged(lesson, [Outcome::Pass, Outcome::Pass, Outcome::Pass, Outcome::Pass])
}

fn failed(lesson: usize) -> Grade {
    let problem = "the payload differs\n6 bytes\n    0  74 79 70 65 64 20";
    let wrong = wrong(problem, "Turn the argument into an address, with `parse`.");
    let mut grade = judged(lesson, [Outcome::Pass, wrong.clone(), wrong, Outcome::Pass]);
    for finding in grade.findings.iter_mut().filter(|finding| finding.mark() == Mark::Fail) {
        finding.stderr = vec![String::new(), "thread 'main' panicked at a < b".into()];
    }
    grade
}

fn open_gap(lesson: usize) -> Grade {
    let skipped = || Outcome::Skipped("prints-the-text");
    judged(lesson, [wrong("a gap is still open", ""), skipped(), skipped(), skipped()])
}

fn broken(lesson: usize) -> Grade {
    let error = Outcome::GraderError("cannot bind a socket of ours".into());
    judged(lesson, [Outcome::Pass, error, Outcome::Pass, Outcome::Pass])
}

fn hostile(lesson: usize) -> Grade {
    let cause = format!("Write what stands in the gap's place: {}", hostile_text());
    let wrong = wrong(&hostile_text(), &cause);
    let mut grade = judged(lesson, [Outcome::Pass, wrong.clone(), wrong.clone(), wrong]);
    for finding in grade.findings.iter_mut().filter(|finding| finding.mark() == Mark::Fail) {
        finding.steps.push(hostile_text());
        finding.end = Some(hostile_text());
        finding.stderr = hostile_text().lines().map(str::to_owned).collect();
    }
    grade
}
