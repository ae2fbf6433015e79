//! Times, lengths and payloads in words that fit into a line.

use crate::screen::visible_character;
use std::time::Duration;

/// What [`time`] takes at most, for a run of a few hours.
pub const TIME_WIDTH: usize = 8;

/// A point in time: `0.3 ms`, `12.3 ms`, `1.234 s`.
pub fn time(time: Duration) -> String {
    let tenths = tenths_of_a_millisecond(time);
    if tenths < 10_000 {
        return format!("{}.{} ms", tenths / 10, tenths % 10);
    }
    let seconds = time.as_secs_f64();
    let decimals = match time.as_secs() {
        0..99 => 3,
        99..999 => 2,
        999..9_999 => 1,
        _ => 0,
    };
    format!("{seconds:.decimals$} s")
}

/// How long something takes: `300 ms`, `12.3 ms`, `1.5 s`.
pub fn delay(time: Duration) -> String {
    let tenths = tenths_of_a_millisecond(time).max(1);
    let (number, unit) = match tenths {
        ..10_000 => (format!("{}.{}", tenths / 10, tenths % 10), "ms"),
        _ => (format!("{:.3}", time.as_secs_f64()), "s"),
    };
    format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
}

fn tenths_of_a_millisecond(time: Duration) -> u128 {
    (time.as_micros() + 50) / 100
}

/// `0 bytes`, `1 byte`, `65,507 bytes`
pub fn length(length: usize) -> String {
    let unit = if length == 1 { "byte" } else { "bytes" };
    let digits = length.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} {unit}")
}

/// The beginning of a payload as text that takes at most `room`, with nothing in it that steers
/// a terminal.
pub fn excerpt(payload: &[u8], room: usize, in_ascii: bool) -> String {
    let ellipsis = if in_ascii { "..." } else { "…" };
    // No character has more bytes than four, so this much fills the room in any case.
    let beginning = payload.get(..4 * (room + 1)).unwrap_or(payload);
    let (mut text, mut used, mut fitting) = (String::new(), 0, 0);
    for c in String::from_utf8_lossy(beginning).chars() {
        let shown = visible(c, in_ascii);
        used += width(&shown);
        text.push_str(&shown);
        if used > room {
            text.truncate(fitting);
            return if room >= ellipsis.chars().count() { text + ellipsis } else { String::new() };
        }
        if used + ellipsis.chars().count() <= room {
            fitting = text.len();
        }
    }
    text
}

fn visible(c: char, in_ascii: bool) -> String {
    if in_ascii && !c.is_ascii() { c.escape_default().to_string() } else { visible_character(c) }
}

/// How many columns text takes, or fewer: beyond ASCII, we count two for each character. That is
/// right for Chinese, and on the safe side for the rest.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Breaks text into lines of at most `room` characters, if its words aren't longer.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn times_fit_into_their_column() {
        for (time, text) in [
            (0, "0.0 ms"),
            (340, "0.3 ms"),
            (12_345, "12.3 ms"),
            (999_949, "999.9 ms"),
            (999_950, "1.000 s"),
            (1_234_567, "1.235 s"),
            (98_999_999, "99.000 s"),
            (99_999_999, "100.00 s"),
            (999_999_999, "1000.0 s"),
            (9_999_999_999, "10000 s"),
        ] {
            assert_eq!(super::time(micros(time)), text);
            assert!(text.len() <= TIME_WIDTH, "{text}");
        }
    }

    #[test]
    fn delays_are_short_and_never_nothing() {
        for (time, text) in [
            (1, "0.1 ms"),
            (300_000, "300 ms"),
            (52_317, "52.3 ms"),
            (999_999, "1 s"),
            (1_500_000, "1.5 s"),
            (60_000_000, "60 s"),
        ] {
            assert_eq!(delay(micros(time)), text);
        }
    }

    #[test]
    fn lengths_have_commas_and_a_plural() {
        let lengths = [0, 1, 2, 999, 1_000, 65_507].map(length);
        let expected = ["0 bytes", "1 byte", "2 bytes", "999 bytes", "1,000 bytes", "65,507 bytes"];
        assert_eq!(lengths, expected);
    }

    #[test]
    fn text_that_fits_is_whole_and_other_text_says_that_it_is_cut() {
        for (text, room, unicode, ascii) in [
            ("hello", 5, "hello", "hello"),
            ("hello", 4, "hel…", "h..."),
            ("hello", 3, "he…", "..."),
            ("hello", 2, "h…", ""),
            ("hello", 0, "", ""),
            ("", 0, "", ""),
            ("好好好", 6, "好好好", "..."),
            ("好好好", 5, "好好…", "..."),
            ("好好好", 4, "好…", "..."),
            ("a\tb\n", 6, r"a\tb\n", r"a\tb\n"),
            ("a\tb\n", 5, r"a\tb…", "a..."),
            ("\x1b[2J", 9, r"\u{1b}[2J", r"\u{1b}[2J"),
            ("\x1b[2J", 7, r"\u{1b}…", "..."),
            ("\x1b[2J", 6, "…", "..."),
        ] {
            assert_eq!(excerpt(text.as_bytes(), room, false), unicode, "{text:?} {room}");
            assert_eq!(excerpt(text.as_bytes(), room, true), ascii, "{text:?} {room}");
        }
        assert_eq!(excerpt(b"a\xff", 3, false), "a\u{fffd}");
        assert_eq!(excerpt("好".as_bytes(), 20, true), r"\u{597d}");
    }

    #[test]
    fn long_payloads_are_cut_as_short_ones_are() {
        let payload = "好".repeat(20_000);
        for room in 0..100 {
            let text = excerpt(payload.as_bytes(), room, false);
            assert!(text.is_empty() || text.ends_with('…'), "{text}");
            assert!(!text.contains('\u{fffd}') && width(&text) <= room + 1, "{text}");
        }
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("endless a", 3), ["endless", "a"]);
        assert!(wrap("", 3).is_empty());
    }
}
