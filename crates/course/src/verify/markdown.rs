//! As much of Markdown as the prose uses: fenced blocks, headings, links.

#[derive(Default)]
pub struct Document<'a> {
    pub fences: Vec<Fence<'a>>,
    /// The lines outside of fenced blocks, with their numbers.
    pub prose: Vec<(usize, &'a str)>,
    /// Where a block begins that never ends.
    pub unclosed: Option<usize>,
}

/// A fenced block.
pub struct Fence<'a> {
    /// The numbers of its first line and of its last one, those with the fences.
    pub line: usize,
    pub end: usize,
    /// What stands behind the opening fence: `rust`
    pub info: &'a str,
    pub lines: Vec<&'a str>,
}

/// What a line may begin with in a list or in a quotation.
const INDENT: &[char] = &[' ', '>'];

pub fn parse(text: &str) -> Document<'_> {
    let mut document = Document::default();
    let mut open: Option<(Fence<'_>, &str, usize)> = None;
    for (index, line) in text.lines().enumerate() {
        let content = line.trim_start_matches(INDENT);
        let indent = line.len() - content.len();
        match (&mut open, fence_mark(content)) {
            (None, None) => document.prose.push((index + 1, line)),
            (None, Some((mark, info))) => {
                let (line, lines) = (index + 1, Vec::new());
                open = Some((Fence { line, end: line, info, lines }, mark, indent));
            }
            (Some((_, opening, _)), Some((mark, ""))) if mark.starts_with(*opening) => {
                if let Some((fence, ..)) = open.take() {
                    document.fences.push(Fence { end: index + 1, ..fence });
                }
            }
            (Some((fence, _, outer)), _) => {
                fence.lines.push(&line[indent.min(*outer)..]);
            }
        }
    }
    document.unclosed = open.map(|(fence, ..)| fence.line);
    document
}

/// Splits ```` ```rust ```` into the fence and what stands behind it.
fn fence_mark(line: &str) -> Option<(&str, &str)> {
    let mark = if line.starts_with("```") { '`' } else { '~' };
    let info = line.trim_start_matches(mark);
    let fence = line.strip_suffix(info)?;
    (fence.len() >= 3 && !info.contains('`')).then_some((fence, info.trim()))
}

/// The level and the text of a heading.
pub fn heading(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    let text = rest.strip_prefix(' ')?.trim().trim_end_matches('#').trim_end();
    (level > 0).then_some((level, text))
}

/// The anchors of a document, by GitHub's rule: of the heading's text the letters, digits, `-` and
/// `_`, in small letters, with `-` for a space; the second of the same name ends in `-1`.
pub fn anchors(document: &Document<'_>) -> Vec<String> {
    let mut slugs: Vec<String> = Vec::new();
    let mut anchors = Vec::new();
    for (_, line) in &document.prose {
        let Some((_, text)) = heading(line) else { continue };
        let mut slug = String::new();
        for c in without_targets(text).chars() {
            match c {
                ' ' => slug.push('-'),
                '-' | '_' => slug.push(c),
                c if c.is_alphanumeric() => slug.push(c),
                _ => {}
            }
        }
        let slug = slug.to_lowercase();
        let same = slugs.iter().filter(|other| **other == slug).count();
        anchors.push(if same == 0 { slug.clone() } else { format!("{slug}-{same}") });
        slugs.push(slug);
    }
    anchors
}

/// A heading's text without the targets of its links.
fn without_targets(heading: &str) -> String {
    let mut text = String::new();
    let mut rest = heading;
    while let Some((before, link)) = rest.split_once("](") {
        text.push_str(before);
        rest = link.split_once(")").unwrap_or_default().1;
    }
    text + rest
}

/// The targets in a line, from `[text](target)` or from the definition `[name]: target`.
pub fn link_targets(line: &str) -> Vec<String> {
    let line = without_code(line);
    let mut targets = Vec::new();
    let mut rest = line.as_str();
    while let Some((_, link)) = rest.split_once("](") {
        let (target, behind) = link.split_once(")").unwrap_or((link, ""));
        targets.push(bare_target(target));
        rest = behind;
    }
    if line.starts_with("[") && !line.starts_with("[^") {
        let definition = line.split_once("]: ");
        targets.extend(definition.map(|(_, target)| bare_target(target)));
    }
    targets
}

