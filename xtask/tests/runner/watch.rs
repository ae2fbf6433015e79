//! `cargo xtask watch`: a save is judged, keys are obeyed, and nothing outlives it.

mod in_a_terminal;
mod nothing_is_left_behind;

use crate::common::{Fixture, PATIENCE, eventually};
use anyhow::{Context, Result, bail, ensure};
use base::lessons::LESSONS;
use std::fs;
use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Instant, SystemTime};

/// What the last line begins with when a result is there.
const PROMPT: &str = "\nWaiting for a save";

/// `watch` with pipes in place of the terminal.
struct Watching {
    child: Child,
    stdin: Option<ChildStdin>,
    output: Receiver<String>,
    /// What has come behind the end of the last [`Watching::until`].
    seen: String,
}

impl Watching {
    fn start(mut command: Command, lesson: Option<&str>) -> Result<Self> {
        command.arg("watch").args(lesson);
        let (mut reader, writer) = os_pipe::pipe()?;
        command.stdin(Stdio::piped()).stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn()?;
        // It holds our ends of the pipe.
        drop(command);
        let (sender, output) = channel();
        thread::spawn(move || {
            let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                text.extend_from_slice(buffer.get(..length).unwrap_or_default());
                // A character may come in two pieces.
                if let Ok(whole) = String::from_utf8(text.clone()) {
                    text.clear();
                    let _ = sender.send(whole);
                }
            }
        });
        Ok(Self { stdin: child.stdin.take(), child, output, seen: String::new() })
    }

    /// Waits until `text` has come; returns all that came before and with it.
    fn until(&mut self, text: &str) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return Ok(std::mem::replace(&mut self.seen, rest));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let more = self.output.recv_timeout(left);
            self.seen += &more.with_context(|| format!("no {text:?} in {:?}", self.seen))?;
        }
    }

    fn press(&mut self, keys: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().context("stdin is closed")?;
        Ok(stdin.write_all(keys.as_bytes())?)
    }

    /// Waits until it has ended, with all that it says.
    fn end(mut self) -> Result<(ExitStatus, String)> {
        let deadline = Instant::now() + PATIENCE;
        while let Ok(more) =
            self.output.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            self.seen += &more;
        }
        ensure!(Instant::now() < deadline, "it goes on after {:?}", self.seen);
        Ok((self.child.wait()?, std::mem::take(&mut self.seen)))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn save(fixture: &Fixture, lesson: usize, order: &str) -> Result<()> {
    Ok(fs::write(fixture.source(lesson), format!("// {order}\n"))?)
}

#[test]
fn a_save_is_judged_as_often_as_it_comes() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 3, "less")?;
    let mut watching = Watching::start(fixture.xtask(""), Some("lesson-3"))?;
    watching.until("judged: // less\n")?;
    for order in ["a first try", "a second", "a third", "and once more"] {
        watching.until(PROMPT)?;
        save(&fixture, 3, order)?;
        watching.until(&format!("judged: // {order}\n"))?;
        watching.until("lesson-3 is complete. `n` goes on to lesson-4.")?;
    }
    Ok(())
}

#[test]
fn a_file_that_appears_changes_within_the_same_moment_or_goes_is_a_save() -> Result<()> {
    let fixture = Fixture::new()?;
    let mut watching = Watching::start(fixture.xtask(""), Some("3"))?;
    let extra = fixture.source(3).with_file_name("extra.rs");
    let write = |text: &str| -> Result<()> {
        // It is there in one step, and its time is always the same.
        let fresh = extra.with_extension("new");
        fs::write(&fresh, text)?;
        fs::File::options().write(true).open(&fresh)?.set_modified(SystemTime::UNIX_EPOCH)?;
        Ok(fs::rename(&fresh, &extra)?)
    };
    for text in [Some("one"), Some("two"), None] {
        watching.until(PROMPT)?;
        match text {
            Some(text) => write(text)?,
            None => fs::remove_file(&extra)?,
        }
        watching.until("judged: // receive-once\n")?;
    }
    Ok(())
}

#[test]
fn what_checks_say_is_shown_before_they_end() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 3, "wait")?;
    let mut watching = Watching::start(fixture.xtask(""), Some("3"))?;
    watching.until("judged: // wait\n")?;
    Ok(())
}

#[test]
fn a_save_while_checks_run_ends_them_and_starts_anew() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 3, "wait")?;
    let mut watching = Watching::start(fixture.xtask(""), Some("3"))?;
    let score = format!("score-{}", watching.child.id());
    // These checks wait for ever.
    for order in ["wait once more", "wait with a child", "fine"] {
        let sign = fixture.directory.join("debug").join("checks-wait");
        eventually("the checks run", || sign.exists())?;
        fs::remove_file(sign)?;
        save(&fixture, 3, order)?;
    }
    watching.until("judged: // fine\n")?;
    watching.until(PROMPT)?;
    assert!(!fixture.program(&score).exists());
    Ok(())
}

