//! Fates that are written down: `1 drop, 2 pass, 3 duplicate, 4 delay 300ms, 5 hold 2`.

use crate::event::Fate;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

/// The fates of the datagrams of one direction, by their numbers. The first datagram is 1.
///
/// As text, it is a list with commas, each entry a number and one of `pass`, `drop`, `duplicate`,
/// `delay DURATION`, and `hold K` (until K later datagrams have passed).
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Script(BTreeMap<u64, Fate>);

impl Script {
    /// What the script says about a datagram, if it says anything.
    #[must_use]
    pub fn fate(&self, number: u64) -> Option<Fate> {
        self.0.get(&number).copied()
    }
}

impl FromStr for Script {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut fates = BTreeMap::new();
        for entry in text.split(',') {
            let (number, fate) = parse_entry(entry)
                .with_context(|| format!("cannot understand `{}` in a script", entry.trim()))?;
            ensure!(
                fates.insert(number, fate).is_none(),
                "a script names datagram {number} twice: it can have only one fate"
            );
        }
        Ok(Self(fates))
    }
}

fn parse_entry(entry: &str) -> Result<(u64, Fate)> {
    let words: Vec<&str> = entry.split_whitespace().collect();
    let [number, action @ ..] = words.as_slice() else {
        bail!("an entry is a number and an action, as in `1 drop, 2 pass`");
    };
    let number = number.parse().ok().filter(|&number| number > 0);
    let number = number.context("an entry begins with the number of a datagram; the first is 1")?;
    let fate = match action {
        ["pass"] => Fate::PASS,
        ["drop"] => Fate::LOST,
        ["duplicate"] => Fate { copies: 2, ..Fate::PASS },
        ["delay", time] => Fate { delay: parse_duration(time)?, ..Fate::PASS },
        ["hold", count] => {
            let behind = count.parse().ok().filter(|&behind| behind > 0);
            Fate { behind: behind.context("how many must pass first? Try `hold 1`")?, ..Fate::PASS }
        }
        _ => bail!("an action is `pass`, `drop`, `duplicate`, `delay 300ms` or `hold 1`"),
    };
    Ok((number, fate))
}

/// The longest time that a datagram may be late.
const LONGEST: Duration = Duration::from_secs(60);

/// A time such as `300ms` or `1.5s`, of at most a minute.
pub fn parse_duration(text: &str) -> Result<Duration> {
    let milliseconds = text.strip_suffix("ms").map(|number| (number, 1e-3));
    let parts = milliseconds.or_else(|| Some((text.strip_suffix('s')?, 1.0)));
    let seconds = parts.and_then(|(number, unit)| Some(number.trim().parse::<f64>().ok()? * unit));
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| *time <= LONGEST)
        .with_context(|| format!("`{text}` is no time of at most a minute, such as 300ms or 1.5s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_action_has_its_fate() {
        let script: Script =
            "1 drop, 2 pass,3 duplicate , 4 delay 300ms, 6 hold 2".parse().unwrap();
        let late = Fate { delay: Duration::from_millis(300), ..Fate::PASS };
        let twice = Fate { copies: 2, ..Fate::PASS };
        let held = Fate { behind: 2, ..Fate::PASS };
        let expected =
            [Some(Fate::LOST), Some(Fate::PASS), Some(twice), Some(late), None, Some(held)];
        assert_eq!([1, 2, 3, 4, 5, 6].map(|number| script.fate(number)), expected);
    }

    #[test]
    fn a_script_that_makes_no_sense_is_refused_and_named() {
        let scripts = [
            "",
            "drop",
            "0 drop",
            "1",
            "1 lose",
            "1 drop,",
            "1 drop, 1 pass",
            "1 delay",
            "2 delay x",
            "1 hold 0",
            "1 pass 2",
            "-1 pass",
            "1 delay 2h",
        ];
        for text in scripts {
            let error = text.parse::<Script>().unwrap_err();
            assert!(format!("{error:#}").contains("script"), "{text}: {error:#}");
        }
    }

    #[test]
    fn times_have_a_unit_and_a_limit() {
        assert_eq!(parse_duration("1.5s").unwrap(), Duration::from_millis(1_500));
        assert_eq!(parse_duration("0ms").unwrap(), Duration::ZERO);
        for text in ["", "5", "s", "ms", "-1ms", "NaNs", "infs", "61s", "1 h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
