//! Whose work is where in what an instructor gives.

use crate::submissions::folder::{Folder, MAIN, students};
use anyhow::Result;
use grader::submissions::{self, Taken};

#[test]
fn each_folder_of_a_class_is_a_student() -> Result<()> {
    let folder = Folder::with(&[
        &format!("bob/{MAIN}"),
        &format!("Cy Lee_77_assignsubmission_file/my-sockets/{MAIN}"),
        "alice/lesson-3.rs",
        "dan/",
        ".git/config",
        "__MACOSX/alice/lesson-3.rs",
        "grades.csv",
        "lesson-3.rs",
    ])?;
    let survey = folder.survey()?;
    let names = ["Cy Lee_77_assignsubmission_file", "alice", "bob", "dan"];
    assert_eq!(students(&survey.submissions), names);
    let ignored = survey.ignored.join("\n");
    assert!(ignored.contains("grades.csv` isn't recognised"), "{ignored}");
    assert!(ignored.contains("lesson-3.rs` is in no student's folder"), "{ignored}");
    assert_eq!(survey.ignored.len(), 2);
    for student in names.iter().take(3) {
        assert!(folder.main(student)?.contains(student));
    }
    Ok(())
}

#[test]
fn one_students_folder_may_be_given_itself() -> Result<()> {
    for path in [&*format!("alice/{MAIN}"), "alice/lesson-3.rs"] {
        let folder = Folder::with(&[path, "alice/notes/today.txt"])?;
        let found = folder.find(&["alice"])?;
        assert_eq!(students(&found), ["alice"]);
        for submission in found {
            assert!(matches!(submissions::take(&submission, "lesson-3")?, Taken::Source(_)));
        }
    }
    Ok(())
}

#[test]
fn several_folders_may_be_given_whatever_is_around_their_work() -> Result<()> {
    let folder = Folder::with(&[
        &format!("x/alice/my-sockets-main/{MAIN}"),
        &format!("x/bob/{MAIN}"),
        "x/cy/lesson-3.rs",
        "x/dan/",
        "y/eve/lesson-3.rs",
        "y/fay/lesson-3.rs",
    ])?;
    let found = folder.find(&["x/alice", "x/bob", "x/cy", "x/dan", "y"])?;
    assert_eq!(students(&found), ["alice", "bob", "cy", "dan", "eve", "fay"]);
    let alice = folder.find(&["x/alice"])?;
    assert_eq!(students(&alice), ["my-sockets-main"], "given alone, it is a class of one");
    assert_eq!(students(&folder.find(&["x"])?), ["alice", "bob", "cy", "dan"]);
    Ok(())
}

#[test]
fn a_student_called_crates_does_not_make_a_class_a_workspace() -> Result<()> {
    let folder = Folder::with(&["x/crates/lesson-3.rs", "x/alice/lesson-3.rs", "y/crates/a.rs"])?;
    assert_eq!(students(&folder.find(&["x"])?), ["alice", "crates"]);
    assert_eq!(students(&folder.find(&["y"])?), ["y"], "a workspace whose lessons are gone");
    Ok(())
}

#[test]
fn what_is_given_twice_counts_once() -> Result<()> {
    let folder = Folder::with(&["x/alice/lesson-3.rs", "x/bob/lesson-3.rs"])?;
    let found = folder.find(&["x", "x/alice", "x/../x/alice", "x"])?;
    assert_eq!(students(&found), ["alice", "bob"]);
    Ok(())
}

