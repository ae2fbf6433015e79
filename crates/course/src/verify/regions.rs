//! What becomes a `todo!("…")` in a student's starter is marked so that the starter compiles.

use super::tree::{Tree, finding};
use base::lessons::LESSONS;
use base::regions::{END, START, is_function, is_marker};

/// A line's number, and what is wrong there.
type Flaw = (usize, String);

pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut total = 0;
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
    format!("regions: {total} in {} lessons", LESSONS.len())
}

/// Counts a program's regions, and says what is wrong with them.
fn flaws(source: &str) -> (usize, Vec<Flaw>) {
    let lines: Vec<&str> = source.lines().collect();
    let mut flaws: Vec<Flaw> = Vec::new();
    let mut count = 0;
    let mut open = None;
    for (index, line) in source.lines().enumerate() {
        if !is_marker(line) {
            continue;
        }
        let mut flaw = |text: &str| flaws.push((index + 1, text.to_owned()));
        if line.trim() == END {
            match open.take() {
                Some(start) => region_flaws(&lines, start, index, &mut flaws),
                None => flaw("this ends no region; take it out"),
            }
        } else if let Some(hint) = line.trim().strip_prefix(START) {
            if open.replace(index).is_some() {
                flaw("a region begins inside of a region; end the first one before");
            }
            if !hint.starts_with(" ") || hint.len() < 3 || !hint.ends_with(".") {
                flaw("the hint is no whole sentence; say what to do, and end with a full stop");
            }
            if ["\"", "\\", "{", "}"].iter().any(|sign| hint.contains(*sign)) {
                flaw("the hint can't become a `todo!` message; write it without \", \\, { and }");
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

/// `start` and `end` are the indices of the marker lines.
fn region_flaws(lines: &[&str], start: usize, end: usize, flaws: &mut Vec<Flaw>) {
    let mut flaw = |text: String| flaws.push((start + 1, text));
    if indent(lines[start]) != indent(lines[end]) {
        flaw("this region's end is indented otherwise; indent both lines alike".to_owned());
    }
    let before = &lines[..start];
    let Some(function) = before.iter().rposition(|line| is_function(line)) else {
        return flaw("this region is in no function; move it into one".to_owned());
    };
    let body = indent(lines[function]);
    let behind = lines.iter().skip(end + 1).find(|line| !line.trim().is_empty());
    let is_tail = behind.is_some_and(|line| line.trim() == "}" && indent(line) == body);
    if !is_tail || indent(lines[start]) != body + 4 {
        let text = "this region isn't the tail of its function's body; end it at the last brace";
        flaw(text.to_owned());
    }
    let parameters = parameters(&before[function..].join("\n"));
    let mut hint = lines[start];
    let mut named = Vec::new();
    while let Some((word, rest)) = hint.split_once("`").and_then(|(_, rest)| rest.split_once("`")) {
        hint = rest;
        named.push(word.to_owned());
        if !parameters.contains(&word.to_owned()) {
            let text = "which is no parameter of this function; put only those in backticks";
            flaw(format!("the hint names `{word}`, {text}"));
        }
    }
    for parameter in parameters {
        if !named.contains(&parameter) {
            let text = "so the starter compiles with a warning; name it, in backticks";
            flaw(format!("the hint doesn't name `{parameter}`, {text}"));
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The names of a function's parameters; `signature` may go on with its body.
fn parameters(signature: &str) -> Vec<String> {
    let list = signature.split_once("(").unwrap_or_default().1;
    let mut names = Vec::new();
    let mut parameter = String::new();
    let (mut depth, mut last) = (0, ' ');
    for c in list.chars() {
        match c {
            '(' | '[' | '<' => depth += 1,
            ',' | ')' if depth == 0 => {
                let (name, _) = parameter.split_once(":").unwrap_or_default();
                let name = name.trim().trim_start_matches("mut ");
                // An underscore says that the parameter isn't used in any case.
                if !name.is_empty() && name != "self" && !name.starts_with("_") {
                    names.push(name.to_owned());
                }
                parameter.clear();
                last = c;
                if c == ')' {
                    break;
                }
                continue;
            }
            ')' | ']' => depth -= 1,
            '>' if last != '-' => depth -= 1,
            _ => {}
        }
        parameter.push(c);
        last = c;
    }
    names
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
        assert_eq!(texts(&GOOD.replace(end, &end.repeat(2))).len(), 2);
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
    fn hints_are_sentences_that_a_macro_can_take() {
        let sentence = "the hint is no whole sentence";
        expect(&GOOD.replace("`room`.", "`room`"), 4, sentence);
        expect("fn f() {\n    // region: solution\n    // endregion\n}", 2, sentence);
        expect(&GOOD.replace("Bind ", "Bind {} "), 4, "the hint can't become a `todo!` message");
    }

    #[test]
    fn hints_name_every_parameter_and_nothing_else() {
        let unknown = "the hint names `socket`, which is no parameter of this function";
        expect(&GOOD.replace("with `", "with `socket`, `"), 4, unknown);
        let missing = "the hint doesn't name `room`, so the starter compiles with a warning";
        expect(&GOOD.replace(", with `room`", ""), 4, missing);
    }

    #[test]
    fn a_region_is_the_tail_of_a_functions_body() {
        let text = "this region isn't the tail of its function's body";
        expect(&GOOD.replace("    // endregion\n", "    // endregion\n    .into()\n"), 4, text);
        assert_eq!(texts(&GOOD.replace("    // endregion\n", "    // endregion\n\n")), []);
        let nested = "fn f() {\n    if x {\n        // region: solution Do it.\n        // endregion\n    }\n}\n";
        expect(nested, 3, text);
        expect(
            &GOOD.replace("    // endregion", "  // endregion"),
            4,
            "this region's end is indented otherwise",
        );
    }

    #[test]
    fn parameters_are_read_from_a_signature() {
        let signature = "pub fn f(\n    &self,\n    mut a: &[u8; 2],\n    b: fn(u8, u8) -> Vec<u8>,\n    _c: u8,\n) -> (u8, u8) {\n";
        assert_eq!(parameters(signature), ["a", "b"]);
        assert_eq!(parameters("fn f() {}"), [""; 0]);
    }
}
