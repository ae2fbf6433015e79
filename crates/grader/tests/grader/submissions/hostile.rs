//! Submissions that are too much, on any system.

use crate::submissions::folder::{Folder, MAIN};
use anyhow::Result;
use std::fs;

/// A workspace's lesson 3, of this student.
fn src(student: &str) -> String {
    format!("{student}/crates/lesson-3-receive-once/src")
}

/// A right main file for alice, and a neighbour who must not be harmed.
fn class() -> Result<Folder> {
    Folder::with(&[&format!("alice/{MAIN}"), "bob/lesson-3.rs"])
}

/// What becomes of alice's lesson 3; bob's must be taken in any case.
fn refusal(folder: &Folder) -> Result<String> {
    assert_eq!(folder.main("bob")?, "bob/lesson-3.rs");
    folder.refusal("alice")
}

const KIB: usize = 1024;

#[test]
fn a_file_of_256_kib_is_taken_and_a_larger_one_is_refused() -> Result<()> {
    let folder = class()?;
    let file = format!("alice/{MAIN}");
    folder.write(&file, vec![b' '; 256 * KIB])?;
    assert_eq!(folder.main("alice")?.len(), 256 * KIB);
    folder.write(&file, vec![b' '; 256 * KIB + 1])?;
    assert!(refusal(&folder)?.contains("`src/main.rs` in `crates/lesson-3-receive-once` has more"));
    folder.write("cy/lesson-3.rs", vec![b' '; 256 * KIB + 1])?;
    assert_eq!(folder.refusal("cy")?, "`lesson-3.rs` has more than 256 KiB");
    Ok(())
}

#[test]
fn a_source_of_50_mb_is_refused_unread() -> Result<()> {
    let folder = class()?;
    let file = fs::File::create(folder.at(format!("alice/{MAIN}")))?;
    file.set_len(50_000_000)?;
    assert!(refusal(&folder)?.contains("has more than 256 KiB"));
    Ok(())
}

#[test]
fn files_of_1_mib_in_all_are_taken_and_more_are_refused() -> Result<()> {
    let folder = class()?;
    folder.write(format!("alice/{MAIN}"), vec![b' '; 256 * KIB])?;
    for name in ["a", "b", "c"] {
        folder.write(format!("{}/{name}.rs", src("alice")), vec![b' '; 256 * KIB])?;
    }
    assert_eq!(folder.names("alice")?, ["main.rs", "a.rs", "b.rs", "c.rs"]);
    folder.write(format!("{}/d.rs", src("alice")), " ")?;
    assert!(refusal(&folder)?.contains("together exceed 1024 KiB"));
    Ok(())
}

#[test]
fn a_lesson_of_64_files_is_taken_and_a_larger_one_is_refused() -> Result<()> {
    let folder = class()?;
    for number in 1..64 {
        folder.write(format!("{}/m{number}.rs", src("alice")), "")?;
    }
    assert_eq!(folder.names("alice")?.len(), 64);
    folder.write(format!("{}/one-more.rs", src("alice")), "")?;
    assert!(refusal(&folder)?.contains("has more than 64 source files"));
    Ok(())
}

#[test]
fn folders_8_deep_are_taken_and_deeper_ones_are_refused() -> Result<()> {
    let folder = class()?;
    let deep = "a/b/c/d/e/f/g/h";
    folder.write(format!("{}/{deep}/mod.rs", src("alice")), "")?;
    assert_eq!(folder.names("alice")?, ["main.rs", "a/b/c/d/e/f/g/h/mod.rs"]);
    fs::create_dir(folder.at(format!("{}/{deep}/i", src("alice"))))?;
    assert!(refusal(&folder)?.contains("more than 8 folders in one another"));
    Ok(())
}

#[test]
fn a_folder_of_far_too_many_files_is_refused() -> Result<()> {
    let folder = class()?;
    let many = folder.at("alice/crates/lesson-3-receive-once/src/data");
    fs::create_dir(&many)?;
    for number in 0..10_001 {
        fs::File::create(many.join(number.to_string()))?;
    }
    assert!(refusal(&folder)?.contains("too many files to look through"));
    // The same folder where lessons are looked for.
    fs::rename(&many, folder.at("alice/many"))?;
    assert_eq!(folder.main("alice")?, format!("alice/{MAIN}"));
    fs::rename(folder.at("alice/many"), folder.at("cy"))?;
    assert!(folder.refusal("cy")?.contains("too many files to look through"));
    assert!(folder.notes("cy")?.contains("too many files to look through"));
    Ok(())
}

#[test]
fn notes_about_one_submission_are_bounded() -> Result<()> {
    let folder = class()?;
    for number in 0..100 {
        folder.write(format!("cy/archive-{number}.zip"), "PK")?;
        folder.write(format!("cy/{number}-{}.txt", "long".repeat(40)), "")?;
    }
    let notes = folder.submission("cy")?.notes;
    assert_eq!(notes.len(), 21);
    assert!(notes.iter().map(String::len).sum::<usize>() < 4000);
    assert!(notes.join("\n").contains("and 95 more"), "{notes:?}");
    for number in 1..300 {
        folder.write(format!("dan/{number}/lesson-3.rs"), "")?;
        folder.write(format!("dan/{number}/lesson-{number}.rs"), "")?;
    }
    let refusal = folder.refusal("dan")?;
    assert!(refusal.contains("`102/lesson-3.rs` and 294 more"), "{refusal}");
    assert!(folder.notes("dan")?.len() < 4000, "{}", folder.notes("dan")?);
    Ok(())
}

#[test]
fn odd_names_of_students_and_modules_are_kept() -> Result<()> {
    let mut names = vec!["..x", "a b", "it's", "🦀 ü", "a..b", "$(id)", "=1+1", "-rf", "@a"];
    // Windows drops dots at the end of a name.
    names.push(if cfg!(unix) { "..%2f.." } else { "..%2f" });
    let folder = Folder::with(&["bob/lesson-3.rs"])?;
    for &name in &names {
        folder.write(format!("{name}/{MAIN}"), name)?;
        folder.write(format!("{}/{name}.rs", src(name)), "")?;
    }
    for name in names {
        assert_eq!(folder.main(name)?, name);
        assert_eq!(folder.names(name)?.len(), 2, "{name}");
    }
    Ok(())
}
