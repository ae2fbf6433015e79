//! What a student's folder may hold on Unix, and should not: links, named pipes, odd bytes.

use crate::submissions::folder::{Folder, MAIN, students};
use anyhow::{Context, Result};
use grader::submissions::{self, Taken};
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

const CRATE: &str = "alice/crates/lesson-3-receive-once";
const SECRET: &str = "not for anybody";

/// Bob's work, and alice's folder with a link to what is outside at `link`.
fn linked(link: &str, target: &str) -> Result<Folder> {
    let folder = Folder::with(&["class/bob/lesson-3.rs", "outside/main.rs"])?;
    folder.write("outside/src/main.rs", SECRET)?;
    folder.write("outside/main.rs", SECRET)?;
    folder.write(format!("outside/{MAIN}"), SECRET)?;
    let path = folder.at("class").join(link);
    fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
    symlink(folder.at("outside").join(target), path)?;
    Ok(folder)
}

fn take(folder: &Folder, student: &str) -> Result<(Taken, String)> {
    let found = folder.find(&["class"])?;
    assert_eq!(students(&found), ["alice", "bob"]);
    let submission = found.iter().find(|one| one.student == student).context(student.to_owned())?;
    Ok((submissions::take(submission, "lesson-3")?, submission.notes.join("\n")))
}

#[test]
fn no_link_is_followed_wherever_it_stands() -> Result<()> {
    for (link, target) in [
        ("alice".to_owned(), ""),
        ("alice/crates".to_owned(), "crates"),
        (CRATE.to_owned(), "crates/lesson-3-receive-once"),
        (format!("{CRATE}/src"), "src"),
        (format!("{CRATE}/src/main.rs"), "main.rs"),
        ("alice/lesson-3.rs".to_owned(), "main.rs"),
        ("alice/unpacked/crates".to_owned(), "crates"),
        ("alice/unpacked/lesson-3.rs".to_owned(), "nowhere"),
    ] {
        let folder = linked(&link, target)?;
        let (taken, _) = take(&folder, "alice")?;
        let Taken::Refused(reason) = taken else { panic!("{link}: {taken:?}") };
        assert!(reason.contains("is a link, and links aren't followed"), "{link}: {reason}");
        assert!(matches!(take(&folder, "bob")?.0, Taken::Source(_)));
    }
    Ok(())
}

#[test]
fn links_to_folders_are_as_good_as_nothing() -> Result<()> {
    let folder = linked("alice/my-sockets-main", "")?;
    let (taken, notes) = take(&folder, "alice")?;
    assert_eq!(taken, Taken::Missing);
    assert!(notes.contains("`my-sockets-main` is a link, and links aren't followed"), "{notes}");

    let folder = linked(&format!("{CRATE}/src/outside"), "")?;
    folder.write(format!("class/alice/{MAIN}"), "mine")?;
    symlink("/", folder.at("class").join(CRATE).join("src/root"))?;
    symlink(".", folder.at("class").join(CRATE).join("src/myself"))?;
    symlink("..", folder.at("class").join(CRATE).join("src/data.txt"))?;
    let Taken::Source(source) = take(&folder, "alice")?.0 else { panic!("not taken") };
    assert_eq!(source.files, [("main.rs".to_owned(), b"mine".to_vec())]);
    Ok(())
}

#[test]
fn a_linked_module_is_refused() -> Result<()> {
    let folder = linked(&format!("{CRATE}/src/stolen.rs"), "main.rs")?;
    folder.write(format!("class/alice/{MAIN}"), "mine")?;
    let Taken::Refused(reason) = take(&folder, "alice")?.0 else { panic!("not refused") };
    assert!(reason.contains("`src/stolen.rs`") && reason.contains("is a link"), "{reason}");
    Ok(())
}

/// None of these is opened: nobody writes into the pipe, so that would never end.
#[test]
fn pipes_sockets_and_devices_are_refused_unopened() -> Result<()> {
    type Make = fn(&Path) -> Result<()>;
    let socket: Make = |path| {
        // The path of a socket may have 108 bytes only.
        let short = tempfile::tempdir()?;
        UnixListener::bind(short.path().join("s"))?;
        Ok(fs::rename(short.path().join("s"), path)?)
    };
    let kinds = [("a socket", socket)];
    #[cfg(target_os = "linux")]
    let kinds = [
        kinds[0],
        ("a named pipe", |path| Ok(nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU)?)),
    ];
    for (kind, make) in kinds {
        for place in ["lesson-3.rs", MAIN, "crates", "crates/lesson-3-x", "crates/lesson-3-x/src"] {
            let folder = Folder::with(&["alice/notes", "bob/lesson-3.rs"])?;
            let path = folder.at("alice").join(place);
            fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
            make(&path)?;
            let reason = folder.refusal("alice")?;
            assert!(reason.contains("is neither a file nor a folder"), "{kind}: {reason}");
            assert_eq!(folder.main("bob")?, "bob/lesson-3.rs");
        }
        let folder = Folder::with(&["alice/lesson-3.rs", "bob/lesson-3.rs"])?;
        make(&folder.at("pipe"))?;
        make(&folder.at("alice/pipe"))?;
        assert_eq!(folder.main("alice")?, "alice/lesson-3.rs");
        assert_eq!(folder.survey()?.ignored.len(), 1, "{kind}");
        assert!(folder.notes("alice")?.contains("`pipe` is neither a file nor a folder"));
    }
    Ok(())
}

