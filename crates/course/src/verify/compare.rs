//! Compares what a block says with what its command has printed, and a picture with what was drawn:
//! without what differs between two runs of the same command, ports and times.

use base::text;

/// The lines that differ, with the others of their label; `None` if all is as expected.
/// `unseen` are typed lines: they stand in `expected`, but the program doesn't print them.
pub fn difference(expected: &str, printed: &str, unseen: &str, ports: &Ports) -> Option<String> {
    let expected = ports.normalise_all(expected);
    let printed = ports.normalise_all(printed);
    difference_without(&ports.normalise_all(unseen), &expected, 0, &printed)
}

/// The first lines in which two pictures differ; `None` if they show the same.
pub fn picture_difference(known: &str, drawn: &str, ports: &Ports) -> Option<String> {
    let (known, drawn) = (ports.normalise_picture(known), ports.normalise_picture(drawn));
    for place in 0..known.len().max(drawn.len()) {
        let (old, new) = (known.get(place), drawn.get(place));
        if old != new {
            let old = old.map(|line| format!("\n    - {}", visible(line)));
            let new = new.map(|line| format!("\n    + {}", visible(line)));
            return Some(old.unwrap_or_default() + &new.unwrap_or_default());
        }
    }
    None
}

/// Takes the typed lines out of `expected`, each with its line end, the first not before `from`.
/// Where this can be done in several ways, the one that fits best counts.
fn difference_without(
    typed: &[String],
    expected: &[String],
    from: usize,
    printed: &[String],
) -> Option<String> {
    let Some((first, others)) = typed.split_first() else {
        return label_difference(expected, printed);
    };
    let mut best = String::new();
    for (at, line) in expected.iter().enumerate().skip(from) {
        let Some(prompt) = prompt_before(line, first) else { continue };
        let mut joined = expected.to_vec();
        let next = if at + 1 < joined.len() { joined.remove(at + 1) } else { String::new() };
        if let Some(line) = joined.get_mut(at) {
            *line = (prompt + &next).trim_end().to_owned();
        }
        let difference = difference_without(others, &joined, at, printed)?;
        if best.is_empty() || difference.len() < best.len() {
            best = difference;
        }
    }
    if best.is_empty() {
        best = format!("    `{first}` is typed, but doesn't stand behind a prompt in the block");
    }
    Some(best)
}

/// What stands in `line` before `typed`, if the line ends with it.
fn prompt_before(line: &str, typed: &str) -> Option<String> {
    let mut end = line.chars();
    while !fits(end.as_str(), typed) {
        end.next()?;
    }
    let prompt = line.strip_suffix(end.as_str())?;
    // The space behind it is lost where nothing is typed.
    Some(if prompt.ends_with(":") { format!("{prompt} ") } else { prompt.to_owned() })
}

/// Compares line by line; the order counts only within a label.
fn label_difference(expected: &[String], printed: &[String]) -> Option<String> {
    let mut labels = Vec::new();
    let mut text = String::new();
    for lines in [expected, printed] {
        for line in lines {
            let label = label(line);
            if labels.contains(&label) {
                continue;
            }
            labels.push(label);
            let (expected, printed) = (labelled(expected, label), labelled(printed, label));
            let (pairs, differ) = paired(&expected, &printed);
            if differ {
                text.push_str(&pairs);
            }
        }
    }
    (!text.is_empty()).then_some(text)
}

fn labelled<'a>(lines: &'a [String], wanted: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for line in lines {
        if label(line) == wanted {
            found.push(line.as_str());
        }
    }
    while found.last().is_some_and(|line| line.is_empty()) {
        found.pop();
    }
    // A prompt that the other side has spoken into is shown once more.
    found.reverse();
    found.dedup_by(|line, next| line.ends_with(':') && next.starts_with(*line));
    found.reverse();
    found
}

