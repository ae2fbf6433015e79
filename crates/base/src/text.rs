//! What others wrote, safe to show: nothing in it is invisible, steers a terminal or turns the
//! direction of writing. Whoever shows such text, shows it through here.

use std::borrow::Cow;

/// Whether a character shows as itself, and changes nothing around it. Control characters don't,
/// nor do those that turn the direction of writing, take no room, or that nobody has assigned.
pub fn is_visible(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // A space as wide as the Chinese characters around it.
        '\u{3000}' => true,
        // Behind a letter: an accent is a part of what it stands on, and shows there.
        _ => !c.is_ascii() && format!("a{c}").escape_debug().count() == 2,
    }
}

/// Whether a character may show in what a program says. Joiners, too: they are invisible, and so
/// they stand in no name, but Persian and Hindi are written with them, and emoji made of several.
pub fn may_be_said(c: char) -> bool {
    is_visible(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// A character as Rust writes it: `\n`, `\0`, `\\` or `\u{1b}`.
pub fn escape(c: char) -> String {
    match c {
        '\0' | '\t' | '\n' | '\r' | '\\' | '"' => c.escape_debug().to_string(),
        _ => c.escape_unicode().to_string(),
    }
}

/// What was said, on one line.
pub fn line(text: &str) -> String {
    with_escapes(text, |c| !may_be_said(c))
}

/// What was said, whose lines and tabs stay as they are.
pub fn paragraph(text: &str) -> String {
    with_escapes(text, |c| !matches!(c, '\n' | '\t') && !may_be_said(c))
}

/// A name on one line. Its backslashes are doubled, so that no two names look the same; what was
/// said keeps its own, which stand in escapes and code.
pub fn name(name: &str) -> String {
    with_escapes(name, |c| c == '\\' || !is_visible(c))
}

/// Text with escapes for some of its characters.
pub fn with_escapes(text: &str, escapes: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if escapes(c) {
            shown.push_str(&escape(c));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Bytes in double quotes, with everything invisible made visible: `\n`, `\r`, `\0`, a byte
/// that isn't UTF-8 as `\xff`; trailing spaces show before the closing quote.
pub fn quoted(bytes: &[u8]) -> String {
    let escaped = |text| with_escapes(text, |c| matches!(c, '\\' | '"') || !may_be_said(c));
    let text: String = bytes
        .utf8_chunks()
        .map(|chunk| format!("{}{}", escaped(chunk.valid()), chunk.invalid().escape_ascii()))
        .collect();
    format!("\"{text}\"")
}

/// Like [`quoted`], but of more than 160 bytes only the beginning and the end.
pub fn shortened(bytes: &[u8]) -> String {
    if bytes.len() <= 160 {
        return quoted(bytes);
    }
    let (start, end) = (&bytes[..100], &bytes[bytes.len() - 40..]);
    format!("{} … {} ({} bytes)", quoted(start), quoted(end), bytes.len())
}

/// A number and what it counts: `1 check`, `2 checks`.
pub fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{ending}")
}

/// Characters of a line that are shown; who writes more doesn't write for people.
const LINE: usize = 400;

/// The beginning of a line that is too long.
pub fn cut(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(LINE) {
        None => Cow::Borrowed(line),
        Some((at, _)) => Cow::Owned(format!("{} … ({} bytes in all)", &line[..at], line.len())),
    }
}

/// Characters of a name that are shown, as long as nothing else demands more or fewer.
const NAME: usize = 100;

/// A name or a path on one line, as [`name`] shows it; of a long one both ends.
pub fn brief_name(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= NAME {
        return name(text);
    }
    let end = |part: &[char]| name(&part.iter().collect::<String>());
    format!("{}…{}", end(&chars[..NAME / 2]), end(&chars[chars.len() - NAME / 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_as_an_escape() {
        assert_eq!(line("a\tb\r\n\0\x1b[31m\u{7}"), r"a\tb\r\n\0\u{1b}[31m\u{7}");
        assert_eq!(line("\u{202e}gpj\u{200b}\u{feff}\u{a0}"), r"\u{202e}gpj\u{200b}\u{feff}\u{a0}");
        assert_eq!(line("\u{85}\u{2028}\u{e0041}\u{ffff}"), r"\u{85}\u{2028}\u{e0041}\u{ffff}");
        assert_eq!(paragraph("a\n\tb\r\n"), "a\n\tb\\r\n");
    }

    #[test]
    fn joiners_stay_in_what_is_said_and_show_in_names() {
        for text in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}👧"] {
            assert_eq!([line(text), paragraph(text)], [text; 2]);
            assert_eq!(quoted(text.as_bytes()), format!("\"{text}\""));
            assert!(name(text).contains(r"\u{200"), "{}", name(text));
        }
    }

    #[test]
    fn no_two_names_look_the_same() {
        assert_eq!(name("a\nb"), r"a\nb");
        assert_eq!(name(r"a\nb"), r"a\\nb");
    }

    #[test]
    fn letters_of_any_script_stay_as_they_are() {
        for name in
            ["Zoë", "Zoe\u{308}", "王小明", "नमस्ते", "O'Brien \"B\" \\", "🎉", "好\u{3000}好"]
        {
            assert_eq!(line(name), name);
        }
    }

    #[test]
    fn long_bytes_become_short() {
        assert_eq!(shortened(b"short"), "\"short\"");
        let text = shortened(&[b'x'; 1000]);
        assert!(text.len() < 200 && text.ends_with(" (1000 bytes)"), "{text}");
    }

    #[test]
    fn long_lines_and_long_names_become_short() {
        assert_eq!([cut("short").as_ref(), &brief_name("short")], ["short"; 2]);
        let long = "好".repeat(10_000);
        assert_eq!(cut(&long), format!("{} … (30000 bytes in all)", "好".repeat(400)));
        let ends = "好".repeat(50);
        assert_eq!(brief_name(&format!("{long}\n")), format!("{ends}…{}\\n", "好".repeat(49)));
    }

    #[test]
    fn bytes_are_visible_whatever_they_are() {
        assert_eq!(quoted("好 \"\r\n\0\t ".as_bytes()), r#""好 \"\r\n\0\t ""#);
        assert_eq!(quoted(b"a\xffb\xe5\xa5"), r#""a\xffb\xe5\xa5""#);
    }
}
