//! Makes a student's starter of a lesson's program: its marked regions become gaps.

use crate::verify::markdown::{Fence, parse};
use anyhow::{Result, ensure};

/// Begins a region; a hint stands behind it.
pub const START: &str = "// region: solution";
pub const END: &str = "// endregion";

/// How a gap looks in a program.
const GAP: &str = "todo!(";

/// What stands in the prose in place of lines that a student is to write.
const CONCEALED: &str = "    // … your turn";

/// Whether a line of a program begins or ends a region.
pub fn is_marker(line: &str) -> bool {
    let words = line.trim_start().strip_prefix("//").unwrap_or_default().trim_start();
    words.starts_with("region:") || words.starts_with("endregion")
}

/// Whether a line begins a function.
pub fn is_function(line: &str) -> bool {
    let code = line.trim_start();
    code.starts_with("fn ") || (code.starts_with("pub") && code.contains(" fn "))
}

/// A program's text with each region replaced by one `todo!("…")`.
///
/// # Errors
///
/// The regions aren't well-formed; `verify` says more.
pub fn strip(program: &str) -> Result<String> {
    let mut starter = String::new();
    let mut signature = String::new();
    let mut in_region = false;
    for (index, line) in program.split_inclusive('\n').enumerate() {
        if is_marker(line) {
            let hint = line.trim().strip_prefix(START);
            let fits = if in_region { line.trim() == END } else { hint.is_some() };
            let number = index + 1;
            ensure!(fits, "line {number} marks no region; `cargo xtask verify` says what is wrong");
            in_region = hint.is_some();
            if let Some(hint) = hint {
                let indent = line.strip_suffix(line.trim_start()).unwrap_or_default();
                let gap = gap(hint.trim(), &signature);
                starter.push_str(&format!("{indent}{gap}{}", line_end(line)));
            }
        } else if !in_region {
            if is_function(line) {
                signature.clear();
            }
            signature.push_str(line);
            starter.push_str(line);
        }
    }
    ensure!(!in_region, "a region has no end; `cargo xtask verify` says where");
    Ok(starter)
}

/// The macro call that stands in place of a region. It uses every parameter that the hint names,
/// so that the compiler has nothing to warn about.
fn gap(hint: &str, signature: &str) -> String {
    let (mut message, mut arguments) = (String::new(), String::new());
    for (index, piece) in hint.split('`').enumerate() {
        let is_type = |bytes: &str| signature.contains(&format!("{piece}: {bytes}"));
        if index % 2 == 0 {
            message.push_str(piece);
        } else if is_type("&[u8]") || is_type("&mut [u8]") {
            // A buffer may be so long that its bytes would bury the message.
            message.push_str("{} bytes");
            arguments.push_str(&format!(", {piece}.len()"));
        } else {
            message.push_str(&format!("{{{piece}:?}}"));
        }
    }
    format!("{GAP}\"{message}\"{arguments})")
}

/// Whether a gap of the starter is still open in the program.
pub fn has_gaps(program: &str, starter: &str) -> bool {
    let mut gaps = starter.lines().map(str::trim).filter(|line| line.starts_with(GAP));
    gaps.any(|gap| program.lines().any(|line| line.trim() == gap))
}

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

/// A program without the lines that mark its regions.
pub fn without_markers(program: &str) -> String {
    program.split_inclusive('\n').filter(|line| !is_marker(line)).collect()
}

fn line_end(line: &str) -> &str {
    line.strip_prefix(line.trim_end_matches(['\r', '\n'])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{LESSONS, root};
    use std::fs;

    const PROGRAM: &str = "\
//! A lesson.

/// Sends.
fn send(socket: &UdpSocket, message: &[u8], target: SocketAddr) -> Result<()> {
    // region: solution Send `message` through `socket` to `target`, in one call.
    // One call is one datagram.
    socket.send_to(message, target)?;
    Ok(())
    // endregion
}

fn wait() -> Result<()> {
    let line = Vec::new();
    // region: solution Read a line.
    stdin().read(&mut line)?;
    Ok(())
    // endregion
}
";

    const STARTER: &str = "\
//! A lesson.

/// Sends.
fn send(socket: &UdpSocket, message: &[u8], target: SocketAddr) -> Result<()> {
    todo!(\"Send {} bytes through {socket:?} to {target:?}, in one call.\", message.len())
}

fn wait() -> Result<()> {
    let line = Vec::new();
    todo!(\"Read a line.\")
}
";

    #[test]
    fn each_region_becomes_a_gap_that_uses_its_parameters() {
        assert_eq!(strip(PROGRAM).unwrap(), STARTER);
        let windows = strip(&PROGRAM.replace('\n', "\r\n")).unwrap();
        assert_eq!(windows, STARTER.replace('\n', "\r\n"));
        assert_eq!(strip(STARTER).unwrap(), STARTER);
    }

    #[test]
    fn regions_that_are_not_well_formed_are_refused() {
        let end = "    // endregion\n";
        for (program, words) in [
            (PROGRAM.replacen(end, "", 1), "line 13 marks no region"),
            (PROGRAM.replacen(end, &end.repeat(2), 1), "line 10 marks no region"),
            (PROGRAM.replacen(": sol", ": Sol", 1), "line 5 marks no region"),
            (PROGRAM.trim_end_matches("    // endregion\n}\n").to_owned(), "has no end"),
        ] {
            let error = strip(&program).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_gap_is_open_as_long_as_its_line_is_there() {
        assert!(has_gaps(STARTER, STARTER));
        assert!(!has_gaps(PROGRAM, STARTER));
        assert!(has_gaps("fn wait() {\n  todo!(\"Read a line.\")\n}", STARTER));
        assert!(!has_gaps("todo!(\"Something else.\")", STARTER));
    }

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
