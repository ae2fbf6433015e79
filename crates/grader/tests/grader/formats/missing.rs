//! What isn't known: scores, students, and what only the platform can say.

use crate::formats::bytes::with_one_token;
use crate::results::{FORMULA, NO_SCORE, class, context, one_student, student, without_score};
use anyhow::{Context as _, Result};
use checks::verdict::Outcome;
use grader::formats::{Classroom50, Context, Format, render};
use grader::model::{Results, Status, Student};

#[test]
fn no_score_is_no_number_in_any_format() -> Result<()> {
    let mut class = class();
    let grade = &mut class.submissions[2].grades[1];
    (grade.status, grade.findings) = (Status::Judged, without_score());
    assert_eq!((grade.points(), grade.score()), (NO_SCORE, None));
    for format in Format::ALL {
        if matches!(format, Format::Json | Format::Classroom50) {
            continue;
        }
        let rendered = render(format, &class, &context())?;
        for file in &rendered.files {
            let text = with_one_token(str::from_utf8(&file.bytes)?);
            assert!(!text.contains(&NO_SCORE.to_string()), "{format}: {text}");
        }
    }
    Ok(())
}

#[test]
fn who_has_no_score_is_left_out_of_gradebooks_with_a_note() -> Result<()> {
    for format in [Format::Canvas, Format::Moodle, Format::Gradescope] {
        let rendered = render(format, &class(), &context())?;
        let note = rendered.notes.iter().find(|note| note.starts_with("李明🙂: left out"));
        let note = note.context("no note")?;
        assert!(note.contains("there is no score for lesson-3"), "{note}");
    }
    Ok(())
}

#[test]
fn one_grader_error_among_the_checks_takes_the_score() -> Result<()> {
    let mut results = one_student();
    let error = Outcome::GraderError("no memory".to_string());
    results.submissions[0].grades[1].findings[2].outcome = error;
    let csv = render(Format::Csv, &results, &context())?;
    let csv = str::from_utf8(&csv.files[0].bytes)?;
    assert!(csv.contains("\nann,lesson-3,,100,"), "{csv}");
    assert_eq!(render(Format::Gradescope, &results, &context())?.files, []);
    render(Format::Classroom50, &results, &context()).unwrap_err();
    Ok(())
}

