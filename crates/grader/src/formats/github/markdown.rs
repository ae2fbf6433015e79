//! The step summary.

use crate::formats::entry::{Entry, entries, total, verdict};
use crate::model::{Grade, Results, Status, Submission};
use crate::text::{self, line};
use checks::verdict::Mark;

/// Bytes of a line.
const LINE: usize = 300;

const CUT: &str = "\nThis summary is cut here, because GitHub takes no more than 1 MiB.\n";

/// Markdown of at most `limit` bytes, cut between two of its parts.
pub fn summary(results: &Results, limit: usize) -> String {
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
    head.push_str(&format!("{} {}\n\n| student |", text(&results.tool), text(&results.version)));
    for lesson in &results.lessons {
        head.push_str(&format!(" {} |", text(&lesson.name())));
    }
    head.push_str(" total |\n| --- |");
    head.push_str(&" ---: |".repeat(results.lessons.len() + 1));
    head.push('\n');
    head
}

fn row(results: &Results, submission: &Submission) -> String {
    let mut row = format!("| {} |", name(submission));
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

fn details(submission: &Submission, grade: &Grade, limit: usize) -> String {
    let mut details = format!(
        "<details><summary>{}, {}: {}</summary>\n\n",
        name(submission),
        text(&grade.lesson.name()),
        text(&verdict(grade))
    );
    for entry in entries(grade).iter().filter(|entry| needs_words(entry)) {
        let feedback = verbatim(&entry.feedback(limit));
        let (number, title) = (text(&entry.number), text(entry.title));
        details.push_str(&format!("{number} {title}\n\n<pre>\n{feedback}\n</pre>\n\n"));
    }
    details.push_str("</details>\n\n");
    details
}

/// In `code`, so that nobody is called by an `@` in a name.
fn name(submission: &Submission) -> String {
    format!("<code>{}</code>", escaped(&text::name(&submission.student, LINE)))
}

/// One line in which nothing is Markdown or HTML.
fn text(text: &str) -> String {
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
    fn text_is_neither_markdown_nor_html() {
        let escaped = text("<b>|*_`[x](y)#1 @ann ~ a-b\n\\");
        assert!(!escaped.contains(['<', '|', '*', '_', '`', '[', '@', '~', '-', '\n', '\\']));
        assert_eq!(text("<a>"), "&#60;a&#62;");
        assert_eq!(text("李明 a, b"), "李明 a, b");
    }
}
