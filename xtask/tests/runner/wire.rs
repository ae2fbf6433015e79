//! `cargo xtask run … --wire`: a link between the two programs, and what is seen of it.

mod diagram;
mod files;
mod options;
mod terminal;

use crate::common::{Fixture, PATIENCE, Port, xtask};
use anyhow::{Context, Result};
use assert_cmd::assert::Assert;
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Runs a lesson with options, and with the input given through a pipe.
fn run(mut command: Command, lesson: &str, options: &[&str], input: &str) -> Result<Assert> {
    let port = Port::take()?;
    command.args(["run", lesson, "--port", &port.number.to_string()]).args(options);
    let mut command = assert_cmd::Command::from_std(command);
    let assert = command.write_stdin(input).timeout(PATIENCE).assert();
    assert!(port.is_free());
    Ok(assert)
}

/// The lines about datagrams, from the first lifeline on.
fn story(assert: &Assert) -> Vec<String> {
    let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    let mut lines = Vec::new();
    for line in output.lines().filter(|line| line.starts_with("link ")) {
        // Behind the label, the time, and its unit.
        if let Some((_, line)) = line.split_once("s  │") {
            lines.push(format!("│{line}"));
        }
    }
    lines
}

#[test]
fn a_perfect_link_shows_all_and_changes_nothing() -> Result<()> {
    for lesson in ["2", "3"] {
        let assert = run(xtask(), lesson, &["--wire"], "hello\n")?.success().stderr(is_empty());
        assert_eq!(story(&assert), ["│───▶┊───▶│  5 bytes  hello"]);
        assert.stdout(contains("receiver │ Received 5 bytes from").and(contains("seed").not()));
    }
    for lesson in ["4", "5"] {
        let assert = run(xtask(), lesson, &["--wire"], "hello\n好\n")?.success();
        let (to, back) = ("│────▶┊────▶│", "│◀────┊◀────│");
        let expected = [
            format!("{to}  5 bytes  hello"),
            format!("{back}  5 bytes  hello"),
            format!("{to}  3 bytes  好"),
            format!("{back}  3 bytes  好"),
        ];
        assert_eq!(story(&assert), expected);
        assert.stderr(is_empty()).stdout(contains("client │ Reply: 好\n"));
    }
    Ok(())
}

#[test]
fn the_link_says_where_it_stands_and_names_its_lifelines() -> Result<()> {
    let assert = run(xtask(), "5", &["--wire"], "exit\n")?.success();
    let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    let position = |text: &str| output.find(text).with_context(|| format!("{text} in\n{output}"));
    let places = [
        position("server │ Echo server on")?,
        position("link   │ The link stands between the two, like the router at your home.\n")?,
        position("link   │ The client sends to 127.0.0.1:")?,
        position("link   │ The link passes it on to 127.0.0.1:")?,
        position("client │ Your message: exit\n")?,
        position("link   │        client link server\n")?,
        position("│────▶┊────▶│  4 bytes  exit\n")?,
        position("server │ 127.0.0.1:")?,
        position("│◀────┊◀────│  4 bytes  exit\n")?,
        position("client │ Reply: exit\n")?,
    ];
    // The order in which it happened, also where two of them tell it at the same time.
    assert!(places.is_sorted(), "{output}");
    Ok(())
}

#[test]
fn a_lost_request_never_reaches_the_server() -> Result<()> {
    let assert = run(xtask(), "lesson-4", &["--script", "1 drop"], "hello\n")?.code(1);
    assert_eq!(story(&assert), ["│────✗┊     │  5 bytes  hello  ✗ lost"]);
    assert
        .stdout(contains(": hello\n").count(1))
        .stderr(contains("The link did as it was told: 1 request lost. Nobody tells the client"));
    Ok(())
}

#[test]
fn a_lost_reply_has_been_sent_by_the_server() -> Result<()> {
    let assert = run(xtask(), "lesson-4", &["--script", "replies: 1 drop"], "hello\n")?.code(1);
    let expected = ["│────▶┊────▶│  5 bytes  hello", "│     ┊✗────│  5 bytes  hello  ✗ lost"];
    assert_eq!(story(&assert), expected);
    assert.stdout(contains(": hello\n").count(2)).stderr(contains("1 reply lost"));
    Ok(())
}

#[test]
fn a_receiver_that_waits_for_what_is_lost_is_explained() -> Result<()> {
    let assert = run(xtask(), "lesson-3", &["--loss", "100%"], "hello\n")?.code(1);
    assert_eq!(story(&assert), ["│───✗┊    │  5 bytes  hello  ✗ lost"]);
    assert.stderr(contains("the receiver is still waiting: the link lost all that was sent"));
    let fixture = Fixture::new()?;
    let words = contains("did a datagram leave for 127.0.0.1:").and(contains(", the link?"));
    let nothing = fixture.xtask("client-sends-nothing");
    run(nothing, "lesson-3", &["--wire"], "")?.code(1).stderr(words);
    Ok(())
}

