//! One row a student, which unfolds to the feedback.

use super::escape::Text;
use super::feedback;
use super::score;
use crate::model::{Grade, Results, Status, Submission};
use crate::report::statistics::{self, Flag};
use crate::text::{cut, short_name};
use checks::check::Check;
use checks::verdict::Mark;
use std::fmt::{self, Write};

pub fn section(page: &mut String, results: &Results) -> fmt::Result {
    page.push_str("<section id=\"students\">\n<h2>Students</h2>\n");
    controls(page, results)?;
    page.push_str(
        "<div class=\"scroll\"><table id=\"class\" aria-label=\"Students\">\n<thead><tr>",
    );
    column(page, "Student", "")?;
    for lesson in &results.lessons {
        column(page, &short_name(lesson), lesson.title())?;
    }
    let maximum: u32 = results.lessons.iter().map(|lesson| lesson.max_points()).sum();
    column(page, "Total", &format!("of {maximum}"))?;
    column(page, "Status", "")?;
    page.push_str("</tr></thead>\n");
    let numbers = statistics::first_numbers(results);
    for (at, student) in results.submissions.iter().enumerate() {
        row(page, at, student, &numbers)?;
        feedback::row(page, results, student)?;
        page.push_str("</tbody>\n");
    }
    page.push_str("</table></div>\n<p id=\"nobody\" hidden>Nobody matches.</p>\n</section>\n");
    Ok(())
}

/// What the script makes work; without it, they don't show.
fn controls(page: &mut String, results: &Results) -> fmt::Result {
    let total = results.submissions.len();
    page.push_str(
        "<div class=\"controls\">\n<p><label for=\"find\">Find</label> \
         <input type=\"search\" id=\"find\" autocomplete=\"off\" spellcheck=\"false\"> \
         <label><input type=\"checkbox\" id=\"deep\"> in the feedback, too</label></p>\n\
         <p role=\"group\" aria-label=\"Show students by status\">",
    );
    write!(
        page,
        "<button type=\"button\" data-flag=\"\" aria-pressed=\"true\">all {total}</button>"
    )?;
    let all: Vec<_> = results.submissions.iter().map(statistics::flags).collect();
    for flag in Flag::ALL {
        let number = all.iter().filter(|flags| flags.contains(&flag)).count();
        if number > 0 {
            write!(
                page,
                " <button type=\"button\" data-flag=\"{}\" aria-pressed=\"false\">{} {number}</button>",
                key(flag),
                flag.label()
            )?;
        }
    }
    page.push_str(
        " <button type=\"button\" id=\"uncheck\" hidden></button></p>\n\
         <p><output id=\"count\"></output> \
         <button type=\"button\" id=\"unfold\">Unfold these</button> \
         <button type=\"button\" id=\"fold\">Fold all</button> \
         <small>Printing prints what shows.</small></p>\n</div>\n",
    );
    Ok(())
}

fn column(page: &mut String, name: &str, small: &str) -> fmt::Result {
    write!(page, "<th scope=\"col\"><button type=\"button\">{}", Text(name))?;
    if !small.is_empty() {
        write!(page, "<small>{}</small>", Text(small))?;
    }
    page.push_str("</button></th>");
    Ok(())
}

/// The row that always shows; `tbody` stays open for the feedback.
fn row(page: &mut String, at: usize, student: &Submission, numbers: &[usize]) -> fmt::Result {
    let flags = statistics::flags(student);
    write!(page, "<tbody id=\"s{at}\" data-s=\"")?;
    for flag in &flags {
        page.push(key(*flag));
    }
    page.push('"');
    let failed = failed(student, numbers);
    if !failed.is_empty() {
        write!(page, " data-f=\" {failed}\"")?;
    }
    write!(page, "><tr><th scope=\"row\"><details><summary>{}", Text(&cut(student.name())))?;
    if student.name() != student.student {
        write!(page, " <small>{}</small>", Text(&cut(&student.student)))?;
    }
    page.push_str("</summary></details></th>");
    for grade in &student.grades {
        score(page, grade)?;
    }
    let total = statistics::total(student);
    if total.is_whole {
        write!(page, "<td class=\"t\">{}</td><td>", total.score)?;
    } else {
        write!(page, "<td class=\"t x\">no score<small>{} so far</small></td><td>", total.score)?;
    }
    for flag in flags {
        write!(page, "<span class=\"f{}\">{}</span> ", key(flag), flag.label())?;
    }
    page.push_str("</td></tr>\n");
    Ok(())
}

/// The numbers of the checks that a student fails, as the script knows them, each with a space
/// behind it.
fn failed(student: &Submission, numbers: &[usize]) -> String {
    let mut failed = String::new();
    for (first, grade) in numbers.iter().zip(&student.grades) {
        let is_failed = |check: &Check| {
            grade.with_mark(Mark::Fail).iter().any(|finding| finding.check == check)
        };
        for (place, _) in grade.lesson.checks.iter().enumerate().filter(|(_, c)| is_failed(c)) {
            let _ = write!(failed, "{} ", first + place);
        }
    }
    failed
}

fn score(page: &mut String, grade: &Grade) -> fmt::Result {
    let class = score::class(grade);
    match (grade.status, grade.score()) {
        (_, None) => write!(page, "<td class={class}>no score</td>"),
        (Status::NotSubmitted, _) => {
            write!(page, "<td class={class}>–<small>not submitted</small></td>")
        }
        (Status::NotCompiled, Some(score)) => {
            write!(page, "<td class={class}>{score}<small>didn’t compile</small></td>")
        }
        (Status::Judged | Status::GraderError, Some(score)) => {
            write!(page, "<td class={class}>{score}</td>")
        }
    }
}

/// A flag in a letter, for the script and the style sheet.
fn key(flag: Flag) -> char {
    match flag {
        Flag::NoScore => 'e',
        Flag::NotCompiled => 'c',
        Flag::Notes => 'n',
        Flag::Failing => 'f',
        Flag::NotSubmitted => 'm',
        Flag::FullMarks => 'a',
    }
}
