//! What one student's folder may look like.

use crate::submissions::folder::{Folder, MAIN};
use anyhow::Result;
use grader::submissions::Taken;

#[test]
fn a_workspace_is_taken_with_its_modules_only() -> Result<()> {
    let folder = Folder::with(&[
        "alice/Cargo.toml",
        "alice/crates/lesson-1-create-sockets/src/main.rs",
        "alice/crates/lesson-3-receive-once/Cargo.toml",
        "alice/crates/lesson-3-receive-once/build.rs",
        "alice/crates/lesson-3-receive-once/.cargo/config.toml",
        "alice/crates/lesson-3-receive-once/src/zebra.rs",
        "alice/crates/lesson-3-receive-once/src/main.rs",
        "alice/crates/lesson-3-receive-once/src/data.txt",
        "alice/crates/lesson-3-receive-once/src/._main.rs",
        "alice/crates/lesson-3-receive-once/src/.git/hook.rs",
        "alice/crates/lesson-3-receive-once/src/net/mod.rs",
        "alice/crates/lesson-3-receive-once/tests/contract.rs",
        "alice/crates/lesson-30-later/src/main.rs",
    ])?;
    assert_eq!(folder.names("alice")?, ["main.rs", "net/mod.rs", "zebra.rs"]);
    assert_eq!(folder.main("alice")?, format!("alice/{MAIN}"));
    assert_eq!(folder.take("alice", "lesson-2")?, Taken::Missing);
    assert!(matches!(folder.take("alice", "lesson-1")?, Taken::Source(_)));
    assert!(matches!(folder.take("alice", "lesson-30")?, Taken::Source(_)));
    assert_eq!(folder.notes("alice")?, "");
    Ok(())
}

#[test]
fn an_unpacked_archive_may_have_put_a_folder_around_it() -> Result<()> {
    let main = format!("alice/my-sockets-main/{MAIN}");
    let folder = Folder::with(&[
        &main,
        &format!("alice/__MACOSX/my-sockets-main/{MAIN}"),
        &format!("alice/.trash/{MAIN}"),
        "alice/thoughts.pdf",
        "bob/answers/lesson-3.rs",
    ])?;
    assert_eq!(folder.main("alice")?, main);
    assert_eq!(folder.main("bob")?, "bob/answers/lesson-3.rs");
    assert_eq!(folder.notes("alice")?, "not recognised: `thoughts.pdf`");
    assert_eq!(folder.notes("bob")?, "");
    Ok(())
}

#[test]
fn several_archives_may_each_hold_a_lesson() -> Result<()> {
    let folder = Folder::with(&["alice/one/lesson-1.rs", "alice/two/lesson-3.rs"])?;
    assert_eq!(folder.main("alice")?, "alice/two/lesson-3.rs");
    assert!(matches!(folder.take("alice", "lesson-1")?, Taken::Source(_)));
    Ok(())
}

#[test]
fn a_workspace_counts_and_a_copy_below_it_does_not() -> Result<()> {
    let main = format!("alice/{MAIN}");
    let folder = Folder::with(&[&main, &format!("alice/backup/{MAIN}")])?;
    assert_eq!(folder.main("alice")?, main);
    Ok(())
}

#[test]
fn flat_files_are_taken_and_others_are_named() -> Result<()> {
    let folder = Folder::with(&[
        "alice/lesson-3.rs",
        "alice/lesson4.rs",
        "alice/Lesson-5.rs",
        "alice/lesson-1-create-sockets/src/main.rs",
        "alice/work.tar.gz",
        "alice/answers.txt",
        "alice/.DS_Store",
    ])?;
    assert_eq!(folder.main("alice")?, "alice/lesson-3.rs");
    for lesson in ["lesson-1", "lesson-4", "lesson-5"] {
        assert_eq!(folder.take("alice", lesson)?, Taken::Missing, "{lesson}");
    }
    let notes = folder.notes("alice")?;
    for note in [
        "`lesson4.rs` isn't taken: a lesson's program is called `lesson-N.rs`",
        "`Lesson-5.rs` isn't taken",
        "`lesson-1-create-sockets` isn't taken: a lesson's crate belongs into the folder `crates`",
        "`work.tar.gz` is an archive: unpack it first",
        "not recognised: `answers.txt`\n",
    ] {
        assert!(notes.contains(note), "{note} is not in:\n{notes}");
    }
    assert!(!notes.contains("DS_Store"), "{notes}");
    Ok(())
}

