//! Compares what came of a run with what should have.

use crate::hostile::cases::{Case, Expected};
use crate::hostile::stage::Run;
use anyhow::{Context, Result};
use checks::verdict::Mark;
use grader::model::{Grade, Status};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What was said by a program that has found a way out.
const ESCAPED: &str = "ESCAPED";

/// The most that is kept of one grade, in bytes of JSON: feedback for people.
const GRADE: usize = 200_000;

/// A line for each thing that is wrong.
pub fn about(run: &Run, cases: &[Case]) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for case in cases {
        let submissions = &run.results.submissions;
        let submission = submissions.iter().find(|one| one.student == case.student);
        let grades = submission.map(|submission| submission.grades.as_slice()).unwrap_or_default();
        match grades.iter().find(|grade| grade.lesson.name() == case.lesson) {
            Some(grade) => wrong.extend(about_grade(case, grade)?),
            None => wrong.push(format!("{:?} has no grade for {}", case.student, case.lesson)),
        }
    }
    let known: BTreeSet<_> = cases.iter().map(|case| case.student.as_str()).collect();
    let found = run.results.submissions.iter().map(|submission| submission.student.as_str());
    wrong
        .extend(found.filter(|name| !known.contains(name)).map(|name| format!("who is {name:?}?")));
    if !run.is_success || !run.stderr.is_empty() {
        wrong.push(format!("the grader failed: {}{}", run.stdout, run.stderr));
    }
    wrong.extend(about_lines(&run.stdout, run.results.submissions.len()));
    about_files(&run.out, &mut wrong)?;
    Ok(wrong)
}

fn about_grade(case: &Case, grade: &Grade) -> Result<Vec<String>> {
    let deserved = match &case.expected {
        Expected::Points(points) => {
            let score = grade.score();
            grade.status == Status::Judged && score.is_some_and(|score| points.contains(&score))
        }
        Expected::NotCompiled => (grade.status, grade.score()) == (Status::NotCompiled, Some(0)),
        Expected::NotSubmitted => (grade.status, grade.score()) == (Status::NotSubmitted, Some(0)),
    };
    let what = format!("{:?}, {}", case.student, case.lesson);
    let mut wrong = Vec::new();
    if !deserved {
        let failed = grade.findings.iter().filter(|finding| finding.mark() != Mark::Pass);
        let failed: Vec<_> =
            failed.map(|f| format!("{:?} ({:?}): {}", f.check, f.mark(), f.message())).collect();
        wrong.push(format!(
            "{what}: {:?} with {} points, and should be {:?}: {} {}",
            grade.status,
            grade.points(),
            case.expected,
            start_of(&grade.message),
            start_of(&failed.join("; "))
        ));
    }
    let text = serde_json::to_string(grade).context("cannot turn a grade into JSON")?;
    if let Some(at) = text.find(ESCAPED) {
        wrong.push(format!("{what}: {}", start_of(text.get(at..).unwrap_or_default())));
    }
    if text.len() > GRADE {
        wrong.push(format!("{what}: {} bytes of feedback", text.len()));
    }
    Ok(wrong)
}

fn start_of(text: &str) -> String {
    text.chars().take(400).collect()
}

/// Nothing in what the grader says was said by a submission: neither a row that isn't its own, nor
/// what a terminal or a build service obeys.
fn about_lines(stdout: &str, students: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for line in stdout.lines() {
        let words = ["##[", "##vso", "hostile: lesson-3 100"];
        let is_command = line.trim_start().starts_with("::");
        if is_command || line.contains(is_invisible) || words.iter().any(|word| line.contains(word))
        {
            wrong.push(format!("the grader has printed {line:?}"));
        }
        let counts = line.split_once(' ').and_then(|(counts, _)| counts.split_once('/'));
        rows.extend(counts.and_then(|(one, all)| Some((one.parse().ok()?, all.parse().ok()?))));
    }
    // Whose lessons all need no judge has no row, and is counted in the first.
    let first = rows.first().map_or(1, |(first, _)| *first);
    let expected: Vec<(usize, usize)> = (first..=students).map(|one| (one, students)).collect();
    if rows != expected {
        wrong.push(format!("the grader has printed these rows: {rows:?}"));
    }
    wrong
}

/// Nothing in a file steers whoever reads it.
fn about_files(folder: &Path, wrong: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            about_files(&path, wrong)?;
            continue;
        }
        let text = String::from_utf8(fs::read(&path)?);
        let text = text.with_context(|| format!("{} isn't UTF-8", path.display()))?;
        // JSON is for programs, and in it only these must be escaped.
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        let is_bad = |c: char| if is_json { c < ' ' } else { is_invisible(c) };
        let bad: BTreeSet<char> =
            text.chars().filter(|c| is_bad(*c) && !"\n\t".contains(*c)).collect();
        if !bad.is_empty() {
            wrong.push(format!("{} holds {bad:?}", path.display()));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.contains(|c: char| c.is_control()) {
            wrong.push(format!("a file is called {name:?}"));
        }
    }
    Ok(())
}

/// Controls a terminal, or turns the direction of writing.
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
