//! Text from submissions, before a format escapes it: cut to a length, nothing in it invisible.

use checks::check::Lesson;
use std::borrow::Cow;

/// The most characters of a line that are shown.
const WIDTH: usize = 400;

/// Whether a character shows as itself, and changes nothing around it. Control characters don't,
/// nor do those that turn the direction of writing or take no room.
pub fn is_visible(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Behind a letter: an accent is a part of what it stands on, and shows there.
        _ => !c.is_ascii() && format!("a{c}").escape_debug().count() == 2,
    }
}

/// Text on one line, with escapes for what can't be seen: `\n`, `\u{1b}`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_visible(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_debug());
        }
    }
    shown
}

/// A name on one line. Its backslashes are doubled, so that no two names look the same; what was
/// said keeps its own, which stand in escapes and code.
pub fn visible_name(name: &str) -> String {
    visible(&name.replace('\\', r"\\"))
}

/// The beginning of a line that is too long.
pub fn cut(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(WIDTH) {
        None => Cow::Borrowed(line),
        Some((at, _)) => {
            let start = line.get(..at).unwrap_or_default();
            Cow::Owned(format!("{start} … ({} bytes in all)", line.len()))
        }
    }
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
    let first = lines.clone().next().unwrap_or_default();
    lines.find(|line| line.starts_with("error")).unwrap_or(first)
}

/// `Lesson 3` for `lesson-3`.
pub fn short_name(lesson: &Lesson) -> String {
    let name = lesson.name().replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// A number and what it counts: `1 check`, `2 checks`.
pub fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_as_an_escape() {
        assert_eq!(visible("a\r\n\0\x1b[31m\u{7}"), r"a\r\n\0\u{1b}[31m\u{7}");
        assert_eq!(
            visible("\u{202e}gpj\u{200b}\u{feff}\u{a0}"),
            r"\u{202e}gpj\u{200b}\u{feff}\u{a0}"
        );
        assert_eq!(visible("\u{85}\u{2028}\u{e0041}"), r"\u{85}\u{2028}\u{e0041}");
    }

    #[test]
    fn no_two_names_look_the_same() {
        assert_eq!(visible_name("a\nb"), r"a\nb");
        assert_eq!(visible_name(r"a\nb"), r"a\\nb");
    }

    #[test]
    fn letters_of_any_script_stay_as_they_are() {
        for name in ["Zoë", "Zoe\u{308}", "王小明", "नमस्ते", "O'Brien \"B\" \\", "🎉"]
        {
            assert_eq!(visible(name), name);
        }
    }

    #[test]
    fn long_lines_and_many_lines_are_cut() {
        assert_eq!(cut("short"), "short");
        let line = "好".repeat(10_000);
        assert!(cut(&line).len() < 1300 && cut(&line).ends_with("(30000 bytes in all)"));
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
