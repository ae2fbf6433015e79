//! Hostile text as Markdown. Source: CommonMark 0.31, and GitHub's additions to it.
//!
//! In code, nothing has a meaning: no markup, no HTML, no link, no `@mention`. So text that isn't
//! ours always stands in code, whose fence is longer than any that the text has.

use base::text::line as visible;

/// A span of code.
pub fn code(text: &str) -> String {
    let text = visible(text);
    // A span can't be empty, and its outermost spaces would be stripped.
    let fence = "`".repeat(longest_run(&text) + 1);
    let needs_room = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty();
    let room = if needs_room { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

/// A block of code, with its line end.
pub fn block(language: &str, lines: &[impl AsRef<str>]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| visible(line.as_ref())).collect();
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    format!("{fence}{language}\n{text}{fence}\n")
}

/// A sentence of ours, in which backticks make code. If it looks as if it were not ours, all of it
/// is code. It never stands in a table.
pub fn prose(text: &str) -> String {
    let is_odd = visible(text) != text
        || text.matches('`').count() % 2 == 1
        || text.starts_with(['-', '+', ' '])
        || text.starts_with(|c: char| c.is_ascii_digit())
        || ["``", "@", "://", "www."].iter().any(|part| text.contains(part));
    if is_odd || text.is_empty() {
        return code(text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { plain(part) } else { code(part) }).collect()
}

/// A name of ours, in a heading or a table: a backslash stands before all that could be markup.
pub fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for c in visible(text).chars() {
        if "\\`*_[]<>#|~&$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Text in an HTML element that we have opened, where Markdown means nothing.
pub fn html(text: &str) -> String {
    let mut escaped = String::new();
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(code("a `` b"), "```a `` b```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`  `");
        assert_eq!(block("text", &["a", "````", "b"]), "`````text\na\n````\nb\n`````\n");
    }

    #[test]
    fn a_line_end_cannot_end_a_span() {
        assert_eq!(code("a\n\n# b\r\u{2028}"), r"`a\n\n# b\r\u{2028}`");
    }

    #[test]
    fn prose_keeps_its_code() {
        assert_eq!(prose("use `recv_from`, *now*"), r"use `recv_from`, \*now\*");
        assert_eq!(prose("[a](b) <b>"), r"\[a\](b) \<b\>");
    }

    #[test]
    fn odd_prose_is_code() {
        for odd in ["see https://a.example", "a@b.example", "a ` b", "- a", "1. a", "a\nb"] {
            assert_eq!(prose(odd), code(odd));
        }
    }
}
