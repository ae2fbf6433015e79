//! The pages that people read, tested: against golden files, with hostile submissions, and in a
//! browser if there is one.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod browser;
mod markdown;

use crate::golden;
use crate::results::{MARKED_UP, MARKUP, NO_SCORE, larger_class, without_score};
use anyhow::{Context, Result, ensure};
use checks::verdict::Outcome;
use grader::model::{Graded, Results, Status};
use grader::report::{html, student};

#[test]
fn the_class_report_is_as_it_was() -> Result<()> {
    golden::same("report/class.html", without_assets(&html::page(&larger_class()))?);
    Ok(())
}

#[test]
fn the_students_pages_are_as_they_were() {
    let class = larger_class();
    for (name, file) in [("bob", "bob"), ("carol", "carol"), (MARKED_UP, "hostile")] {
        let page = student::page(&class, find(&class, name));
        golden::same(&format!("report/{file}.md"), page);
    }
}

/// A page without its style sheet, its script and their hashes, which are files of their own.
fn without_assets(page: &str) -> Result<String> {
    let mut text = page.to_owned();
    for (start, end) in [("<style>", "</style>"), ("<script>", "</script>"), ("'sha256-", "'")] {
        let mut rest = text.as_str();
        let mut kept = String::new();
        while let Some((before, after)) = rest.split_once(start) {
            let (_, after) = after.split_once(end).with_context(|| format!("no {end}"))?;
            kept = kept + before + start + "…" + end;
            rest = after;
        }
        text = kept + rest;
    }
    Ok(text)
}

#[test]
fn a_grade_without_a_score_is_never_a_number() {
    let mut class = larger_class();
    for submission in &mut class.submissions {
        for grade in submission.grades.iter_mut().filter(|grade| !grade.has_score()) {
            (grade.status, grade.findings) = (Status::Judged, without_score());
            assert_eq!((grade.points(), grade.score()), (NO_SCORE, None));
        }
    }
    let points = NO_SCORE.to_string();
    assert!(!html::page(&class).contains(&points));
    let page = student::page(&class, find(&class, "carol"));
    assert!(!page.contains(&points) && page.contains("no score"), "{page}");
}

#[test]
fn nothing_hostile_stands_outside_of_code_in_a_students_page() -> Result<()> {
    let class = larger_class();
    for submission in &class.submissions {
        let page = student::page(&class, submission);
        let open = markdown::without_code(&page)?;
        for part in ["hacked", "javascript:", "<img", "<script", "# forged", "\u{1b}", "\u{202e}"] {
            assert!(!open.contains(part), "{part:?} is open in:\n{open}");
        }
        let tags = markdown::tags(&open);
        assert!(tags.iter().all(|tag| ["details", "summary"].contains(tag)), "{tags:?}");
    }
    Ok(())
}

#[test]
fn names_that_differ_head_pages_that_differ() {
    let mut class = larger_class();
    let mut heading = |name: &str| {
        name.clone_into(&mut class.submissions[0].student);
        let page = student::page(&class, &class.submissions[0]);
        page.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(heading("a\nb"), r"# Results of `a\nb`");
    assert_eq!(heading(r"a\nb"), r"# Results of `a\\nb`");
}

#[test]
fn the_instructors_page_has_no_markup_from_submissions() {
    let page = html::page(&larger_class());
    for part in ["<img", "<iframe", "<a href=\"java", "\u{1b}", "\u{202e}", "\u{0}"] {
        assert!(!page.contains(part), "{part:?}");
    }
    assert_eq!((page.matches("<script").count(), page.matches("</script").count()), (1, 1));
    assert_eq!((page.matches("<style").count(), page.matches("</style").count()), (1, 1));
}

#[test]
fn everything_is_in_the_page_even_without_its_script() {
    let page = html::page(&larger_class());
    for part in [
        "sent 5 bytes to 127.0.0.1:8090",
        "Turn the argument into",
        "thread &#39;main&#39; panicked",
        "error[E0425]: cannot find value",
        "big.rs is too large",
        "the sandbox could not be started",
    ] {
        assert!(page.contains(part), "{part:?}");
    }
}

#[test]
fn no_submission_makes_a_page_long() {
    let mut class = larger_class();
    class.submissions.retain(|submission| submission.student == "bob");
    let usual = html::page(&class).len();
    let flood = "x".repeat(10_000_000) + &"y\n".repeat(1_000_000);
    for submission in &mut class.submissions {
        submission.student.clone_from(&flood);
        submission.notes = vec![flood.clone(); 3];
        submission.notes.extend(vec!["a note".to_owned(); 10_000]);
        for grade in &mut submission.grades {
            grade.message.clone_from(&flood);
            for finding in &mut grade.findings {
                let Outcome::Fail(failure) = &mut finding.outcome else { continue };
                failure.problem.clone_from(&flood);
                failure.cause.text = flood.clone().into();
                finding.steps = vec![flood.clone(); 2];
                finding.steps.extend(vec!["a step".to_owned(); 100_000]);
                finding.stderr.clone_from(&finding.steps);
                finding.end = Some(flood.clone());
            }
        }
    }
    assert!(html::page(&class).len() < usual + 40_000);
    let page = student::page(&class, class.submissions.first().unwrap());
    assert!(page.len() < 40_000, "{}", page.len());
}

#[test]
fn a_class_of_nobody_has_a_page() {
    let mut class = larger_class();
    class.submissions.clear();
    assert!(html::page(&class).contains("0 students"));
    class.lessons.clear();
    assert!(html::page(&class).contains("0 lessons"));
}

#[test]
fn in_a_browser_it_sorts_filters_and_unfolds() -> Result<()> {
    let console = browser::open(&html::page(&larger_class()), include_str!("report/probe.js"))?;
    ensure!(console.is_empty(), "the console says:\n{console}");
    Ok(())
}

#[test]
fn in_a_browser_nothing_hostile_runs_even_without_the_policy() -> Result<()> {
    let page = browser::without_policy(&html::page(&larger_class()))?;
    browser::open(&page, include_str!("report/probe.js"))?;
    Ok(())
}

#[test]
fn in_a_browser_the_policy_stops_what_is_not_escaped() -> Result<()> {
    let page = html::page(&larger_class());
    let (before, after) = page.split_once("<main>").unwrap();
    let page = format!("{before}{MARKUP}<main>{after}");
    browser::open(&page, include_str!("report/intruder.js"))?;
    Ok(())
}

fn find<'a>(class: &'a Results, student: &str) -> &'a Graded {
    class.submissions.iter().find(|submission| submission.student == student).unwrap()
}
