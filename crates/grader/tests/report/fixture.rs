//! A small class: everything that can become of a lesson, and one student who is hostile.

use grader::model::{Check, CheckInfo, Grade, Lesson, Results, Status, Student, Submission};

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
        submission("ada", vec![passed("lesson-2"), passed("lesson-3")]),
        submission("bob", vec![failed("lesson-2"), open_gap("lesson-3")]),
        submission("carol", vec![passed("lesson-2"), broken("lesson-3")]),
        submission("dave", vec![empty("lesson-2"), empty("lesson-3")]),
        submission("eve", vec![not_compiled("lesson-2"), unjudged("lesson-3")]),
        submission(HOSTILE, vec![hostile("lesson-2"), hostile_source("lesson-3")]),
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
    let lessons = vec![lesson("lesson-2", "Send once"), lesson("lesson-3", "Receive once")];
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

fn lesson(name: &str, title: &str) -> Lesson {
    let check = |(id, title, max_points): (&str, &str, u32)| CheckInfo {
        id: id.into(),
        title: title.into(),
        max_points,
        goal: format!("The goal of `{id}`: it does <that> & ends."),
        section: format!("{name}.md#{id}"),
    };
    let checks = CHECKS.into_iter().map(check).collect();
    Lesson { name: name.into(), title: title.into(), max_score: 100, checks }
}

const CHECKS: [(&str, &str, u32); 4] = [
    ("prints-the-text", "prints the text", 40),
    ("ends", "ends with `Ok(())`", 30),
    ("names-it", "names an argument that is no address", 20),
    ("waits", "waits as long as it takes", 10),
];

fn submission(student: &str, grades: Vec<Grade>) -> Submission {
    Submission { student: student.into(), roster: None, notes: Vec::new(), grades }
}

fn grade(lesson: &str, status: Status, message: &str) -> Grade {
    Grade {
        seconds: 1.25,
        seed: Some(42),
        isolation: "strict".into(),
        source_sha256: "0123456789abcdef".into(),
        message: message.into(),
        ..Grade::blank(lesson, 100, status)
    }
}

fn empty(lesson: &str) -> Grade {
    let grade = grade(lesson, Status::NotSubmitted, "");
    Grade { seconds: 0.0, seed: None, source_sha256: String::new(), ..grade }
}

fn not_compiled(lesson: &str) -> Grade {
    let message = "warning: unused\n\nerror[E0425]: cannot find value `x`\n  --> src/main.rs:3:5";
    grade(lesson, Status::NotCompiled, message)
}

fn unjudged(lesson: &str) -> Grade {
    let grade = grade(lesson, Status::GraderError, "the sandbox could not be started, twice");
    Grade { score: 77, ..grade }
}

fn hostile_source(lesson: &str) -> Grade {
    let grade = grade(lesson, Status::NotCompiled, &hostile_text());
    Grade { isolation: "best".into(), seed: Some(43), ..grade }
}

/// A grade whose checks ended with these words.
fn judged(lesson: &str, words: [&str; 4]) -> Grade {
    let check = |((id, title, max_points), word): ((&str, &str, u32), &str)| Check {
        id: id.into(),
        title: title.into(),
        points: if word == "pass" { max_points } else { 0 },
        max_points,
        status: word.into(),
        message: String::new(),
        cause: String::new(),
        section: format!("{lesson}.md#{id}"),
        transcript: vec!["started `lesson`".into(), "sent 5 bytes to 127.0.0.1:8090".into()],
        end: Some("exit status: 0".into()),
        stderr: Vec::new(),
        milliseconds: 12,
    };
    let checks: Vec<Check> = CHECKS.into_iter().zip(words).map(check).collect();
    let count = |word: &str| u32::try_from(words.iter().filter(|w| **w == word).count());
    Grade {
        score: checks.iter().map(|check| check.points).sum(),
        passed: count("pass").unwrap_or(0),
        failed: count("fail").unwrap_or(0),
        skipped: count("skipped").unwrap_or(0),
        grader_errors: count("grader error").unwrap_or(0),
        checks,
        ..grade(lesson, Status::Judged, "")
    }
}

fn passed(lesson: &str) -> Grade {
    judged(lesson, ["pass"; 4])
}

fn failed(lesson: &str) -> Grade {
    let mut grade = judged(lesson, ["pass", "fail", "fail", "pass"]);
    for check in grade.checks.iter_mut().filter(|check| check.status == "fail") {
        check.message = "the payload differs\n6 bytes\n    0  74 79 70 65 64 20".into();
        check.cause = "Turn the argument into an address, with `parse`.".into();
        check.stderr = vec![String::new(), "thread 'main' panicked at a < b".into()];
    }
    grade
}

fn open_gap(lesson: &str) -> Grade {
    let mut grade = judged(lesson, ["fail", "skipped", "skipped", "skipped"]);
    for check in &mut grade.checks {
        check.message = match check.status.as_str() {
            "fail" => "a gap is still open".into(),
            _ => "needs prints-the-text".into(),
        };
    }
    grade
}

fn broken(lesson: &str) -> Grade {
    let mut grade = judged(lesson, ["pass", "grader error", "pass", "pass"]);
    grade.score = 77;
    for check in grade.checks.iter_mut().filter(|check| check.status == "grader error") {
        check.message = "cannot bind a socket of ours".into();
    }
    grade
}

fn hostile(lesson: &str) -> Grade {
    let mut grade = judged(lesson, ["pass", "fail", "fail", "fail"]);
    for check in grade.checks.iter_mut().filter(|check| check.status == "fail") {
        check.message = hostile_text();
        check.cause = format!("Write what stands in the gap's place: {}", hostile_text());
        check.transcript.push(hostile_text());
        check.end = Some(hostile_text());
        check.stderr = hostile_text().lines().map(str::to_owned).collect();
    }
    grade
}
