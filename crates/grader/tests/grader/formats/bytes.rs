//! Every format of a small class, byte by byte.

use crate::golden::same;
use crate::results::{class, context, one_student};
use anyhow::Result;
use grader::formats::{Format, Rendered, render};

#[test]
fn every_format_is_as_its_golden_file() -> Result<()> {
    for format in Format::ALL {
        let of = if format == Format::Classroom50 { one_student() } else { class() };
        let rendered = render(format, &of, &context())?;
        same(&format!("formats/golden/{format}.txt"), with_one_token(&text(&rendered)?));
    }
    Ok(())
}

/// Puts a word in place of the one that is another each time, which ends a part of GitHub's log.
pub fn with_one_token(text: &str) -> String {
    let token = text.split_once("::stop-commands::").and_then(|(_, rest)| rest.lines().next());
    token.map_or_else(|| text.to_owned(), |token| text.replace(token, "resume-8f14e45f"))
}

/// All files behind each other, and then the notes.
fn text(rendered: &Rendered) -> Result<String> {
    let mut text = String::new();
    for file in &rendered.files {
        text.push_str(&format!("=== {} ===\n{}", file.path, str::from_utf8(&file.bytes)?));
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    for note in &rendered.notes {
        text.push_str(&format!("=== note ===\n{note}\n"));
    }
    Ok(text)
}
