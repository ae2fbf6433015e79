//! Every format of a small class, byte by byte.

use crate::class::{class, context, one_student};
use anyhow::Result;
use grader::formats::{Format, Rendered, render};
use std::fs;
use std::path::Path;

#[test]
fn every_format_is_as_its_golden_file() -> Result<()> {
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/golden");
    let actual = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    fs::create_dir_all(&actual)?;
    let mut differ = Vec::new();
    for format in Format::ALL {
        let of = if format == Format::Classroom50 { one_student() } else { class() };
        let text = text(&render(format, &of, &context())?)?;
        let name = format!("{format}.txt");
        fs::write(actual.join(&name), &text)?;
        let golden = fs::read_to_string(expected.join(&name)).unwrap_or_default();
        if golden.replace("\r\n", "\n") != text {
            differ.push(name);
        }
    }
    let (expected, actual) = (expected.display(), actual.display());
    assert!(
        differ.is_empty(),
        "{differ:?} in {expected} differ from those in {actual}; copy them if these are right"
    );
    Ok(())
}

/// All files behind each other, and then the notes.
fn text(rendered: &Rendered) -> Result<String> {
    let mut text = String::new();
    for file in &rendered.files {
        text.push_str(&format!("=== {} ===\n{}", file.path, str::from_utf8(&file.bytes)?));
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    for note in &rendered.notes {
        text.push_str(&format!("=== note ===\n{note}\n"));
    }
    Ok(text)
}
