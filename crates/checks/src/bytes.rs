//! Bytes as text and in hexadecimal, with everything invisible made visible.

use crate::object::object;
use base::terminal::Style;
use base::text::quoted as visible;
use std::fmt::Write;

/// Bytes in a line of a dump.
const WIDTH: usize = 16;

/// Lines of a dump at the most.
const LINES: usize = 6;

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

/// What should have come, and what came, with the first difference.
pub fn both(expected: &[u8], actual: &[u8]) -> Vec<Dump> {
    let difference = first_difference(expected, actual);
    vec![named("Expected", dump(expected, None)), named("Actual", dump(actual, difference))]
}

/// What should have stood somewhere in what came.
pub fn part_and_whole(part: &[u8], whole: &[u8]) -> Vec<Dump> {
    vec![named("Expected, somewhere in it", dump(part, None)), named("Actual", dump(whole, None))]
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

/// Shows bytes in lines of 16: place, hexadecimal, text. Around `mark`, if there is one, which is
/// pointed at in a line of its own.
fn dump(bytes: &[u8], mark: Option<usize>) -> String {
    let mut text = format!("{} bytes", bytes.len());
    // Two lines before the mark, so that one sees where one is.
    let first = mark.map_or(0, |mark| (mark / WIDTH).saturating_sub(2));
    let lines = bytes.chunks(WIDTH).enumerate().skip(first).take(LINES);
    let mut is_marked = false;
    for (at, chunk) in lines {
        let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = write!(text, "\n{:>5}  {:<47}  {}", at * WIDTH, hex.join(" "), visible(chunk));
        if let Some(mark) = mark.filter(|mark| mark / WIDTH == at) {
            text.push_str(&pointer(mark));
            is_marked = true;
        }
    }
    let shown = (first + LINES) * WIDTH;
    if bytes.len() > shown {
        let _ = write!(text, "\n       … and {} bytes more", bytes.len() - shown);
    }
    if let Some(mark) = mark.filter(|_| !is_marked) {
        text.push_str(&pointer(mark));
    }
    text
}

fn pointer(mark: usize) -> String {
    format!("\n       {}{POINTER} {mark}", " ".repeat(mark % WIDTH * 3))
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
        assert_eq!(dump(b"ab \0\r\n", Some(3)), expected);
    }

    #[test]
    fn a_long_dump_is_cut() {
        let text = dump(&[b'x'; 1000], Some(500));
        assert!(text.contains("byte 500") && text.contains("bytes more"), "{text}");
        assert!(text.lines().count() < 12);
    }
}
