//! The gradebook of Moodle, as its import reads it.

use super::cells::{defused, returned, table};
use super::gradebook::{identifier, number, rows};
use super::{Context, MoodleColumn, Rendered};
use crate::model::{Results, Student};
use anyhow::{Context as _, Result};

/// `moodle.csv`: a row a student whom the roster has, with points for every lesson.
///
/// One user whom Moodle doesn't know aborts its whole import, so nobody is in it who isn't in
/// the roster. A cell is never empty: Moodle takes one for 0 points in a new column, and for
/// "take the grade away" in one that it has.
pub fn render(results: &Results, context: &Context) -> Result<Rendered> {
    let column = context.moodle.with_context(|| {
        format!(
            "What does Moodle know your students by? Say one of {}, which are the columns {} of \
             the roster.",
            MoodleColumn::ALL.map(MoodleColumn::name).join(", "),
            MoodleColumn::ALL.map(roster_column).join(", ")
        )
    })?;
    let (rows, notes) = rows(results, |student| vec![of(student, column)]);
    let lessons = results.lessons.iter();
    let lessons = lessons.map(|lesson| defused(&format!("{}: {}", lesson.name(), lesson.title())));
    let header = [header(column).to_string(), "Student".to_string()].into_iter().chain(lessons);
    let rows = rows.into_iter().map(|row| {
        let name = returned(row.submission.name());
        let student = row.identifiers.into_iter().chain([name]);
        student.chain(row.points.iter().map(ToString::to_string)).collect()
    });
    let table = table(std::iter::once(header.collect()).chain(rows))?;
    Ok(Rendered { notes, ..Rendered::one("moodle.csv", table) })
}

/// As Moodle itself writes it into an export.
fn header(column: MoodleColumn) -> &'static str {
    match column {
        MoodleColumn::Email => "Email address",
        MoodleColumn::IdNumber => "ID number",
        MoodleColumn::UserName => "Username",
        MoodleColumn::UserId => "User ID",
    }
}

fn roster_column(column: MoodleColumn) -> &'static str {
    match column {
        MoodleColumn::Email => "email",
        MoodleColumn::IdNumber => "sis_user_id",
        MoodleColumn::UserName => "sis_login_id",
        MoodleColumn::UserId => "id",
    }
}

fn of(student: &Student, column: MoodleColumn) -> String {
    let known = match column {
        MoodleColumn::Email => identifier(&student.email),
        MoodleColumn::IdNumber => identifier(&student.sis_user_id),
        MoodleColumn::UserName => identifier(&student.sis_login_id),
        MoodleColumn::UserId => number(&student.id),
    };
    // Moodle takes `0` for nothing, and would give the row to the student above.
    if known == "0" { String::new() } else { known }
}
