//! Options that make no sense.

use super::run;
use crate::common::xtask;
use anyhow::Result;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};

#[test]
fn wrong_options_are_wrong_usage_and_nothing_is_started() -> Result<()> {
    for (lesson, options, words) in [
        ("3", &["--loss", "0.3"][..], "try `--loss 30%`"),
        ("3", &["--delay", "50"], "try `--delay 50ms`"),
        ("3", &["--script", "1 lose"], "`--script \"1 lose\"`: "),
        ("3", &["--seed", "x"], "try `--seed 7`"),
        ("3", &["--loss"], "--loss"),
        ("3", &["--lost", "3%"], "did you mean `--loss`?"),
        ("3", &["--wire=yes"], "--wire"),
        ("3", &["--log", "a", "--pcap", "a"], "--log and --pcap name the same file"),
        ("1", &["--wire"], "lesson-1 has no wire for `--wire`"),
        ("1", &["--loss", "30%"], "these have one: lesson-2, lesson-3, lesson-4, lesson-5"),
    ] {
        let words = contains(words).and(predicate::str::starts_with("error: "));
        run(xtask(), lesson, options, "")?.code(2).stdout(is_empty()).stderr(words);
    }
    Ok(())
}

#[test]
fn each_option_implies_the_wire() -> Result<()> {
    for options in [
        &["--duplicate", "0%"][..],
        &["--reorder=0%"],
        &["--jitter", "replies: 0ms"],
        &["--script", "requests: 1 pass"],
        &["--seed", "7"],
    ] {
        let line = "link   │ The link stands between";
        run(xtask(), "4", options, "")?.success().stdout(contains(line));
    }
    Ok(())
}

#[test]
fn without_an_option_there_is_no_link() -> Result<()> {
    run(xtask(), "4", &[], "hello\n")?.success().stdout(contains("link").not());
    Ok(())
}