#[test]
fn names_that_are_not_utf_8_are_told_apart() -> Result<()> {
    let folder = Folder::with(&["caf\u{fffd}/lesson-3.rs", "bob/lesson-3.rs"])?;
    let name = |byte: u8| OsString::from_vec(vec![b'c', b'a', b'f', byte]);
    for byte in [0xe8, 0xe9] {
        let path = folder.at(name(byte));
        if fs::create_dir(&path).is_err() {
            checks::skip_this("this file system takes only UTF-8");
            return Ok(());
        }
        fs::write(path.join("lesson-3.rs"), [byte])?;
    }
    let found = folder.survey()?.submissions;
    let expected = ["bob", "caf\u{fffd} (1)", "caf\u{fffd} (2)", "caf\u{fffd} (3)"];
    assert_eq!(students(&found), expected);
    let mut contents = Vec::new();
    for submission in &found {
        let Taken::Source(source) = submissions::take(submission, "lesson-3")? else {
            panic!("{submission:?}")
        };
        contents.push(source.files[0].1.clone());
    }
    contents.sort();
    contents.dedup();
    assert_eq!(contents.len(), 4);
    Ok(())
}

#[test]
fn loose_files_whose_students_are_not_utf_8_are_not_put_together() -> Result<()> {
    let folder = Folder::with(&["bob_lesson-3.rs"])?;
    for byte in [0xe8, 0xe9] {
        let name = [&[byte][..], b"_lesson-3.rs"].concat();
        if fs::write(folder.at(OsString::from_vec(name)), "").is_err() {
            checks::skip_this("this file system takes only UTF-8");
            return Ok(());
        }
    }
    let found = folder.survey()?.submissions;
    assert_eq!(students(&found), ["bob", "\u{fffd} (1)", "\u{fffd} (2)"]);
    Ok(())
}

#[test]
fn a_module_whose_name_is_not_utf_8_is_refused() -> Result<()> {
    let folder = Folder::with(&[&format!("alice/{MAIN}"), "bob/lesson-3.rs"])?;
    let name = OsString::from_vec(b"m\xff.rs".to_vec());
    if fs::write(folder.at(CRATE).join("src").join(name), "").is_err() {
        checks::skip_this("this file system takes only UTF-8");
        return Ok(());
    }
    let reason = folder.refusal("alice")?;
    assert!(reason.contains("`m\u{fffd}.rs`, which isn't UTF-8"), "{reason}");
    Ok(())
}

#[test]
fn dots_are_a_name_like_any_other() -> Result<()> {
    let folder = Folder::with(&[".../lesson-3.rs", "..\\..\\up/lesson-3.rs"])?;
    assert_eq!(folder.main("...")?, ".../lesson-3.rs");
    assert_eq!(folder.main("..\\..\\up")?, "..\\..\\up/lesson-3.rs");
    Ok(())
}

#[test]
fn newlines_quotes_and_escapes_in_names_are_shown_harmlessly() -> Result<()> {
    let odd = "a\nb\"c\r\u{1b}[2J\u{202e}`";
    let folder = Folder::with(&["bob/lesson-3.rs"])?;
    folder.write(format!("{odd}/lesson-3.rs"), "mine")?;
    folder.write(format!("{odd}/{odd}.rs"), "")?;
    folder.write(format!("{odd}.txt"), "")?;
    assert_eq!(folder.main(odd)?, "mine");
    for text in [folder.notes(odd)?.replacen('\n', "", 1), folder.survey()?.ignored.join("")] {
        assert!(!text.chars().any(|one| one.is_control() || one == '\u{202e}'), "{text:?}");
        assert!(text.contains(r"a\nb"), "{text}");
    }
    Ok(())
}

#[test]
fn what_may_not_be_read_is_our_problem_and_nobody_elses() -> Result<()> {
    let folder = Folder::with(&["alice/lesson-3.rs", "bob/lesson-3.rs", "cy/lesson-3.rs"])?;
    fs::set_permissions(folder.at("alice/lesson-3.rs"), Permissions::from_mode(0o000))?;
    if fs::read(folder.at("alice/lesson-3.rs")).is_ok() {
        checks::skip_this("root may read everything");
        return Ok(());
    }
    fs::set_permissions(folder.at("cy"), Permissions::from_mode(0o000))?;
    for student in ["alice", "cy"] {
        let error = folder.take(student, "lesson-3").unwrap_err();
        assert!(format!("{error:#}").contains("may you read it?"), "{error:#}");
    }
    assert_eq!(folder.main("bob")?, "bob/lesson-3.rs");
    fs::set_permissions(folder.at("cy"), Permissions::from_mode(0o700))?;
    Ok(())
}

#[test]
fn a_submission_that_has_gone_is_our_problem_too() -> Result<()> {
    let folder = Folder::with(&["alice/lesson-3.rs", "bob/lesson-3.rs"])?;
    let submission = folder.submission("alice")?;
    fs::remove_dir_all(folder.at("alice"))?;
    let error = submissions::take(&submission, "lesson-3").unwrap_err();
    assert!(format!("{error:#}").contains("is there no more"), "{error:#}");
    Ok(())
}
