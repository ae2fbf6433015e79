//! The name of a student's file.

use crate::durable::hash;

/// The longest name that is taken as it is.
const LONGEST: usize = 80;

/// `report-STUDENT.md`: a name that every file system takes, and that no other student's is,
/// whether or not it tells capitals and accents apart.
///
/// A name of small letters, digits and `-`, `_`, `.` stays as it is. In any other, what could be
/// trouble becomes `_`, and a part of the whole name's SHA-256 follows, behind a `~`, which no name
/// that stays as it is can have.
#[must_use]
pub fn file_name(student: &str) -> String {
    let is_safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    if !student.is_empty() && student.len() <= LONGEST && student.chars().all(is_safe) {
        return format!("report-{student}.md");
    }
    let readable = |c: char| if c.is_alphanumeric() || is_safe(c) { c } else { '_' };
    let start: String = student.chars().map(readable).take(LONGEST / 2).collect();
    let hash: String = hash(student.as_bytes()).chars().take(16).collect();
    format!("report-{start}~{hash}.md")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        assert_eq!(file_name("ada-lovelace_2.b"), "report-ada-lovelace_2.b.md");
    }

    #[test]
    fn names_stay_apart_even_where_capitals_do_not_count() {
        let first = file_name("a b");
        let forged = first.trim_start_matches("report-").trim_end_matches(".md").to_owned();
        let names =
            ["a b", "a_b", "a/b", "a\\b", "Ada", "ada", "ADA", "é", "e\u{301}", "", ".", &forged];
        let files: HashSet<String> =
            names.iter().map(|name| file_name(name).to_lowercase()).collect();
        assert_eq!(files.len(), names.len());
    }

    #[test]
    fn every_file_system_takes_it() {
        let long = "好".repeat(1000);
        for name in ["../../etc/passwd", "a\0b\nc", "CON", "a:b*c?\"<>|", "-rf", " .", "🎉", &long]
        {
            let file = file_name(name);
            let is_fine = |c: char| c.is_alphanumeric() || "-_.~".contains(c);
            assert!(file.chars().all(is_fine) && file.len() < 255, "{file}");
            assert!(file.starts_with("report-") && file.ends_with(".md"), "{file}");
        }
    }
}
