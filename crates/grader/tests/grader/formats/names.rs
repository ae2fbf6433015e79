//! Names that look alike once what can't be seen in them is shown.

use crate::formats::bytes::with_one_token;
use crate::results::{class, context, failed, one_student};
use anyhow::Result;
use grader::formats::{CanvasAssignment, Format, Rendered, render};
use grader::model::{Status, Student};

/// Each pair differs in what stands for itself and what stands for something else.
const ALIKE: [(&str, &str); 4] =
    [("a\nb", r"a\nb"), ("a\u{1b}", r"a\u{1b}"), (r"a\", r"a\\"), ("a\\\n", r"a\\n")];

/// All that a format says about a student of this name, whom the roster doesn't have.
fn said_of(name: &str, format: Format, status: Status) -> Result<String> {
    let mut results = one_student();
    results.submissions[0].student = name.to_owned();
    results.submissions[0].roster = None;
    results.submissions[0].grades[0].status = status;
    let Rendered { files, notes } = render(format, &results, &context())?;
    let files = files.iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    Ok(with_one_token(&files.chain(notes).collect::<Vec<_>>().join("\n")))
}

#[test]
fn names_that_differ_are_shown_differently() -> Result<()> {
    for (one, other) in ALIKE {
        for (format, status) in [
            (Format::Csv, Status::Judged),
            (Format::Junit, Status::Judged),
            (Format::Github, Status::Judged),
            // These say the name only of those whom they leave out.
            (Format::Canvas, Status::GraderError),
            (Format::Moodle, Status::GraderError),
            (Format::Gradescope, Status::GraderError),
        ] {
            let said = said_of(one, format, status)?;
            assert_ne!(said, said_of(other, format, status)?, "{format}");
        }
    }
    Ok(())
}

/// What the grader and the programs say has backslashes of its own, which mean what they mean.
#[test]
fn what_was_said_keeps_its_backslashes() -> Result<()> {
    let said = r#"it printed "hello\n", not "C:\x""#;
    let mut results = one_student();
    for finding in &mut results.submissions[0].grades[1].findings {
        finding.outcome = failed(said, said);
        (finding.steps, finding.stderr) = (vec![said.to_owned()], vec![said.to_owned()]);
    }
    results.submissions[0].notes = vec![said.to_owned()];
    for format in [Format::Gradescope, Format::Junit, Format::Github] {
        for file in render(format, &results, &context())?.files {
            let text = str::from_utf8(&file.bytes)?.replace("&quot;", "\"");
            let text = if file.path.ends_with(".json") { text.replace(r"\\", r"\") } else { text };
            assert!(!text.contains(r"\\"), "{format}: {text}");
            let is_kept = text.contains(r"hello\n") && text.contains(r"C:\x");
            assert!(is_kept || !text.contains("it printed"), "{format}: {text}");
        }
    }
    Ok(())
}

/// Windows writes the name of a user behind that of a domain.
#[test]
fn what_a_platform_knows_goes_back_as_it_came() -> Result<()> {
    let known = |column: &str| format!(r"{column}\ann;x");
    let mut results = one_student();
    results.submissions[0].roster = Some(Student {
        name: known("NAME"),
        id: "101".to_owned(),
        sis_user_id: known("USER"),
        sis_login_id: known("LOGIN"),
        section: known("SECTION"),
        email: known("EMAIL"),
    });
    let mut context = context();
    let assignment = CanvasAssignment { title: r"TCP \ UDP".to_owned(), id: None };
    context.canvas.insert("lesson-1".to_owned(), assignment);
    let canvas = cells(&render(Format::Canvas, &results, &context)?, 2)?;
    let ours = ["NAME", "101", "USER", "LOGIN", "SECTION"];
    let ours = ours.map(|column| if column == "101" { column.to_owned() } else { known(column) });
    assert_eq!(canvas[..5], ours);
    let header = cells(&render(Format::Canvas, &results, &context)?, 0)?;
    assert_eq!(header[5], r"TCP \ UDP");
    let moodle = cells(&render(Format::Moodle, &results, &context)?, 1)?;
    assert_eq!(moodle[..2], [known("EMAIL"), known("NAME")]);
    Ok(())
}

#[test]
fn what_a_platform_knows_does_no_harm_in_its_file() -> Result<()> {
    let mut results = class();
    for submission in &mut results.submissions {
        let student = submission.roster.get_or_insert_default();
        student.name = "=1\\\n".to_owned();
        student.section = "+1\\\n".to_owned();
        student.sis_login_id = "-1\\\n".to_owned();
    }
    let canvas = cells(&render(Format::Canvas, &results, &context())?, 2)?;
    assert_eq!(
        (canvas[0].as_str(), canvas[3].as_str(), canvas[4].as_str()),
        (r"'=1\\\n", "", r"'+1\\\n")
    );
    Ok(())
}

fn cells(rendered: &Rendered, row: usize) -> Result<Vec<String>> {
    let rows = crate::formats::rules::rows(str::from_utf8(&rendered.files[0].bytes)?)?;
    Ok(rows[row].clone())
}
