//! Text from submissions, made harmless: everything invisible becomes visible, and nothing is
//! longer than it may be.
//!
//! In a name, a backslash is doubled, so that no two names look the same. What the grader, the
//! compiler or a program says keeps its backslashes: they stand in escapes and code of its own.

use std::collections::BTreeSet;
use std::iter;

/// Stands where the rest of a text was left out.
pub const MARK: &str = " … (shortened)";

/// A name, or whatever else isn't said but chosen, in one line of at most `limit` bytes.
pub fn name(text: &str, limit: usize) -> String {
    readable(text, limit, |c| c == '\\' || is_invisible(c))
}

/// What was said, in one line of at most `limit` bytes.
pub fn line(text: &str, limit: usize) -> String {
    readable(text, limit, is_invisible)
}

/// What was said in at most `limit` bytes, with its lines and tabs as they are.
pub fn paragraph(text: &str, limit: usize) -> String {
    readable(text, limit, |c| !matches!(c, '\n' | '\t') && is_invisible(c))
}

/// Works through as much of `text` as is shown, however long it is.
fn readable(text: &str, limit: usize, escapes: fn(char) -> bool) -> String {
    let room = limit.saturating_sub(MARK.len());
    let (mut shown, mut fits) = (String::new(), 0);
    for c in text.chars() {
        if escapes(c) {
            shown.push_str(&escape(c));
        } else {
            shown.push(c);
        }
        if shown.len() <= room {
            fits = shown.len();
        } else if shown.len() > limit {
            shown.truncate(fits);
            shown.push_str(MARK);
            break;
        }
    }
    shown
}

/// Control characters; what turns the direction of writing or breaks lines, and so could make a
/// line look like another; and what isn't a character at all, which XML forbids.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// `\n`, `\0`, `\\` or `\u{1b}`, as Rust writes them.
fn escape(c: char) -> String {
    match c {
        '\0' | '\n' | '\r' | '\t' | '\\' => c.escape_debug().to_string(),
        _ => c.escape_unicode().to_string(),
    }
}

/// The texts, each told apart from equal ones before it by a number.
pub fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut pick = |text: String| {
        let numbered = (2..).map(|number| format!("{text} ({number})"));
        let mut candidates = iter::once(text.clone()).chain(numbered);
        candidates.find(|candidate| taken.insert(candidate.clone())).unwrap_or(text)
    };
    texts.into_iter().map(&mut pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_invisible_becomes_visible() {
        let text = "a\0b\x1b[31m\r\n\tc\u{202e}\u{ffff}é🙂\u{85}";
        let shown = r"a\0b\u{1b}[31m\r\n\tc\u{202e}\u{ffff}é🙂\u{85}";
        assert_eq!(line(text, 1000), shown);
        let shown = shown.replace(r"\n\t", "\n\t");
        assert_eq!(paragraph(text, 1000), shown);
    }

    #[test]
    fn a_backslash_is_doubled_in_names_only() {
        assert_eq!(name("a\nb\\nc", 1000), r"a\nb\\nc");
        for say in [line, paragraph] {
            assert_eq!(say(r#"it printed "b\n""#, 1000), r#"it printed "b\n""#);
        }
    }

    #[test]
    fn nothing_is_longer_than_its_limit() {
        for text in ["", "short", &"é".repeat(500), &"\0".repeat(500), &"🙂\n".repeat(500)] {
            for limit in 20..300 {
                let shown = line(text, limit);
                assert!(shown.len() <= limit, "{limit}: {shown}");
                assert_eq!(shown.ends_with(MARK), line(text, 10_000).len() > limit);
            }
        }
    }

    #[test]
    fn equal_texts_become_distinct() {
        let texts = ["a", "a (2)", "a", "b"].map(String::from);
        assert_eq!(distinct(texts), ["a", "a (2)", "a (3)", "b"]);
    }
}
