//! Bytes as text and in hexadecimal, with everything invisible made visible.

use crate::object::object;
use base::terminal::{self, Style};
use base::text::{count, quoted as visible};
use std::fmt::Write;

/// Bytes in a line of a dump: as many of these as the line has room for.
const WIDTHS: [usize; 2] = [16, 8];

/// Columns of a line of a dump.
const ROOM: usize = 74;

/// Lines of a dump at the most.
const LINES: usize = 6;

/// Lines before the one that matters, so that one sees where one is.
const BEFORE: usize = 2;

/// Whether `part` stands somewhere in `whole`.
pub fn find(whole: &[u8], part: &[u8]) -> bool {
    part.is_empty() || whole.windows(part.len()).any(|window| window == part)
}

object! {
    /// Bytes as people see them, and what they are.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Dump {
        /// `Expected` or `Actual`
        pub name: String,
        /// Lines; the first of them says how many bytes there are.
        pub dump: String,
    }
}

/// What should have come, and what came, each around the first difference.
pub fn both(expected: &[u8], actual: &[u8]) -> Vec<Dump> {
    let place = first_difference(expected, actual);
    let around = |bytes| dump(bytes, place, place);
    let expected = dump(expected, place, None);
    vec![named("Expected", expected), named("Actual", around(actual))]
}

/// What should have stood somewhere in what came. Of that, the place is shown where most of its
/// beginning stands, or else the end, where it should have come.
pub fn part_and_whole(part: &[u8], whole: &[u8]) -> Vec<Dump> {
    let (place, length) = nearest(part, whole);
    let difference = (length > 0).then_some(place + length);
    vec![
        named("Expected, somewhere in it", dump(part, Some(length), None)),
        named("Actual", dump(whole, difference.or(Some(whole.len())), difference)),
    ]
}

/// As much of the end of what came is searched; who writes more doesn't write for people.
const SEARCHED: usize = 1 << 14;

/// Where in `whole` most of the beginning of `part` stands, and how much of it.
pub fn nearest(part: &[u8], whole: &[u8]) -> (usize, usize) {
    let length = |at: usize| part.iter().zip(&whole[at..]).take_while(|(a, b)| a == b).count();
    let start = whole.len().saturating_sub(SEARCHED);
    let places = (start..whole.len()).map(|at| (at, length(at)));
    // A few bytes may be the same by chance.
    let best = places.max_by_key(|(at, length)| (*length, std::cmp::Reverse(*at)));
    best.filter(|(_, length)| *length >= part.len().min(4)).unwrap_or((whole.len(), 0))
}

fn named(name: &str, dump: String) -> Dump {
    Dump { name: name.to_owned(), dump }
}

/// What stands behind a sentence about them, in lines of their own.
pub fn lines(dumps: &[Dump]) -> String {
    dumps.iter().map(|Dump { name, dump }| format!("\n{name}: {dump}")).collect()
}

impl Dump {
    /// Its lines, with what points at the difference in red. No other line begins like that.
    pub fn painted(&self, style: Style) -> String {
        let paint = |line: &str| match line.trim_start() {
            pointer if pointer.starts_with(POINTER) => {
                " ".repeat(line.len() - pointer.len()) + &style.paint("31", pointer)
            }
            _ => line.to_owned(),
        };
        self.dump.lines().map(|line| paint(line) + "\n").collect()
    }
}

const POINTER: &str = "^^ the first difference is at byte";

/// The place of the first byte that differs, which may be just behind the end of one of them.
fn first_difference(expected: &[u8], actual: &[u8]) -> Option<usize> {
    if expected == actual {
        return None;
    }
    let same = expected.iter().zip(actual).take_while(|(a, b)| a == b).count();
    Some(same)
}

/// Shows bytes in lines: place, hexadecimal, text. If there are many, those around `place`; `mark` is
/// pointed at in a line of its own.
fn dump(bytes: &[u8], place: Option<usize>, mark: Option<usize>) -> String {
    let wide = dump_in(WIDTHS[0], bytes, place, mark);
    match wide.lines().any(|line| terminal::width(line) > ROOM) {
        true => dump_in(WIDTHS[1], bytes, place, mark),
        false => wide,
    }
}

