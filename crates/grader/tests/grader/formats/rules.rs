//! The rules of each platform, for any class.

mod ci;
mod json;
mod tables;

pub use ci::read;
pub use tables::rows;

use crate::results::{class, context, one_student};
use anyhow::{Context as _, Result};
use grader::formats::{Context, Format, Rendered, file_names, render};
use grader::model::Results;
use std::collections::BTreeSet;

#[test]
fn the_class_keeps_all_rules() -> Result<()> {
    all_hold(&class(), &context())?;
    all_hold(&one_student(), &context())
}

/// Panics where a rule is broken.
pub fn all_hold(results: &Results, context: &Context) -> Result<()> {
    Format::ALL.into_iter().try_for_each(|format| hold(format, results, context))
}

/// Panics where a rule of this format is broken.
pub fn hold(format: Format, results: &Results, context: &Context) -> Result<()> {
    // It takes the result of one submission, and has no way to say that there is no score.
    if format == Format::Classroom50 {
        return json::classroom50_holds(results, context);
    }
    let rendered = render(format, results, context).with_context(|| format.to_string())?;
    notes_hold(&rendered);
    paths_hold(&rendered);
    match format {
        Format::Json => json::everything_is_there(results, &rendered),
        Format::Csv => tables::csv_holds(results, &rendered),
        Format::Canvas => tables::canvas_holds(results, &rendered),
        Format::Moodle => tables::moodle_holds(results, &rendered),
        Format::Gradescope => json::gradescope_holds(results, &rendered),
        Format::Classroom50 => Ok(()),
        Format::Junit => ci::junit_holds(results, &rendered),
        Format::Github => ci::github_holds(results, &rendered),
    }
}

/// They are printed on a terminal, a line each.
fn notes_hold(rendered: &Rendered) {
    for note in &rendered.notes {
        assert!(!note.contains(char::is_control), "{note:?}");
    }
}

fn paths_hold(rendered: &Rendered) {
    let paths: BTreeSet<_> = rendered.files.iter().map(|f| f.path.to_lowercase()).collect();
    assert_eq!(paths.len(), rendered.files.len(), "{paths:?}");
    for part in paths.iter().flat_map(|path| path.split('/')) {
        let is_allowed = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        assert!(part.chars().all(is_allowed) && !part.starts_with('.'), "{part}");
        assert!((1..=255).contains(&part.len()) && !part.ends_with('.'), "{part}");
    }
}

/// The only file of a format.
fn only(rendered: &Rendered) -> &str {
    assert_eq!(rendered.files.len(), 1);
    str::from_utf8(&rendered.files[0].bytes).unwrap()
}

/// The submission that each of a format's folders is of.
fn folders(results: &Results) -> Vec<String> {
    let students: Vec<&str> = results.submissions.iter().map(|s| s.student.as_str()).collect();
    file_names(&students)
}

/// Control characters that no platform shows, and some obey.
fn is_visible(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
}
