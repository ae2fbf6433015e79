//! The options of `cargo xtask run` that are about the wire: what the link does, and what is
//! written down.

use anyhow::{Result, anyhow};
use base::random;
use base::usage::UsageError;
use lexopt::ValueExt;
use link::script::parse_duration;
use link::{Direction, Faults, OneWay, Script};
use std::fmt;
use std::path::PathBuf;

/// All of them, without their dashes.
pub const NAMES: &[&str] = &[
    "wire",
    "loss",
    "duplicate",
    "reorder",
    "delay",
    "jitter",
    "script",
    "seed",
    "svg",
    "pcap",
    "log",
];

const BOTH: &[Direction] = &[Direction::Request, Direction::Reply];

#[derive(Default, Debug)]
pub struct Options {
    /// One of the options, if there was any: so there is to be a link.
    pub asked_by: Option<String>,
    pub svg: Option<PathBuf>,
    pub pcap: Option<PathBuf>,
    pub log: Option<PathBuf>,
    faults: Faults,
    seed: Option<u64>,
    /// What has been said already: which option, and for which direction.
    said: Vec<(String, Direction)>,
}

/// An option with its value, as the user has written it.
#[derive(Clone, Copy)]
struct Given<'a> {
    name: &'a str,
    value: &'a str,
}

impl Options {
    /// Takes one of [`NAMES`], with its value if it has one.
    pub fn take(&mut self, name: &str, parser: &mut lexopt::Parser) -> Result<()> {
        self.asked_by.get_or_insert_with(|| name.to_owned());
        match name {
            "wire" => return Ok(()),
            "svg" => self.svg = Some(parser.value()?.into()),
            "pcap" => self.pcap = Some(parser.value()?.into()),
            "log" => self.log = Some(parser.value()?.into()),
            _ => self.take_text(Given { name, value: &parser.value()?.string()? })?,
        }
        Ok(())
    }

    /// What the link does; without a seed, chance chooses one.
    pub fn faults(&self) -> Faults {
        let seed = self.seed.unwrap_or_else(random::seed);
        Faults { seed, ..self.faults.clone() }
    }

    fn take_text(&mut self, given: Given<'_>) -> Result<()> {
        match given.name {
            "loss" => self.set(given, "30%", parse_chance, |path| &mut path.loss),
            "duplicate" => self.set(given, "10%", parse_chance, |path| &mut path.duplicate),
            "reorder" => self.set(given, "10%", parse_chance, |path| &mut path.reorder),
            "delay" => self.set(given, "50ms", parse_duration, |path| &mut path.delay),
            "jitter" => self.set(given, "20ms", parse_duration, |path| &mut path.jitter),
            "script" => self.set_script(given),
            _ => {
                let seed = given.value.parse();
                let hint = "a seed is a whole number, 0 or more";
                self.seed = Some(seed.map_err(|_| given.wrong(hint, "7"))?);
                Ok(())
            }
        }
    }

    /// Sets a part of a path, in the direction that the value begins with, or else in both.
    fn set<T: Clone>(
        &mut self,
        given: Given<'_>,
        example: &str,
        parse: impl Fn(&str) -> Result<T>,
        part: impl Fn(&mut OneWay) -> &mut T,
    ) -> Result<()> {
        let (directions, text) = split(given.value, BOTH)
            .map_err(|error| given.wrong(error, &format!("replies:{example}")))?;
        let parsed = parse(text).map_err(|error| given.wrong(error, example))?;
        for &direction in directions {
            *part(self.path(given, direction)?) = parsed.clone();
        }
        Ok(())
    }

    /// Sets scripts; without a direction, one is for requests.
    fn set_script(&mut self, given: Given<'_>) -> Result<()> {
        const EXAMPLE: &str = "\"1 drop; replies: 2 duplicate\"";
        for script in given.value.split(';') {
            let (directions, text) = split(script, &[Direction::Request])
                .map_err(|error| given.wrong(error, EXAMPLE))?;
            let script: Script =
                text.parse().map_err(|error| given.wrong(format!("{error:#}"), EXAMPLE))?;
            for &direction in directions {
                self.path(given, direction)?.script = script.clone();
            }
        }
        Ok(())
    }

    /// What happens in a direction; an option may be about each of them once.
    fn path(&mut self, given: Given<'_>, direction: Direction) -> Result<&mut OneWay> {
        let said = (given.name.to_owned(), direction);
        let (prefix, path) = match direction {
            Direction::Request => ("requests", &mut self.faults.requests),
            Direction::Reply => ("replies", &mut self.faults.replies),
        };
        if self.said.contains(&said) {
            let hint = "give it once, or once as `requests:…` and once as `replies:…`";
            let text = format!("`{given}` comes second for the {prefix}: {hint}");
            return Err(UsageError(text).into());
        }
        self.said.push(said);
        Ok(path)
    }
}

impl Given<'_> {
    fn wrong(self, why: impl fmt::Display, example: &str) -> anyhow::Error {
        UsageError(format!("`{self}`: {why}; try `--{} {example}`", self.name)).into()
    }
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value } = self;
        let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
        write!(f, "--{name} {quote}{value}{quote}")
    }
}

