//! What a workspace consists of: the course without what isn't for students, with gaps in its
//! programs and in its prose, and files that only it has.

use crate::workspace;
use anyhow::{Context, Result, ensure};
use base::files;
use base::lessons::Lesson;
use base::programs;
use base::regions::{self, END, is_marker, line_end};
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// What a workspace is to be like.
pub struct Choice {
    /// The lessons that get gaps.
    pub lessons: Vec<&'static Lesson>,
    pub graded: bool,
}

/// What the course consists of. Other people's work, grades and their key may lie beside it, and
/// without git nothing else tells them apart.
const COURSE: &[&str] = &[
    ".cargo",
    ".clippy.toml",
    ".gitattributes",
    ".github",
    ".rustfmt.toml",
    "Cargo.lock",
    "Cargo.toml",
    "crates",
    "lessons",
    "xtask",
];

/// What maintainers and instructors need of it: files, or folders as a whole.
const NOT_FOR_STUDENTS: &[&str] =
    &[".github/workflows", "crates/checks/tests", "crates/grader", "crates/course", "xtask/tests"];

/// Folders, wherever they stand, from which a solution can be learned.
const REVEALING: &[&str] = &["mistakes"];

/// Writes a workspace into the folder `to`.
pub fn write(course: &Path, to: &Path, choice: &Choice) -> Result<()> {
    let files = files::tracked(course)?;
    for source in choice.lessons.iter().map(|lesson| lesson.source()) {
        ensure!(
            files.contains(&source),
            "{source} is none of the course's files; if it is new, `git add` it"
        );
    }
    let mut lacks_a_package = false;
    for path in files {
        if is_left_out(&path, choice.graded) {
            lacks_a_package |= path.ends_with("/Cargo.toml");
            continue;
        }
        match edited(course, &path, choice)? {
            Some(text) => files::write(&to.join(&path), text.as_bytes())?,
            None => files::copy(&path, course, to)?,
        }
    }
    for (path, text) in texts(choice) {
        files::write(&to.join(path), text.as_bytes())?;
    }
    for lesson in &choice.lessons {
        let program = read(course, &lesson.source())?;
        let starter = strip(lesson, &program)?;
        files::write(&to.join(workspace::starter_path(lesson)), starter.as_bytes())?;
        if !choice.graded {
            files::write(&to.join(workspace::solution_path(lesson)), program.as_bytes())?;
        }
    }
    if lacks_a_package {
        shorten_lock(to);
    }
    Ok(())
}