#[test]
fn crates_with_other_names_are_named() -> Result<()> {
    let folder = Folder::with(&[
        "alice/crates/lesson-3/src/main.rs",
        "alice/crates/Lesson-4-echo/src/main.rs",
        "alice/crates/checks/src/main.rs",
    ])?;
    assert_eq!(folder.take("alice", "lesson-3")?, Taken::Missing);
    let notes = folder.notes("alice")?;
    assert!(notes.starts_with("nothing to grade was found"), "{notes}");
    assert!(notes.contains("`crates/lesson-3` isn't taken"), "{notes}");
    assert!(notes.contains("`crates/Lesson-4-echo` isn't taken"), "{notes}");
    assert!(!notes.contains("checks"), "{notes}");
    Ok(())
}

#[test]
fn in_an_empty_folder_every_lesson_is_missing() -> Result<()> {
    let folder = Folder::with(&["alice/", "bob/.git/config", "cy/lesson-3.rs"])?;
    for student in ["alice", "bob"] {
        for lesson in ["lesson-1", "lesson-3"] {
            assert_eq!(folder.take(student, lesson)?, Taken::Missing);
        }
        assert!(folder.notes(student)?.starts_with("nothing to grade was found"));
    }
    Ok(())
}

#[test]
fn two_programs_for_one_lesson_are_refused_and_named() -> Result<()> {
    let folder = Folder::with(&[
        "alice/crates/lesson-3-old/src/main.rs",
        "alice/crates/lesson-3-receive-once/src/main.rs",
        "alice/crates/lesson-2-send-once/src/main.rs",
        "bob/lesson-3.rs",
        "bob/crates/lesson-3-receive-once/src/main.rs",
        "cy/one/lesson-3.rs",
        "cy/two/lesson-3.rs",
    ])?;
    for (student, one, other) in [
        ("alice", "`crates/lesson-3-old`", "`crates/lesson-3-receive-once`"),
        ("bob", "`crates/lesson-3-receive-once`", "`lesson-3.rs`"),
        ("cy", "`one/lesson-3.rs`", "`two/lesson-3.rs`"),
    ] {
        for text in [folder.refusal(student)?, folder.notes(student)?] {
            assert!(text.contains(one) && text.contains(other), "{text}");
        }
    }
    assert!(matches!(folder.take("alice", "lesson-2")?, Taken::Source(_)));
    Ok(())
}

#[test]
fn a_crate_without_its_main_file_is_refused() -> Result<()> {
    for (path, reason) in [
        ("alice/crates/lesson-3-x/src/lib.rs", "there is no `src/main.rs` in `crates/lesson-3-x`"),
        ("alice/crates/lesson-3-x/src/bin/main.rs", "there is no `src/main.rs`"),
        ("alice/crates/lesson-3-x/src/main.rs/", "there is no `src/main.rs`"),
        ("alice/crates/lesson-3-x/main.rs", "there is no folder `src` in `crates/lesson-3-x`"),
        ("alice/crates/lesson-3-x/src", "`src` in `crates/lesson-3-x` is a file"),
        ("alice/crates/lesson-3-x", "`crates/lesson-3-x` is a file"),
        ("alice/lesson-3.rs/main.rs", "`lesson-3.rs` is a folder"),
        ("alice/crates", "`crates` is a file"),
    ] {
        let folder = Folder::with(&[path, "bob/lesson-3.rs"])?;
        let refusal = folder.refusal("alice")?;
        assert!(refusal.contains(reason), "{path}: {refusal}");
    }
    Ok(())
}

#[test]
fn the_fingerprint_is_that_of_names_and_contents() -> Result<()> {
    let folder = Folder::with(&[])?;
    for (student, files) in [
        ("crate", &[("main.rs", "ab"), ("b.rs", "c")][..]),
        ("again", &[("b.rs", "c"), ("main.rs", "ab")]),
        ("moved", &[("main.rs", "a"), ("b.rs", "bc")]),
        ("named", &[("main.rs", "ab"), ("c.rs", "c")]),
        ("alone", &[("main.rs", "ab")]),
    ] {
        for (name, contents) in files {
            folder.write(format!("{student}/crates/lesson-3-x/src/{name}"), contents)?;
        }
    }
    folder.write("flat/lesson-3.rs", "ab")?;
    let sha256 = |student: &str| anyhow::Ok(folder.source(student, "lesson-3")?.sha256);
    let whole = sha256("crate")?;
    assert_eq!(whole.len(), 64);
    assert!(whole.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(whole, sha256("again")?);
    assert_eq!(sha256("alone")?, sha256("flat")?, "how it was handed in doesn't matter");
    for other in ["moved", "named", "alone"] {
        assert_ne!(whole, sha256(other)?, "{other}");
    }
    Ok(())
}
