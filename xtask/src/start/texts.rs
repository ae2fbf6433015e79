//! The files that only a student's workspace has.

use super::Choice;
use crate::{progress, workspace};
use base::lessons::Lesson;

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
pub fn all(choice: &Choice) -> Vec<(String, String)> {
    let mut files = vec![
        ("README.md".to_owned(), readme(choice)),
        (".gitignore".to_owned(), format!("/target\n/{}*\n", progress::FILE)),
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
    let first = choice.lessons.first().map_or(String::new(), |lesson| Lesson::name(lesson));
    let solution = if choice.graded {
        "This workspace is graded, so the solutions aren't in it.\n".to_owned()
    } else {
        format!(
            "`cargo xtask solution {first}` compares your program with ours, once it has full points.\n"
        )
    };
    let (start, end) = README.split_once("ROWS\n").unwrap_or((README, ""));
    format!("{start}{rows}{end}{solution}").replace("LESSON", &first)
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
