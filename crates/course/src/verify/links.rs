//! Links between the files of the workspace lead somewhere.

use super::markdown::{Link, anchors, parse};
use super::tree::{Tree, finding};

pub fn check(tree: &Tree, findings: &mut Vec<String>) -> String {
    let (mut total, mut files) = (0, 0);
    for file in tree.prose() {
        files += 1;
        for Link { line, target } in parse(&file.text).links {
            if is_absolute(&target) {
                continue;
            }
            total += 1;
            if let Some(text) = flaw(&file.path, &target, tree) {
                findings.push(finding(&file.path, line, &text));
            }
        }
    }
    format!("links: {total} between files, in {files} files")
}

fn is_absolute(target: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(*scheme))
}

fn flaw(from: &str, target: &str, tree: &Tree) -> Option<String> {
    let Some(path) = resolve(from, target) else {
        let text = "is empty, or leads out of the workspace; link to a file, relative to this one";
        return Some(format!("the link `{target}` {text}"));
    };
    if !tree.has(&path) {
        return Some(format!("the link `{target}` leads to `{path}`, which isn't there; mend it"));
    }
    let (_, anchor) = target.split_once("#")?;
    if !path.ends_with(".md") {
        let text = "only headings of Markdown files keep their places; link to the file";
        return Some(format!("the link `{target}` leads into `{path}`; {text}"));
    }
    let anchors = anchors(&parse(tree.text(&path)?));
    if anchors.contains(&anchor.to_owned()) {
        return None;
    }
    let known = anchors.join(" #");
    Some(format!("`{path}` has no heading `#{anchor}`; mend the link (there are #{known})"))
}

/// The path that a link in the file `from` leads to, from the root, without the anchor.
pub fn resolve(from: &str, target: &str) -> Option<String> {
    let (path, _) = target.split_once("#").unwrap_or((target, ""));
    if path.is_empty() {
        return (!target.is_empty()).then(|| from.to_owned());
    }
    if path.starts_with("/") {
        return None;
    }
    let mut pieces: Vec<&str> = from.split('/').collect();
    pieces.pop();
    for piece in path.split('/') {
        match piece {
            "" | "." => {}
            ".." => {
                pieces.pop()?;
            }
            _ => pieces.push(piece),
        }
    }
    Some(pieces.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_to_their_file() {
        let resolve = |target| resolve("lessons/zh/a.md", target);
        assert_eq!(resolve("b.md#c").unwrap(), "lessons/zh/b.md");
        assert_eq!(resolve("../../crates/").unwrap(), "crates");
        assert_eq!(resolve("./../README.md").unwrap(), "lessons/README.md");
        assert_eq!(resolve("#c").unwrap(), "lessons/zh/a.md");
        assert_eq!(resolve("../../..").as_deref(), None);
        assert_eq!(resolve("/README.md").as_deref(), None);
        assert_eq!(resolve("").as_deref(), None);
    }

    #[test]
    fn dead_links_are_found() {
        let text = "# Top\n[a](lessons/b.md#run-it) [b](#top) [c](crates) [d](https://e.f/g)\n\n\
            [h](lessons/c.md) [i](lessons/b.md#walk) [j](crates/x.rs#L1)\n[k](../l)\n";
        let files = [("README.md", text), ("lessons/b.md", "## Run it\n"), ("crates/x.rs", "")];
        let mut found = Vec::new();
        let counted = check(&Tree::of(&files), &mut found);
        assert_eq!(counted, "links: 7 between files, in 2 files");
        assert_eq!(
            found,
            [
                "README.md:4: the link `lessons/c.md` leads to `lessons/c.md`, which isn't there; mend it",
                "README.md:4: `lessons/b.md` has no heading `#walk`; mend the link (there are #run-it)",
                "README.md:4: the link `crates/x.rs#L1` leads into `crates/x.rs`; only headings of Markdown files keep their places; link to the file",
                "README.md:5: the link `../l` is empty, or leads out of the workspace; link to a file, relative to this one",
            ]
        );
    }
}
