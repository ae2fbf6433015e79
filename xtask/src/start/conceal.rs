//! Takes the solutions out of a walkthrough.

use base::regions::{END, is_marker, line_end};

/// What stands in the prose in place of lines that a student is to write.
const CONCEALED: &str = "    // … your turn";

/// A walkthrough whose Rust blocks don't show what stands in the program's regions.
pub fn conceal(prose: &str, program: &str) -> String {
    let mut concealed = String::new();
    let mut block: Option<Block<'_>> = None;
    for line in prose.split_inclusive('\n') {
        // In a list or in a quotation, a block is indented as a whole.
        let content = line.trim_start_matches([' ', '>']);
        if content.starts_with(FENCE) {
            if let Some(ended) = block.take() {
                ended.conceal(program, &mut concealed);
            } else {
                let is_rust = content.trim_end() == "```rust";
                block = Some(Block { indent: line.len() - content.len(), is_rust, lines: vec![] });
            }
            concealed.push_str(line);
        } else if let Some(block) = &mut block {
            block.lines.push(line);
        } else {
            concealed.push_str(line);
        }
    }
    // One that never ends is shown to nobody, and `verify` finds it.
    concealed
}

/// Every fenced block of the walkthroughs begins and ends so.
const FENCE: &str = "```";

/// What stands between two fences.
struct Block<'a> {
    indent: usize,
    is_rust: bool,
    /// With their indent and their ends.
    lines: Vec<&'a str>,
}

impl Block<'_> {
    /// Writes it without the lines that are solutions; a row of them becomes one line.
    fn conceal(&self, program: &str, text: &mut String) {
        if !self.is_rust {
            return text.extend(self.lines.iter().copied());
        }
        let quoted = |line: &str| line.trim_end().get(self.indent..).unwrap_or_default().to_owned();
        let hidden =
            solution_lines(&self.lines.iter().copied().map(quoted).collect::<Vec<_>>(), program);
        let mut was_hidden = false;
        for (line, is_hidden) in self.lines.iter().zip(hidden) {
            if !is_hidden {
                text.push_str(line);
            } else if !was_hidden {
                let indent = &line[..self.indent.min(line_start(line))];
                text.push_str(&format!("{indent}{CONCEALED}{}", line_end(line)));
            }
            was_hidden = is_hidden;
        }
    }
}

/// Where a line's own text begins.
fn line_start(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '>']).len()
}

/// Says of each line of a quotation whether it stands in a region, wherever the program has it.
/// Of a block that isn't in the program nothing is known, so it counts as solution as a whole.
fn solution_lines(quoted: &[String], program: &str) -> Vec<bool> {
    let program = program_lines(program);
    let mut is_solution = vec![false; quoted.len()];
    let mut is_known = false;
    for place in program.windows(quoted.len().max(1)) {
        if place.iter().map(|(line, _)| *line).eq(quoted) {
            is_known = true;
            for (solution, (_, in_region)) in is_solution.iter_mut().zip(place) {
                *solution |= *in_region;
            }
        }
    }
    if is_known { is_solution } else { vec![true; quoted.len()] }
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
    use base::lessons::{LESSONS, root};
    use std::fs;

    const PROGRAM: &str = include_str!("../../../crates/base/src/regions_example.txt");

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
            let shown: Vec<&str> = concealed.lines().collect();
            for (line, in_region) in program_lines(&program) {
                let is_distinctive = in_region && line.trim().len() > "Ok(())".len();
                assert!(!is_distinctive || !shown.contains(&line), "{line}");
            }
        }
    }
}