#[test]
fn an_unknown_context_is_asked_for() {
    for (format, words) in [
        (Format::Canvas, "Which assignment in Canvas is lesson-1? Say it as the header"),
        (Format::Moodle, "Say `--moodle` and one of email, id-number, user-name, user-id"),
        (Format::Classroom50, "without CLASSROOM, ASSIGNMENT, ASSIGNMENT_TYPE, OWNER"),
    ] {
        let error = render(format, &one_student(), &Context::default()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    for format in [Format::Json, Format::Csv, Format::Gradescope, Format::Junit, Format::Github] {
        render(format, &class(), &Context::default()).unwrap();
    }
}

#[test]
fn classroom50_takes_one_submission_and_knows_what_it_is() {
    let error = render(Format::Classroom50, &class(), &context()).unwrap_err().to_string();
    assert!(error.contains("these are 3"), "{error}");
    let change = |change: fn(&mut Classroom50)| {
        let mut context = context();
        change(&mut context.classroom50);
        render(Format::Classroom50, &one_student(), &context).unwrap_err().to_string()
    };
    for (error, words) in [
        (change(|c| c.owner.clear()), "without OWNER."),
        (change(|c| c.submission = "main".into()), "only tags that begin with `submit/`"),
        (change(|c| c.assignment_type = "solo".into()), "individual, group and team"),
        (change(|c| c.datetime = "2026-06-01 14:32".into()), "no time of submission"),
        (change(|c| c.datetime = "2026-06-01T14:32:05é".into()), "no time of submission"),
    ] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn the_runner_of_classroom50_says_all_there_is_to_know() {
    let variables = |name: &str| {
        let value = match name {
            "CLASSROOM" => "sockets",
            "ASSIGNMENT" => "lessons",
            "ASSIGNMENT_TYPE" => "individual",
            "USERNAME" => "ann",
            "SUBMISSION_TAG" => "submit/2026-06-01T14-32-05Z-a1b2c3d",
            "COMMIT_URL" => "https://example.org/commit/a1b2c3d",
            "RELEASE_URL" => "https://example.org/releases/1",
            "OWNER" | "REVIEW_URL" => " ",
            _ => return None,
        };
        Some(value.to_string())
    };
    let told = Classroom50::from_variables(variables);
    told.check().unwrap();
    assert_eq!(told.owner, "ann");
    assert_eq!(told.datetime, "2026-06-01T14:32:05Z");
    assert_eq!(told.review, told.commit);
}

#[test]
fn canvas_can_tell_assignments_apart() {
    let error = |title: &str, id| {
        let mut context = context();
        for assignment in context.canvas.values_mut() {
            (assignment.title, assignment.id) = (title.to_string(), id);
        }
        render(Format::Canvas, &class(), &context).unwrap_err().to_string()
    };
    assert!(error("Echo", Some(7)).contains("Two lessons have the same assignment"));
    assert!(error("My Final Score", Some(7)).contains("Canvas ignores a column"));
    assert!(error("=Echo", None).contains("Add its id"));
}

#[test]
fn a_student_is_known_from_the_roster_or_left_out() -> Result<()> {
    let left_out = |roster: Option<Student>| -> Result<Vec<String>> {
        let mut results = one_student();
        results.submissions[0].roster = roster;
        let formats = [Format::Canvas, Format::Moodle];
        let notes = formats.map(|format| render(format, &results, &context()).map(|r| r.notes));
        let notes = notes.into_iter().collect::<Result<Vec<_>>>()?.concat();
        Ok(notes.into_iter().filter(|note| note.contains("left out")).collect())
    };
    assert_eq!(left_out(Some(student("Ann", "1")))?, [""; 0]);
    let unknown = "ann: left out, because the roster doesn't have this student";
    assert_eq!(left_out(None)?, [unknown; 2]);
    let useless = "ann: left out, because the roster has no usable identifier of this student";
    assert_eq!(left_out(Some(Student::default()))?, [useless; 2]);
    let injected = || "=1".to_string();
    let formulas = Student { id: "12x".to_string(), email: injected(), ..Student::default() };
    let formulas = Student { sis_user_id: injected(), sis_login_id: injected(), ..formulas };
    assert_eq!(left_out(Some(formulas))?, [useless; 2]);
    Ok(())
}

#[test]
fn two_submissions_of_a_student_are_both_left_out() -> Result<()> {
    let mut twice = one_student().submissions.remove(0);
    twice.student = "ann-again".to_string();
    if let Some(student) = &mut twice.roster {
        student.email = student.email.to_uppercase();
    }
    let mut results = one_student();
    results.submissions.push(twice);
    for format in [Format::Canvas, Format::Moodle] {
        let rendered = render(format, &results, &context())?;
        let left_out = rendered.notes.iter().filter(|note| note.contains("another submission"));
        assert_eq!(left_out.count(), 2, "{:?}", rendered.notes);
    }
    Ok(())
}

#[test]
fn a_harmful_name_is_harmless_in_a_gradebook() -> Result<()> {
    let canvas = render(Format::Canvas, &class(), &context())?;
    let rows = crate::formats::rules::rows(str::from_utf8(&canvas.files[0].bytes)?)?;
    let row = rows.iter().find(|row| row[1] == "102").context("no row")?;
    let name = r#"'+Bob "the \u{1b}[31mred" 🙂,\r\n=1;'-2 Points_Possible"#;
    assert_eq!(row[..5], [name, "102", "", "login102", "'-Group, 2"]);
    Ok(())
}

#[test]
fn an_empty_class_is_no_error() -> Result<()> {
    let empty = Results { submissions: Vec::new(), ..class() };
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Classroom50) {
        render(format, &empty, &context())?;
    }
    assert!(class().submissions.iter().any(|submission| submission.student == FORMULA));
    Ok(())
}

#[test]
fn a_format_is_known_by_its_name() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    let error = "xls\x1b".parse::<Format>().unwrap_err().to_string();
    let names = "json, csv, canvas, moodle, gradescope, classroom50, junit, github";
    assert!(error.contains(names) && error.contains(r"`xls\u{1b}`"), "{error}");
}
