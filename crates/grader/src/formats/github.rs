//! A step summary and a log for a job of GitHub Actions.

mod markdown;

use super::entry::{entries, verdict};
use super::{Context, File, Rendered};
use crate::model::{Grade, Results, Status, Submission};
use crate::text::{name, paragraph};
use checks::verdict::Mark;
use std::hash::{BuildHasher, RandomState};

/// Bytes of a summary: GitHub refuses a step's summary above 1 MiB as a whole.
pub const SUMMARY: usize = 1024 * 1024;

/// GitHub shows so many annotations of a kind for a step.
pub const ANNOTATIONS: usize = 10;

/// Bytes of the log, and of what it says about one check.
const LOG: usize = 1024 * 1024;
const FEEDBACK: usize = 4_000;

/// `github/summary.md`, to be appended to the file that `GITHUB_STEP_SUMMARY` names, and
/// `github/log.txt`, to be printed.
///
/// What students wrote stands in the log only where GitHub obeys no commands, and escaped in the
/// annotations behind that. What wasn't submitted has no points.
#[must_use]
pub fn render(results: &Results, context: &Context) -> Rendered {
    let summary = markdown::summary(results, SUMMARY);
    let log = log(results, context.token.as_deref());
    let files = vec![File::new("github/summary.md", summary), File::new("github/log.txt", log)];
    Rendered { files, notes: Vec::new() }
}

fn log(results: &Results, token: Option<&str>) -> String {
    let feedback = feedback(results);
    let token = token.filter(|token| !token.is_empty() && !feedback.contains(token));
    let token = token.map_or_else(|| random_token(&feedback), String::from);
    let mut log = format!("::stop-commands::{token}\n{feedback}::{token}::\n");
    for annotation in annotations(results) {
        log.push_str(&annotation);
        log.push('\n');
    }
    log
}

/// A word that no student could know, and that isn't in the text.
fn random_token(text: &str) -> String {
    let half = || RandomState::new().hash_one(0);
    let mut tokens = std::iter::repeat_with(|| format!("{:016x}{:016x}", half(), half()));
    tokens.find(|token| !text.contains(token)).unwrap_or_default()
}

/// What went wrong, as plain text.
fn feedback(results: &Results) -> String {
    let mut log = String::new();
    for (submission, grade) in grades(results) {
        let mut text = format!("{}: {}\n", title(submission, grade), verdict(grade));
        for entry in entries(grade) {
            if matches!(entry.mark, Mark::Fail | Mark::GraderError) {
                let feedback = entry.feedback(FEEDBACK).replace('\n', "\n    ");
                text.push_str(&format!("  {} {}\n    {feedback}\n", entry.number, entry.title));
            }
        }
        if log.len() + text.len() > LOG {
            log.push_str("There is more than a log should hold. The other formats have it all.\n");
            break;
        }
        log.push_str(&text);
    }
    log
}

fn grades(results: &Results) -> impl Iterator<Item = (&Submission, &Grade)> {
    let of = |submission| std::iter::repeat(submission);
    results.submissions.iter().flat_map(move |submission| of(submission).zip(&submission.grades))
}

/// Who and which lesson, in one line.
fn title(submission: &Submission, grade: &Grade) -> String {
    format!("{}, {}", name(&submission.student, 200), grade.lesson.name())
}

/// First what the instructor must look at, then what students must.
fn annotations(results: &Results) -> Vec<String> {
    let grades: Vec<_> = grades(results).collect();
    let of = |kind: &'static str| {
        let those = grades.iter().filter(move |(_, grade)| self::kind(grade) == Some(kind));
        those.map(move |(submission, grade)| annotation(kind, submission, grade))
    };
    let mut all: Vec<String> = of("error").chain(of("warning")).chain(of("notice")).collect();
    let count = all.len();
    if count > ANNOTATIONS {
        all.truncate(ANNOTATIONS - 1);
        let rest = count - all.len();
        all.push(format!("::notice title=Grades::{rest} more are in the summary"));
    }
    all
}

fn kind(grade: &Grade) -> Option<&'static str> {
    match (grade.status, grade.score()) {
        (_, None) => Some("error"),
        (Status::NotSubmitted, _) => Some("notice"),
        (_, Some(score)) => (score < grade.max_score()).then_some("warning"),
    }
}

fn annotation(kind: &str, submission: &Submission, grade: &Grade) -> String {
    let entries = entries(grade);
    let wanted = if grade.has_score() { Mark::Fail } else { Mark::GraderError };
    let first = entries.iter().find(|entry| entry.mark == wanted);
    let mut message = verdict(grade);
    if let Some(entry) = first {
        let reason = entry.reason(300).map(|reason| format!(": {reason}")).unwrap_or_default();
        message.push_str(&format!(". {}{reason}", entry.title));
    }
    let title = property(&title(submission, grade));
    format!("::{kind} title={title}::{}", data(&paragraph(&message, 1_000)))
}

/// As the value of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As the value of a command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_not_in_the_text() {
        let tokens = [random_token(""), random_token("")];
        assert_ne!(tokens[0], tokens[1]);
        assert!(tokens.iter().all(|token| token.len() == 32));
    }

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(property("50%,\r\n::error::x"), "50%25%2C%0D%0A%3A%3Aerror%3A%3Ax");
        assert_eq!(data("50%\n::x"), "50%25%0A::x");
    }
}
