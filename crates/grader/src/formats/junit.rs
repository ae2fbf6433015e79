//! JUnit XML, in the subset that GitLab, Jenkins and GitHub's actions share.

use super::entry::{Entry, entries, seconds};
use super::rendered::{File, Rendered};
use crate::model::{Grade, Results};
use crate::text::{self, distinct};
use anyhow::{Context as _, Result};
use checks::verdict::Mark;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Bytes of a file, so that one of many students doesn't reach GitLab's 30 MB.
const FILE: usize = 20_000_000;

/// Bytes of a test's body, before it is escaped.
const BODY: usize = 16_000;

/// Bytes of a name or a message.
const NAME: usize = 300;

/// `junit.xml`: a suite a student and lesson, a test a check. A class that needs more than one
/// file has `junit-2.xml` and so on. There are no points in JUnit.
///
/// What wasn't submitted is a skipped test, what doesn't compile a failed one, and where the
/// grader failed an error.
pub fn render(results: &Results) -> Result<Rendered> {
    let students = results.submissions.iter().map(|s| text::name(&s.student, NAME));
    let mut files = vec![Totals::default()];
    for (submission, student) in results.submissions.iter().zip(distinct(students)) {
        for grade in &submission.grades {
            let name = format!("{student}.{}", grade.lesson.name());
            let suite = suite(&name, grade).context("cannot write XML")?;
            if files.last().is_none_or(|file| file.suites.len() + suite.suites.len() > FILE) {
                files.push(Totals::default());
            }
            if let Some(file) = files.last_mut() {
                file.add(&suite);
            }
        }
    }
    let files = (1..).zip(&files).map(|(number, file)| {
        let path = if number == 1 { "junit.xml".into() } else { format!("junit-{number}.xml") };
        Ok(File::new(path, document(file).context("cannot write XML")?))
    });
    Ok(Rendered { files: files.collect::<Result<_>>()?, notes: Vec::new() })
}

#[derive(Default)]
struct Totals {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    seconds: f64,
    /// XML
    suites: Vec<u8>,
}

impl Totals {
    fn of(grade: &Grade, entries: &[Entry]) -> Self {
        let count = |mark| entries.iter().filter(|entry| entry.mark == mark).count();
        Self {
            tests: entries.len(),
            failures: count(Mark::Fail),
            errors: count(Mark::GraderError),
            skipped: count(Mark::Skipped),
            seconds: seconds(grade),
            suites: Vec::new(),
        }
    }

    fn add(&mut self, other: &Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
        self.seconds += other.seconds;
        self.suites.extend_from_slice(&other.suites);
    }

    fn start(&self, element: &'static str, name: &str) -> BytesStart<'static> {
        let mut start = BytesStart::new(element);
        start.push_attribute(("name", name));
        for (key, count) in [
            ("tests", self.tests),
            ("failures", self.failures),
            ("errors", self.errors),
            ("skipped", self.skipped),
        ] {
            start.push_attribute((key, count.to_string().as_str()));
        }
        start.push_attribute(("time", format!("{:.3}", self.seconds).as_str()));
        start
    }
}

fn document(file: &Totals) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.get_mut().push(b'\n');
    writer.write_event(Event::Start(file.start("testsuites", "grades")))?;
    writer.get_mut().extend_from_slice(&file.suites);
    writer.get_mut().push(b'\n');
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writer.get_mut().push(b'\n');
    Ok(writer.into_inner())
}

fn suite(name: &str, grade: &Grade) -> std::io::Result<Totals> {
    let entries = entries(grade);
    let mut totals = Totals::of(grade, &entries);
    let mut writer = Writer::new_with_indent(b"\n".to_vec(), b' ', 2);
    writer.write_event(Event::Start(totals.start("testsuite", name)))?;
    // GitLab ignores a test with the name of another one.
    let titles = distinct(entries.iter().map(|entry| entry.title.to_owned()));
    for (entry, title) in entries.iter().zip(titles) {
        test(&mut writer, name, &title, entry)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    totals.suites = writer.into_inner();
    Ok(totals)
}

fn test(
    writer: &mut Writer<Vec<u8>>,
    suite: &str,
    title: &str,
    entry: &Entry,
) -> std::io::Result<()> {
    let time = format!("{:.3}", entry.seconds);
    let test = writer.create_element("testcase").with_attributes([
        ("classname", suite),
        ("name", title),
        ("time", time.as_str()),
    ]);
    let (element, kind) = match entry.mark {
        Mark::Pass => return test.write_empty().map(drop),
        Mark::Fail => ("failure", "failure"),
        Mark::GraderError => ("error", "grader error"),
        Mark::Skipped | Mark::NotJudged => ("skipped", "skipped"),
    };
    let reason = entry.reason(NAME).unwrap_or_else(|| kind.to_string());
    let body = entry.feedback(BODY);
    let inner = |writer: &mut Writer<Vec<u8>>| {
        let inner = writer.create_element(element).with_attribute(("message", reason.as_str()));
        if entry.mark == Mark::Skipped {
            return inner.write_empty().map(drop);
        }
        let inner = inner.with_attribute(("type", kind));
        inner.write_text_content(BytesText::new(&body)).map(drop)
    };
    test.write_inner_content(inner).map(drop)
}
