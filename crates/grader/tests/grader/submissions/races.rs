//! A student who exchanges a part of their work for something else while it is read.

use crate::submissions::folder::{Folder, MAIN};
use anyhow::{Context, Result};
use grader::submissions::{self, Submission, Taken};
use rustix::fs::{CWD, Mode, RenameFlags, mkfifoat, renameat_with};
use std::os::unix::fs::symlink;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const READS: usize = 3000;
const LONGEST: Duration = Duration::from_secs(60);
const CRATE: &str = "alice/crates/lesson-3-receive-once";

/// A class in which alice can get at bob's work by links only.
fn class() -> Result<Folder> {
    let folder = Folder::with(&["class/cy/lesson-3.rs"])?;
    for student in ["alice", "bob"] {
        let helper = CRATE.replace("alice", student) + "/src/net/helper.rs";
        folder.write(format!("class/{helper}"), student)?;
        folder.write(format!("class/{student}/{MAIN}"), student)?;
        folder.write(format!("loose/{student}_lesson-3.rs"), student)?;
    }
    Ok(folder)
}

fn alice(folder: &Folder, given: &str) -> Result<Submission> {
    folder.find(&[given])?.into_iter().find(|one| one.student == "alice").context("no alice")
}

/// Exchanges two things for one another as fast as that goes, for as long as `act` takes.
fn exchanging<T>(one: &Path, other: &Path, act: impl FnOnce() -> T) -> Result<T> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let exchanger = scope.spawn(|| -> Result<()> {
            while !is_over.load(Ordering::Relaxed) {
                renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?;
            }
            Ok(())
        });
        let result = panic::catch_unwind(AssertUnwindSafe(act));
        is_over.store(true, Ordering::Relaxed);
        exchanger.join().unwrap_or_else(|panic| panic::resume_unwind(panic))?;
        Ok(result.unwrap_or_else(|panic| panic::resume_unwind(panic)))
    })
}

/// How often, in so many readings of alice's work or more, something was read that isn't hers.
/// Her own is read and isn't read at least once each.
fn stolen_in_reads(alice: &Submission) -> usize {
    let (mut reads, mut own, mut stolen) = (0, 0, 0);
    let begin = Instant::now();
    while reads < READS || own == 0 || own == reads {
        assert!(begin.elapsed() < LONGEST, "{own} of {reads} reads gave her own work");
        reads += 1;
        // An error is the grader's own, and costs nobody anything.
        match submissions::take(alice, "lesson-3") {
            Ok(Taken::Source(source)) => {
                let is_own = source.files.iter().all(|(_, contents)| contents == b"alice");
                *(if is_own { &mut own } else { &mut stolen }) += 1;
            }
            Ok(Taken::Refused(why)) => {
                assert!(why.contains("is a link") || why.contains("is neither"), "{why}");
            }
            Ok(Taken::Missing) | Err(_) => {}
        }
    }
    stolen
}

/// The same while a place in what is given is exchanged for a link to its like in bob's work.
fn stolen(given: &str, place: &str) -> Result<usize> {
    let folder = class()?;
    let up = "../".repeat(Path::new(place).components().count() - 1);
    // A relative link leads out of the fewest folders: for a whole folder of hers, out of none.
    let target = up + &place.replace("alice", "bob");
    let (place, link) = (folder.at(given).join(place), folder.at("link"));
    assert!(place.parent().context("no folder")?.join(&target).exists(), "{target}");
    symlink(target, &link)?;
    let alice = alice(&folder, given)?;
    exchanging(&link, &place, || stolen_in_reads(&alice))
}

#[test]
fn a_link_in_the_place_of_src_never_leads_to_anothers_source() -> Result<()> {
    assert_eq!(stolen("class", &format!("{CRATE}/src"))?, 0, "of {READS} reads");
    Ok(())
}

#[test]
fn a_link_in_the_place_of_a_folder_around_or_below_src_never_does() -> Result<()> {
    let places = ["alice", "alice/crates", CRATE, &format!("{CRATE}/src/net")];
    let stolen: Result<Vec<_>> = places.iter().map(|place| stolen("class", place)).collect();
    assert_eq!(stolen?, [0; 4], "of {READS} reads each, in the places of {places:?}");
    Ok(())
}

#[test]
fn a_link_in_the_place_of_a_file_never_does() -> Result<()> {
    assert_eq!(stolen("class", &format!("alice/{MAIN}"))?, 0, "of {READS} reads");
    assert_eq!(stolen("loose", "alice_lesson-3.rs")?, 0, "of {READS} reads");
    Ok(())
}

#[test]
fn a_named_pipe_in_the_place_of_a_file_is_never_waited_for() -> Result<()> {
    let folder = class()?;
    let (file, pipe) = (folder.at(format!("class/alice/{MAIN}")), folder.at("pipe"));
    mkfifoat(CWD, &pipe, Mode::RUSR)?;
    let alice = alice(&folder, "class")?;
    let (sender, receiver) = mpsc::channel();
    let stolen = exchanging(&file, &pipe, || {
        thread::spawn(move || sender.send(stolen_in_reads(&alice)));
        receiver.recv_timeout(LONGEST * 2)
    })?;
    assert_eq!(stolen.context("a reading hasn't ended")?, 0);
    Ok(())
}
