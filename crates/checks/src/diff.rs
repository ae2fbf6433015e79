//! The difference between two programs, line by line, as `diff -u` shows it.

use anyhow::{Context, Result};
use base::regions;
use base::terminal::Style;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Lines that are shown around each change.
const CONTEXT: usize = 3;

/// Above this many pairs of lines the middle of the texts counts as all different.
const MOST_PAIRS: usize = 4_000_000;

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

/// A line, and how many lines of either text stand before it.
struct Step<'a> {
    /// ` ` in both texts, `-` only in the old one, `+` only in the new one.
    sign: char,
    line: &'a str,
    old: usize,
    new: usize,
}

/// What has to be done to `old` to make it `new`; nothing if they are equal. Line ends don't count.
fn unified(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let steps = steps(&old, &new);
    let mut text = String::new();
    let mut next = 0;
    while let Some(start) = (next..steps.len()).find(|&index| is_change(&steps, index)) {
        let mut end = start;
        // Changes with no more than their context between them stand in one part.
        while let Some(change) =
            (end..steps.len().min(end + 2 * CONTEXT + 1)).find(|&index| is_change(&steps, index))
        {
            end = change + 1;
        }
        let first = start.saturating_sub(CONTEXT);
        next = steps.len().min(end + CONTEXT);
        write_part(&steps[first..next], &mut text);
    }
    text
}

fn is_change(steps: &[Step<'_>], index: usize) -> bool {
    steps[index].sign != ' '
}

fn write_part(steps: &[Step<'_>], text: &mut String) {
    let first = &steps[0];
    let old = steps.iter().filter(|step| step.sign != '+').count();
    let new = steps.iter().filter(|step| step.sign != '-').count();
    // A part without lines is named by the line before it.
    let (old_start, new_start) = (first.old + old.min(1), first.new + new.min(1));
    // Writing to a string can't fail.
    let _ = writeln!(text, "@@ -{old_start},{old} +{new_start},{new} @@");
    for step in steps {
        let _ = writeln!(text, "{}{}", step.sign, step.line);
    }
}

fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Step<'a>> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.len() - start, new.len() - start);
    let backwards = old.iter().rev().zip(new.iter().rev());
    let end = backwards.take(old_rest.min(new_rest)).take_while(|(a, b)| a == b).count();
    let mut signs = vec![' '; start];
    signs.extend(middle_signs(&old[start..old.len() - end], &new[start..new.len() - end]));
    signs.extend(vec![' '; end]);
    let (mut from_old, mut from_new) = (0, 0);
    let mut steps = Vec::new();
    for sign in signs {
        let line = if sign == '+' { new[from_new] } else { old[from_old] };
        steps.push(Step { sign, line, old: from_old, new: from_new });
        from_old += usize::from(sign != '+');
        from_new += usize::from(sign != '-');
    }
    steps
}

/// The signs of the lines by their longest common subsequence.
fn middle_signs(old: &[&str], new: &[&str]) -> Vec<char> {
    let width = new.len() + 1;
    if old.len().saturating_mul(width) > MOST_PAIRS {
        return [vec!['-'; old.len()], vec!['+'; new.len()]].concat();
    }
    // How many lines the rests of both texts have in common, from each pair of places.
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut signs = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            signs.push(' ');
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j == new.len() || common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            signs.push('-');
            i += 1;
        } else {
            signs.push('+');
            j += 1;
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> String {
        text.split(' ').collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(unified("", ""), "");
        assert_eq!(unified("a\nb\n", "a\r\nb"), "");
    }

    #[test]
    fn changes_stand_among_three_lines_of_context() {
        let old = lines("1 2 3 4 5 x 6 7 8 9");
        let new = lines("1 2 3 4 5 y z 6 7 8 9");
        let shown = "@@ -3,7 +3,8 @@\n 3\n 4\n 5\n-x\n+y\n+z\n 6\n 7\n 8\n";
        assert_eq!(unified(&old, &new), shown);
    }

    #[test]
    fn changes_far_from_each_other_stand_in_two_parts() {
        let near = (lines("a 1 2 3 4 5 6 b"), lines("A 1 2 3 4 5 6 B"));
        assert_eq!(unified(&near.0, &near.1).matches("@@ -").count(), 1);
        let far = (lines("a 1 2 3 4 5 6 7 b"), lines("A 1 2 3 4 5 6 7 B"));
        let shown = "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n";
        assert_eq!(unified(&far.0, &far.1), shown);
    }

    #[test]
    fn a_text_may_be_all_new_or_all_gone() {
        assert_eq!(unified("", "a\nb"), "@@ -0,0 +1,2 @@\n+a\n+b\n");
        assert_eq!(unified("a\nb", ""), "@@ -1,2 +0,0 @@\n-a\n-b\n");
    }

    #[test]
    fn the_longest_common_lines_are_kept() {
        let (old, new) = (lines("a b c a b b a"), lines("c b a b a c"));
        let shown = unified(&old, &new);
        let kept = shown.lines().filter(|line| line.starts_with(' ')).count();
        assert_eq!(kept, 4, "{shown}");
    }

    #[test]
    fn taking_the_new_lines_gives_the_new_text() {
        // Texts of few different lines, from a fixed generator.
        let mut state = 7_u32;
        let mut text = |length: u32| {
            let mut letter = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b'a' + u8::try_from((state >> 24) % 4).unwrap()).to_string()
            };
            (0..length).map(|_| letter()).collect::<Vec<String>>()
        };
        for length in 0..40 {
            let (old, new) = (text(length), text(length / 2 + 3));
            let old: Vec<&str> = old.iter().map(String::as_str).collect();
            let new: Vec<&str> = new.iter().map(String::as_str).collect();
            let steps = steps(&old, &new);
            let without = |sign: char| {
                let kept = steps.iter().filter(|step| step.sign != sign);
                kept.map(|step| step.line).collect::<Vec<_>>()
            };
            assert_eq!((without('+'), without('-')), (old, new));
        }
    }

    #[test]
    fn huge_texts_are_no_problem() {
        let (old, new) = ("a\n".repeat(9000), "b\n".repeat(9000));
        assert_eq!(unified(&old, &new).lines().count(), 18_001);
    }
}