/// Shows both line by line; says whether they differ.
fn paired(expected: &[&str], printed: &[&str]) -> (String, bool) {
    let mut text = String::new();
    let mut differ = false;
    for place in 0..expected.len().max(printed.len()) {
        let (pattern, line) = (expected.get(place).copied(), printed.get(place).copied());
        if let (Some(pattern), Some(line)) = (pattern, line) {
            if fits(pattern, line) {
                text += &format!("\n      {}", visible(line));
                continue;
            }
        }
        differ = true;
        if let Some(pattern) = pattern {
            text += &format!("\n    - {}", visible(pattern));
        }
        if let Some(line) = line {
            text += &format!("\n    + {}", visible(line));
        }
    }
    (text, differ)
}

/// Whether a line is as `pattern` says, where `…` stands for any text.
fn fits(pattern: &str, line: &str) -> bool {
    let Some((start, mut rest)) = pattern.split_once("…") else { return pattern == line };
    let Some(mut line) = line.strip_prefix(start) else { return false };
    while let Some((piece, others)) = rest.split_once("…") {
        let Some((_, behind)) = line.split_once(piece) else { return false };
        (line, rest) = (behind, others);
    }
    line.ends_with(rest)
}

/// A line as it is safe to show, and without most of its middle, if it is very long.
fn visible(line: &str) -> String {
    let mut shown: Vec<char> = line.chars().collect();
    if shown.len() > 160 {
        shown.splice(80..shown.len() - 40, ['⋯']);
    }
    text::line(&shown.into_iter().collect::<String>())
}

/// Which ports count, and which differ from run to run.
pub struct Ports {
    /// The command, between spaces.
    command: String,
    /// What stands for the default port in this run.
    stand_in: String,
}

const DEFAULT: &str = "8090";
const DIGITS: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// The label of what a link between two programs has seen.
const LINK: &str = "link";

impl Ports {
    pub fn new(command: &str, stand_in: u16) -> Self {
        Self { command: format!(" {command} "), stand_in: stand_in.to_string() }
    }

    /// Writes `PORT` for each port that the system has chosen, and the default for its stand-in.
    fn normalise(&self, line: &str) -> String {
        replace_numbers(line.trim_end(), |before, number| {
            if number == self.stand_in {
                DEFAULT
            } else if follows_host(before) && number != DEFAULT && !self.is_named(number) {
                "PORT"
            } else {
                number
            }
        })
    }

    fn is_named(&self, number: &str) -> bool {
        [":", " ", "="].iter().any(|before| self.command.contains(&format!("{before}{number} ")))
    }

    /// The lines of what a program prints.
    fn normalise_all(&self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in text.lines() {
            lines.push(without_time(&self.normalise(line)));
        }
        lines
    }

    /// The lines of a picture of what a link has seen.
    fn normalise_picture(&self, picture: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in picture.lines() {
            let mut pieces = vec![];
            for piece in self.normalise(line).split('+') {
                let rest = time(piece).map(|rest| format!("TIME{rest}"));
                pieces.push(rest.unwrap_or_else(|| piece.to_owned()));
            }
            lines.push(pieces.join("+"));
        }
        lines
    }

    /// A text with the default port wherever its stand-in was used.
    pub fn with_default(&self, text: &str) -> String {
        replace_numbers(text, |before, number| {
            if number == self.stand_in && follows_host(before) { DEFAULT } else { number }
        })
    }
}

/// Writes something else for each row of digits, which depends on it and on what stands before.
fn replace_numbers<'a>(text: &'a str, replace: impl Fn(&str, &'a str) -> &'a str) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(DIGITS) {
        let (before, from) = rest.split_at(start);
        done.push_str(before);
        rest = from.trim_start_matches(DIGITS);
        let number = &from[..from.len() - rest.len()];
        let number = replace(&done, number);
        done.push_str(number);
    }
    done + rest
}

/// Whether a number behind `text` may be a port: `127.0.0.1:`, `[::1]:`, `localhost:`.
fn follows_host(text: &str) -> bool {
    let host = text.strip_suffix(":").unwrap_or_default();
    host.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ']')
}

/// What stands before ` │ `; nothing where there is no label.
fn label(line: &str) -> &str {
    line.split_once(" │").unwrap_or_default().0.trim_end()
}

/// Writes `TIME` for the time that a line about a datagram begins with.
fn without_time(line: &str) -> String {
    let (before, content) = line.split_once("│").unwrap_or_default();
    match time(content.trim_start()) {
        Some(rest) if label(line) == LINK => format!("{before}│ TIME{rest}"),
        _ => line.to_owned(),
    }
}

