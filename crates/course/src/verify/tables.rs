//! The tables of lessons in the prose are what the catalogue says.

use super::tree::{Tree, finding};
use base::files;
use base::lessons::{LESSONS, Lesson, Role, root};

/// Between these lines stands what is made here.
const START: &str = "<!-- lessons -->\n";
const END: &str = "<!-- end of lessons -->\n";

/// Makes a table.
type Make = fn() -> String;

/// The files with a table.
const TABLES: [(&str, Make); 2] =
    [("README.md", of_the_course), ("lessons/README.md", of_the_lessons)];

/// Compares each table with the catalogue.
pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    for (path, make) in TABLES {
        match rewritten(tree, path, &make()) {
            Ok((line, old, new)) if *old != new => {
                let text = "this isn't what the catalogue says of the lessons; \
                            `cargo xtask verify --write` writes it anew";
                findings.push(finding(path, line, text));
            }
            Ok(_) => {}
            Err(text) => findings.push(finding(path, 1, &text)),
        }
    }
    format!("tables: {} held against the catalogue", TABLES.len())
}

/// Writes those that differ.
pub fn write(tree: &Tree, findings: &mut Vec<String>) -> String {
    let mut written = 0;
    for (path, make) in TABLES {
        let result = rewritten(tree, path, &make()).and_then(|(_, old, new)| {
            if *old == new {
                return Ok(());
            }
            written += 1;
            files::write(&root().join(path), new.as_bytes()).map_err(|error| format!("{error:#}"))
        });
        if let Err(text) = result {
            findings.push(finding(path, 1, &text));
        }
    }
    format!("tables written anew: {written}")
}

/// The line where a file's table begins, the file's text, and what the text should be.
fn rewritten<'a>(
    tree: &'a Tree,
    path: &str,
    table: &str,
) -> Result<(usize, &'a str, String), String> {
    let text = tree.text(path).ok_or("this file is missing; write it, with a table of lessons")?;
    let parts = text.split_once(START).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or_else(|| {
        let (start, end) = (START.trim_end(), END.trim_end());
        format!("the place of its table is missing; mark it with `{start}` and `{end}`")
    })?;
    let line = before.lines().count() + 1;
    Ok((line, text, format!("{before}{START}{table}{END}{after}")))
}

fn of_the_course() -> String {
    let mut rows = String::from("| lesson | walkthrough | program | runs with |\n");
    rows += "| --- | --- | --- | --- |\n";
    for lesson in LESSONS {
        let Lesson { number, title, .. } = lesson;
        let (walkthrough, source) = (lesson.walkthrough(), lesson.source());
        let mate = lesson.mate().map_or("–".to_owned(), |mate| format!("lesson {}", mate.number));
        rows +=
            &format!("| {number} | [{title}]({walkthrough}) | [main.rs]({source}) | {mate} |\n");
    }
    rows
}

fn of_the_lessons() -> String {
    let mut rows = String::from("| lesson | walkthrough | program | what it teaches |\n");
    rows += "| --- | --- | --- | --- |\n";
    for lesson in LESSONS {
        let Lesson { number, title, teaches, .. } = lesson;
        let (directory, source) = (lesson.directory(), lesson.source());
        let links = format!("[{title}]({directory}.md) | [main.rs](../{source})");
        rows += &format!("| {number} | {links} | {teaches} |\n");
    }
    format!("{rows}\nLesson {}.\n", pairs().join("; "))
}

/// Who runs with whom.
fn pairs() -> Vec<String> {
    let mut pairs = Vec::new();
    for lesson in LESSONS {
        match (&lesson.role, lesson.mate()) {
            (Role::Client { .. }, Some(server)) => {
                let (client, numbers) = (lesson.label, (lesson.number, server.number));
                let names = format!("{client} and {}", server.label);
                pairs.push(format!("{} and {} are a pair, {names}", numbers.0, numbers.1));
            }
            (Role::Server { .. }, Some(_)) => {}
            (_, _) => pairs.push(format!("{} runs alone", lesson.number)),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_table_stays_as_it_is() {
        let text = format!("# A\n\n{START}| old |\n{END}\nmore\n");
        let tree = Tree::of(&[("README.md", &text)]);
        let (line, old, new) = rewritten(&tree, "README.md", "| new |\n").unwrap();
        assert_eq!((line, old), (3, text.as_str()));
        assert_eq!(new, format!("# A\n\n{START}| new |\n{END}\nmore\n"));
        let tree = Tree::of(&[("README.md", "# A\n")]);
        assert!(rewritten(&tree, "README.md", "").unwrap_err().contains("<!-- lessons -->"));
    }

    #[test]
    fn pairs_are_named_once() {
        let words = pairs();
        assert_eq!(words[0], "1 runs alone");
        assert_eq!(words[1], "2 and 3 are a pair, sender and receiver");
    }
}
