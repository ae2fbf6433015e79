//! A class with hostile names and outputs.

use base::ports::PortCount;
use checks::cause::Cause;
use checks::check::{Check, Lesson, Limits};
use checks::failure::Failure;
use checks::verdict::{Finding, Outcome};
use grader::formats::{CanvasAssignment, Classroom50, Context, MoodleColumn};
use grader::model::{Grade, Graded, Results, Status, Student};
use std::time::Duration;

/// What the folder of the hostile student is called.
pub const HOSTILE: &str = "=cmd|' /C calc'!A0, \"Bob\";+1\n</script>";

/// The points of the grade that has no score. No format but JSON has these digits anywhere.
pub const NO_SCORE: u32 = 83;

/// Lessons whose checks' wording never changes. Their ids are those of checks that there are.
pub static LESSONS: [Lesson; 2] = [
    lesson(
        1,
        &[
            check("shows-its-tcp-address", "prints what came", 50, "It prints what came."),
            check("closes-at-a-line", "ends after one datagram", 30, "It ends after one datagram."),
            check("needs-no-argument", "sends nothing back", 20, "It sends nothing back."),
        ],
    ),
    lesson(
        3,
        &[
            check("prints-the-text", "prints what came", 50, "It prints what came."),
            check(
                "ends-after-one-datagram",
                "ends after one datagram",
                30,
                "It ends after one datagram.",
            ),
            check("sends-nothing-back", "sends nothing back", 20, "It sends nothing back."),
        ],
    ),
];

const fn lesson(number: usize, checks: &'static [Check]) -> Lesson {
    let entry = &base::lessons::LESSONS[number - 1];
    let (limits, ports) = (Limits::USUAL, PortCount { udp: 0, both: 0 });
    Lesson { entry, limits, ports, checks, own_network: &[], play: None }
}

const fn check(id: &'static str, title: &'static str, points: u32, goal: &'static str) -> Check {
    let section = "lesson.md, \"How it works\"";
    Check { id, title, points, needs: None, goal, section, run: |_| Ok(()) }
}

/// Three students and two lessons.
pub fn class() -> Results {
    let ann = submission("ann", student("Ann Lee", "101"), [perfect(), mixed()]);
    let mut hostile = submission(HOSTILE, bob(), [broken(), absent()]);
    hostile.notes = vec!["took `a\u{202e}b|c`\n::error::x, left out </details>".to_string()];
    let ming = submission("李明🙂", student("Li Ming", "103"), [perfect(), ours()]);
    Results {
        tool: "grader".to_string(),
        version: "0.1.0".to_string(),
        lessons: LESSONS.iter().collect(),
        submissions: vec![hostile, ann, ming],
    }
}

/// Only the student whom no format leaves out.
pub fn one_student() -> Results {
    let mut results = class();
    results.submissions.retain(|submission| submission.student == "ann");
    results
}

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

/// One grade for each lesson.
pub fn submission(name: &str, roster: Student, grades: [Grade; 2]) -> Graded {
    let (student, roster) = (name.to_string(), Some(roster));
    Graded { student, roster, notes: Vec::new(), grades: grades.into() }
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

/// Who has chosen a name that does harm, and some identifiers that can't be used.
fn bob() -> Student {
    Student {
        name: "+Bob \"the \x1b[31mred\" 🙂,\r\n=1;-2 Points Possible".to_string(),
        sis_user_id: "@SUM(A1)".to_string(),
        section: "-Group, 2".to_string(),
        ..student("", "102")
    }
}

/// Of the lesson at this place.
pub fn grade(lesson: usize, status: Status) -> Grade {
    Grade {
        seconds: 1.5,
        seed: Some((1 << 53) - 1),
        isolation: "strict".to_string(),
        source_sha256: "ab".repeat(32),
        ..Grade::blank(&LESSONS[lesson], status)
    }
}

/// Whose checks ended like this.
pub fn judged(lesson: usize, outcomes: [Outcome; 3]) -> Grade {
    let checks = LESSONS[lesson].checks.iter().zip(outcomes);
    let findings = checks.map(|(check, outcome)| finding(check, outcome)).collect();
    Grade { findings, ..grade(lesson, Status::Judged) }
}

pub fn finding(check: &'static Check, outcome: Outcome) -> Finding {
    Finding {
        steps: vec!["started the program".to_string(), "sent \"hi\"".to_string()],
        end: Some("it ended with status 0".to_string()),
        duration: Duration::from_millis(42),
        ..Finding::blank(check, outcome)
    }
}

pub fn failed(problem: &str, cause: &str) -> Outcome {
    let (problem, cause) = (problem.to_string(), Cause::seen("", cause.to_string()));
    Outcome::Fail(Failure { problem, cause, ..Failure::default() })
}

fn perfect() -> Grade {
    judged(0, [Outcome::Pass, Outcome::Pass, Outcome::Pass])
}

fn mixed() -> Grade {
    let failed = failed(
        "It printed \"]]> </pre> & <b>\0\x1b[2J\".\n::error::forged",
        "The loop has no end: 100 % of it | runs.",
    );
    let needed = LESSONS[1].checks[1].id;
    let mut grade = judged(1, [Outcome::Pass, failed, Outcome::Skipped(needed)]);
    grade.findings[1].stderr = vec![
        "::set-output name=score::100".to_string(),
        "##[add-path]/tmp\0\x1b]0;owned\x07 </script><script>alert(1)</script>".to_string(),
    ];
    grade.findings[2].steps.clear();
    grade.findings[2].end = None;
    grade
}

fn broken() -> Grade {
    let message = "error: expected `;`\n --> src/main.rs:1:1\n\x1b[31m```\n</pre></details>\n| x |";
    Grade { message: message.to_string(), ..grade(0, Status::NotCompiled) }
}

fn absent() -> Grade {
    let grade = grade(1, Status::NotSubmitted);
    Grade { source_sha256: String::new(), seconds: 0.0, seed: None, ..grade }
}

fn ours() -> Grade {
    let message = "cannot start the checks of `李明🙂`: no memory".to_string();
    Grade { message, ..grade(1, Status::GraderError) }
}
