//! The names by which work is recognised.

use std::path::Path;

const ARCHIVES: &[&str] = &["zip", "tar", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar"];

/// The lesson of a flat file: `lesson-3` for `lesson-3.rs`.
pub fn of_flat_file(name: &str) -> Option<&str> {
    let is_lesson = |stem: &&str| stem.strip_prefix("lesson-").is_some_and(is_number);
    name.strip_suffix(".rs").filter(is_lesson)
}

/// The lesson of a crate's folder: `lesson-3` for `lesson-3-receive-once`.
pub fn of_crate(name: &str) -> Option<String> {
    let (number, _) = name.strip_prefix("lesson-")?.split_once('-')?;
    is_number(number).then(|| format!("lesson-{number}"))
}

/// Likely meant as a lesson, however it is spelt.
pub fn resembles_a_lesson(name: &str) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("lesson"))
}

pub fn is_archive(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ARCHIVES.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Without the extensions of archives: `alice` for `alice.tar.gz`.
pub fn without_archive(mut name: &[u8]) -> &[u8] {
    while let Some(dot) = name.iter().rposition(|byte| *byte == b'.') {
        let (stem, extension) = name.split_at(dot);
        let extension = String::from_utf8_lossy(extension);
        if stem.is_empty() || !is_archive(&format!("a{extension}")) {
            break;
        }
        name = stem;
    }
    name
}

/// A file that stands beside those of other students, with its student's name before its own.
#[derive(PartialEq, Eq, Debug)]
pub struct Loose<'name> {
    pub student: &'name [u8],
    pub lesson: String,
}

/// `alice_lesson-3.rs`, or as learning platforms name them: `doejohn_LATE_12_345_lesson-3-1.rs`.
pub fn of_loose_file(name: &[u8]) -> Option<Loose<'_>> {
    const MARK: &[u8] = b"_lesson-";
    let stem = name.strip_suffix(b".rs")?;
    let at = stem.windows(MARK.len()).rposition(|window| window == MARK)?;
    let (student, rest) = (stem.get(..at)?, stem.get(at + MARK.len()..)?);
    let rest = std::str::from_utf8(rest).ok()?;
    let owner = owner(student);
    // Canvas adds a number to the name of a file that was handed in again.
    let number = match rest.split_once('-') {
        Some((number, again)) if owner != student && is_number(again) => number,
        _ => rest,
    };
    let is_whole = !student.is_empty() && is_number(number);
    is_whole.then(|| Loose { student: owner, lesson: format!("lesson-{number}") })
}

/// Canvas puts the number of the upload, which differs from file to file, behind the student's:
/// `doejohn_12` for `doejohn_12_345`.
pub fn owner(prefix: &[u8]) -> &[u8] {
    let ends_in_number = |text: &[u8]| {
        let at = text.iter().rposition(|byte| *byte == b'_').filter(|at| *at > 0)?;
        let number = text.get(at + 1..)?;
        (!number.is_empty() && number.iter().all(u8::is_ascii_digit)).then_some(at)
    };
    let shorter = ends_in_number(prefix).and_then(|at| prefix.get(..at));
    shorter.filter(|shorter| ends_in_number(shorter).is_some()).unwrap_or(prefix)
}

/// Without leading zeros, so that nothing has two names.
fn is_number(text: &str) -> bool {
    let digits = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && !text.is_empty() && !text.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_are_lessons() {
        assert_eq!(of_flat_file("lesson-3.rs"), Some("lesson-3"));
        assert_eq!(of_flat_file("lesson-12.rs"), Some("lesson-12"));
        for name in ["lesson3.rs", "Lesson-3.rs", "lesson-3.RS", "lesson-03.rs", "lesson-.rs"] {
            assert_eq!(of_flat_file(name), None, "{name}");
        }
        for name in ["lesson-3", "lesson-3.txt", "lesson-3-1.rs", "lesson-3 (1).rs", "lesson-x.rs"]
        {
            assert_eq!(of_flat_file(name), None, "{name}");
        }
        assert_eq!(of_crate("lesson-3-receive-once").as_deref(), Some("lesson-3"));
        assert_eq!(of_crate("lesson-30-x").as_deref(), Some("lesson-30"));
        for name in ["lesson-3", "lesson-3x-y", "my-lesson-3-x", "lesson--x"] {
            assert_eq!(of_crate(name), None, "{name}");
        }
    }

    #[test]
    fn loose_files_name_their_student() {
        for (name, student) in [
            ("alice_lesson-3.rs", "alice"),
            ("doejohn_12_345_lesson-3.rs", "doejohn_12"),
            ("doejohn_LATE_12_345_lesson-3-1.rs", "doejohn_LATE_12"),
            ("Ann Lee_77_assignsubmission_file_lesson-3.rs", "Ann Lee_77_assignsubmission_file"),
            ("a_lesson-9_lesson-3.rs", "a_lesson-9"),
        ] {
            let loose = of_loose_file(name.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(loose.student), student);
            assert_eq!(loose.lesson, "lesson-3");
        }
        for name in ["lesson-3.rs", "_lesson-3.rs", "a_lesson-3-1.rs", "a_lesson-3", "a_lesson-.rs"]
        {
            assert_eq!(of_loose_file(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn archives_lose_their_extensions_only() {
        for (name, stem) in [("a.zip", "a"), ("a.b.tar.gz", "a.b"), (".zip", ".zip"), ("a", "a")] {
            assert_eq!(without_archive(name.as_bytes()), stem.as_bytes());
        }
        assert!(is_archive("WORK.ZIP") && !is_archive("zip"));
    }
}
