//! Tables as CSV: one for any spreadsheet, and those that the gradebooks of Canvas and Moodle read.

use super::context::{CanvasAssignment, Context, MoodleColumn};
use super::entry::{seconds, total};
use super::rendered::Rendered;
use crate::model::{Grade, Graded, Results, Student};
use crate::text;
use anyhow::{Context as _, Result, bail, ensure};
use base::text::brief_name;
use checks::check::Lesson;
use checks::verdict::Mark;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;

const COLUMNS: [&str; 12] = [
    "student",
    "lesson",
    "score",
    "max_score",
    "passed",
    "failed",
    "skipped",
    "grader_errors",
    "seconds",
    "seed",
    "isolation",
    "source_sha256",
];

/// `results.csv`: a row a student and lesson.
///
/// Where there is no score the cell is empty, so that no average counts it. What wasn't
/// submitted has no points, so that every average does; it is told apart by its empty
/// `source_sha256`.
pub fn csv(results: &Results) -> Result<Rendered> {
    let grades = results.submissions.iter().flat_map(|submission| {
        submission.grades.iter().map(|grade| grade_row(&submission.student, grade))
    });
    let rows = iter::once(COLUMNS.map(String::from).to_vec()).chain(grades);
    Ok(Rendered::one("results.csv", table(rows)?))
}

fn grade_row(student: &str, grade: &Grade) -> Vec<String> {
    vec![
        defused(student),
        grade.lesson.name(),
        grade.score().map(|score| score.to_string()).unwrap_or_default(),
        grade.max_score().to_string(),
        grade.count(Mark::Pass).to_string(),
        grade.count(Mark::Fail).to_string(),
        grade.count(Mark::Skipped).to_string(),
        grade.count(Mark::GraderError).to_string(),
        format!("{:.3}", seconds(grade)),
        grade.seed.map(|seed| seed.to_string()).unwrap_or_default(),
        defused(&grade.isolation),
        defused(&grade.source_sha256),
    ]
}

/// The columns before the assignments; `Section` must be the last of them.
const STUDENT: [&str; 5] = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];

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
pub fn canvas(results: &Results, context: &Context) -> Result<Rendered> {
    let assignments = results.lessons.iter().map(|lesson| assignment(lesson, context));
    let assignments = assignments.collect::<Result<Vec<String>>>()?;
    let distinct: BTreeSet<&String> = assignments.iter().collect();
    ensure!(
        distinct.len() == assignments.len(),
        "Two lessons have the same assignment in Canvas. Give each an assignment of its own."
    );
    let (rows, mut notes) = rows(results, canvas_identifiers);
    for lesson in &results.lessons {
        if context.canvas.get(&lesson.name()).is_some_and(|assignment| assignment.id.is_none()) {
            notes.push(format!(
                "{}: without the assignment's id, Canvas makes a new one unless it has this title",
                lesson.name()
            ));
        }
    }
    let header = STUDENT.map(String::from).into_iter().chain(assignments).collect();
    let possible = results.lessons.iter().map(|lesson| results.max_points(lesson));
    let points = [POINTS_POSSIBLE, "", "", "", ""].map(String::from).into_iter();
    let points = points.chain(possible.map(|points| points.to_string())).collect();
    let table = table([header, points].into_iter().chain(rows.iter().map(canvas_row)))?;
    Ok(Rendered { notes, ..Rendered::one("canvas.csv", table) })
}

