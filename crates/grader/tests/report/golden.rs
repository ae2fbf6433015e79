//! Golden files, beside this one.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// Holds a text against its file. If they differ, the text is written where it can be compared,
/// and copied from.
pub fn same(name: &str, text: &str) -> Result<()> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report").join(name);
    let known = fs::read_to_string(&golden).unwrap_or_default();
    if known == text {
        return Ok(());
    }
    let line = known.lines().zip(text.lines()).take_while(|(a, b)| a == b).count() + 1;
    let actual = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&actual, text).with_context(|| format!("cannot write {}", actual.display()))?;
    let (golden, actual) = (golden.display(), actual.display());
    bail!("line {line} differs; if it is meant to: cp {actual} {golden}\n{text}")
}

/// A page without its style sheet, its script and their hashes, which are files of their own.
pub fn without_assets(page: &str) -> Result<String> {
    let mut text = page.to_owned();
    for (start, end) in [("<style>", "</style>"), ("<script>", "</script>"), ("'sha256-", "'")] {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((before, after)) = rest.split_once(start) {
            let (_, after) = after.split_once(end).with_context(|| format!("no {end}"))?;
            kept = kept + before + start + "…" + end;
            rest = after;
        }
        text = kept + rest;
    }
    Ok(text)
}