/// The targets of the images in a line, and whether the line is nothing but one image.
pub fn images(line: &str) -> (Vec<String>, bool) {
    let line = without_code(line);
    let mut targets = Vec::new();
    for image in line.split("![").skip(1) {
        let (_, target) = image.split_once("](").unwrap_or_default();
        targets.push(bare_target(target.split_once(")").unwrap_or_default().0));
    }
    let content = line.trim_start_matches(INDENT).trim_end();
    let is_alone = targets.len() == 1 && content.starts_with("![") && content.ends_with(")");
    (targets, is_alone)
}

/// A target without its title.
fn bare_target(target: &str) -> String {
    let target = target.trim();
    let target = target.split_once(" ").unwrap_or((target, "")).0;
    target.trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// Takes inline code out of a line.
fn without_code(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while let Some((before, _)) = rest.split_once("`") {
        kept.push_str(before);
        let from = &rest[before.len()..];
        let code = from.trim_start_matches('`');
        let ticks = &from[..from.len() - code.len()];
        rest = code.split_once(ticks).unwrap_or(("", code)).1;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_keep_their_lines_and_the_rest_is_prose() {
        let text = "a\n```rust\n    let x;\n# no heading\n```\nb\n1. c\n   ~~~~console x=\"y\"\n   $ d\n   ```\n     e\n   ~~~~\n";
        let document = parse(text);
        let fences: Vec<_> =
            document.fences.iter().map(|f| (f.line, f.end, f.info, f.lines.clone())).collect();
        assert_eq!(
            fences,
            [
                (2, 5, "rust", vec!["    let x;", "# no heading"]),
                (8, 12, "console x=\"y\"", vec!["$ d", "```", "  e"]),
            ]
        );
        assert_eq!(document.prose, [(1, "a"), (6, "b"), (7, "1. c")]);
        assert_eq!(document.unclosed, None);
    }

    #[test]
    fn a_block_without_an_end_is_noticed() {
        assert_eq!(parse("a\n```sh\nb\n").unclosed, Some(2));
    }

    #[test]
    fn a_block_in_a_quotation_is_a_block() {
        let document = parse("> ```rust\n>     let x;\n> ```\n> b");
        assert_eq!(document.fences[0].lines, ["    let x;"]);
        assert_eq!(document.prose, [(4, "> b")]);
    }

    #[test]
    fn anchors_follow_githubs_rule() {
        let text = "# What you will build\n## `recv_from(1024)`: why?\n## Ünï, 好 – so!\n### Run\n## Run ##\n## [a link](b.md) here\n#no heading\n";
        assert_eq!(
            anchors(&parse(text)),
            [
                "what-you-will-build",
                "recv_from1024-why",
                "ünï-好--so",
                "run",
                "run-1",
                "a-link-here"
            ]
        );
    }

    #[test]
    fn images_are_told_from_links() {
        let targets = |line| images(line).0;
        assert_eq!(targets("[a](b) ![c](d.svg \"e\") `![f](g)` ![h](i)"), ["d.svg", "i"]);
        for (line, is_alone) in [
            ("![a](b)", true),
            ("  > ![a, (b) and c](d)  ", true),
            ("see ![a](b)", false),
            ("![a](b) there", false),
            ("![a](b) ![c](d)", false),
            ("[a](b)", false),
        ] {
            assert_eq!(images(line).1, is_alone, "{line}");
        }
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "[a](b.md#c) and ![`d`](<e.md> \"title\") not `[f](g)` nor ``[`h`](i)``, ` but [j]()\n| [k](l) |\n[m]: n.md\n[^1]: o\n```sh\n[p](q)\n```\n";
        let document = parse(text);
        let found: Vec<_> = document.prose.iter().map(|(_, line)| link_targets(line)).collect();
        assert_eq!(found, [vec!["b.md#c", "e.md", ""], vec!["l"], vec!["n.md"], vec![]]);
    }
}
