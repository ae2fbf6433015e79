//! A step summary and a log for a job of GitHub Actions.

use super::entry::{Entry, entries, total, verdict};
use super::rendered::{File, Rendered};
use crate::model::{Grade, Graded, Results, Status};
use crate::text::{line, name, paragraph};
use anyhow::{Context, Result};
use checks::verdict::Mark;

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
pub fn render(results: &Results) -> Result<Rendered> {
    let summary = summary(results, SUMMARY);
    let log = log(results)?;
    let files = vec![File::new("github/summary.md", summary), File::new("github/log.txt", log)];
    Ok(Rendered { files, notes: Vec::new() })
}

fn log(results: &Results) -> Result<String> {
    let feedback = feedback(results);
    let token = random_token(&feedback)?;
    let mut log = format!("::stop-commands::{token}\n{feedback}::{token}::\n");
    for annotation in annotations(results) {
        log.push_str(&annotation);
        log.push('\n');
    }
    Ok(log)
}

/// A word that no student could know, and that isn't in the text.
fn random_token(text: &str) -> Result<String> {
    let half = || getrandom::u64().context("the system has no random numbers for a token");
    loop {
        let token = format!("{:016x}{:016x}", half()?, half()?);
        if !text.contains(&token) {
            return Ok(token);
        }
    }
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

fn grades(results: &Results) -> impl Iterator<Item = (&Graded, &Grade)> {
    let of = |submission| std::iter::repeat(submission);
    results.submissions.iter().flat_map(move |submission| of(submission).zip(&submission.grades))
}

/// Who and which lesson, in one line.
fn title(submission: &Graded, grade: &Grade) -> String {
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

fn annotation(kind: &str, submission: &Graded, grade: &Grade) -> String {
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

/// Bytes of a line.
const LINE: usize = 300;

const CUT: &str = "\nThis summary is cut here, because GitHub takes no more than 1 MiB.\n";

/// Markdown of at most `limit` bytes, cut between two of its parts.
fn summary(results: &Results, limit: usize) -> String {
    let mut summary = String::new();
    for part in parts(results) {
        if summary.len() + part.len() + CUT.len() > limit {
            summary.push_str(CUT);
            break;
        }
        summary.push_str(&part);
    }
    summary
}

/// Each is of whole lines, and leaves nothing open.
fn parts(results: &Results) -> impl Iterator<Item = String> {
    let submissions = &results.submissions;
    let details = submissions.iter().flat_map(|s| s.grades.iter().map(move |grade| (s, grade)));
    let details: Vec<_> = details.filter(|(_, grade)| has_details(grade)).collect();
    let checks: usize = details.iter().map(|(_, grade)| entries(grade).len()).sum();
    // All share the room, and each says at least its first sentence.
    let limit = (700_000 / checks.max(1)).clamp(300, 8_000);
    let details = details.into_iter().map(move |(s, grade)| self::details(s, grade, limit));
    let table = submissions.iter().map(|submission| row(results, submission));
    std::iter::once(head(results)).chain(table).chain(["\n".to_string()]).chain(details)
}

fn head(results: &Results) -> String {
    let count = results.submissions.len();
    let mut head = format!("# Grades\n\n{} submission{}, by ", count, plural(count));
    head.push_str(&format!("{} {}\n\n| student |", inert(&results.tool), inert(&results.version)));
    for lesson in &results.lessons {
        head.push_str(&format!(" {} |", inert(&lesson.name())));
    }
    head.push_str(" total |\n| --- |");
    head.push_str(&" ---: |".repeat(results.lessons.len() + 1));
    head.push('\n');
    head
}

fn row(results: &Results, submission: &Graded) -> String {
    let mut row = format!("| {} |", coded(submission));
    for lesson in &results.lessons {
        let grade = submission.grades.iter().find(|grade| grade.lesson == *lesson);
        row.push_str(&format!(" {} |", grade.map_or_else(|| "no grade".into(), cell)));
    }
    let total = total(&submission.grades).map(|(points, most)| format!("{points} of {most}"));
    row.push_str(&format!(" {} |\n", total.unwrap_or_else(|_| "no score".to_string())));
    row
}

fn cell(grade: &Grade) -> String {
    match (grade.score(), grade.status) {
        (None, _) => "no score".to_string(),
        (Some(points), Status::Judged) => points.to_string(),
        (Some(points), _) => format!("{points} ({})", verdict(grade)),
    }
}

/// Not submitted is all that there is to say about what wasn't submitted.
fn has_details(grade: &Grade) -> bool {
    entries(grade).iter().any(needs_words)
}

fn needs_words(entry: &Entry) -> bool {
    matches!(entry.mark, Mark::Fail | Mark::GraderError)
}

fn details(submission: &Graded, grade: &Grade, limit: usize) -> String {
    let mut details = format!(
        "<details><summary>{}, {}: {}</summary>\n\n",
        coded(submission),
        inert(&grade.lesson.name()),
        inert(&verdict(grade))
    );
    for entry in entries(grade).iter().filter(|entry| needs_words(entry)) {
        let feedback = verbatim(&entry.feedback(limit));
        let (number, title) = (inert(&entry.number), inert(entry.title));
        details.push_str(&format!("{number} {title}\n\n<pre>\n{feedback}\n</pre>\n\n"));
    }
    details.push_str("</details>\n\n");
    details
}

/// In `code`, so that nobody is called by an `@` in a name.
fn coded(submission: &Graded) -> String {
    format!("<code>{}</code>", escaped(&name(&submission.student, LINE)))
}

/// One line in which nothing is Markdown or HTML.
fn inert(text: &str) -> String {
    escaped(&line(text, LINE))
}

fn escaped(line: &str) -> String {
    let mut escaped = String::new();
    for c in line.chars() {
        // These two mean nothing in Markdown.
        if c.is_ascii_punctuation() && !matches!(c, ',' | '\'') {
            escaped.push_str(&format!("&#{};", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Text between `<pre>` and `</pre>`, which isn't read as Markdown.
fn verbatim(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_and_not_in_the_text() {
        let tokens = [random_token("").unwrap(), random_token("").unwrap()];
        assert_ne!(tokens[0], tokens[1]);
        assert!(tokens.iter().all(|token| token.len() == 32));
    }

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(property("50%,\r\n::error::x"), "50%25%2C%0D%0A%3A%3Aerror%3A%3Ax");
        assert_eq!(data("50%\n::x"), "50%25%0A::x");
    }

    #[test]
    fn text_is_neither_markdown_nor_html() {
        let escaped = inert("<b>|*_`[x](y)#1 @ann ~ a-b\n\\");
        assert!(!escaped.contains(['<', '|', '*', '_', '`', '[', '@', '~', '-', '\n', '\\']));
        assert_eq!(inert("<a>"), "&#60;a&#62;");
        assert_eq!(inert("李明 a, b"), "李明 a, b");
    }
}