/// What follows the time at the beginning of a text, such as `12.3 ms` or `1.234 s`.
fn time(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once(" ")?;
    let (whole, decimals) = number.split_once(".").unwrap_or((number, "0"));
    let is_row = |part: &str| !part.is_empty() && part.trim_matches(DIGITS).is_empty();
    let rest = rest.strip_prefix("ms").or_else(|| rest.strip_prefix("s"))?;
    let ends = !rest.starts_with(char::is_alphanumeric);
    (is_row(whole) && is_row(decimals) && ends).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAND: &str = "cargo xtask run lesson-3 127.0.0.1:7000 --port=9000";

    fn compare(expected: &str, printed: &str, typed: &str) -> Option<String> {
        difference(expected, printed, typed, &Ports::new(COMMAND, 20_001))
    }

    #[test]
    fn ports_and_times_of_the_system_are_equal() {
        assert_eq!(compare("a:50001\na:7000", "a:50002\na:7000\n", ""), None);
        assert!(compare("a:7000", "a:7001", "").is_some());
        let expected = "link   │    0.0 ms  │───▶┊\nlink   │  1.234 s  │───▶┊  5.5 ms";
        let compare = |printed| compare(expected, printed, "");
        assert_eq!(compare("link   │  999.9 ms  │───▶┊\nlink   │ 0.1 ms  │───▶┊  5.5 ms"), None);
        assert!(compare("link   │  999.9 ms  │───▶┊\nlink   │ 0.1 ms  │───▶┊  5.6 ms").is_some());
        assert!(compare("link   │  soon  │───▶┊\nlink   │ 0.1 ms  │───▶┊  5.5 ms").is_some());
    }

    #[test]
    fn pictures_differ_in_more_than_times_and_ports() {
        let ports = Ports::new(COMMAND, 5_100);
        let picture = |time: &str, port: &str, text: &str| {
            format!("<desc>+{time}: a+b from 127.0.0.1:{port}.</desc>\n<text>{text}</text>\n")
        };
        let known = picture("0.3 ms", "40001", "hello");
        let difference = |drawn: &str| picture_difference(&known, drawn, &ports);
        assert_eq!(difference(&picture("1.234 s", "50001", "hello")), None);
        assert_eq!(
            difference(&picture("0.3 ms", "40001", "hullo")).unwrap(),
            "\n    - <text>hello</text>\n    + <text>hullo</text>"
        );
        assert!(difference(&picture("0.3 ms", "5100", "hello")).is_some());
        assert!(difference(&picture("soon", "40001", "hello")).is_some());
        assert!(difference("").is_some());
    }

    #[test]
    fn order_counts_within_a_label() {
        let expected = "server │ a\nclient │ b\nserver │ c\nclient │ \n";
        assert_eq!(
            compare(expected, "client │ b\nclient │ \nserver │ a\nserver │ c\n\n", ""),
            None
        );
        let difference = compare(expected, "server │ c\nserver │ a\nclient │ b\nclient │\n", "");
        let lines =
            ["    - server │ a", "    + server │ c", "    - server │ c", "    + server │ a"];
        assert_eq!(difference.unwrap(), format!("\n{}", lines.join("\n")));
    }

    #[test]
    fn differing_lines_are_shown_among_the_others() {
        let difference = compare("a\nb: …\nd", "a\nb: 1\ne\t\x1b[1m\nf\n", "");
        let lines = ["      a", "      b: 1", "    - d", "    + e\\t\\u{1b}[1m", "    + f"];
        assert_eq!(difference.unwrap(), format!("\n{}", lines.join("\n")));
        assert_eq!(compare("a", "", "").unwrap(), "\n    - a");
    }

    #[test]
    fn of_long_lines_the_ends_are_shown() {
        assert_eq!(visible(&"好".repeat(160)), "好".repeat(160));
        let (start, end) = ("a".repeat(80), "b".repeat(40));
        assert_eq!(visible(&format!("{start}{}{end}", "好".repeat(41))), format!("{start}⋯{end}"));
    }

    #[test]
    fn an_ellipsis_stands_for_any_text() {
        for (pattern, line) in [("…", ""), ("a…c…e", "abcde"), ("…好", "好好"), ("a…", "a…")]
        {
            assert!(fits(pattern, line), "{pattern}");
        }
        for (pattern, line) in [("a…a", "a"), ("a…c", "ab"), ("a…c…c", "abc"), ("", "a")] {
            assert!(!fits(pattern, line), "{pattern}");
        }
    }

    #[test]
    fn typed_lines_are_taken_out_of_a_block() {
        let block = "TCP at 1:50001\nPress Enter: \nClosed.\n";
        assert_eq!(compare(block, "TCP at 1:50002\nPress Enter: Closed.\n", "\n"), None);
        let block = "Your message: a\nReply: a\nYour message: a\nReply: a\n";
        let printed = "Your message: Reply: a\nYour message: Reply: a\n";
        assert_eq!(compare(block, printed, "a\na\n"), None);
        assert!(compare(block, block, "a\na\n").is_some());
        let printed = "TCP at 1:50002\nPress Enter: Ended.\n";
        let difference = compare("TCP at 1:50001\nPress Enter:\nClosed.", printed, "\n").unwrap();
        let lines =
            ["      TCP at 1:PORT", "    - Press Enter: Closed.", "    + Press Enter: Ended."];
        assert_eq!(difference, format!("\n{}", lines.join("\n")));
        assert_eq!(compare("Name: 好好…\nok", "Name: ok\n", "好好好好\n"), None);
        assert_eq!(compare("Name: a\n", "Name: ", "a\n"), None);
        assert!(compare("Name:", "Name: ", "a\n").unwrap().contains("typed"));
    }

    #[test]
    fn ports_that_the_system_has_chosen_are_equal() {
        let ports = Ports::new(COMMAND, 20_001);
        for (line, expected) in [
            ("on 127.0.0.1:20001 ", "on 127.0.0.1:8090"),
            ("UDP port 20001 is taken", "UDP port 8090 is taken"),
            ("from 127.0.0.1:52110: a:b 12", "from 127.0.0.1:PORT: a:b 12"),
            ("to localhost:7000, [::1]:41000", "to localhost:7000, [::1]:PORT"),
            ("on 0.0.0.0:9000, [::1]:900", "on 0.0.0.0:9000, [::1]:PORT"),
            ("Received 5 bytes: 120001", "Received 5 bytes: 120001"),
        ] {
            assert_eq!(ports.normalise(line), expected);
        }
    }

    #[test]
    fn the_default_port_takes_the_place_of_its_stand_in() {
        let text = "<text y=\"5100\">127.0.0.1:5100, 127.0.0.1:51000</text>\n";
        let expected = "<text y=\"5100\">127.0.0.1:8090, 127.0.0.1:51000</text>\n";
        assert_eq!(Ports::new(COMMAND, 5_100).with_default(text), expected);
    }

    #[test]
    fn times_of_the_link_are_equal() {
        for (line, expected) in [
            ("link   │    0.0 ms  │───▶┊───▶│  5.5 ms", "link   │ TIME  │───▶┊───▶│  5.5 ms"),
            ("link   │  1.234 s  │───▶┊", "link   │ TIME  │───▶┊"),
            ("link │ 7 s", "link │ TIME"),
        ] {
            assert_eq!(without_time(line), expected);
        }
        let others = ["server │ 1.0 ms", "link │ 1.0 msec", "link │ 1 m", "link │ . s", "1.0 ms"];
        for line in others {
            assert_eq!(without_time(line), line);
        }
    }

    #[test]
    fn times_in_a_picture_are_equal() {
        let picture = "+0.3 ms: a+b is late by 1.0 ms\n>+1.234 s</text>1+1 x, 1+1 s, ++2 ms+";
        let expected = ["+TIME: a+b is late by 1.0 ms", ">+TIME</text>1+1 x, 1+TIME, ++TIME+"];
        assert_eq!(Ports::new(COMMAND, 5_100).normalise_picture(picture), expected);
    }
}
