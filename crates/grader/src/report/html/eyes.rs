//! What the instructor has to look at, with a link to each student.

use super::escape::Text;
use crate::model::{Grade, Results, Status, Submission};
use crate::report::statistics::Flag;
use crate::text::{cut, gist, short_name};
use std::fmt::{self, Write};

/// The most students of a kind that are named; the table below has all of them.
const NAMED: usize = 25;

pub fn section(page: &mut String, results: &Results) -> fmt::Result {
    page.push_str("<section>\n<h2>Needs your eyes</h2>\n");
    let mut is_empty = true;
    for flag in Flag::ALL.into_iter().filter(|flag| flag.needs_eyes()) {
        let all = results.submissions.iter().enumerate();
        let found: Vec<_> = all
            .filter_map(|(at, student)| Some((at, student, reason(results, student, flag)?)))
            .collect();
        if !found.is_empty() {
            is_empty = false;
            group(page, flag, &found)?;
        }
    }
    if is_empty {
        page.push_str("<p>Nothing: everything that was handed in has been judged.</p>\n");
    }
    page.push_str("</section>\n");
    Ok(())
}

fn group(page: &mut String, flag: Flag, found: &[(usize, &Submission, String)]) -> fmt::Result {
    let (title, advice) = match flag {
        Flag::NoScore => (
            "No score",
            "The grader failed, not the student: there is no score to publish yet. Grade them again.",
        ),
        Flag::NotCompiled => (
            "Didn’t compile",
            "No points. A single missing character may be worth a second chance.",
        ),
        _ => ("Notes", "Something in the submission wasn’t as expected."),
    };
    write!(
        page,
        "<h3>{title} <small>{}</small></h3>\n<p>{advice}</p>\n<ul class=\"eyes\">\n",
        found.len()
    )?;
    for (at, student, reason) in found.iter().take(NAMED) {
        writeln!(
            page,
            "<li><a href=\"#s{at}\">{}</a> {}</li>",
            Text(&cut(student.name())),
            Text(&cut(reason))
        )?;
    }
    page.push_str("</ul>\n");
    let others = found.len().saturating_sub(NAMED);
    if others > 0 {
        writeln!(page, "<p>And {others} more: they are marked “{}” below.</p>", flag.label())?;
    }
    Ok(())
}

/// Why a student belongs in a group, in a line.
fn reason(results: &Results, student: &Submission, flag: Flag) -> Option<String> {
    let text = match flag {
        Flag::Notes => {
            let (first, others) = student.notes.split_first()?;
            match others.len() {
                0 => gist(first).to_owned(),
                more => format!("{} (and {more} more)", cut(gist(first))),
            }
        }
        Flag::NoScore => first(results, student, |grade| !grade.has_score())?,
        Flag::NotCompiled => first(results, student, |grade| grade.status == Status::NotCompiled)?,
        Flag::Failing | Flag::NotSubmitted | Flag::FullMarks => return None,
    };
    Some(text)
}

/// The first grade of that kind, and how many more there are.
fn first(results: &Results, student: &Submission, is_it: fn(&Grade) -> bool) -> Option<String> {
    let grades = results.lessons.iter().zip(&student.grades);
    let mut found = grades.filter(|(_, grade)| is_it(grade));
    let (lesson, grade) = found.next()?;
    let others = found.count();
    let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    Some(format!("{}{more}: {}", short_name(lesson), gist(&grade.error())))
}
