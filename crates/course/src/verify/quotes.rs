//! The walkthroughs quote the programs verbatim.

use super::markdown::{Fence, parse};
use super::tree::{Tree, finding};
use base::lessons::LESSONS;
use base::regions::is_marker;

pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut total = 0;
    for lesson in LESSONS {
        let (path, source) = (lesson.walkthrough(), lesson.source());
        let (Some(prose), Some(program)) = (tree.text(&path), tree.text(&source)) else { continue };
        let program: Vec<&str> = program.lines().filter(|line| !is_marker(line)).collect();
        let document = parse(prose);
        for fence in &document.fences {
            total += usize::from(fence.info == "rust");
            if let Some((line, text)) = flaw(fence, &program, &source) {
                findings.push(finding(&path, line, &text));
            }
        }
        if let Some(line) = document.unclosed {
            let text = "this block has no end; close it with a line of backticks";
            findings.push(finding(&path, line, text));
        }
    }
    format!("quotes: {total} Rust blocks in {} walkthroughs", LESSONS.len())
}

fn flaw(fence: &Fence<'_>, program: &[&str], source: &str) -> Option<(usize, String)> {
    match fence.info {
        "rust" => misquote(fence, program, source),
        // What stands behind `console` is read by the part that runs the command.
        info if info == "sh" || info.starts_with("console") => None,
        _ => {
            let text = "a block is `rust`, `sh` or `console`, and only `console` takes `typed=`";
            Some((fence.line, format!("{text}; say which it is, or use inline code")))
        }
    }
}

/// Where a block first differs from the place in the program that it resembles most.
fn misquote(fence: &Fence<'_>, program: &[&str], source: &str) -> Option<(usize, String)> {
    if fence.lines.is_empty() {
        return Some((fence.line, "this block is empty; quote something, or take it out".into()));
    }
    let (mut best, mut goes_on) = (0, None);
    for start in 0..program.len() {
        let same = common(&fence.lines, &program[start..]);
        if same > best {
            (best, goes_on) = (same, program.get(start + same));
        }
    }
    let quoted = fence.lines.get(best)?.trim();
    let text = match goes_on {
        Some(line) => format!("where the program goes on with `{}`", line.trim()),
        None if best == 0 => "which no line of the program is, indentation included".to_owned(),
        None => "where the program has ended".to_owned(),
    };
    Some((fence.line + 1 + best, format!("`{quoted}`, {text}; copy it from {source}")))
}

/// With how many equal lines both begin.
fn common(quoted: &[&str], program: &[&str]) -> usize {
    let mut same = 0;
    while quoted.get(same).is_some() && quoted.get(same) == program.get(same) {
        same += 1;
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: [&str; 6] = ["fn main() {", "    a();", "    b();", "}", "", "fn a() {}"];

    fn check(text: &str) -> Option<(usize, String)> {
        flaw(&parse(text).fences[0], &PROGRAM, "main.rs")
    }

    #[test]
    fn consecutive_lines_are_a_quotation() {
        assert_eq!(check("```rust\n    b();\n}\n\nfn a() {}\n```\n"), None);
        assert_eq!(check("1. x\n\n   ```rust\n       a();\n       b();\n   ```\n"), None);
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        let (line, text) = check("x\n```rust\n    a();\n    c();\n```\n").unwrap();
        assert_eq!(line, 4);
        assert_eq!(text, "`c();`, where the program goes on with `b();`; copy it from main.rs");
        assert_eq!(check("```rust\na();\n```\n").unwrap().0, 2);
        assert_eq!(check("```rust\nfn a() {}\n// more\n```\n").unwrap().0, 3);
        assert_eq!(check("```rust\n```\n").unwrap().0, 1);
    }

    #[test]
    fn other_kinds_of_blocks_are_refused() {
        for info in ["", "python", "rust,ignore", "sh typed=\"\""] {
            assert_eq!(check(&format!("```{info}\n```\n")).unwrap().0, 1, "{info}");
        }
        for info in ["sh", "console", "console typed=\"a\""] {
            assert_eq!(check(&format!("```{info}\n```\n")), None, "{info}");
        }
    }
}
