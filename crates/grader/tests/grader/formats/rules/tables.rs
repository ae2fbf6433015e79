//! The rules of the formats that are CSV.

use super::only;
use anyhow::Result;
use grader::formats::Rendered;
use grader::model::{Graded, Results};

const HEADER: &str = "student,lesson,score,max_score,passed,failed,skipped,grader_errors,\
    seconds,seed,isolation,source_sha256";

pub fn csv_holds(results: &Results, rendered: &Rendered) -> Result<()> {
    let rows = rows(only(rendered))?;
    assert_eq!(rows[0].join(","), HEADER);
    let grades = results.submissions.iter().flat_map(|s| s.grades.iter().map(move |g| (s, g)));
    let grades: Vec<_> = grades.collect();
    assert_eq!(rows.len(), grades.len() + 1);
    for (row, (submission, grade)) in rows[1..].iter().zip(grades) {
        assert_eq!(row[1], grade.lesson.name());
        if !row[0].ends_with("(shortened)") {
            assert_eq!(what_was_meant(&row[0]), submission.student);
        }
        let score = grade.score().map(|score| score.to_string()).unwrap_or_default();
        assert_eq!(row[2], score);
        assert!(row[8].parse::<f64>().is_ok_and(f64::is_finite));
        let seed = grade.seed.map(|seed| seed.to_string()).unwrap_or_default();
        assert_eq!(row[9], seed);
    }
    Ok(())
}

/// The text that a cell shows.
fn what_was_meant(cell: &str) -> String {
    let parts = cell.split(';').map(|part| match part.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => part,
    });
    let mut rest = &*parts.collect::<Vec<_>>().join(";");
    let mut meant = String::new();
    while let Some((before, escape)) = rest.split_once('\\') {
        let (name, after) = match escape.strip_prefix("u{") {
            Some(code) => code.split_once('}').unwrap(),
            None => escape.split_at(1),
        };
        meant += before;
        meant.push(match name {
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "0" => '\0',
            "\\" => '\\',
            code => u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap(),
        });
        rest = after;
    }
    meant + rest
}

/// What a spreadsheet would calculate, quotes or not.
fn is_formula(cell: &str) -> bool {
    let start = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
    start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

pub fn canvas_holds(results: &Results, rendered: &Rendered) -> Result<()> {
    let rows = rows(only(rendered))?;
    assert_eq!(rows[0][..5], ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]);
    assert!(rows[1][0].contains("Points Possible"));
    assert_eq!(
        rows[1][5..],
        results.lessons.iter().map(|l| results.max_points(l).to_string()).collect::<Vec<_>>()
    );
    for row in &rows[2..] {
        // Canvas would take it for what the assignments are worth.
        assert!(!row[0].contains("Points Possible"));
        assert!(row[1..4].iter().any(|identifier| !identifier.is_empty()));
        assert!(row[1].is_empty() || row[1].parse::<u64>().is_ok_and(|id| id > 0));
        scores_hold(&row[5..]);
    }
    nobody_is_lost(results, rendered, rows.len() - 2);
    Ok(())
}

pub fn moodle_holds(results: &Results, rendered: &Rendered) -> Result<()> {
    let rows = rows(only(rendered))?;
    for row in &rows[1..] {
        assert!(!row[0].is_empty() && row[0] != "0");
        let is_known = |s: &Graded| s.roster.as_ref().is_some_and(|r| r.email.trim() == row[0]);
        assert_eq!(results.submissions.iter().filter(|s| is_known(s)).count(), 1, "{row:?}");
        scores_hold(&row[2..]);
    }
    nobody_is_lost(results, rendered, rows.len() - 1);
    Ok(())
}

/// An empty cell would be a change of the grade that is there.
fn scores_hold(cells: &[String]) {
    for cell in cells {
        assert!(cell.parse::<u32>().is_ok(), "{cell:?} is no score");
    }
}

/// Each student has a row, or a note that says why not.
fn nobody_is_lost(results: &Results, rendered: &Rendered, rows: usize) {
    let left_out = rendered.notes.iter().filter(|note| note.contains(": left out, because"));
    assert_eq!(rows + left_out.count(), results.submissions.len());
    let without = |s: &&Graded| !s.grades.iter().all(grader::model::Grade::has_score);
    assert!(results.submissions.iter().filter(without).count() + rows <= results.submissions.len());
}

/// All rows, of equal length, each in a line of its own, and no cell of them a formula.
pub fn rows(text: &str) -> Result<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows = reader.deserialize().collect::<Result<Vec<Vec<String>>, _>>()?;
    assert_eq!(text.lines().count(), rows.len());
    for cell in rows.iter().flatten() {
        assert!(!cell.contains(char::is_control), "{cell:?}");
        // A spreadsheet may take a `;` for the end of a cell.
        for part in cell.split(';') {
            let start = part.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
            assert!(!start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell:?}");
        }
    }
    Ok(rows)
}
