//! However `watch` ends, its programs end, too. Linux shows which processes are left.

#![cfg(target_os = "linux")]

use super::{Watching, save};
use crate::common::{Fixture, end_of, eventually, is_ignored, processes_with};
use anyhow::Result;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::os::unix::process::{CommandExt, ExitStatusExt};

#[test]
fn after_any_signal() -> Result<()> {
    for (signal, is_for_the_group) in [
        (Signal::INT, true),
        (Signal::INT, false),
        (Signal::TERM, false),
        (Signal::HUP, false),
        (Signal::KILL, false),
    ] {
        if is_ignored(signal) {
            continue;
        }
        let fixture = Fixture::new()?;
        save(&fixture, 3, "wait with a child")?;
        let mark = format!("WATCH_{}_{}", std::process::id(), signal.as_raw());
        let mut command = fixture.xtask("");
        command.env(&mark, "").process_group(0);
        let mut watching = Watching::start(command, Some("3"))?;
        let pid = Pid::from_child(&watching.child);
        // The one that judges, and its child.
        let checks = || processes_with(&mark).iter().filter(|name| *name == "checks").count();
        eventually("the checks run", || checks() == 2)?;
        let result = if is_for_the_group {
            kill_process_group(pid, signal)
        } else {
            kill_process(pid, signal)
        };
        result?;
        assert_eq!(end_of(&mut watching.child)?.signal(), Some(signal.as_raw()));
        eventually("no process is left", || processes_with(&mark).is_empty())?;
    }
    Ok(())
}

#[test]
fn after_quitting() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 3, "wait with a child")?;
    let mark = format!("WATCH_{}_QUIT", std::process::id());
    let mut command = fixture.xtask("");
    command.env(&mark, "");
    let mut watching = Watching::start(command, Some("3"))?;
    eventually("the checks run", || {
        processes_with(&mark).iter().filter(|name| *name == "checks").count() == 2
    })?;
    watching.press("q\n")?;
    assert!(watching.end()?.0.success());
    eventually("no process is left", || processes_with(&mark).is_empty())
}
