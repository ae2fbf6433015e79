//! Names of files from names of students.

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Characters of a student's name in the name of a file. A character has at most four bytes,
/// and a name of a file may have 255.
const LONGEST: usize = 40;

/// What Windows takes for a device, with any ending.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name for a file or folder of each student, in their order: safe on every system, and
/// different from all the others also where `A` and `a` are the same.
///
/// A name that is safe as it is stays. Otherwise what is unsafe becomes `_`, and a part of the
/// name's SHA-256 makes it unique.
#[must_use]
pub fn file_names(students: &[&str]) -> Vec<String> {
    let mut count = BTreeMap::new();
    for student in students {
        *count.entry(student.to_lowercase()).or_insert(0) += 1;
    }
    let stays =
        |name: &str| is_safe(name) && count.get(&name.to_lowercase()).is_some_and(|&n| n == 1);
    let mut taken: BTreeSet<String> =
        students.iter().filter(|name| stays(name)).map(|name| name.to_lowercase()).collect();
    let mut name = |student: &&str| {
        if stays(student) { (*student).to_string() } else { hashed(student, &mut taken) }
    };
    students.iter().map(&mut name).collect()
}

fn is_safe(name: &str) -> bool {
    let is_ours = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars().all(is_ours)
        && (1..=LONGEST).contains(&name.len())
        && !name.starts_with(['.', '-'])
        && !name.ends_with('.')
        && !is_device(name)
}

fn is_device(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = name.split_once('.').map_or(&*name, |(stem, _)| stem);
    let is_port = stem.len() == 4 && ["com", "lpt"].iter().any(|device| stem.starts_with(device));
    DEVICES.contains(&stem) || is_port
}

fn hashed(student: &str, taken: &mut BTreeSet<String>) -> String {
    let kept = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let stem: String = student.chars().take(LONGEST).map(kept).collect();
    let stem = stem.trim_start_matches('-');
    // The same name twice would have the same hash.
    let mut round = 0_u32;
    loop {
        let digest = Sha256::new().chain_update(student).chain_update(round.to_le_bytes());
        round += 1;
        let digest = digest.finalize();
        let mut name = format!("{stem}-");
        for byte in digest.iter().take(4) {
            let _ = write!(name, "{byte:02x}");
        }
        let name = if stem.is_empty() { name.replacen('-', "_", 1) } else { name };
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_name_stays() {
        assert_eq!(file_names(&["ann", "Doe_Jane.1", "x-2"]), ["ann", "Doe_Jane.1", "x-2"]);
    }

    #[test]
    fn every_name_is_safe_and_unique() {
        let long = "x".repeat(1000);
        let clowns = "🙂".repeat(300);
        let hostile = [
            "",
            ".",
            "..",
            "../../etc/passwd",
            "/",
            "\\\\server\\share",
            "C:\\x",
            "a/b",
            "a\0b",
            "a\nb",
            "ann",
            "Ann",
            "ANN",
            "CON",
            "nul.txt",
            "com1",
            "LPT9.log",
            "-rf",
            ".hidden",
            "end.",
            "end ",
            "a:b",
            "a*b",
            "*",
            "?",
            "<script>",
            "é",
            "e\u{301}",
            "李明",
            "ann",
            "--",
            &long,
            &clowns,
            "com¹",
        ];
        let names = file_names(&hostile);
        let unique: BTreeSet<_> = names.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(unique.len(), hostile.len(), "{names:?}");
        for name in names {
            assert!((1..=255).contains(&name.len()), "{name}");
            let allowed = |c: char| c.is_alphanumeric() || "-_.".contains(c);
            assert!(name.chars().all(allowed), "{name}");
            assert!(!name.starts_with(['.', '-']) && !name.ends_with('.'), "{name}");
            assert!(!is_device(&name), "{name}");
        }
    }

    #[test]
    fn who_is_named_like_a_hash_does_not_take_it() {
        let hash = file_names(&["a b"]).remove(0);
        let names = file_names(&["a b", &hash]);
        assert_eq!(names[1], hash);
        assert_ne!(names[0], hash);
    }
}