#[test]
fn a_duplicate_is_one_line_and_has_two_consequences() -> Result<()> {
    let assert = run(xtask(), "lesson-5", &["--script", "1 duplicate"], "exit\n")?.success();
    let reply = "│◀────┊◀────│  4 bytes  exit";
    assert_eq!(story(&assert), ["│────▶┊═══▶▶│  4 bytes  exit  ×2", reply, reply]);
    assert.stdout(contains(": exit\n").count(4));
    Ok(())
}

#[test]
fn what_is_late_is_awaited_and_prompts_stay_in_their_places() -> Result<()> {
    let assert = run(xtask(), "lesson-3", &["--delay", "300ms"], "hello\n")?.success();
    assert_eq!(story(&assert), ["│───▶┊┄┄┄▶│  5 bytes  hello  late by 300 ms"]);
    let assert = run(xtask(), "lesson-5", &["--delay", "replies:300ms"], "a\nexit\n")?.success();
    let expected = [
        "│────▶┊────▶│  1 byte  a",
        "│◀┄┄┄┄┊◀────│  1 byte  a  late by 300 ms",
        "│────▶┊────▶│  4 bytes  exit",
        "│◀┄┄┄┄┊◀────│  4 bytes  exit  late by 300 ms",
    ];
    assert_eq!(story(&assert), expected);
    assert.stdout(contains("client │ Your message: exit\n"));
    // Longer than a receiver is awaited otherwise.
    let assert = run(xtask(), "lesson-3", &["--delay", "5.5s"], "hello\n")?.success();
    assert_eq!(story(&assert), ["│───▶┊┄┄┄▶│  5 bytes  hello  late by 5.5 s"]);
    Ok(())
}

#[test]
fn what_is_held_back_goes_on_when_nothing_overtakes_it() -> Result<()> {
    let assert = run(xtask(), "lesson-3", &["--script", "1 hold 1"], "hello\n")?.success();
    assert_eq!(story(&assert), ["│───▶┊┄┄┄▶│  5 bytes  hello  held back"]);
    Ok(())
}

#[test]
fn the_same_seed_shows_the_same_fates() -> Result<()> {
    let input = "message\n".repeat(20);
    let fates = |options: &[&str]| -> Result<(Vec<String>, String)> {
        let assert = run(xtask(), "5", options, &input)?.success();
        let mut requests = story(&assert);
        requests.retain(|line| !line.contains('◀'));
        let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
        let seed = output.split_once("--seed ").and_then(|(_, rest)| rest.lines().next());
        Ok((requests, seed.context("no seed is printed")?.to_owned()))
    };
    let broken = ["--duplicate", "50%"];
    let (first, seed) = fates(&broken)?;
    assert_eq!(first.len(), 20, "{first:?}");
    assert_eq!(fates(&[&broken[..], &["--seed", &seed]].concat())?, (first, seed));
    let (seven, _) = fates(&[&broken[..], &["--seed", "7"]].concat())?;
    let (eight, _) = fates(&[&broken[..], &["--seed", "8"]].concat())?;
    assert_ne!(seven, eight);
    Ok(())
}

#[test]
fn lines_fit_into_the_columns() -> Result<()> {
    for columns in [40, 60, 80, 120] {
        let mut command = xtask();
        command.env("COLUMNS", columns.to_string());
        let assert = run(command, "3", &["--wire"], &"x".repeat(200))?.success();
        let output = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
        let lines = output.lines().filter(|line| line.starts_with("link "));
        let longest = lines.map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= columns), "{output}");
        if columns > 40 {
            assert_eq!(longest, Some(columns), "{output}");
        }
    }
    Ok(())
}

/// The console of Windows has all characters, and there the locale isn't in variables.
#[cfg(not(windows))]
#[test]
fn lines_have_no_characters_that_the_locale_lacks() -> Result<()> {
    let mut command = xtask();
    command.env("LC_ALL", "C");
    let assert = run(command, "5", &["--wire"], "hello\nexit\n")?.success();
    assert!(assert.get_output().stdout.is_ascii());
    assert.stdout(contains("link   | ").and(contains("  |---->:---->|  5 bytes  hello\n")));
    Ok(())
}

#[test]
fn a_flood_on_the_wire_ends_in_any_case() -> Result<()> {
    let started = Instant::now();
    let fixture = Fixture::new()?;
    let words = contains("the server (lesson-5) failed (exit ");
    run(fixture.xtask("pair-floods"), "5", &["--wire"], "")?.code(1).stderr(words);
    let broken = ["--duplicate", "50%", "--jitter", "1ms"];
    run(fixture.xtask("client-sends-a-lot"), "5", &broken, "")?.success();
    // A link that couldn't be stopped would last as long as the test's patience.
    assert!(started.elapsed() < PATIENCE / 2);
    Ok(())
}

#[test]
fn a_reader_that_goes_away_ends_the_link_too() -> Result<()> {
    let port = Port::take()?;
    let fixture = Fixture::new()?;
    let mut command = fixture.xtask("pair-floods");
    command.args(["run", "5", "--wire", "--port", &port.number.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output()?;
    assert_eq!(output.status.code(), Some(1));
    assert!(port.is_free());
    Ok(())
}
