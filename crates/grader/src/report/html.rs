//! `report.html`: the class at a glance, and then each student; one file that needs no other.
//!
//! # Layout
//!
//! - `escape`: text as HTML
//! - `policy`: what the browser is told never to run
//! - `glance`: the scores of each lesson, and the checks that most students fail
//! - `eyes`: what the instructor has to look at
//! - `students`: the table
//! - `score`: what a score looks like
//! - `feedback`: what a student's row unfolds to
//! - `page.css`, `page.js`: the page shows everything without the script, which sorts and filters

mod escape;
mod eyes;
mod feedback;
mod glance;
mod policy;
mod score;
mod students;

use crate::model::Results;
use crate::report::statistics;
use crate::text;
use escape::Text;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The whole page.
#[must_use]
pub fn page(results: &Results) -> String {
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = write(&mut page, results);
    page
}

fn write(page: &mut String, results: &Results) -> fmt::Result {
    let policy = policy::policy(STYLE, SCRIPT);
    // The policy stands before everything that it is about.
    write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Class report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )?;
    header(page, results)?;
    page.push_str("<main>\n");
    let checks = statistics::checks(results);
    glance::scores(page, results)?;
    glance::teach(page, &checks)?;
    eyes::section(page, results)?;
    students::section(page, results)?;
    write!(page, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

fn header(page: &mut String, results: &Results) -> fmt::Result {
    let students = text::count(results.submissions.len(), "student");
    let lessons = text::count(results.lessons.len(), "lesson");
    write!(page, "<header>\n<a class=\"skip\" href=\"#students\">Skip to the students</a>\n")?;
    write!(page, "<h1>Class report</h1>\n<p>{students} · {lessons} · graded by ")?;
    write!(page, "{} {}", Text(&results.tool), Text(&results.version))?;
    let graded: Vec<_> = results.submissions.iter().flat_map(|student| &student.grades).collect();
    let rungs: BTreeSet<&str> = graded.iter().map(|grade| grade.isolation.as_str()).collect();
    let rungs: Vec<&str> = rungs.into_iter().filter(|rung| !rung.is_empty()).collect();
    write!(page, " · isolation: {}", Text(&rungs.join(", ")))?;
    page.push_str("</p>\n");
    if rungs.iter().any(|rung| *rung != "strict") {
        page.push_str(
            "<p class=\"warn\">Not everything was graded in full isolation: a program may have \
             seen or changed what it should not. Each lesson below says how it was run.</p>\n",
        );
    }
    page.push_str("</header>\n");
    Ok(())
}
