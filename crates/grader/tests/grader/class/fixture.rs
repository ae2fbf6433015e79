//! A class in a temporary folder, and a judge whose verdicts follow from the source and the seed.

use anyhow::{Context, Result};
use checks::lessons;
use checks::verdict::{Finding, Outcome};
use grader::class::{self, News, Options};
use grader::formats::Format;
use grader::judge::Unit;
use grader::judge::{Judge, Turn};
use grader::key::RunKey;
use grader::model::{Grade, Results, Status};
use grader::outputs;
use grader::partition::Partition;
use grader::store::{Run, Store};
use grader::submissions::survey;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;

pub const LESSONS: [&str; 3] = ["lesson-1", "lesson-2", "lesson-3"];

/// How many units are judged at a time.
pub const JOBS: usize = 3;

/// Says what a source is by a word in it: `panics`, `fails`, `fails once`, `doesn't compile`,
/// `doesn't compile at first`.
#[derive(Default)]
pub struct Pretender {
    pub checks: String,
    pub isolation: String,
    /// Which were judged, as `student lesson`.
    pub judged: Mutex<Vec<String>>,
    /// After so many, it says `blocked` and waits for the end of stdin.
    pub blocks_after: Option<usize>,
    count: AtomicUsize,
    at_once: AtomicUsize,
    /// Units that were judged while others were.
    pub in_company: Mutex<BTreeSet<String>>,
}

impl Pretender {
    pub fn new() -> Self {
        Self { checks: "1".into(), isolation: "strict".into(), ..Self::default() }
    }

    /// What was judged since the last call, in order.
    pub fn judged(&self) -> Vec<String> {
        let mut judged = std::mem::take(&mut *self.judged.lock().unwrap());
        judged.sort();
        judged
    }

    /// What was judged when all had been judged once, in its order.
    pub fn judged_in_the_end(&self) -> Vec<String> {
        let judged = self.judged.lock().unwrap();
        let all = judged.iter().collect::<BTreeSet<_>>().len();
        assert_eq!(judged[..all].iter().collect::<BTreeSet<_>>().len(), all, "{judged:?}");
        judged[all..].to_vec()
    }

    fn block(&self) {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        if self.blocks_after.is_some_and(|after| count >= after) {
            let mut out = io::stdout();
            out.write_all(b"\nblocked\n").and_then(|()| out.flush()).unwrap();
            io::stdin().read_to_end(&mut Vec::new()).unwrap();
            panic!("nobody has killed this process");
        }
    }
}

impl Judge for Pretender {
    fn judge(&self, unit: &Unit, _: Turn) -> Grade {
        self.block();
        let name = format!("{} {}", unit.student, unit.lesson.name());
        let company = self.at_once.fetch_add(1, Ordering::SeqCst);
        let text = String::from_utf8_lossy(&unit.source.files[0].1).into_owned();
        let is_first = {
            let mut judged = self.judged.lock().unwrap();
            judged.push(name.clone());
            judged.iter().filter(|other| **other == name).count() == 1
        };
        if company > 0 {
            self.in_company.lock().unwrap().insert(name);
        }
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        assert!(!text.contains("panics"), "a panic in a judge");
        verdict(unit, &text, is_first)
    }

    fn checks_sha256(&self) -> String {
        self.checks.clone()
    }

    fn isolation(&self) -> String {
        self.isolation.clone()
    }
}

fn verdict(unit: &Unit, text: &str, is_first: bool) -> Grade {
    let grade = Grade {
        // No two runs take the same time.
        seconds: f64::from(std::process::id()) / 7e4 + 0.1,
        seed: Some(unit.seed),
        findings: findings(unit),
        ..Grade::blank(unit.lesson, Status::Judged)
    };
    let is_short = text.contains("doesn't compile at first") && !is_first;
    if text.contains("doesn't compile") && !is_short {
        let message = "error: expected one of `;`\n".to_owned();
        return Grade { status: Status::NotCompiled, message, findings: Vec::new(), ..grade };
    }
    if text.contains("fails once") && is_first || text.contains("fails always") {
        let error = Outcome::GraderError("it failed".to_owned());
        return Grade { findings: vec![Finding::blank(&unit.lesson.checks[0], error)], ..grade };
    }
    grade
}

