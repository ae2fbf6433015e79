//! The gradebook of Canvas, as its import reads it.

use super::cells::{is_harmless, returned, table};
use super::gradebook::{Row, identifier, number, rows};
use super::{CanvasAssignment, Context, Rendered};
use crate::model::{Results, Student};
use anyhow::{Context as _, Result, ensure};
use checks::check::Lesson;
use std::collections::BTreeSet;

/// The columns before the assignments; `Section` must be the last of them.
const HEADER: [&str; 5] = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];

/// Canvas ignores a column whose header contains one of these.
const IGNORED: [&str; 9] = [
    "Current Score",
    "Current Points",
    "Current Grade",
    "Final Score",
    "Final Points",
    "Final Grade",
    "Override Score",
    "Override Grade",
    "Override Status",
];

/// The first cell of the row that isn't about a student.
const POINTS_POSSIBLE: &str = "Points Possible";

/// `canvas.csv`: a row a student whom the roster has, with points for every lesson.
///
/// Points aren't scaled: an assignment in Canvas should be worth as many as its lesson.
pub fn render(results: &Results, context: &Context) -> Result<Rendered> {
    let assignments = results.lessons.iter().map(|lesson| header(lesson, context));
    let assignments = assignments.collect::<Result<Vec<String>>>()?;
    let distinct: BTreeSet<&String> = assignments.iter().collect();
    ensure!(
        distinct.len() == assignments.len(),
        "Two lessons have the same assignment in Canvas. Give each an assignment of its own."
    );
    let (rows, mut notes) = rows(results, identifiers);
    for lesson in &results.lessons {
        if context.canvas.get(&lesson.name()).is_some_and(|assignment| assignment.id.is_none()) {
            notes.push(format!(
                "{}: without the assignment's id, Canvas makes a new one unless it has this title",
                lesson.name()
            ));
        }
    }
    let header = HEADER.map(String::from).into_iter().chain(assignments).collect();
    let possible = results.lessons.iter().map(|lesson| lesson.max_points());
    let points = [POINTS_POSSIBLE, "", "", "", ""].map(String::from).into_iter();
    let points = points.chain(possible.map(|points| points.to_string())).collect();
    let table = table([header, points].into_iter().chain(rows.iter().map(cells)))?;
    Ok(Rendered { notes, ..Rendered::one("canvas.csv", table) })
}

fn header(lesson: &Lesson, context: &Context) -> Result<String> {
    let CanvasAssignment { title, id } = context.canvas.get(&lesson.name()).with_context(|| {
        format!(
            "Which assignment in Canvas is {}? Say it as the header of its column in an exported \
             gradebook does: `{} (4711)`.",
            lesson.name(),
            lesson.title()
        )
    })?;
    let ignored = IGNORED.into_iter().find(|ignored| title.contains(ignored));
    ensure!(
        ignored.is_none(),
        "Canvas ignores a column with `{}` in its title. Rename the assignment `{title}`.",
        ignored.unwrap_or_default()
    );
    match id {
        // Canvas goes by the id alone.
        Some(id) => Ok(format!("{} ({id})", returned(title))),
        None => {
            let safe = is_harmless(title) && !title.trim().is_empty();
            ensure!(safe, "Canvas can't find the assignment `{title}` by its title. Add its id.");
            Ok(title.clone())
        }
    }
}

/// Canvas looks for the first of them, then for the next, and for the name if there is none.
fn identifiers(student: &Student) -> Vec<String> {
    vec![number(&student.id), identifier(&student.sis_user_id), identifier(&student.sis_login_id)]
}

fn cells(row: &Row) -> Vec<String> {
    let roster = row.submission.roster.as_ref();
    let section = roster.map(|student| returned(&student.section)).unwrap_or_default();
    // A student of this name would change what the assignments are worth.
    let name = returned(row.submission.name()).replace(POINTS_POSSIBLE, "Points_Possible");
    let points = row.points.iter().map(ToString::to_string);
    let student = std::iter::once(name).chain(row.identifiers.iter().cloned());
    student.chain([section]).chain(points).collect()
}
