//! What becomes a `todo!("…")` in a student's starter is marked in one way, with a hint, and the
//! starters compile without a warning: so each region is the tail of a function's body, and its hint
//! names every parameter and nothing that isn't there.

use super::tree::{Tree, finding};
use crate::programs::cargo;
use anyhow::{Context, Result, ensure};
use base::lessons::LESSONS;
use base::programs::target;
use base::regions::{END, START, is_marker};
use base::run::{End, run_with_input};
use std::process::Command;
use std::time::Duration;

/// A line's number, and what is wrong there.
type Flaw = (usize, String);

pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut total = 0;
    let before = findings.len();
    for lesson in LESSONS {
        let path = lesson.source();
        // Where there is none, the part about the catalogue says so.
        let Some(program) = tree.text(&path) else { continue };
        let (count, flaws) = flaws(program);
        total += count;
        for (line, text) in flaws {
            findings.push(finding(&path, line, &text));
        }
    }
    let result = if findings.len() == before { compile_starters() } else { Ok(()) };
    findings.extend(result.err().map(|error| finding("crates", 1, &format!("{error:#}"))));
    format!("regions: {total} in {} lessons", LESSONS.len())
}

/// Within it a starter is written, or compiled.
const DEADLINE: Duration = Duration::from_secs(600);

/// Writes a student's workspace, and compiles the programs in it.
fn compile_starters() -> Result<()> {
    let folder = tempfile::tempdir().context("there is no place for the starters")?;
    let workspace = folder.path().join("starters");
    let mut start = cargo(&["xtask", "start"])?;
    start.arg(&workspace);
    complete(start).context("the starters can't be written")?;
    let mut check = cargo(&["check", "--quiet"])?;
    check.args(LESSONS.iter().map(|lesson| format!("--package={}", lesson.name())));
    // A folder that stays, so that little is compiled the next time.
    check.current_dir(&workspace).env("CARGO_TARGET_DIR", target()?.join("starters"));
    check.env("RUSTFLAGS", "--deny warnings").env("CARGO_TERM_COLOR", "never");
    complete(check).context(
        "the starters don't compile without a warning; end each region with its function, and \
         name all parameters of that in the hint, in backticks, and nothing else",
    )
}

/// Runs a command that has to succeed; an error is what it said.
fn complete(command: Command) -> Result<()> {
    let finished = run_with_input(command, Vec::new(), DEADLINE, 1 << 16)?;
    let is_success = matches!(finished.end, End::Ended(status) if status.success());
    ensure!(is_success, "{:?}\n{}", finished.end, String::from_utf8_lossy(&finished.stderr));
    Ok(())
}

/// Counts a program's regions, and says what is wrong with them.
fn flaws(source: &str) -> (usize, Vec<Flaw>) {
    let mut flaws: Vec<Flaw> = Vec::new();
    let mut count = 0;
    let mut open = None;
    for (index, line) in source.lines().enumerate() {
        if !is_marker(line) {
            continue;
        }
        let mut flaw = |text: &str| flaws.push((index + 1, text.to_owned()));
        if line.trim() == END {
            if open.take().is_none() {
                flaw("this ends no region; take it out");
            }
        } else if let Some(hint) = line.trim().strip_prefix(START) {
            if open.replace(index).is_some() {
                flaw("a region begins inside of a region; end the first one before");
            }
            if !hint.starts_with(" ") || hint.len() < 3 || !hint.ends_with(".") {
                flaw("the hint is no whole sentence; say what to do, and end with a full stop");
            }
            count += 1;
        } else {
            flaw("this marks no region; write `// region: solution HINT` or `// endregion`");
        }
    }
    if let Some(start) = open {
        flaws.push((start + 1, format!("this region has no end; add `{END}`")));
    }
    if count == 0 {
        flaws.push((1, format!("no region; mark with `{START} HINT` what the student writes")));
    }
    (count, flaws)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
/// Binds.
fn bind(address: &str, mut room: Vec<(u8, u8)>) -> Result<UdpSocket> {
    let x = 1;
    // region: solution Bind `address` to 127.0.0.1, with `room`.
    if x == 1 {
        // regional differences
    }
    UdpSocket::bind(address)
    // endregion
}
";

    fn texts(source: &str) -> Vec<(usize, String)> {
        let cut = |(line, text): Flaw| (line, text.split(';').next().unwrap().to_owned());
        flaws(source).1.into_iter().map(cut).collect()
    }

    fn expect(source: &str, line: usize, text: &str) {
        assert_eq!(texts(source), [(line, text.to_owned())], "{source}");
    }

    #[test]
    fn a_good_region_has_no_flaws() {
        assert_eq!(flaws(GOOD), (1, vec![]));
        let windows = GOOD.replace('\n', "\r\n");
        assert_eq!(flaws(&windows), (1, vec![]));
    }

    #[test]
    fn markers_alternate() {
        let start = "    // region: solution Bind `address` to 127.0.0.1, with `room`.\n";
        let end = "    // endregion\n";
        expect(&GOOD.replace(end, ""), 4, "this region has no end");
        expect(&GOOD.replace(end, &end.repeat(2)), 10, "this ends no region");
        assert_eq!(texts(&GOOD.replace(start, "")).len(), 2);
        assert_eq!(texts(&GOOD.replace(start, &start.repeat(2))).len(), 1);
        expect("fn main() {}\n", 1, "no region");
    }

    #[test]
    fn markers_are_written_in_one_way() {
        let text = "this marks no region";
        assert_eq!(texts(&GOOD.replace("// region: sol", "// region: Sol"))[0], (4, text.into()));
        assert_eq!(texts(&GOOD.replace("// endregion", "//endregion"))[0], (9, text.into()));
    }

    #[test]
    fn hints_are_sentences() {
        let sentence = "the hint is no whole sentence";
        expect(&GOOD.replace("`room`.", "`room`"), 4, sentence);
        expect("fn f() {\n    // region: solution\n    // endregion\n}", 2, sentence);
    }
}