fn assignment(lesson: &Lesson, context: &Context) -> Result<String> {
    let CanvasAssignment { title, id } = context.canvas.get(&lesson.name()).with_context(|| {
        format!(
            "Which assignment in Canvas is {name}? Say it as the header of its column in an exported \
             gradebook does: `--canvas \"{name}={} (4711)\"`.",
            lesson.title(),
            name = lesson.name()
        )
    })?;
    if let Some(ignored) = IGNORED.into_iter().find(|ignored| title.contains(ignored)) {
        bail!(
            "Canvas ignores a column with `{ignored}` in its title. Rename the assignment `{title}`."
        );
    }
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
fn canvas_identifiers(student: &Student) -> Vec<String> {
    vec![number(&student.id), identifier(&student.sis_user_id), identifier(&student.sis_login_id)]
}

fn canvas_row(row: &Row) -> Vec<String> {
    let roster = row.submission.roster.as_ref();
    let section = roster.map(|student| returned(&student.section)).unwrap_or_default();
    // A student of this name would change what the assignments are worth.
    let name = returned(row.submission.name()).replace(POINTS_POSSIBLE, "Points_Possible");
    let points = row.points.iter().map(ToString::to_string);
    let student = iter::once(name).chain(row.identifiers.iter().cloned());
    student.chain([section]).chain(points).collect()
}

/// `moodle.csv`: a row a student whom the roster has, with points for every lesson.
///
/// One user whom Moodle doesn't know aborts its whole import, so nobody is in it who isn't in
/// the roster. A cell is never empty: Moodle takes one for 0 points in a new column, and for
/// "take the grade away" in one that it has.
pub fn moodle(results: &Results, context: &Context) -> Result<Rendered> {
    let column = context.moodle.with_context(|| {
        format!(
            "What does Moodle know your students by? Say `--moodle` and one of {}, which are the \
             columns {} of the roster.",
            MoodleColumn::ALL.map(MoodleColumn::name).join(", "),
            MoodleColumn::ALL.map(roster_column).join(", ")
        )
    })?;
    let (rows, notes) = rows(results, |student| vec![moodle_identifier(student, column)]);
    let lessons = results.lessons.iter();
    let lessons = lessons.map(|lesson| defused(&format!("{}: {}", lesson.name(), lesson.title())));
    let header =
        [moodle_header(column).to_string(), "Student".to_string()].into_iter().chain(lessons);
    let rows = rows.into_iter().map(|row| {
        let name = returned(row.submission.name());
        let student = row.identifiers.into_iter().chain([name]);
        student.chain(row.points.iter().map(ToString::to_string)).collect()
    });
    let table = table(iter::once(header.collect()).chain(rows))?;
    Ok(Rendered { notes, ..Rendered::one("moodle.csv", table) })
}

/// As Moodle itself writes it into an export.
fn moodle_header(column: MoodleColumn) -> &'static str {
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

fn moodle_identifier(student: &Student, column: MoodleColumn) -> String {
    let known = match column {
        MoodleColumn::Email => identifier(&student.email),
        MoodleColumn::IdNumber => identifier(&student.sis_user_id),
        MoodleColumn::UserName => identifier(&student.sis_login_id),
        MoodleColumn::UserId => number(&student.id),
    };
    // Moodle takes `0` for nothing, and would give the row to the student above.
    if known == "0" { String::new() } else { known }
}

/// A student whom the platform knows, with points in every lesson.
struct Row<'a> {
    submission: &'a Graded,
    /// What the platform knows the student by; those that it doesn't are empty.
    identifiers: Vec<String>,
    /// One a lesson, in their order.
    points: Vec<u32>,
}

/// The rows, and why others were left out.
///
/// A row is whole or not there at all: Canvas and Moodle both take an empty cell for a change of
/// the grade that they have. What wasn't submitted is 0 points: both leave empty cells out of a
/// course's total, so who hands in nothing would be better off than who hands in half.
fn rows<'a>(
    results: &'a Results,
    identifiers: impl Fn(&Student) -> Vec<String>,
) -> (Vec<Row<'a>>, Vec<String>) {
    let of = |submission: &Graded| submission.roster.as_ref().map(&identifiers);
    let known: Vec<Option<Vec<String>>> = results.submissions.iter().map(of).collect();
    let count = count(known.iter().flatten());
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    for (submission, identifiers) in results.submissions.iter().zip(known) {
        match row(&results.lessons, submission, identifiers, &count) {
            Ok(row) => rows.push(row),
            Err(why) => {
                notes.push(format!("{}: left out, {why}", brief_name(&submission.student)));
            }
        }
    }
    (rows, notes)
}

/// How many submissions have an identifier, by its column.
type Count = BTreeMap<(usize, String), usize>;

fn count<'a>(known: impl Iterator<Item = &'a Vec<String>>) -> Count {
    let mut count = Count::new();
    for identifiers in known {
        for key in keys(identifiers) {
            *count.entry(key).or_default() += 1;
        }
    }
    count
}

/// Identifiers and their columns. Some databases take `Ann` for `ann`.
fn keys(identifiers: &[String]) -> impl Iterator<Item = (usize, String)> {
    let keys = identifiers.iter().map(|identifier| identifier.to_lowercase()).enumerate();
    keys.filter(|(_, key)| !key.is_empty())
}

