//! Bytes as text and in hexadecimal, with everything invisible made visible.

use crate::check::Comparison;
use base::text::quoted as visible;
use std::fmt::Write;

/// Bytes in a line of a dump.
const WIDTH: usize = 16;

/// Lines of a dump at the most.
const LINES: usize = 6;

/// Both sides of a comparison, each with its name.
pub fn compare(comparison: &Comparison, colour: bool) -> [(&'static str, String); 2] {
    let Comparison { expected, actual, is_part } = comparison;
    let name = if *is_part { "Expected, somewhere in it" } else { "Expected" };
    let difference = if *is_part { None } else { first_difference(expected, actual) };
    [(name, dump(expected, None, colour)), ("Actual", dump(actual, difference, colour))]
}

/// The place of the first byte that differs, which may be just behind the end of one of them.
pub fn first_difference(expected: &[u8], actual: &[u8]) -> Option<usize> {
    if expected == actual {
        return None;
    }
    let same = expected.iter().zip(actual).take_while(|(a, b)| a == b).count();
    Some(same)
}

/// Shows bytes in lines of 16: place, hexadecimal, text. Around `mark`, if there is one, which is
/// pointed at in a line of its own.
pub fn dump(bytes: &[u8], mark: Option<usize>, colour: bool) -> String {
    let mut text = format!("{} bytes", bytes.len());
    // Two lines before the mark, so that one sees where one is.
    let first = mark.map_or(0, |mark| (mark / WIDTH).saturating_sub(2));
    let lines = bytes.chunks(WIDTH).enumerate().skip(first).take(LINES);
    let mut is_marked = false;
    for (at, chunk) in lines {
        let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = write!(text, "\n{:>5}  {:<47}  {}", at * WIDTH, hex.join(" "), visible(chunk));
        if let Some(mark) = mark.filter(|mark| mark / WIDTH == at) {
            text.push_str(&pointer(mark, colour));
            is_marked = true;
        }
    }
    let shown = (first + LINES) * WIDTH;
    if bytes.len() > shown {
        let _ = write!(text, "\n       … and {} bytes more", bytes.len() - shown);
    }
    if let Some(mark) = mark.filter(|_| !is_marked) {
        text.push_str(&pointer(mark, colour));
    }
    text
}

fn pointer(mark: usize, colour: bool) -> String {
    let (on, off) = if colour { ("\x1b[31m", "\x1b[0m") } else { ("", "") };
    format!(
        "\n       {}{on}^^ the first difference is at byte {mark}{off}",
        " ".repeat(mark % WIDTH * 3)
    )
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
        assert_eq!(dump(b"ab \0\r\n", Some(3), false), expected);
    }

    #[test]
    fn a_long_dump_is_cut() {
        let text = dump(&[b'x'; 1000], Some(500), false);
        assert!(text.contains("byte 500") && text.contains("bytes more"), "{text}");
        assert!(text.lines().count() < 12);
    }
}