/// Splits `replies:30%` into what it is about and its value; `usual` is for a value alone.
fn split<'a>(text: &'a str, usual: &'a [Direction]) -> Result<(&'a [Direction], &'a str)> {
    let Some((word, value)) = text.split_once(':') else { return Ok((usual, text.trim())) };
    let directions: &[Direction] = match word.trim() {
        "requests" => &[Direction::Request],
        "replies" => &[Direction::Reply],
        _ => return Err(anyhow!("before a colon stands `requests` or `replies`")),
    };
    Ok((directions, value.trim()))
}

/// `30%` as a probability.
fn parse_chance(text: &str) -> Result<f64> {
    let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
    Ok(percent.ok_or_else(|| anyhow!("it takes a percentage from 0% to 100%"))? / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn parse(words: &[&str]) -> Result<Options> {
        let mut options = Options::default();
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            let lexopt::Arg::Long(name) = argument else { panic!("{argument:?}") };
            let name = name.to_owned();
            options.take(&name, &mut parser)?;
        }
        Ok(options)
    }

    fn faults(words: &[&str]) -> Faults {
        parse(words).unwrap().faults()
    }

    #[test]
    fn a_value_alone_is_for_both_directions() {
        let words = ["--loss", "30%", "--duplicate=0.5%", "--reorder", "100%", "--delay", "50ms"];
        let faults = faults(&[&words[..], &["--jitter", "0.02s"]].concat());
        for path in [faults.requests, faults.replies] {
            assert_eq!([path.loss, path.duplicate, path.reorder], [0.3, 0.005, 1.0]);
            let times = [path.delay, path.jitter].map(|time| time.as_millis());
            assert_eq!(times, [50, 20]);
        }
    }

    #[test]
    fn a_value_may_be_for_one_direction_and_another_for_the_other() {
        let faults = faults(&["--loss", "replies:30%", "--loss", "requests: 10%"]);
        assert_eq!([faults.requests.loss, faults.replies.loss], [0.1, 0.3]);
        let faults = super::tests::faults(&["--delay=requests:50ms"]);
        let times = [faults.requests.delay, faults.replies.delay];
        assert_eq!(times, [Duration::from_millis(50), Duration::ZERO]);
    }

    #[test]
    fn a_script_is_for_requests_unless_it_says_otherwise() {
        let [drop, duplicate] =
            ["1 drop", "2 duplicate"].map(|text| text.parse::<Script>().unwrap());
        for (words, requests, replies) in [
            (&["--script", "1 drop"][..], drop.clone(), Script::default()),
            (&["--script", "replies: 1 drop"], Script::default(), drop.clone()),
            (&["--script", "1 drop; replies: 2 duplicate"], drop.clone(), duplicate.clone()),
            (&["--script=replies:2 duplicate", "--script=requests:1 drop"], drop, duplicate),
        ] {
            let faults = faults(words);
            assert_eq!((faults.requests.script, faults.replies.script), (requests, replies));
        }
    }

    #[test]
    fn a_seed_is_kept() {
        assert_eq!(faults(&["--seed", "18446744073709551615"]).seed, u64::MAX);
    }

    #[test]
    fn each_option_asks_for_the_wire() {
        for &name in NAMES {
            let value = match name {
                "wire" => "",
                "loss" | "duplicate" | "reorder" => "=1%",
                "delay" | "jitter" => "=1ms",
                "script" => "=1 pass",
                _ => "=1",
            };
            let options = parse(&[&format!("--{name}{value}")]).unwrap();
            assert_eq!(options.asked_by.as_deref(), Some(name));
        }
        assert!(parse(&[]).unwrap().asked_by.is_none());
    }

    #[test]
    fn wrong_values_are_named_with_one_to_try() {
        for (words, example) in [
            (&["--loss", "0.3"][..], "`--loss 30%`"),
            (&["--loss", "-1%"], "`--loss 30%`"),
            (&["--duplicate", "101%"], "`--duplicate 10%`"),
            (&["--reorder", "NaN%"], "`--reorder 10%`"),
            (&["--reorder", "some%"], "`--reorder 10%`"),
            (&["--loss", "reply:30%"], "`--loss replies:30%`"),
            (&["--delay", "50"], "`--delay 50ms`"),
            (&["--jitter", "replies:2h"], "`--jitter 20ms`"),
            (&["--delay", ":1s"], "`--delay replies:50ms`"),
            (&["--script", "1 lose"], "`--script \"1 drop; replies: 2 duplicate\"`"),
            (&["--script", "1 drop;"], "`--script \"1 drop; "),
            (&["--script", "answers: 1 drop"], "`--script \"1 drop; "),
            (&["--seed", "x"], "`--seed 7`"),
            (&["--seed", "-1"], "`--seed 7`"),
            (&["--loss", "1%", "--loss", "1%"], "once as `requests:…`"),
            (&["--loss", "1%", "--loss", "replies:1%"], "once as `requests:…`"),
            (&["--script", "1 drop; 2 drop"], "once as `requests:…`"),
        ] {
            let error = parse(words).unwrap_err();
            let text = format!("{error:#}");
            assert!(error.is::<UsageError>(), "{words:?}: {text}");
            let given = [words[0], words[words.len() - 1]].join(" ");
            let text = text.replacen('"', "", 2);
            assert!(text.starts_with(&format!("`{given}`")), "{words:?}: {text}");
            assert!(text.contains(example), "{words:?}: {text}");
        }
    }
}