#[test]
fn errors_of_the_compiler_stand_where_the_verdict_would() -> Result<()> {
    let fixture = Fixture::new()?;
    fixture.make_crates()?;
    fs::write(fixture.source(3), "fn main() { oops }")?;
    let mut watching = Watching::start(fixture.xtask_with_cargo(), Some("3"))?;
    for _ in 0..2 {
        let said = watching.until("lesson-3 doesn't compile yet")?;
        assert!(said.contains("error[E0425]: cannot find value `oops`"), "{said}");
        watching.until(PROMPT)?;
        fs::write(fixture.source(3), "// mended\nfn main() { let unused = 0; }")?;
        let said = watching.until("judged: // mended\n")?;
        assert!(said.contains("warning: unused variable"), "{said}");
        assert!(!said.contains("Compiling"), "{said}");
        watching.until(PROMPT)?;
        fs::write(fixture.source(3), "fn main() { oops }")?;
    }
    Ok(())
}

#[test]
fn the_first_lesson_without_full_marks_comes_first_and_scores_are_remembered() -> Result<()> {
    let fixture = Fixture::new()?;
    fixture.make_workspace("2-3,5")?;
    fs::write(fixture.directory.join(".progress"), "lesson-1 0 100\nlesson-2 100 100\n")?;
    save(&fixture, 3, "less")?;
    let mut watching = Watching::start(fixture.xtask(""), None)?;
    watching.until("judged: // less\n")?;
    watching.until(PROMPT)?;
    let progress = || fs::read_to_string(fixture.directory.join(".progress"));
    assert!(progress()?.contains("lesson-3 85 100\n"));
    watching.press("n\n")?;
    watching.until("judged: // echo-server\n")?;
    watching.until(PROMPT)?;
    assert!(progress()?.contains("lesson-5 100 100\n"));
    Ok(())
}

#[test]
fn keys_are_obeyed() -> Result<()> {
    let fixture = Fixture::new()?;
    let [.., lesson, last] = LESSONS else { bail!("there are too few lessons") };
    let (name, judged) = (lesson.name(), format!("judged: // {}\n", lesson.slug));
    let mut watching = Watching::start(fixture.xtask(""), Some(&name))?;
    watching.until(&judged)?;
    watching.until(PROMPT)?;
    watching.press("r\n")?;
    watching.until(&judged)?;
    watching.until(PROMPT)?;
    let hints = fixture.directory.join(lesson.walkthrough());
    fs::create_dir_all(hints.with_file_name(""))?;
    fs::write(hints, "## Hints\n\n1. Listen.\n2. Think.\n")?;
    watching.press("h\nh\n")?;
    watching.until(&format!("Hint 1 of 2 for {name}\n  Listen.\n"))?;
    watching.until(&format!("Hint 2 of 2 for {name}\n  Think.\n"))?;
    watching.until(PROMPT)?;
    watching.press("a\n")?;
    watching.until("\"--all\"")?;
    watching.until(&judged)?;
    watching.until(PROMPT)?;
    watching.press("what?\n")?;
    watching.until("`what?` is no key here: n, h, r, a or q.\n")?;
    let keys = watching.until("q quit >")?;
    assert!(keys.lines().all(|line| line.chars().count() < 40), "{keys}");
    watching.press("  n \r\n")?;
    watching.until(&format!("judged: // {}\n", last.slug))?;
    watching.until("It was the last one.")?;
    watching.until(PROMPT)?;
    watching.press("n\n")?;
    watching.until(&format!("{} is the last lesson.\n", last.name()))?;
    watching.until(PROMPT)?;
    watching.press("q\n")?;
    assert!(watching.end()?.0.success());
    Ok(())
}

/// The console of Windows has all characters, and there the locale isn't in variables.
#[cfg(not(windows))]
#[test]
fn where_the_locale_has_only_ascii_nothing_else_is_shown() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 3, "好")?;
    let mut command = fixture.xtask("");
    command.env("LC_ALL", "C");
    let mut watching = Watching::start(command, Some("3"))?;
    let mut said = watching.until(PROMPT)?;
    watching.press("好\nq\n")?;
    said += &watching.end()?.1;
    assert!(said.is_ascii(), "{said}");
    for words in ["main.rs ...\n", r"judged: // \u{597d}", r"`\u{597d}` is no key here"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    Ok(())
}

#[test]
fn keys_work_while_checks_run() -> Result<()> {
    let fixture = Fixture::new()?;
    save(&fixture, 1, "wait")?;
    save(&fixture, 2, "wait")?;
    let mut watching = Watching::start(fixture.xtask(""), Some("1"))?;
    watching.press("h\nr\nn\nn\n")?;
    watching.until("judged: // receive-once\n")?;
    watching.press("q\n")?;
    assert!(watching.end()?.0.success());
    Ok(())
}

#[test]
fn without_a_terminal_the_end_of_the_input_ends_nothing() -> Result<()> {
    let fixture = Fixture::new()?;
    let mut watching = Watching::start(fixture.xtask(""), None)?;
    watching.stdin = None;
    watching.until("judged: // create-sockets\n")?;
    watching.until("\nWaiting for a save; Ctrl-C ends this.\n")?;
    save(&fixture, 1, "later")?;
    watching.until("judged: // later\n")?;
    Ok(())
}

#[test]
fn a_reader_that_goes_away_ends_it_without_a_panic() -> Result<()> {
    let fixture = Fixture::new()?;
    let (reader, writer) = os_pipe::pipe()?;
    drop(reader);
    let mut command = fixture.xtask("");
    command.args(["watch", "3"]).stdout(writer).stderr(Stdio::piped()).stdin(Stdio::piped());
    let output = command.spawn()?.wait_with_output()?;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    Ok(())
}
