//! What others wrote and what we say of it, cut to what its place can hold.
//!
//! `base::text` says what is visible, and escapes the rest.

pub use base::text::count;
use base::text::cut;
use checks::check::Lesson;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Stands where the rest of a text was left out.
pub const MARK: &str = " … (shortened)";

/// A name, or whatever else isn't said but chosen, in one line of at most `limit` bytes.
pub fn name(text: &str, limit: usize) -> String {
    within(text, limit, base::text::name)
}

/// What was said, in one line of at most `limit` bytes.
pub fn line(text: &str, limit: usize) -> String {
    within(text, limit, base::text::line)
}

/// What was said in at most `limit` bytes, with its lines and tabs as they are.
pub fn paragraph(text: &str, limit: usize) -> String {
    within(text, limit, base::text::paragraph)
}

/// Works through as much of `text` as is shown, however long it is.
fn within(text: &str, limit: usize, show: fn(&str) -> String) -> String {
    // An escape is never shorter than what it stands for.
    let whole = (text.len() <= limit).then(|| show(text));
    if let Some(whole) = whole.filter(|whole| whole.len() <= limit) {
        return whole;
    }
    let room = limit.saturating_sub(MARK.len());
    let mut shown = String::new();
    for c in text.chars() {
        let piece = show(c.encode_utf8(&mut [0; 4]));
        if shown.len() + piece.len() > room {
            break;
        }
        shown.push_str(&piece);
    }
    shown + MARK
}

/// Lines, each cut; of too many only the first and the last, and how many were between them.
pub fn excerpt<'a>(lines: &[&'a str], first: usize, last: usize) -> Vec<Cow<'a, str>> {
    let left_out = lines.len().saturating_sub(first + last);
    if left_out < 2 {
        return lines.iter().map(|line| cut(line)).collect();
    }
    let mut shown: Vec<_> = lines.iter().take(first).map(|line| cut(line)).collect();
    shown.push(Cow::Owned(format!("… {left_out} lines are left out here …")));
    shown.extend(lines.iter().skip(first + left_out).map(|line| cut(line)));
    shown
}

/// The lines of a message.
pub fn message(text: &str) -> Vec<Cow<'_, str>> {
    excerpt(&text.trim_end().lines().collect::<Vec<_>>(), 60, 10)
}

/// What was done and seen, a numbered step a line.
pub fn steps(transcript: &[String]) -> Vec<Cow<'_, str>> {
    let width = transcript.len().to_string().len();
    let steps: Vec<_> = transcript
        .iter()
        .enumerate()
        .map(|(at, step)| format!("{:>width$}. {}", at + 1, cut(step)))
        .collect();
    let lines: Vec<_> = steps.iter().map(String::as_str).collect();
    excerpt(&lines, 12, 24).into_iter().map(|line| Cow::Owned(line.into_owned())).collect()
}

/// The last lines of a program's stderr.
pub fn stderr(lines: &[String]) -> Vec<Cow<'_, str>> {
    // A panic's message begins with an empty line.
    let lines = lines.iter().map(String::as_str).skip_while(|line| line.is_empty());
    excerpt(&lines.collect::<Vec<_>>(), 0, 20)
}

/// The line of a message that says the most: the first of the compiler's errors.
pub fn gist(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.clone().next().unwrap_or("");
    lines.find(|line| line.starts_with("error")).unwrap_or(first)
}

/// `Lesson 3` for `lesson-3`.
pub fn short_name(lesson: &Lesson) -> String {
    let name = lesson.name().replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The texts, each told apart from equal ones before it by a number.
pub fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut pick = |text: String| {
        let (mut picked, mut number) = (text.clone(), 1);
        while !taken.insert(picked.clone()) {
            number += 1;
            picked = format!("{text} ({number})");
        }
        picked
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

    #[test]
    fn of_many_lines_the_ends_are_shown() {
        let lines: Vec<_> = (1..=100).map(|line| line.to_string()).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let shown = excerpt(&lines, 2, 1);
        assert_eq!(shown, ["1", "2", "… 97 lines are left out here …", "100"]);
        assert_eq!(excerpt(&lines, 60, 40).len(), 100);
    }

    #[test]
    fn the_gist_is_the_first_error() {
        assert_eq!(
            gist("warning: unused\n\nerror[E0308]: mismatched\n"),
            "error[E0308]: mismatched"
        );
        assert_eq!(gist("\n it is too large\n"), "it is too large");
        assert_eq!(gist(""), "");
    }
}
