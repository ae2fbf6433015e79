//! Submissions that attack: each gets the grade that it deserves, changes nothing outside, and
//! costs nobody else anything.
//!
//! Whatever they reach for outside is this test's own: files in a temporary folder, and sockets on
//! the computer's own loopback. Whoever takes too much of something stops by itself at an amount
//! that a computer bears.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on has failed")]

mod cases;
mod findings;
mod honest;
#[path = "../../../checks/mistakes/mod.rs"]
#[allow(dead_code, reason = "its mistakes are for the tests of the checks")]
mod mistakes;
mod outside;
mod shapes;
mod stage;

use anyhow::Result;
use cases::Rung;
use outside::Listeners;
use stage::Stage;

#[test]
fn with_strict_isolation_hostile_submissions_get_what_they_deserve() -> Result<()> {
    if let Some(why) = stage::why_no_jail() {
        checks::skip_this(&format!("bubblewrap can't make a jail here: {why}"));
        return Ok(());
    }
    hold(Rung::Strict, false)
}

/// Where `strict` works, most of them are graded there, and here only what depends on the rung.
#[test]
fn with_the_best_isolation_without_bubblewrap_most_attacks_fail_as_well() -> Result<()> {
    if let Some(why) = stage::why_not_best() {
        checks::skip_this(&why);
        return Ok(());
    }
    checks::skip("`connects_outside` and others", "the rung `best` leaves the network open");
    hold(Rung::Best, stage::why_no_jail().is_none())
}

/// Grades all of them at once, with honest ones among them.
fn hold(rung: Rung, is_second: bool) -> Result<()> {
    let listeners = Listeners::open()?;
    let stage = Stage::set_up(&listeners)?;
    let mut cases = honest::hand_in(&stage, is_second)?;
    cases.extend(cases::hand_in(&stage, rung, is_second)?);
    let before = stage.fingerprint()?;
    let run = stage.grade(rung)?;
    let mut wrong = findings::about(&run, &cases)?;
    wrong.extend(outside::what_has_changed(&before, &stage.fingerprint()?));
    wrong.extend(stage.what_was_left()?);
    wrong.extend(listeners.what_came()?);
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

/// Otherwise the tests above would prove nothing.
#[test]
fn without_a_jail_the_same_programs_succeed() -> Result<()> {
    let listeners = Listeners::open()?;
    let stage = Stage::set_up(&listeners)?;
    let said = stage.run_free("connects_outside")?;
    assert!(said.contains("ESCAPED: connected to"), "{said}");
    assert_eq!(listeners.what_came()?.len(), listeners.count(), "{said}");
    let said = stage.run_free("reads_others")?;
    assert!(said.contains("ESCAPED: read"), "{said}");
    let said = stage.run_free("open_files")?;
    println!("{said}");
    Ok(())
}
