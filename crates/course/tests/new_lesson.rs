//! Two lessons are made in a copy of the workspace: it builds, what is to be written in them is
//! named, and they are known everywhere.

use anyhow::{Context, Result, ensure};
use assert_cmd::Command;
use assert_cmd::assert::Assert;
use base::files;
use base::lessons::{LESSONS, root};
use base::ports::Port;
use predicates::prelude::*;
use predicates::str::contains;
use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Cargo may have to compile everything, on a computer that is busy besides.
const PATIENCE: Duration = Duration::from_secs(900);

/// A copy of the workspace, always at the same place, so that little is compiled twice.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn new() -> Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-lesson");
        let copy = Self { root: folder.join("course"), target: folder.join("target") };
        let course = root();
        let mut kept = BTreeSet::new();
        for path in files::list(&course)? {
            // Pictures are drawn by runs, and runs are verified where they belong.
            if path.starts_with("lessons/pictures/") {
                continue;
            }
            let place = copy.root.join(&path);
            let mut bytes = fs::read(course.join(&path))?;
            if path.ends_with(".md") {
                bytes = without_runs(&String::from_utf8(bytes)?).into_bytes();
            }
            // What hasn't changed isn't compiled again.
            if !fs::read(&place).is_ok_and(|old| old == bytes) {
                files::write(&place, &bytes)?;
            }
            kept.insert(path);
        }
        for path in files::list(&copy.root)? {
            if !kept.contains(&path) {
                fs::remove_file(copy.root.join(path))?;
            }
        }
        // Cargo takes each folder there for a package.
        for folder in fs::read_dir(copy.root.join("crates"))? {
            let folder = folder?.path();
            if !folder.join("Cargo.toml").exists() {
                fs::remove_dir_all(folder)?;
            }
        }
        Ok(copy)
    }

    fn command(&self, program: impl AsRef<OsStr>, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        // What is built here is soon built again, and nobody looks into it.
        command.env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
        command.env("CARGO_NET_OFFLINE", "true").timeout(PATIENCE);
        command
    }

    fn cargo(&self, words: &[&str]) -> Assert {
        self.command(env!("CARGO"), words).assert()
    }

    /// Builds programs with the features that all packages together ask for, so that what others
    /// wrote is compiled once for all of them.
    fn build(&self, programs: &[&str]) -> Assert {
        let programs = programs.iter().flat_map(|program| ["--bin", program]);
        self.cargo(&["build", "--workspace"].into_iter().chain(programs).collect::<Vec<_>>())
    }

    /// `course` for the copy: the one of here, or the one of the copy, as it was last built.
    fn course(&self, program: impl AsRef<OsStr>, words: &[&str]) -> Assert {
        let mut course = self.command(program, words);
        course.env("CARGO_MANIFEST_DIR", self.root.join("crates/course")).assert()
    }

    fn verify(&self, words: &[&str]) -> Assert {
        self.course(self.own_course(), &[&["verify"], words].concat())
    }

    fn own_course(&self) -> PathBuf {
        self.target.join("debug").join(format!("course{EXE_SUFFIX}"))
    }

    fn xtask(&self, words: &[&str]) -> Assert {
        self.cargo(&[&["xtask"], words].concat())
    }
}

/// Prose whose blocks run nothing, and that shows no pictures.
fn without_runs(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("!["));
    let mut kept = String::new();
    for line in lines {
        let (indent, is_run) = line.split_once("```console").map_or((line, false), |s| (s.0, true));
        kept += &if is_run { format!("{indent}```sh\n") } else { format!("{line}\n") };
    }
    kept
}

/// The notes of what is to be written, in what was printed.
fn notes(assert: &Assert) -> Result<BTreeSet<String>> {
    let text = String::from_utf8(assert.get_output().stdout.clone())?;
    let notes = text.lines().map(str::trim).filter(|line| line.contains(": to be written: "));
    Ok(notes.map(str::to_owned).collect())
}

#[test]
fn two_new_lessons_build_and_are_known_everywhere() -> Result<()> {
    let copy = Copy::new()?;
    let [first, second] = [LESSONS.len() + 1, LESSONS.len() + 2].map(|number| number.to_string());
    let (udp, tcp) = (format!("lesson-{first}"), format!("lesson-{second}"));
    let here = env!("CARGO_BIN_EXE_course");
    let made = copy.course(here, &["new-lesson", &first, "some-slug"]).success();
    let mut expected = notes(&made)?;
    copy.build(&["course"]).success();
    let made = copy.course(copy.own_course(), &["new-lesson", &second, "other", "--tcp"]).success();
    expected.extend(notes(&made)?);
    ensure!(expected.len() > 20, "{expected:?}");

    // Both are right programs, and make no warnings.
    let built = copy.build(&["xtask", "checks", "course", &udp, &tcp]).success();
    built.stderr(contains("warning").not());
    for lesson in [&first, &second] {
        copy.xtask(&["check", lesson]).success().stdout(contains("100 of 100 points"));
    }
    copy.xtask(&["run", &second]).success().stdout(contains("Bound to 127.0.0.1:"));
    are_known(&copy, &first, &second)?;

    // Before the tables are written, they are a finding each; then only the notes are left.
    let tables = contains("this isn't what the catalogue says").count(2);
    copy.verify(&[]).code(1).stdout(tables);
    copy.verify(&["--write"]).success().stdout(contains("tables written anew: 2"));
    let verified = copy.verify(&[]).code(1);
    assert_eq!(notes(&verified)?, expected);
    let text = String::from_utf8(verified.get_output().stdout.clone())?;
    let findings = text.lines().filter(|line| line.contains(".rs:") || line.contains(".md:"));
    assert_eq!(findings.count(), expected.len(), "{text}");
    its_starter_makes_no_warning(&copy, &first)?;
    a_tcp_pair_is_run(&copy, &first, &second)
}

