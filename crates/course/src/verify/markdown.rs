//! What the other parts ask of a Markdown text: its fenced blocks, headings, links and images, and
//! the lines where they stand.

use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, LinkType, OffsetIter, Options, Parser, Tag,
};

#[derive(Default)]
pub struct Document<'a> {
    pub fences: Vec<Fence<'a>>,
    pub headings: Vec<Heading>,
    pub links: Vec<Link>,
    pub images: Vec<Image>,
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

pub struct Heading {
    pub line: usize,
    pub level: HeadingLevel,
    /// As it is read, without marks.
    pub text: String,
}

/// Of `[text](target)`, of an image, or of the definition `[name]: target`.
pub struct Link {
    pub line: usize,
    pub target: String,
}

pub struct Image {
    pub line: usize,
    pub target: String,
    /// Whether its paragraph is nothing but this image.
    pub is_alone: bool,
}

pub fn parse(text: &str) -> Document<'_> {
    let line_of = |place: usize| text[..place].matches('\n').count() + 1;
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
    let mut document = Document::default();
    for (_, definition) in parser.reference_definitions().iter() {
        let line = line_of(definition.span.start);
        document.links.push(Link { line, target: definition.dest.to_string() });
    }
    let (mut paragraph, mut events) = ("", parser.into_offset_iter());
    while let Some((event, range)) = events.next() {
        let (line, end, source) = (line_of(range.start), line_of(range.end), &text[range]);
        match event {
            Event::Start(Tag::Paragraph) => paragraph = source.trim_end(),
            Event::Start(Tag::Heading { level, .. }) => {
                document.headings.push(Heading { line, level, text: words_of(source) });
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if !has_end(source) => {
                document.unclosed = Some(line);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                let lines = lines_of(&mut events, text);
                document.fences.push(Fence { line, end, info: info(source), lines });
            }
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. }) => {
                document.links.push(Link { line, target: dest_url.into_string() });
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let (target, is_alone) = (dest_url.into_string(), source == paragraph);
                document.links.push(Link { line, target: target.clone() });
                document.images.push(Image { line, target, is_alone });
            }
            _ => {}
        }
    }
    document
}

/// What is read of a heading.
fn words_of(heading: &str) -> String {
    let words = Parser::new(heading).filter_map(|event| match event {
        Event::Text(words) | Event::Code(words) => Some(words.into_string()),
        _ => None,
    });
    words.collect()
}

/// The lines of a block that has begun.
fn lines_of<'a>(events: &mut OffsetIter<'_>, text: &'a str) -> Vec<&'a str> {
    let inside = events.take_while(|(event, _)| matches!(event, Event::Text(_)));
    inside.flat_map(|(_, range)| text[range].lines()).collect()
}

/// The anchors of a document, by GitHub's rule: of the heading's text the letters, digits, `-` and
/// `_`, in small letters, with `-` for a space; the second of the same name ends in `-1`.
pub fn anchors(document: &Document<'_>) -> Vec<String> {
    let mut slugs: Vec<String> = Vec::new();
    let mut anchors = Vec::new();
    for Heading { text, .. } in &document.headings {
        let slug = text.to_lowercase().replace(' ', "-");
        let slug = slug.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', "");
        let same = slugs.iter().filter(|other| **other == slug).count();
        anchors.push(if same == 0 { slug.clone() } else { format!("{slug}-{same}") });
        slugs.push(slug);
    }
    anchors
}

const FENCE: [char; 2] = ['`', '~'];

/// As it is written: where a backslash stands, Markdown may read something else.
fn info(block: &str) -> &str {
    block.lines().next().unwrap_or_default().trim_start_matches(FENCE).trim()
}

/// Whether a block ends with a fence; the end of the text, or of a list, closes it as well.
fn has_end(block: &str) -> bool {
    let last = block.lines().skip(1).last().unwrap_or_default();
    let last = last.trim_start_matches([' ', '>']);
    let mark = &block[..block.len() - block.trim_start_matches(FENCE).len()];
    last.starts_with(mark) && last.trim_start_matches(FENCE).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_keep_their_lines() {
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
        assert!(document.headings.is_empty());
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
        assert_eq!((document.fences[0].line, document.fences[0].end), (1, 3));
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
        let images = |text| parse(text).images;
        let of_a_line = images("[a](b) ![c](d.svg \"e\") `![f](g)` ![h](i)");
        let targets: Vec<_> = of_a_line.iter().map(|image| &image.target).collect();
        assert_eq!(targets, ["d.svg", "i"]);
        for (text, is_alone) in [
            ("![a](b)", true),
            ("  > ![a, (b) and c](d)  ", true),
            ("see ![a](b)", false),
            ("![a](b) there", false),
            ("![a](b) ![c](d)", false),
            ("text\n![a](b)", false),
        ] {
            assert_eq!(images(text)[0].is_alone, is_alone, "{text}");
        }
        assert!(images("[a](b)").is_empty());
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "[a](b.md#c) and ![`d`](<e.md> \"title\") not `[f](g)` nor ``[`h`](i)``, ` but [j]()\n| [k](l) |\n\n[m]: n.md\n[^1]: o\n```sh\n[p](q)\n```\n";
        let document = parse(text);
        let mut found: Vec<_> =
            document.links.iter().map(|link| (link.line, link.target.as_str())).collect();
        found.sort_by_key(|(line, _)| *line);
        assert_eq!(found, [(1, "b.md#c"), (1, "e.md"), (1, ""), (2, "l"), (4, "n.md")]);
    }
}
