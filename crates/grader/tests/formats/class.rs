//! A class with hostile names and outputs.

use grader::formats::{CanvasAssignment, Classroom50, Context, MoodleColumn};
use grader::model::{Check, CheckInfo, Grade, Lesson, Results, Status, Student, Submission};

/// What the folder of the hostile student is called.
pub const HOSTILE: &str = "=cmd|' /C calc'!A0, \"Bob\";+1\n</script>";

/// The score of the grade that has none. No format but JSON has these digits anywhere.
pub const NO_SCORE: u32 = 83;

/// Three students and two lessons.
pub fn class() -> Results {
    let ann = submission("ann", student("Ann Lee", "101"), [perfect(), mixed()]);
    let mut hostile = submission(HOSTILE, bob(), [broken(), absent()]);
    hostile.notes = vec!["took `a\u{202e}b|c`\n::error::x, left out </details>".to_string()];
    let ming = submission("李明🙂", student("Li Ming", "103"), [perfect(), ours()]);
    Results {
        tool: "grader".to_string(),
        version: "0.1.0".to_string(),
        lessons: vec![lesson("lesson-1", "Create sockets"), lesson("lesson-3", "Receive once")],
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
        token: Some(text("resume-8f14e45f")),
    }
}

pub fn lesson(name: &str, title: &str) -> Lesson {
    let info = |id: &str, title: &str, max_points| CheckInfo {
        id: id.to_string(),
        title: title.to_string(),
        max_points,
        goal: format!("It {title}."),
        section: "lesson.md, \"How it works\"".to_string(),
    };
    let checks = vec![
        info("prints", "prints what came", 50),
        info("ends", "ends after one datagram", 30),
        info("silent", "sends nothing back", 20),
    ];
    Lesson { name: name.to_string(), title: title.to_string(), max_score: 100, checks }
}

pub fn submission(name: &str, roster: Student, grades: [Grade; 2]) -> Submission {
    let [mut first, mut second] = grades;
    first.lesson = "lesson-1".to_string();
    second.lesson = "lesson-3".to_string();
    let (student, roster) = (name.to_string(), Some(roster));
    Submission { student, roster, notes: Vec::new(), grades: vec![first, second] }
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

pub fn grade(status: Status) -> Grade {
    Grade {
        seconds: 1.5,
        seed: Some((1 << 53) - 1),
        isolation: "strict".to_string(),
        source_sha256: "ab".repeat(32),
        ..Grade::blank("", 100, status)
    }
}

/// A check of `lesson`, by its place.
pub fn check(at: usize, status: &str) -> Check {
    let lesson = lesson("", "");
    let info = &lesson.checks[at];
    let points = if status == "pass" { info.max_points } else { 0 };
    Check {
        id: info.id.clone(),
        title: info.title.clone(),
        points,
        max_points: info.max_points,
        status: status.to_string(),
        message: String::new(),
        cause: String::new(),
        section: info.section.clone(),
        transcript: vec!["started the program".to_string(), "sent \"hi\"".to_string()],
        end: Some("it ended with status 0".to_string()),
        stderr: Vec::new(),
        milliseconds: 42,
    }
}

fn perfect() -> Grade {
    let checks = (0..3).map(|at| check(at, "pass")).collect();
    Grade { score: 100, passed: 3, checks, ..grade(Status::Judged) }
}

fn mixed() -> Grade {
    let mut failed = check(1, "fail");
    failed.message = "It printed \"]]> </pre> & <b>\0\x1b[2J\".\n::error::forged".to_string();
    failed.cause = "The loop has no end: 100 % of it | runs.".to_string();
    failed.stderr = vec![
        "::set-output name=score::100".to_string(),
        "##[add-path]/tmp\0\x1b]0;owned\x07 </script><script>alert(1)</script>".to_string(),
    ];
    let mut skipped = check(2, "skipped");
    skipped.message = "needs ends".to_string();
    skipped.transcript.clear();
    skipped.end = None;
    let checks = vec![check(0, "pass"), failed, skipped];
    Grade { score: 50, passed: 1, failed: 1, skipped: 1, checks, ..grade(Status::Judged) }
}

fn broken() -> Grade {
    let message = "error: expected `;`\n --> src/main.rs:1:1\n\x1b[31m```\n</pre></details>\n| x |";
    Grade { message: message.to_string(), ..grade(Status::NotCompiled) }
}

fn absent() -> Grade {
    let grade = grade(Status::NotSubmitted);
    Grade { source_sha256: String::new(), seconds: 0.0, seed: None, ..grade }
}

fn ours() -> Grade {
    let message = "cannot start the checks of `李明🙂`: no memory".to_string();
    Grade { score: NO_SCORE, message, ..grade(Status::GraderError) }
}