/// What a hint doesn't name, a starter doesn't use.
fn its_starter_makes_no_warning(copy: &Copy, lesson: &str) -> Result<()> {
    let program = copy.root.join(format!("crates/lesson-{lesson}-some-slug/src/main.rs"));
    let good = fs::read_to_string(&program)?;
    fs::write(&program, good.replace("Bind a socket to `address`.", "Bind a socket."))?;
    let says = contains("the starters don't compile without a warning")
        .and(contains("unused variable: `address`"));
    copy.verify(&[]).code(1).stdout(says);
    fs::write(&program, good)?;
    Ok(())
}

/// Makes the two a pair, and lets them talk.
fn a_tcp_pair_is_run(copy: &Copy, client: &str, server: &str) -> Result<()> {
    let catalogue = copy.root.join("crates/base/src/lessons.rs");
    let text = fs::read_to_string(&catalogue)?;
    let start = text.find(&format!("number: {client},")).context("there is no row")?;
    let (others, rows) = text.split_at(start);
    let role = |role: &str| format!("role: Role::{role}");
    let client_role = role(&format!("Client {{ server: {server} }}"));
    let server_role = format!("Server {{ client: {client}, lifetime: Lifetime::Endless }}");
    let rows = rows.replacen(&role("Alone"), &client_role, 1);
    let rows = rows.replacen(&role("Alone"), &role(&server_role), 1);
    fs::write(catalogue, format!("{others}{}", rows.replace("Sockets::Udp", "Sockets::Tcp")))?;
    let programs = [include_str!("tcp_pair/client.rs"), include_str!("tcp_pair/server.rs")];
    for (name, program) in
        [format!("{client}-some-slug"), format!("{server}-other")].iter().zip(programs)
    {
        fs::write(copy.root.join(format!("crates/lesson-{name}/src/main.rs")), program)?;
    }
    let port = Port::with_free_tcp()?;
    let words = ["xtask", "run", server, "--port", &port.number().to_string()];
    let run = copy.command(env!("CARGO"), &words).write_stdin("hello\n").assert();
    run.success().stdout(contains("program │ hello"));
    let wire = copy.xtask(&["run", client, "--loss", "10%"]);
    wire.code(2).stderr(contains("it speaks TCP, and the link carries only UDP"));
    Ok(())
}

/// What takes a range of lessons takes one with both, and no more.
fn are_known(copy: &Copy, first: &str, second: &str) -> Result<()> {
    let all = format!("1-{second}");
    let beyond = format!("1-{}", second.parse::<u8>()? + 1);
    let both = contains(format!("lesson-{first}  Some slug: "));
    copy.xtask(&["list"]).success().stdout(both.and(contains(format!("lesson-{second}  Other: "))));
    let student = TempDir::new()?;
    let place = student.path().join("mine");
    let place = place.to_str().context("the temporary folder has a strange name")?;
    copy.xtask(&["start", place, "--lessons", &beyond]).code(2).stderr(contains(&all));
    copy.xtask(&["start", place, "--lessons", &all]).success().stdout(contains(&all));
    for name in [format!("lesson-{first}-some-slug"), format!("lesson-{second}-other")] {
        let starter = Path::new(place).join("crates").join(name).join("src/main.rs");
        let starter = fs::read_to_string(starter)?;
        ensure!(starter.contains("todo!(\"Bind a socket to {address:?}.\")"), "{starter}");
    }
    let wire = copy.xtask(&["run", second, "--wire"]);
    wire.code(2).stderr(contains("has no wire for `--wire`"));
    Ok(())
}

fn is_refused(words: &[&str], message: &str) {
    let mut course = Command::new(env!("CARGO_BIN_EXE_course"));
    course.args(words).assert().code(2).stderr(contains(message));
}

#[test]
fn what_can_not_be_done_is_wrong_usage() {
    let next = (LESSONS.len() + 1).to_string();
    let (next, after) = (next.as_str(), (LESSONS.len() + 2).to_string());
    for (words, message) in [
        (&[][..], "<NUMBER>"),
        (&[next], "<NUMBER> <SLUG> [--tcp]"),
        (&["3", "some-slug"], "lesson-3 is `Receive once`; the next one is "),
        (&[&after, "some-slug"], "isn't the number of the next lesson"),
        (&["x", "some-slug"], "isn't the number of the next lesson"),
        (&[&format!("0{next}"), "some-slug"], "isn't the number of the next lesson"),
        (&[next, "echo-server"], "lesson-5 is called so"),
        (&[next, "-slug"], "`-slug` is no name"),
        (&[next, "Some-Slug"], "`Some-Slug` is no name for a folder"),
        (&[next, "some--slug"], "`some--slug` is no name"),
        (&[next, "../slug"], "`../slug` is no name"),
        (&[next, "some-slug", "more"], "unexpected argument 'more'"),
        (&[next, "some-slug", "--udp"], "unexpected argument '--udp'"),
    ] {
        is_refused(&[&["new-lesson"], words].concat(), message);
    }
    is_refused(&["verify", "--soak", "0"], "invalid value '0' for '--soak <N>'");
}
