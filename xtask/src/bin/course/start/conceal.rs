//! Takes the solutions out of a walkthrough.

use crate::verify::markdown::{Fence, parse};
use xtask::starter::{END, is_marker, line_end};

/// What stands in the prose in place of lines that a student is to write.
const CONCEALED: &str = "    // … your turn";

/// A walkthrough whose Rust blocks don't show what stands in the program's regions.
pub fn conceal(prose: &str, program: &str) -> String {
    let lines: Vec<&str> = prose.split_inclusive('\n').collect();
    let mut concealed = String::new();
    let mut next = 0;
    for fence in parse(prose).fences {
        if fence.info != "rust" {
            continue;
        }
        let end = fence.line + fence.lines.len();
        concealed.extend(lines.get(next..fence.line).unwrap_or_default().iter().copied());
        let block = lines.get(fence.line..end).unwrap_or_default();
        conceal_block(block, &fence, &solution_lines(&fence, program), &mut concealed);
        next = end;
    }
    concealed.extend(lines.get(next..).unwrap_or_default().iter().copied());
    concealed
}

/// Writes a block without the lines that are solutions; a row of them becomes one line.
fn conceal_block(block: &[&str], fence: &Fence<'_>, hidden: &[bool], text: &mut String) {
    let mut was_hidden = false;
    for ((line, quoted), &is_hidden) in block.iter().zip(&fence.lines).zip(hidden) {
        if !is_hidden {
            text.push_str(line);
        } else if !was_hidden {
            // A block in a list is indented as a whole.
            let indent = line.trim_end().strip_suffix(quoted.trim_end()).unwrap_or_default();
            text.push_str(&format!("{indent}{CONCEALED}{}", line_end(line)));
        }
        was_hidden = is_hidden;
    }
}

/// Says of each line of a quotation whether it stands in a region, wherever the program has it.
/// Of a block that isn't in the program nothing is known, so it counts as solution as a whole.
fn solution_lines(fence: &Fence<'_>, program: &str) -> Vec<bool> {
    let program = program_lines(program);
    let mut is_solution = vec![false; fence.lines.len()];
    let mut is_known = false;
    for place in program.windows(fence.lines.len().max(1)) {
        if place.iter().map(|(line, _)| *line).eq(fence.lines.iter().copied()) {
            is_known = true;
            for (solution, (_, in_region)) in is_solution.iter_mut().zip(place) {
                *solution |= *in_region;
            }
        }
    }
    if is_known { is_solution } else { vec![true; fence.lines.len()] }
}

/// The lines of a program without its markers, and whether each stands in a region.
fn program_lines(program: &str) -> Vec<(&str, bool)> {
    let mut lines = Vec::new();
    let mut in_region = false;
    for line in program.lines() {
        if is_marker(line) {
            in_region = line.trim() != END;
        } else {
            lines.push((line, in_region));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use xtask::catalog::{LESSONS, root};

    const PROGRAM: &str = include_str!("../../../starter_example.txt");

    #[test]
    fn the_lines_of_regions_are_taken_out_of_rust_blocks() {
        let prose = "# A\n```rust\nfn wait() -> Result<()> {\n    let line = Vec::new();\n    \
            stdin().read(&mut line)?;\n    Ok(())\n}\n```\nand\n\n1. x\n\n   ```rust\n       \
            // One call is one datagram.\n   ```\n\n```sh\nOk(())\n```\n";
        let concealed = "# A\n```rust\nfn wait() -> Result<()> {\n    let line = Vec::new();\n    \
            // … your turn\n}\n```\nand\n\n1. x\n\n   ```rust\n       // … your turn\n   ```\n\n\
            ```sh\nOk(())\n```\n";
        assert_eq!(conceal(prose, PROGRAM), concealed);
        assert_eq!(conceal(concealed, PROGRAM).matches("your turn").count(), 2);
    }

    #[test]
    fn what_may_be_a_solution_is_taken_out_as_well() {
        // Twice in the program, but in regions only; and not in the program at all.
        for block in ["    Ok(())", "    Ok(())\n}", "fn other() {}"] {
            let shown = conceal(&format!("```rust\n{block}\n```\n"), PROGRAM);
            assert!(shown.starts_with("```rust\n    // … your turn\n"), "{shown}");
        }
        let innocent = "```rust\nfn wait() -> Result<()> {\n```\n";
        assert_eq!(conceal(innocent, PROGRAM), innocent);
    }

    #[test]
    fn no_line_of_a_region_survives_in_the_blocks_of_its_walkthrough() {
        for lesson in LESSONS {
            let program = fs::read_to_string(root().join(lesson.source())).unwrap();
            let prose = fs::read_to_string(root().join(lesson.walkthrough())).unwrap();
            let concealed = conceal(&prose, &program);
            assert!(concealed.contains(CONCEALED), "{}", lesson.name());
            let fences = parse(&concealed).fences;
            let shown: Vec<&str> = fences.iter().flat_map(|fence| fence.lines.clone()).collect();
            for (line, in_region) in program_lines(&program) {
                let is_distinctive = in_region && line.trim().len() > "Ok(())".len();
                assert!(!is_distinctive || !shown.contains(&line), "{line}");
            }
        }
    }
}
