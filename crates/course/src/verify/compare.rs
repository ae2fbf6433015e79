//! Compares what a block says with what its command has printed.

use super::normalise::{Ports, label};

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

/// A line without control characters, which would steer the terminal, and without most of its
/// middle, if it is very long.
fn visible(line: &str) -> String {
    let length = line.chars().count();
    let mut text = String::new();
    for (place, c) in line.chars().enumerate() {
        if length > 160 && place == 80 {
            text.push('⋯');
        }
        if length > 160 && place >= 80 && place + 40 < length {
            continue;
        }
        if c.is_control() {
            text += &c.escape_default().to_string();
        } else {
            text.push(c);
        }
    }
    text
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
}