fn dump_in(width: usize, bytes: &[u8], place: Option<usize>, mark: Option<usize>) -> String {
    let mut text = count(bytes.len(), "byte");
    let lines = lines_of(width, bytes);
    let is_there = |place: usize| move |(at, line): &(usize, &[u8])| place < at + line.len();
    let row = place.and_then(|place| lines.iter().position(is_there(place)));
    let row = row.unwrap_or(place.map_or(0, |_| lines.len()));
    let first = row.saturating_sub(BEFORE).min(lines.len().saturating_sub(LINES));
    if first > 0 {
        let _ = write!(text, "\n       … {} before", count(lines[first].0, "byte"));
    }
    let mut is_marked = false;
    let mut shown = 0;
    for (at, line) in lines.iter().skip(first).take(LINES) {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let column = width * 3 - 1;
        let _ = write!(text, "\n{at:>5}  {:<column$}  {}", hex.join(" "), visible(line));
        shown = at + line.len();
        if let Some(mark) = mark.filter(|mark| (*at..shown).contains(mark)) {
            text.push_str(&pointer(mark, mark - at));
            is_marked = true;
        }
    }
    if bytes.len() > shown {
        let _ = write!(text, "\n       … and {} more", count(bytes.len() - shown, "byte"));
    }
    if let Some(mark) = mark.filter(|_| !is_marked) {
        let last = lines.last().filter(|_| shown == bytes.len()).map_or(0, |(at, _)| *at);
        text.push_str(&pointer(mark, mark.saturating_sub(last).min(width)));
    }
    text
}

/// Lines of at most `width` bytes, each with its place; no character is taken apart.
fn lines_of(width: usize, bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut ends = Vec::new();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            at += c.len_utf8();
            ends.push(at);
        }
        for _ in chunk.invalid() {
            at += 1;
            ends.push(at);
        }
    }
    let (mut lines, mut start, mut end) = (Vec::new(), 0, 0);
    for next in ends {
        if next - start > width {
            lines.push((start, &bytes[start..end]));
            start = end;
        }
        end = next;
    }
    if end > start {
        lines.push((start, &bytes[start..end]));
    }
    lines
}

fn pointer(mark: usize, column: usize) -> String {
    format!("\n       {}{POINTER} {mark}", " ".repeat(column * 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        assert_eq!(first_difference(b"abc", b"abc"), None);
        assert_eq!(first_difference(b"abc", b"abd"), Some(2));
        assert_eq!(first_difference(b"abc", b"ab"), Some(2));
        assert_eq!(first_difference(b"", b"a"), Some(0));
    }

    #[test]
    fn a_dump_points_at_the_difference() {
        let expected = "6 bytes
    0  61 62 20 00 0d 0a                                \"ab \\0\\r\\n\"
                ^^ the first difference is at byte 3";
        assert_eq!(dump(b"ab \0\r\n", Some(3), Some(3)), expected);
    }

    #[test]
    fn a_long_dump_is_cut_on_both_sides() {
        let text = dump(&[b'x'; 1000], Some(500), Some(500));
        let words = ["… 464 bytes before", "byte 500", "… and 440 bytes more"];
        assert!(words.iter().all(|words| text.contains(words)), "{text}");
        assert!(text.lines().count() < 12);
        let text = dump(&[b'x'; LINES * WIDTHS[0] + 1], None, None);
        assert!(text.ends_with("… and 1 byte more"), "{text}");
    }

    #[test]
    fn no_character_is_taken_apart_and_no_line_is_too_long() {
        for bytes in ["a你好".repeat(9).into_bytes(), vec![0; 40], vec![0xff; 40]] {
            let text = dump(&bytes, None, None);
            assert!(text.lines().all(|line| terminal::width(line) <= ROOM), "{text}");
            assert!(std::str::from_utf8(&bytes).is_err() || !text.contains("\\x"), "{text}");
        }
    }

    #[test]
    fn of_a_long_output_the_place_is_shown_where_the_text_begins() {
        let whole = [&[b'.'; 500][..], b"the text is cut\n"].concat();
        let dumps = part_and_whole(b"the text is whole", &whole);
        assert!(dumps[1].dump.contains("the text is"), "{}", dumps[1].dump);
        assert!(dumps[1].dump.contains("first difference is at byte 512"), "{}", dumps[1].dump);
        let dumps = part_and_whole(b"nothing of it", &whole);
        assert!(dumps[1].dump.contains("cut"), "{}", dumps[1].dump);
    }
}
