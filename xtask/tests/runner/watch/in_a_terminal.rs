//! `watch` in a real terminal, which Python's standard library provides.

#![cfg(unix)]

use super::save;
use crate::common::{Fixture, in_a_terminal};
use anyhow::Result;

/// Types at the prompts of `watch lesson-3`; returns all that the terminal shows. It is an
/// error if the terminal has other settings afterwards.
fn shown(fixture: &Fixture, keys: &str, term: &str) -> Result<Option<String>> {
    let mut command = fixture.xtask("");
    command.args(["watch", "lesson-3"]).env("TERM", term);
    in_a_terminal("q quit >", keys, &command)
}

#[test]
fn a_new_result_clears_the_screen() -> Result<()> {
    let Some(shown) = shown(&Fixture::new()?, "r\nq\n", "xterm")? else { return Ok(()) };
    let results: Vec<_> = shown.split("\x1b[2J\x1b[H").collect();
    assert_eq!(results.len(), 3, "{shown:?}");
    assert!(results[1].starts_with("This is the course itself: "), "{shown:?}");
    assert!(results[1].contains("\narguments "), "{shown:?}");
    assert!(results[2].ends_with("q\nstatus 0\n"), "{shown:?}");
    Ok(())
}

#[test]
fn a_terminal_without_colour_is_not_cleared() -> Result<()> {
    let Some(shown) = shown(&Fixture::new()?, "r\nq\n", "dumb")? else { return Ok(()) };
    assert!(!shown.contains('\x1b'), "{shown:?}");
    assert_eq!(shown.matches("judged: ").count(), 2, "{shown:?}");
    Ok(())
}

#[test]
fn ctrl_d_and_ctrl_c_leave_the_terminal_as_it_was() -> Result<()> {
    for (keys, status) in
        [("\x04", "\nstatus 0"), ("\x03", "^Cstatus 2"), ("r\n\x03", "^Cstatus 2")]
    {
        let fixture = Fixture::new()?;
        let Some(shown) = shown(&fixture, keys, "xterm")? else { return Ok(()) };
        assert!(shown.ends_with(&format!("{status}\n")), "{shown:?}");
    }
    Ok(())
}

#[test]
fn ctrl_c_ends_checks_that_run() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 3, "wait with a child")?;
    let mut command = fixture.xtask("");
    command.args(["watch", "lesson-3"]);
    // The terminal is closed only when no process has it any more.
    let shown = in_a_terminal("Building and checking", "\x03", &command)?;
    let Some(shown) = shown else { return Ok(()) };
    assert!(shown.ends_with("^Cstatus 2\n"), "{shown:?}");
    Ok(())
}
