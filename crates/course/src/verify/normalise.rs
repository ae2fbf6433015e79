//! Takes out of a text what differs between two runs of the same command: ports, and times.

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
    pub fn normalise_all(&self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in text.lines() {
            lines.push(without_time(&self.normalise(line)));
        }
        lines
    }

    /// The lines of a picture of what a link has seen.
    pub fn normalise_picture(&self, picture: &str) -> Vec<String> {
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
        let number = from.strip_suffix(rest).unwrap_or_default();
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
pub fn label(line: &str) -> &str {
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
