//! What Python's parsers make of the files.

use crate::results::{class, context, one_student};
use anyhow::{Context as _, Result};
use assert_cmd::Command;
use checks::{python, skip};
use grader::formats::{Format, render};
use grader::model::Results;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(60);

/// Prints the tables as JSON.
const TABLES: &str = "
import csv, json, sys
read = lambda path: list(csv.reader(open(path, newline='', encoding='utf-8'), strict=True))
print(json.dumps([read(path) for path in sys.argv[1:]]))
";

/// Prints each test as JSON.
const XML: &str = "
import json, sys
import xml.etree.ElementTree as tree
tests = tree.parse(sys.argv[1]).getroot().findall('./testsuite/testcase')
print(json.dumps([[t.get('classname'), t.get('name'), [[c.tag, c.text] for c in t]] for t in tests]))
";

/// Judges documents by the first of the files, a schema.
const SCHEMA: &str = "
import json, sys
import jsonschema
schema, *documents = [json.load(open(path, encoding='utf-8')) for path in sys.argv[1:]]
jsonschema.Draft202012Validator.check_schema(schema)
for document in documents:
    jsonschema.Draft202012Validator(schema).validate(document)
print(len(documents))
";

#[test]
fn python_reads_the_same_tables() -> Result<()> {
    let Some(python) = python("python_reads_the_same_tables") else { return Ok(()) };
    let folder = TempDir::new()?;
    let mut tables = Vec::new();
    for format in [Format::Csv, Format::Canvas, Format::Moodle] {
        tables.extend(write(folder.path(), format, &class())?);
    }
    let seen: Vec<Vec<Vec<String>>> = serde_json::from_value(run(python, TABLES, &tables)?)?;
    assert_eq!(seen.len(), 3);
    for (seen, path) in seen.iter().zip(&tables) {
        assert_eq!(*seen, crate::formats::rules::rows(&fs::read_to_string(path)?)?);
    }
    Ok(())
}

#[test]
fn python_reads_the_same_junit() -> Result<()> {
    let Some(python) = python("python_reads_the_same_junit") else { return Ok(()) };
    let folder = TempDir::new()?;
    let files = write(folder.path(), Format::Junit, &class())?;
    let tests = run(python, XML, &files)?;
    let tests = tests.as_array().context("no tests")?;
    let ends = tests.iter().find(|t| t[0] == "ann.lesson-3" && t[1] == "ends after one datagram");
    let text = ends.context("the test is missing")?[2][0][1].as_str().context("no text")?;
    for part in [r#"It printed "]]> </pre> & <b>\0\u{1b}[2J"."#, "</script><script>", "::error::"] {
        assert!(text.contains(part), "{text}");
    }
    let seen = crate::formats::rules::read(&fs::read_to_string(&files[0])?)?;
    assert!(seen.all_text().contains(text), "the two parsers differ");
    Ok(())
}

#[test]
fn pythons_jsonschema_agrees() -> Result<()> {
    let Some(python) = python("pythons_jsonschema_agrees") else { return Ok(()) };
    if !Command::new(python).args(["-c", "import jsonschema"]).output()?.status.success() {
        skip("pythons_jsonschema_agrees", "Python has no module jsonschema here");
        return Ok(());
    }
    for (format, of) in [(Format::Gradescope, class()), (Format::Classroom50, one_student())] {
        let folder = TempDir::new()?;
        let schema = format!("tests/grader/formats/schemas/{format}.json");
        let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(schema)];
        files.extend(write(folder.path(), format, &of)?);
        assert_eq!(run(python, SCHEMA, &files)?, files.len() - 1, "{format}");
    }
    Ok(())
}

/// Writes all files of a format; the paths are for this computer.
fn write(folder: &Path, format: Format, results: &Results) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for file in render(format, results, &context())?.files {
        let path = folder.join(file.path);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(&path, file.bytes)?;
        paths.push(path);
    }
    Ok(paths)
}

/// What a program in Python prints.
fn run(python: &str, program: &str, arguments: &[PathBuf]) -> Result<Value> {
    let mut command = Command::new(python);
    command.args(["-c", program]).args(arguments).timeout(DEADLINE);
    let output = command.assert().success();
    Ok(serde_json::from_slice(&output.get_output().stdout)?)
}
