//! The rules of the formats that are JSON.

use super::{folders, is_visible, only};
use crate::formats::schema::problems;
use anyhow::{Context as _, Result};
use grader::formats::{Context, Format, Rendered, render};
use grader::model::{Grade, Results};
use serde_json::Value;

pub fn everything_is_there(results: &Results, rendered: &Rendered) -> Result<()> {
    let read: Results = serde_json::from_str(only(rendered))?;
    assert_eq!(read, *results);
    let value: Value = serde_json::from_str(only(rendered))?;
    for (submission, value) in results.submissions.iter().zip(items(&value, "submissions")) {
        for (grade, value) in submission.grades.iter().zip(items(value, "grades")) {
            // Nobody may take a score that is none for a number.
            assert_eq!(value["score"].as_u64(), grade.score().map(u64::from));
            assert_eq!(value["score"].is_null(), !grade.has_score());
        }
    }
    Ok(())
}

pub fn gradescope_holds(results: &Results, rendered: &Rendered) -> Result<()> {
    let schema = serde_json::from_str(include_str!("../schemas/gradescope.json"))?;
    let mut files = rendered.files.iter();
    for (submission, name) in results.submissions.iter().zip(folders(results)) {
        if !submission.grades.iter().all(Grade::has_score) {
            continue;
        }
        let file = files.next().context("a student has no file")?;
        assert_eq!(file.path, format!("gradescope/{name}/results.json"));
        let value = holds(&schema, &file.bytes)?;
        assert_eq!(value["score"], sum(&submission.grades, |grade| grade.score().unwrap()));
        let most: f64 = tests(&value).iter().filter_map(|test| test["max_score"].as_f64()).sum();
        assert_eq!(most, f64::from(sum(&submission.grades, Grade::max_score)));
    }
    assert_eq!(files.next(), None, "a student without a score has a file");
    Ok(())
}

pub fn classroom50_holds(results: &Results, context: &Context) -> Result<()> {
    let schema = serde_json::from_str(include_str!("../schemas/classroom50.json"))?;
    for submission in &results.submissions {
        let alone = Results { submissions: vec![submission.clone()], ..results.clone() };
        let rendered = render(Format::Classroom50, &alone, context);
        if !submission.grades.iter().all(Grade::has_score) {
            let error = rendered.err().context("there is a score")?.to_string();
            assert!(error.contains("no score for"), "{error}");
            continue;
        }
        let rendered = rendered?;
        assert_eq!(rendered.files[0].path, "classroom50/result.json");
        assert!(rendered.files[0].bytes.len() < 10 << 20, "Classroom 50 takes 10 MiB");
        let value = holds(&schema, &rendered.files[0].bytes)?;
        assert!(value["score"].as_u64() <= value["max-score"].as_u64());
        for test in tests(&value) {
            assert!(test["score"].as_u64() <= test["max-score"].as_u64());
        }
    }
    Ok(())
}

/// The document, if it is as the schema says and shows nothing invisible.
fn holds(schema: &Value, bytes: &[u8]) -> Result<Value> {
    let value = serde_json::from_slice(bytes)?;
    let problems = problems(schema, &value);
    assert!(problems.is_empty(), "{problems:?}");
    assert_visible(&value);
    Ok(value)
}

fn assert_visible(value: &Value) {
    match value {
        Value::String(text) => assert!(is_visible(text), "{text:?}"),
        Value::Array(items) => items.iter().for_each(assert_visible),
        Value::Object(members) => members.values().for_each(assert_visible),
        _ => {}
    }
}

fn tests(value: &Value) -> &[Value] {
    items(value, "tests")
}

fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn sum(grades: &[Grade], of: impl Fn(&Grade) -> u32) -> u32 {
    grades.iter().map(of).sum()
}