/// Some checks; which of them pass follows from the seed.
fn findings(unit: &Unit) -> Vec<Finding> {
    let checks = unit.lesson.checks;
    let finding = |(at, check)| {
        let passes = at == 0 || unit.seed >> at & 1 == 0;
        let outcome = if passes { Outcome::Pass } else { Outcome::Skipped(checks[0].id) };
        Finding {
            steps: vec![format!("sent {} as {}", unit.seed, unit.student)],
            end: Some("exit status: 0".into()),
            stderr: vec!["\u{1b}[31m".into()],
            duration: Duration::from_millis(u64::from(std::process::id())),
            ..Finding::blank(check, outcome)
        }
    };
    checks.iter().take(4).enumerate().map(finding).collect()
}

pub struct Class {
    folder: TempDir,
}

impl Class {
    /// Students with the given sources, in the order of the lessons; an empty one is missing.
    pub fn new(students: &[(&str, [&str; 3])]) -> Result<Self> {
        let class = Self { folder: tempfile::tempdir()? };
        fs::create_dir(class.submissions())?;
        for (student, sources) in students {
            for (lesson, source) in LESSONS.iter().zip(sources) {
                class.hand_in(student, lesson, source)?;
            }
        }
        Ok(class)
    }

    /// A class in which all sorts of things happen.
    pub fn of(count: usize) -> Result<Self> {
        let class = Self::new(&[])?;
        for number in 0..count {
            let name = format!("student {number:03} 好");
            for (at, lesson) in LESSONS.iter().enumerate() {
                let source = match (number * 3 + at) % 11 {
                    1 => String::new(),
                    5 => "doesn't compile".to_owned(),
                    _ => format!("fn main() {{}} // {number}"),
                };
                class.hand_in(&name, lesson, &source)?;
            }
        }
        Ok(class)
    }

    pub fn hand_in(&self, student: &str, lesson: &str, source: &str) -> Result<()> {
        let folder = self.submissions().join(student);
        fs::create_dir_all(&folder)?;
        if !source.is_empty() {
            fs::write(folder.join(format!("{lesson}.rs")), source)?;
        }
        Ok(())
    }

    pub fn submissions(&self) -> PathBuf {
        self.folder.path().join("submissions")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub fn a_run(judge: &Pretender, submissions: &Path, partition: Option<Partition>) -> Result<Run> {
    let found = survey(&[submissions.to_owned()])?.submissions;
    Ok(Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        key: RunKey::of_seed(7),
        seed: Some(7),
        lessons: LESSONS.map(String::from).to_vec(),
        partition,
        isolation: judge.isolation(),
        checks_sha256: judge.checks_sha256(),
        roster_sha256: String::new(),
        formats: vec![Format::Csv.to_string()],
        class: found.into_iter().map(|submission| submission.student).collect(),
        complete: false,
    })
}

pub fn options() -> Options {
    let lesson = |name| lessons::find(name).unwrap();
    Options { lessons: LESSONS.map(lesson).to_vec(), jobs: JOBS, roster: None }
}

/// Nobody looks.
pub fn silent(_: News<'_>) {}

/// Goes on with the run in `out`, or begins it, to its end.
pub fn grade(judge: &Pretender, submissions: &Path, out: &Path) -> Result<Results> {
    grade_share(judge, submissions, out, None)
}

pub fn grade_share(
    judge: &Pretender,
    submissions: &Path,
    out: &Path,
    partition: Option<Partition>,
) -> Result<Results> {
    let mut store = Store::resume(out, a_run(judge, submissions, partition)?)?;
    let mut found = survey(&[submissions.to_owned()])?.submissions;
    found.retain(|s| partition.is_none_or(|share| share.has(&s.student)));
    let results = class::grade(judge, &found, &options(), &store, &silent)?;
    outputs::write(out, &results, &[Format::Csv], &grader::formats::Context::default())?;
    store.complete()?;
    Ok(results)
}

/// The text of `results.json`, but for what differs from run to run.
pub fn timeless(out: &Path) -> Result<String> {
    let mut results: Results = outputs::read(out)?;
    for grade in results.submissions.iter_mut().flat_map(|s| &mut s.grades) {
        grade.seconds = 0.0;
        grade.findings.iter_mut().for_each(|finding| finding.duration = Duration::ZERO);
    }
    serde_json::to_string_pretty(&results).context("no JSON")
}

pub fn grade_of<'a>(results: &'a Results, student: &str, lesson: usize) -> &'a Grade {
    let of = results.submissions.iter().find(|submission| submission.student == student);
    &of.unwrap().grades[lesson]
}
