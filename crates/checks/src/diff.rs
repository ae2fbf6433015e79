//! The difference between two programs, line by line, as `diff -u` shows it.

use anyhow::{Context, Result};
use base::regions;
use base::terminal::Style;
use similar::{Algorithm, DiffOp};
use std::fs;
use std::path::Path;

/// Lines that are shown around each change.
const CONTEXT: usize = 3;

/// Two programs, but for the markers of their regions, under their names; nothing if they are equal.
pub fn between(old: &Path, new: &Path, style: Style) -> Result<String> {
    let difference = unified(&read(old)?, &read(new)?);
    if difference.is_empty() {
        return Ok(difference);
    }
    let title = format!("--- {}\n+++ {}", old.display(), new.display());
    Ok(format!("{}\n{}", style.paint("1", &title), paint(&difference, style)))
}

fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path);
    let context = || format!("cannot read {}; git can bring it back", path.display());
    Ok(regions::without_markers(&String::from_utf8_lossy(&bytes.with_context(context)?)))
}

/// Colours a difference as git does.
fn paint(difference: &str, style: Style) -> String {
    let mut text = String::new();
    for line in difference.lines() {
        text.push_str(&match line.as_bytes()[0] {
            b'-' => style.paint("31", line),
            b'+' => style.paint("32", line),
            b'@' => style.paint("36", line),
            _ => line.to_owned(),
        });
        text.push('\n');
    }
    text
}

/// What has to be done to `old` to make it `new`; nothing if they are equal. Line ends don't count.
fn unified(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let changes = similar::capture_diff_slices(Algorithm::Myers, &old, &new);
    let parts = similar::group_diff_ops(changes, CONTEXT);
    parts.iter().map(|part| shown(part, &old, &new)).collect()
}

/// Changes, with the lines around them, below what tells where they stand.
fn shown(part: &[DiffOp], old: &[&str], new: &[&str]) -> String {
    let (Some(first), Some(last)) = (part.first(), part.last()) else { return String::new() };
    let place = |start: usize, end: usize| {
        // A part without lines is named by the line before it.
        format!("{},{}", start + usize::from(start < end), end - start)
    };
    let old_place = place(first.old_range().start, last.old_range().end);
    let new_place = place(first.new_range().start, last.new_range().end);
    let lines = part.iter().flat_map(|change| change.iter_changes(old, new));
    let lines = lines.map(|line| format!("{}{}\n", line.tag(), line.value()));
    format!("@@ -{old_place} +{new_place} @@\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> String {
        text.replace(' ', "\n")
    }

    #[test]
    fn changes_stand_among_three_lines_of_context_and_far_from_each_other_in_two_parts() {
        for (old, new, shown) in [
            ("", "", ""),
            ("a\nb\n", "a\r\nb", ""),
            ("", "a b", "@@ -0,0 +1,2 @@\n+a\n+b\n"),
            ("a b", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"),
            (
                "1 2 3 4 5 x 6 7 8 9",
                "1 2 3 4 5 y z 6 7 8 9",
                "@@ -3,7 +3,8 @@\n 3\n 4\n 5\n-x\n+y\n+z\n 6\n 7\n 8\n",
            ),
            (
                "a 1 2 3 4 5 6 b",
                "A 1 2 3 4 5 6 B",
                "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n",
            ),
            (
                "a 1 2 3 4 5 6 7 b",
                "A 1 2 3 4 5 6 7 B",
                "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n",
            ),
        ] {
            assert_eq!(unified(&lines(old), &lines(new)), shown);
        }
    }

    #[test]
    fn the_longest_common_lines_are_kept() {
        let shown = unified(&lines("a b c a b b a"), &lines("c b a b a c"));
        let kept = shown.lines().filter(|line| line.starts_with(' ')).count();
        assert_eq!(kept, 4, "{shown}");
    }

    #[test]
    fn huge_texts_are_no_problem() {
        let (old, new) = ("a\n".repeat(9000), "b\n".repeat(9000));
        assert_eq!(unified(&old, &new).lines().count(), 18_001);
    }
}
