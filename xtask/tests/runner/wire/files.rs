//! What a run writes down about the wire.

use super::run;
use crate::common::{Fixture, xtask};
use anyhow::{Context, Result};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder for files, which lasts as long as the fixture.
struct Folder(Fixture);

impl Folder {
    fn new() -> Result<Self> {
        Ok(Self(Fixture::new()?))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.directory.join(name)
    }

    /// The options for all three files.
    fn options(&self) -> Vec<String> {
        let option = |name: &str| [format!("--{name}"), self.path(name).display().to_string()];
        ["log", "pcap", "svg"].iter().flat_map(|name| option(name)).collect()
    }
}

/// How many packets a capture holds; it must end behind the last.
fn packets(path: &Path) -> Result<usize> {
    let capture = fs::read(path)?;
    let (header, mut rest) = capture.split_at_checked(24).context("no header")?;
    assert!(header.starts_with(&[0xd4, 0xc3, 0xb2, 0xa1]), "{header:?}");
    let mut count = 0;
    while !rest.is_empty() {
        let length = rest.get(8..12).context("a packet's header is cut")?.try_into()?;
        let length = usize::try_from(u32::from_le_bytes(length))?;
        rest = rest.get(16 + length..).context("a packet is cut")?;
        count += 1;
    }
    Ok(count)
}

#[test]
fn all_that_was_seen_is_written_down() -> Result<()> {
    for (lesson, script, input, events, crossings) in [
        ("5", "1 duplicate", "exit\n", 3, 7),
        // Failure is no reason to lose the files.
        ("4", "1 drop", "hello\n", 1, 1),
    ] {
        let folder = Folder::new()?;
        // Older and longer files are replaced.
        for name in ["log", "pcap", "svg"] {
            fs::write(folder.path(name), "x".repeat(100_000))?;
        }
        let options = folder.options();
        let mut words: Vec<&str> = options.iter().map(String::as_str).collect();
        words.extend(["--script", script]);
        let assert = run(xtask(), lesson, &words, input)?;
        let mut assert = assert.code(i32::from(lesson == "4")).stdout(contains("Wrote").not());
        for (thing, name) in [("log", "log"), ("capture", "pcap"), ("picture", "svg")] {
            let line = format!("Wrote the {thing} to {}.\n", folder.path(name).display());
            assert = assert.stderr(contains(line));
        }
        let log = fs::read_to_string(folder.path("log"))?;
        assert_eq!(log.lines().count(), events, "{log}");
        let is_object = |line: &str| line.starts_with("{\"") && line.ends_with('}');
        assert!(log.lines().all(is_object) && log.ends_with('\n'), "{log}");
        assert_eq!(packets(&folder.path("pcap"))?, crossings);
        let picture = fs::read_to_string(folder.path("svg"))?;
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{picture}");
    }
    Ok(())
}

/// The fixture's checks can't draw, and its cargo doesn't build them.
#[test]
fn a_picture_that_cannot_be_drawn_is_said_and_the_old_one_stays() -> Result<()> {
    let folder = Folder::new()?;
    let path = folder.path("old.svg");
    fs::write(&path, "old")?;
    let draw = || {
        let command = folder.0.xtask("client-sends-nothing");
        run(command, "5", &["--svg", &path.display().to_string()], "")
    };
    let words =
        contains("error: cannot draw the picture for --svg (").and(contains("no such command"));
    draw()?.code(1).stderr(words.and(contains("Building").not()));
    fs::remove_file(folder.0.program("checks"))?;
    let words = contains("error: cannot draw the picture for --svg");
    draw()?.code(1).stderr(words.and(contains("Building the checks, which draw the picture:")));
    assert_eq!(fs::read_to_string(path)?, "old");
    Ok(())
}

#[test]
fn a_file_that_cannot_be_created_is_named_before_anything_is_started() -> Result<()> {
    let folder = Folder::new()?;
    let path = folder.path("nowhere").join("file").display().to_string();
    for option in ["--log", "--pcap", "--svg"] {
        let words = contains(format!("cannot create `{path}` for {option}: is its folder there"));
        run(xtask(), "3", &[option, &path], "hello\n")?.code(1).stdout(is_empty()).stderr(words);
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_room_is_named() -> Result<()> {
    let words = contains("cannot write to `/dev/full` for --log: is there room left for it?");
    run(xtask(), "4", &["--log", "/dev/full"], "hello\n")?.code(1).stderr(words);
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_leaves_good_files_and_nothing_else() -> Result<()> {
    use crate::common::{Port, eventually, processes_with};
    use rustix::process::{Pid, Signal, kill_process_group};
    use std::io::Write;
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::process::Stdio;
    let (folder, port) = (Folder::new()?, Port::take()?);
    let mark = format!("WIRE_LEFT_BEHIND_{}_{}", std::process::id(), port.number);
    if crate::common::is_ignored(Signal::INT) {
        return Ok(());
    }
    let mut command = xtask();
    command.args(["run", "lesson-5", "--port", &port.number.to_string()]).args(folder.options());
    command.env(&mark, "").stdin(Stdio::piped()).stdout(Stdio::null()).process_group(0);
    let mut child = command.spawn()?;
    child.stdin.as_mut().context("no input")?.write_all(b"hello\n")?;
    let log = || fs::read_to_string(folder.path("log")).unwrap_or_default();
    let is_seen = eventually("request and reply are in the log", || log().lines().count() == 2);
    kill_process_group(
        Pid::from_raw(i32::try_from(child.id())?).context("no process")?,
        Signal::INT,
    )?;
    let status = child.wait()?;
    is_seen?;
    assert_eq!(status.signal(), Some(Signal::INT.as_raw()));
    eventually("no process is left", || processes_with(&mark).is_empty())?;
    eventually("the port is free", || port.is_free())?;
    assert!(log().ends_with("}\n"), "{}", log());
    assert_eq!(packets(&folder.path("pcap"))?, 4);
    assert!(!folder.path("svg").exists());
    Ok(())
}
