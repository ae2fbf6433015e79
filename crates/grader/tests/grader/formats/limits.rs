//! Output that is longer than any platform takes.

use crate::formats::rules::hold;
use crate::results::{FORMATS, class, context, failed, student, submission};
use anyhow::{Context as _, Result};
use checks::verdict::Outcome;
use grader::formats::{Format, render};
use grader::model::{Results, Status};
use std::time::{Duration, Instant};

const TEN_MB: usize = 10_000_000;

#[test]
fn a_line_of_10_mb_is_cut_and_what_matters_stays() -> Result<()> {
    for filler in ["x", "\0", "好`\n<"] {
        let results = shouting(filler);
        for format in Format::ALL.into_iter().filter(|format| *format != Format::Json) {
            hold(format, &results, &context())?;
            let rendered = render(format, &results, &context())?;
            let size: usize = rendered.files.iter().map(|file| file.bytes.len()).sum();
            assert!(size < 500_000, "{format} has {size} bytes");
        }
        let gradescope = render(Format::Gradescope, &results, &context())?;
        let text = str::from_utf8(&gradescope.files[0].bytes)?;
        for kept in ["… (shortened)", "Likely cause", "It shouts.", "Where to read"] {
            assert!(text.contains(kept), "{kept}");
        }
    }
    Ok(())
}

#[test]
fn json_keeps_all_of_a_line_of_10_mb() -> Result<()> {
    hold(Format::Json, &shouting("x"), &context())
}

/// One student with a message of 10 MB, and far more than is shown wherever else a student's
/// text can be.
fn shouting(filler: &str) -> Results {
    let loud = filler.repeat(100_000);
    let outcome = failed(&filler.repeat(TEN_MB / filler.len()), "It shouts.");
    let mut shouts = FORMATS.judged(0, [outcome, Outcome::Pass, Outcome::Pass]);
    let failed = &mut shouts.findings[0];
    failed.steps = vec![loud.clone()];
    failed.end = Some(loud.clone());
    failed.stderr = vec![loud.clone()];
    let broken = FORMATS.grade(1, Status::NotCompiled, &loud);
    let submissions = vec![submission("ann", Some(student("Ann", "101")), [shouts, broken])];
    Results { submissions, ..class() }
}

#[test]
fn a_summary_is_cut_at_1_mib_between_students() -> Result<()> {
    let rendered = render(Format::Github, &crowd(4_000, "`x` <b> |"), &context())?;
    let summary = str::from_utf8(&rendered.files[0].bytes)?;
    assert!(summary.len() <= 1 << 20 && summary.len() > 900_000, "{}", summary.len());
    assert!(
        summary.ends_with("\nThis summary is cut here, because GitHub takes no more than 1 MiB.\n")
    );
    assert_eq!(summary.matches("<details>").count(), summary.matches("</details>").count());
    assert!(rendered.files[1].bytes.len() < 1_100_000);
    let log = str::from_utf8(&rendered.files[1].bytes)?;
    let last = log.lines().last().context("no last line")?;
    assert_eq!(last, "::notice title=Grades::7991 more are in the summary");
    Ok(())
}

#[test]
fn junit_of_a_large_class_is_in_several_files() -> Result<()> {
    let rendered = render(Format::Junit, &crowd(300, &"&".repeat(100_000)), &context())?;
    let paths: Vec<&str> = rendered.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["junit.xml", "junit-2.xml"]);
    let mut tests = 0;
    for file in &rendered.files {
        assert!(file.bytes.len() < 30_000_000, "GitLab takes 30 MB");
        tests += str::from_utf8(&file.bytes)?.matches("<testcase ").count();
    }
    assert_eq!(tests, 300 * 2 * 3);
    Ok(())
}

#[test]
fn two_thousand_students_take_seconds() -> Result<()> {
    let results = crowd(2_000, "It printed nothing.");
    let started = Instant::now();
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Classroom50) {
        render(format, &results, &context())?;
    }
    // Far more than it needs, also unoptimised and beside other tests.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    Ok(())
}

/// Students who all fail one check with this message in both lessons.
fn crowd(count: usize, message: &str) -> Results {
    let of = |number: usize| {
        let outcomes = [Outcome::Pass, failed(message, ""), Outcome::Pass];
        let fails = [0, 1].map(|lesson| FORMATS.judged(lesson, outcomes.clone()));
        let id = number + 100;
        let roster = Some(student(&format!("Student {number}"), &id.to_string()));
        submission(&format!("student-{number:05}"), roster, fails)
    };
    Results { submissions: (0..count).map(of).collect(), ..class() }
}
