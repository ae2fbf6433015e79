//! Makes a student's starter of a lesson's program: its marked regions become gaps.

use anyhow::{Result, ensure};

/// Begins a region; a hint stands behind it.
pub const START: &str = "// region: solution";
pub const END: &str = "// endregion";

/// How a gap looks in a program.
const GAP: &str = "todo!(";

/// Whether a line of a program begins or ends a region.
pub fn is_marker(line: &str) -> bool {
    let words = line.trim_start().strip_prefix("//").unwrap_or_default().trim_start();
    words.starts_with("region:") || words.starts_with("endregion")
}

/// A program's text with each region replaced by one `todo!("…")`.
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
                let indent = &line[..line.len() - line.trim_start().len()];
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

/// Whether a line begins a function.
fn is_function(line: &str) -> bool {
    let code = line.trim_start();
    code.starts_with("fn ") || (code.starts_with("pub") && code.contains(" fn "))
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

/// A program without the lines that mark its regions.
pub fn without_markers(program: &str) -> String {
    program.split_inclusive('\n').filter(|line| !is_marker(line)).collect()
}

/// The line end of a line, however it is written.
pub fn line_end(line: &str) -> &str {
    &line[line.trim_end_matches(['\r', '\n']).len()..]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = include_str!("regions_example.txt");

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
}