#[test]
fn files_that_name_their_student_are_put_together() -> Result<()> {
    let folder = Folder::with(&[
        "doejohn_12_345_lesson-3.rs",
        "doejohn_12_346_lesson-4-1.rs",
        "doejane_LATE_14_347_lesson-3.rs",
        "Ann Lee_77_assignsubmission_file_lesson-3.rs",
        "notes_12.txt",
    ])?;
    let survey = folder.survey()?;
    let names = ["Ann Lee_77_assignsubmission_file", "doejane_LATE_14", "doejohn_12"];
    assert_eq!(students(&survey.submissions), names);
    assert_eq!(folder.main("doejohn_12")?, "doejohn_12_345_lesson-3.rs");
    assert!(matches!(folder.take("doejohn_12", "lesson-4")?, Taken::Source(_)));
    assert_eq!(folder.take("doejane_LATE_14", "lesson-4")?, Taken::Missing);
    assert_eq!(folder.notes("doejohn_12")?, "");
    assert_eq!(survey.ignored.len(), 1);
    Ok(())
}

#[test]
fn a_lesson_that_was_uploaded_twice_is_refused() -> Result<()> {
    let folder = Folder::with(&["doe_1_2_lesson-3.rs", "doe_1_3_lesson-3-1.rs", "eve/"])?;
    let refusal = folder.refusal("doe_1")?;
    assert!(refusal.contains("`doe_1_2_lesson-3.rs`, `doe_1_3_lesson-3-1.rs`"), "{refusal}");
    Ok(())
}

#[test]
fn files_may_be_given_by_name() -> Result<()> {
    let folder = Folder::with(&["alice/lesson-3.rs", "alice/lesson-4.rs", "bob_lesson-3.rs"])?;
    let found = folder.find(&["alice/lesson-3.rs", "alice/lesson-4.rs", "bob_lesson-3.rs"])?;
    assert_eq!(students(&found), ["alice", "bob"]);
    for submission in found {
        assert!(matches!(submissions::take(&submission, "lesson-3")?, Taken::Source(_)));
    }
    Ok(())
}

#[test]
fn what_is_no_submission_is_refused_by_name() -> Result<()> {
    let folder = Folder::with(&["notes.txt", "alice.zip"])?;
    for path in ["notes.txt", "alice.zip", "nobody"] {
        let error = folder.find(&[path]).unwrap_err();
        assert!(format!("{error:#}").contains(path), "{error:#}");
    }
    Ok(())
}

#[test]
fn an_archive_that_nobody_has_unpacked_is_a_student_without_lessons() -> Result<()> {
    let folder = Folder::with(&["alice.zip", "bob.tar.gz", "cy.zip", "cy/lesson-3.rs"])?;
    assert_eq!(students(&folder.survey()?.submissions), ["alice", "bob", "cy"]);
    for (student, archive) in [("alice", "`alice.zip`"), ("bob", "`bob.tar.gz`")] {
        assert_eq!(folder.take(student, "lesson-3")?, Taken::Missing);
        let notes = folder.notes(student)?;
        assert!(notes.contains(&format!("{archive} is an archive: unpack it first")), "{notes}");
    }
    let ignored = folder.survey()?.ignored;
    assert!(ignored.iter().all(|reason| reason.contains("was unpacked")), "{ignored:?}");
    let alone = Folder::with(&["alice.zip", "bob.zip"])?;
    assert_eq!(students(&alone.survey()?.submissions), ["alice", "bob"]);
    Ok(())
}

#[test]
fn students_with_the_same_name_are_told_apart() -> Result<()> {
    let folder = Folder::with(&[
        "x/alice/lesson-3.rs",
        "y/alice/lesson-3.rs",
        "x/bob/lesson-3.rs",
        "y/alice (1)/lesson-3.rs",
    ])?;
    let found = folder.find(&["x", "y"])?;
    assert_eq!(students(&found), ["alice (1)", "alice (2)", "alice (3)", "bob"]);
    let places: Vec<_> = found.iter().map(|one| one.path.display().to_string()).collect();
    for (position, end) in [(0, "y/alice (1)"), (1, "x/alice"), (2, "y/alice")] {
        assert!(places[position].replace('\\', "/").ends_with(end), "{places:?}");
    }
    assert!(found[1].notes[0].contains("others are called `alice`, too"), "{:?}", found[1].notes);
    assert_eq!(students(&folder.find(&["y", "x"])?), students(&found));
    Ok(())
}