fn is_left_out(path: &str, graded: bool) -> bool {
    let is_below = |folder: &&str| {
        path.strip_prefix(*folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_revealing = graded && path.split('/').any(|name| REVEALING.contains(&name));
    !COURSE.iter().any(is_below) || NOT_FOR_STUDENTS.iter().any(is_below) || is_revealing
}

/// The new text of a file that isn't just copied.
fn edited(course: &Path, path: &str, choice: &Choice) -> Result<Option<String>> {
    for lesson in &choice.lessons {
        let source = lesson.source();
        if path == source {
            return Ok(Some(strip(lesson, &read(course, path)?)?));
        }
        if choice.graded && is_walkthrough(path, lesson) {
            let prose = read(course, path)?;
            return Ok(Some(conceal(&prose, &read(course, &source)?)));
        }
    }
    Ok(None)
}

/// In whatever language.
fn is_walkthrough(path: &str, lesson: &Lesson) -> bool {
    path.starts_with("lessons/") && path.ends_with(&format!("/{}.md", lesson.directory()))
}

fn strip(lesson: &Lesson, program: &str) -> Result<String> {
    regions::strip(program).with_context(|| format!("cannot make a starter of {}", lesson.source()))
}

fn read(course: &Path, path: &str) -> Result<String> {
    fs::read_to_string(course.join(path)).with_context(|| format!("cannot read {path}"))
}

/// Lets cargo take what no package needs any more out of `Cargo.lock`; otherwise the first build
/// would do it, and git would show a change that the student hasn't made.
fn shorten_lock(folder: &Path) {
    let mut cargo = programs::cargo();
    cargo.args(["update", "--workspace", "--offline", "--quiet"]).current_dir(folder);
    let _ = cargo.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// An editor's build folder of its own: sharing cargo's, they would wait for each other.
const EDITORS: &[(&str, &str)] = &[
    (".vscode/settings.json", "{\n  \"rust-analyzer.cargo.targetDir\": true\n}\n"),
    (
        ".zed/settings.json",
        "{\n  \"lsp\": {\n    \"rust-analyzer\": {\n      \"initialization_options\": \
         { \"cargo\": { \"targetDir\": true } }\n    }\n  }\n}\n",
    ),
    (
        ".helix/languages.toml",
        "[language-server.rust-analyzer.config]\ncargo = { targetDir = true }\n",
    ),
];

/// Paths from the root of the workspace, and what stands there.
fn texts(choice: &Choice) -> Vec<(String, String)> {
    let mut files = vec![
        ("README.md".to_owned(), readme(choice)),
        (".gitignore".to_owned(), format!("/target\n/{}*\n", workspace::PROGRESS)),
        (workspace::SETTINGS.to_owned(), workspace::settings(&choice.lessons, choice.graded)),
    ];
    for (path, text) in EDITORS {
        files.push(((*path).to_owned(), (*text).to_owned()));
    }
    files
}

fn readme(choice: &Choice) -> String {
    let mut rows = String::new();
    for lesson in &choice.lessons {
        let (number, title) = (lesson.number, lesson.title);
        let (walkthrough, source) = (lesson.walkthrough(), lesson.source());
        rows.push_str(&format!("| {number} | [{title}]({walkthrough}) | [main.rs]({source}) |\n"));
    }
    let first = choice.lessons.first().map_or(String::new(), |lesson| lesson.name());
    let solution = if choice.graded {
        "This workspace is graded, so the solutions aren't in it.\n".to_owned()
    } else {
        format!(
            "`cargo xtask solution {first}` compares your program with ours, once it has full points.\n"
        )
    };
    format!("{}{solution}", README.replace("ROWS\n", &rows)).replace("LESSON", &first)
}

const README: &str = "\
# Your workspace

Small programs that talk to each other with sockets, and you write them.
In these lessons parts of the program are missing: each `todo!(\"…\")` says what belongs there.

| lesson | walkthrough | your program |
| --- | --- | --- |
ROWS

Begin with these three:

```sh
cargo xtask                   # where you are, and what is next
cargo xtask check LESSON    # what is right, what is wrong, and why
cargo xtask watch LESSON    # the same on every save, until you type q and Enter
```

`cargo xtask run LESSON` starts a program together with its other half.
As long as that half has gaps, the runner plays it.

`cargo xtask hint LESSON` shows one more hint each time.
`cargo xtask reset LESSON` begins anew, and keeps your program beside it.
";

/// What stands in the prose in place of lines that a student is to write.
const CONCEALED: &str = "    // … your turn";

/// A walkthrough whose Rust blocks don't show what stands in the program's regions.
fn conceal(prose: &str, program: &str) -> String {
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
        let quoted = |line: &str| line.trim_end().get(self.indent..).unwrap_or("").to_owned();
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

    #[test]
    fn what_is_not_for_students_is_left_out() {
        for path in [".ci/run", ".github/workflows/ci.yml", "crates/grader/src/a.rs", "run.json"] {
            assert!(is_left_out(path, false), "{path}");
        }
        for path in [".github/LICENSE-MIT", "crates/grader-not", "xtask/tests.rs", "Cargo.lock"] {
            assert!(!is_left_out(path, true), "{path}");
        }
        assert!(is_left_out("crates/checks/mistakes/lesson-2.rs", true));
        assert!(!is_left_out("crates/checks/mistakes/lesson-2.rs", false));
    }

    #[test]
    fn walkthroughs_are_known_in_every_language() {
        let lesson = &LESSONS[2];
        for path in ["lessons/lesson-3-receive-once.md", "lessons/zh/lesson-3-receive-once.md"] {
            assert!(is_walkthrough(path, lesson), "{path}");
        }
        assert!(!is_walkthrough("crates/lesson-3-receive-once/lesson-3-receive-once.md", lesson));
    }

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
