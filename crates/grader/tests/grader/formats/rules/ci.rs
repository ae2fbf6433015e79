//! The rules of the formats for continuous integration.

use super::{is_visible, only};
use anyhow::{Context as _, Result, ensure};
use grader::formats::Rendered;
use grader::model::{Grade, Results};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};

pub fn junit_holds(results: &Results, rendered: &Rendered) -> Result<()> {
    let text = only(rendered);
    assert!(text.chars().all(is_xml), "a character that XML 1.0 forbids");
    let root = read(text)?;
    let suites: Vec<&Element> = root.named("testsuite").collect();
    let grades: Vec<&Grade> = results.submissions.iter().flat_map(|s| &s.grades).collect();
    assert_eq!((root.name.as_str(), suites.len()), ("testsuites", grades.len()));
    counts_hold(&root, &suites.iter().flat_map(|s| s.named("testcase")).collect::<Vec<_>>());
    let mut names = BTreeSet::new();
    for suite in suites {
        let tests: Vec<&Element> = suite.named("testcase").collect();
        assert!(!tests.is_empty(), "Jenkins drops suites without tests");
        counts_hold(suite, &tests);
        for test in tests {
            let name = (test.attribute("classname"), test.attribute("name"));
            assert!(names.insert(name), "GitLab ignores a second {name:?}");
        }
    }
    Ok(())
}

fn counts_hold(element: &Element, tests: &[&Element]) {
    let count = |name: &str| tests.iter().filter(|test| test.named(name).count() > 0).count();
    assert_eq!(element.attribute("tests"), tests.len().to_string());
    assert_eq!(element.attribute("failures"), count("failure").to_string());
    assert_eq!(element.attribute("errors"), count("error").to_string());
    assert_eq!(element.attribute("skipped"), count("skipped").to_string());
    assert!(element.attribute("time").parse::<f64>().is_ok_and(f64::is_finite));
}

fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

/// An element of XML, as a real parser sees it.
#[derive(Default)]
pub struct Element {
    pub name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
    pub text: String,
}

impl Element {
    fn new(start: &BytesStart) -> Result<Self> {
        let name = start.name().0.to_string();
        let mut attributes = BTreeMap::new();
        for attribute in start.attributes() {
            let attribute = attribute?;
            let value = quick_xml::escape::unescape(&attribute.value)?.into_owned();
            attributes.insert(attribute.key.0.to_string(), value);
        }
        Ok(Self { name, attributes, ..Self::default() })
    }

    pub fn all_text(&self) -> String {
        let children: String = self.children.iter().map(Self::all_text).collect();
        format!("{}{children}", self.text)
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map(String::as_str).unwrap_or_default()
    }
}

pub fn read(text: &str) -> Result<Element> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        let last = open.last_mut().context("more ends than starts")?;
        match reader.read_event()? {
            Event::Start(start) => open.push(Element::new(&start)?),
            Event::Empty(start) => last.children.push(Element::new(&start)?),
            Event::End(_) => {
                let closed = open.pop().context("nothing is open")?;
                open.last_mut().context("more ends than starts")?.children.push(closed);
            }
            Event::Text(text) => last.text.push_str(&text),
            Event::GeneralRef(reference) => {
                last.text.push_str(&quick_xml::escape::unescape(&format!("&{};", &*reference))?);
            }
            Event::Decl(_) => {}
            Event::Eof => break,
            other => anyhow::bail!("unexpected in JUnit: {other:?}"),
        }
    }
    ensure!(open.len() == 1, "something is left open");
    open.pop().and_then(|mut root| root.children.pop()).context("an empty document")
}

pub fn github_holds(results: &Results, rendered: &Rendered) -> Result<()> {
    let [summary, log] = rendered.files.as_slice() else { panic!("a summary and a log") };
    assert!(summary.bytes.len() <= 1 << 20 && summary.bytes.ends_with(b"\n"));
    summary_holds(str::from_utf8(&summary.bytes)?);
    log_holds(results, str::from_utf8(&log.bytes)?)
}

/// All HTML in it is ours, and nothing stays open.
fn summary_holds(summary: &str) {
    assert!(is_visible(summary));
    let mut open: Vec<&str> = Vec::new();
    for piece in summary.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap();
        match tag.strip_prefix('/') {
            Some(tag) => assert_eq!(open.pop(), Some(tag), "{summary}"),
            None => {
                assert!(["details", "summary", "code", "pre"].contains(&tag), "<{tag}>");
                // What is between `<pre>` and `</pre>` is text.
                assert_ne!(open.last(), Some(&"pre"));
                open.push(tag);
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// Students' text stands only where GitHub obeys nothing; behind it there are only annotations.
fn log_holds(results: &Results, log: &str) -> Result<()> {
    assert!(is_visible(log));
    let (first, rest) = log.split_once('\n').context("an empty log")?;
    let token = first.strip_prefix("::stop-commands::").context("it obeys commands")?;
    assert!(!token.is_empty());
    let end = format!("::{token}::\n");
    let (feedback, annotations) = rest.split_once(&end).context("it obeys no commands again")?;
    assert!(!feedback.contains(token) && !annotations.contains(token));
    let annotations: Vec<&str> = annotations.lines().collect();
    assert!(annotations.len() <= 10, "GitHub shows 10");
    let grades: Vec<&Grade> = results.submissions.iter().flat_map(|s| &s.grades).collect();
    let imperfect =
        grades.iter().filter(|g| !g.has_score() || g.score() < Some(g.max_score())).count();
    assert_eq!(annotations.len(), imperfect.min(10));
    for annotation in annotations {
        let kinds = ["::error title=", "::warning title=", "::notice title="];
        let rest = kinds.iter().find_map(|kind| annotation.strip_prefix(kind));
        let (title, _) = rest.and_then(|rest| rest.split_once("::")).context("no annotation")?;
        assert!(!title.contains([':', ',']), "{title}");
    }
    Ok(())
}