fn row<'a>(
    lessons: &[&'static Lesson],
    submission: &'a Graded,
    identifiers: Option<Vec<String>>,
    count: &Count,
) -> Result<Row<'a>, String> {
    let identifiers = identifiers.ok_or("because the roster doesn't have this student")?;
    if identifiers.iter().all(String::is_empty) {
        return Err("because the roster has no usable identifier of this student".to_string());
    }
    let is_shared = |key: &(usize, String)| count.get(key).is_some_and(|&count| count > 1);
    if let Some((_, shared)) = keys(&identifiers).find(is_shared) {
        return Err(format!("because another submission is of `{shared}`, too"));
    }
    if let Err(lessons) = total(&submission.grades) {
        return Err(format!(
            "because there is no score for {lessons}: grade it again, or type the grades in"
        ));
    }
    let points = lessons.iter().map(|lesson| {
        let grade = submission.grades.iter().find(|grade| grade.lesson == *lesson);
        let score = grade.and_then(Grade::score);
        score.ok_or_else(|| format!("because it has no grade for {}", lesson.name()))
    });
    Ok(Row { submission, identifiers, points: points.collect::<Result<_, _>>()? })
}

/// An identifier, or nothing if a spreadsheet could take it for a formula: what is changed
/// isn't this student's any more.
fn identifier(text: &str) -> String {
    let text = text.trim();
    if is_harmless(text) { text.to_string() } else { String::new() }
}

/// An identifier that is a positive number, written as the platform writes it, or nothing: of
/// `12x`, a database may see the 12, which is somebody else.
fn number(text: &str) -> String {
    let is_number = |text: &str| text.parse().is_ok_and(|id: u64| id > 0 && id.to_string() == text);
    Some(text.trim()).filter(|text| is_number(text)).unwrap_or("").to_string()
}

/// Bytes of a cell at the most: no spreadsheet shows more than 32,767 characters.
const LONGEST: usize = 8_000;

/// Text that no spreadsheet takes for a formula: where it could, it starts with an apostrophe.
///
/// A spreadsheet may be set to take `;` for the end of a cell, quotes or not, so what follows
/// one is treated in the same way. Control characters are made visible, so that a row is a line,
/// and no two texts become the same.
fn defused(text: &str) -> String {
    let text = text::name(text, LONGEST);
    let defuse = |cell: &str| if is_formula(cell) { format!("'{cell}") } else { cell.into() };
    text.split(';').map(defuse).collect::<Vec<_>>().join(";")
}

/// Text from the roster, which the platform should know again: as it came, unless that does harm.
fn returned(text: &str) -> String {
    if is_harmless(text) { text.to_owned() } else { defused(text) }
}

/// Whether text may stand in a cell as it is.
fn is_harmless(text: &str) -> bool {
    text.len() <= LONGEST && !text.contains(disturbs) && !text.split(';').any(is_formula)
}

/// Control characters; what turns the direction of writing or breaks lines; and what isn't a
/// character at all. Others that can't be seen belong to names in some languages.
fn disturbs(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}')
        || u32::from(c) & 0xfffe == 0xfffe
}

fn is_formula(cell: &str) -> bool {
    let skipped = |c: char| c.is_whitespace() || c == '"' || c == '\'';
    // The last four are their wide forms, which some spreadsheets take for the same.
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    cell.trim_start_matches(skipped).starts_with(signs)
}

/// Rows of cells that are defused where they need it.
fn table(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).context("cannot write a row of CSV")?;
    }
    let bytes = writer.into_inner();
    bytes.map_err(csv::IntoInnerError::into_error).context("cannot end a table of CSV")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused() {
        for (text, shown) in [
            ("=cmd()", "'=cmd()"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'  =1"),
            ("\"=1", "'\"=1"),
            ("'=1", "''=1"),
            ("＝1", "'＝1"),
            ("x;=cmd()", "x;'=cmd()"),
            ("x;\"-1;y", "x;'\"-1;y"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
        ] {
            assert_eq!(defused(text), shown);
            assert_eq!(returned(text), shown);
        }
    }

    #[test]
    fn other_text_stays() {
        for text in ["", "Ann, \"Bob\"", "a=b", "1-2", "ann@example.org", "李明;x", "O'Neil"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn a_backslash_goes_back_as_it_came_and_is_doubled_elsewhere() {
        assert_eq!((returned(r"D\ann"), defused(r"D\ann")), (r"D\ann".into(), r"D\\ann".into()));
        assert_eq!(returned("D\\ann\n"), r"D\\ann\n");
    }
}
