//! What the reader's terminal can show: colours, characters, and how many of them in a line.

use std::borrow::Cow;
use std::env;
use std::ffi::OsString;
use std::io::{self, IsTerminal};

/// Whether a stream is painted: on a terminal, unless `NO_COLOR` is set or `TERM` can't do it.
#[derive(Clone, Copy)]
pub struct Style {
    colour: bool,
}

impl Style {
    pub const PLAIN: Self = Self { colour: false };
    pub const COLOURED: Self = Self { colour: true };

    pub fn of_stdout() -> Self {
        Self::of(can_draw(&io::stdout()))
    }

    /// Also with `CLICOLOR_FORCE`: for what another program collects, and shows on a terminal.
    pub fn of_stdout_shown_by_another() -> Self {
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        Self::of(can_draw(&io::stdout()) || forced && is_able())
    }

    pub fn of_stderr() -> Self {
        Self::of(can_draw(&io::stderr()))
    }

    /// Source of the rules: no-color.org and bixense.com/clicolors.
    fn of(shown: bool) -> Self {
        Self { colour: shown && set("NO_COLOR").is_none() }
    }

    pub fn is_coloured(self) -> bool {
        self.colour
    }

    /// Wraps `text` in the SGR code `code`, such as `1;31`.
    pub fn paint(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Whether a stream is a terminal that obeys escape sequences. Source: terminfo's `dumb`.
pub fn can_draw(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && is_able()
}

fn is_able() -> bool {
    set("TERM").map_or(cfg!(windows), |term| term != "dumb")
}

/// The characters that we draw with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charset {
    Unicode,
    Ascii,
}

impl Charset {
    /// What the locale allows. Source of the order: POSIX, "Environment Variables", `LC_ALL`.
    pub fn of_locale() -> Self {
        let mut names = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
        let locale = names.find_map(set).unwrap_or_default();
        if cfg!(windows) || is_utf8(&locale.to_string_lossy()) {
            Self::Unicode
        } else {
            Self::Ascii
        }
    }

    /// The same text in these characters: signs of ours as what looks like them, all else as escapes.
    pub fn spell(self, text: &str) -> Cow<'_, str> {
        if self == Self::Unicode || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut spelled = String::new();
        for c in text.chars() {
            match SPELLINGS.iter().find(|(sign, _)| *sign == c) {
                Some((_, spelling)) => spelled.push_str(spelling),
                None if c.is_ascii() => spelled.push(c),
                None => spelled.extend(c.escape_unicode()),
            }
        }
        Cow::Owned(spelled)
    }
}

/// What stands for what in ASCII.
const SPELLINGS: &[(char, &str)] = &[
    ('✓', "+"),
    ('✗', "x"),
    ('×', "x"),
    ('–', "-"),
    ('…', "..."),
    ('│', "|"),
    ('·', "*"),
    ('█', "#"),
    ('░', "."),
    ('‘', "'"),
    ('’', "'"),
    ('“', "\""),
    ('”', "\""),
];

/// A text in characters that the reader's terminal has. Whatever we show goes through here.
pub fn spelled(text: &str) -> Cow<'_, str> {
    Charset::of_locale().spell(text)
}

/// The width of a terminal that doesn't tell, and of what is no terminal.
const USUAL_COLUMNS: usize = 80;

/// In less than this nothing can be laid out.
const FEWEST_COLUMNS: usize = 40;

/// How many characters a line of our output has: as the variable `COLUMNS` says, or the terminal.
pub fn columns() -> usize {
    let asked = set("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
    let columns = asked.filter(|&columns| columns > 0).or_else(columns_of_terminal);
    columns.unwrap_or(USUAL_COLUMNS).max(FEWEST_COLUMNS)
}

/// std can't ask a terminal; the program `stty`, which POSIX has, can.
#[cfg(unix)]
fn columns_of_terminal() -> Option<usize> {
    use std::os::fd::AsFd;
    use std::process::Command;
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let terminal = stdout.as_fd().try_clone_to_owned().ok()?;
    let output = Command::new("stty").arg("size").stdin(terminal).output().ok()?;
    let size = String::from_utf8(output.stdout).ok()?;
    size.split_whitespace().nth(1)?.parse().ok().filter(|&columns| columns > 0)
}

#[cfg(not(unix))]
fn columns_of_terminal() -> Option<usize> {
    None
}

/// How many columns text takes, or fewer: beyond ASCII, we count two for each character. That is
/// right for Chinese, and on the safe side for the rest.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Breaks text into lines of at most `room` columns, if its words aren't longer. More than one space
/// in a row may be somebody's data, and is kept together.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut is_first = true;
        for word in words(paragraph) {
            match lines.last_mut().filter(|_| !is_first) {
                Some(line) if width(line) + 1 + width(word) <= room => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
            is_first = false;
        }
    }
    lines
}

/// What stands between single spaces.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start) = (Vec::new(), 0);
    let is_space = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)) == Some(&b' ');
    for (at, _) in text.match_indices(' ') {
        if !is_space(at.checked_sub(1)) && !is_space(Some(at + 1)) {
            words.push(&text[start..at]);
            start = at + 1;
        }
    }
    words.push(&text[start..]);
    words
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// A variable that is there and says something.
fn set(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_characters() {
        for locale in ["C.UTF-8", "en_US.utf8", "zh_CN.UTF-8@pinyin", "UTF-8"] {
            assert!(is_utf8(locale), "{locale}");
        }
        for locale in ["", "C", "POSIX", "de_DE.ISO-8859-1", "zh_CN.GBK"] {
            assert!(!is_utf8(locale), "{locale}");
        }
    }

    #[test]
    fn ascii_spells_what_it_lacks() {
        let text = "✓ ✗ – … │ · ██░ “好” \x1b[1ma\n";
        let spelled = "+ x - ... | * ##. \"\\u{597d}\" \x1b[1ma\n";
        assert_eq!(
            (Charset::Ascii.spell(text), Charset::Unicode.spell(text)),
            (spelled.into(), text.into())
        );
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrap("one two three\nfour", 7), ["one two", "three", "four"]);
        assert_eq!(wrap("typed \"a  b\"", 9), ["typed", "\"a  b\""]);
        assert_eq!(wrap("endless a", 3), ["endless", "a"]);
        assert!(wrap("", 3).is_empty());
    }
}
