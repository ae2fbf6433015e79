//! Named pipes in a run's folder, where files belong: nobody writes into them, so that whoever
//! waited for them would wait for ever.

use crate::class::fixture::{Class, Pretender, a_run, grade, grade_share};
use anyhow::{Context, Result};
use grader::merge::merge;
use grader::partition::Partition;
use grader::store::Store;
use rustix::fs::{CWD, Mode, mkfifoat};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Puts a named pipe in the place of a file, or where none is.
fn pipe(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR)?)
}

/// What comes of something that might wait for ever.
fn ended<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(act()));
    receiver.recv_timeout(Duration::from_secs(60)).context("it waits for a named pipe")
}

fn a_grade(out: &Path) -> Result<PathBuf> {
    let grades: Result<Vec<_>, _> = fs::read_dir(out.join("grades"))?.collect();
    grades?.iter().map(fs::DirEntry::path).min().context("no grades")
}

#[test]
fn shares_with_a_named_pipe_in_them_are_refused_and_not_waited_for() -> Result<()> {
    let class = Class::of(1)?;
    let out = class.path("out");
    let whole = Partition::all(1).next();
    grade_share(&Pretender::new(), &class.submissions(), &out, whole)?;
    for file in [out.join("run.json"), out.join("results.json"), a_grade(&out)?] {
        let before = fs::read(&file)?;
        pipe(&file)?;
        let folders = [out.clone()];
        let error = ended(move || merge(&folders).err())?.context("it was merged")?;
        let error = format!("{error:#}");
        let name = file.display().to_string();
        assert!(error.contains(&name) && error.contains("no regular file"), "{error}");
        fs::remove_file(&file)?;
        fs::write(&file, before)?;
    }
    assert!(merge(&[out]).is_ok());
    Ok(())
}

#[test]
fn a_grade_that_became_a_named_pipe_is_judged_again() -> Result<()> {
    let class = Class::new(&[("ada", ["a", "b", "c"])])?;
    let out = class.path("out");
    let before = grade(&Pretender::new(), &class.submissions(), &out)?;
    pipe(&a_grade(&out)?)?;
    let submissions = class.submissions();
    let (again, judged) = ended(move || {
        let judge = Pretender::new();
        (grade(&judge, &submissions, &out), judge.judged())
    })?;
    assert_eq!((again?, judged.len()), (before, 1));
    Ok(())
}

#[test]
fn a_run_that_became_a_named_pipe_is_not_gone_on_with() -> Result<()> {
    for file in ["run.json", "lock"] {
        let class = Class::of(1)?;
        let out = class.path("out");
        let run = a_run(&Pretender::new(), &class.submissions(), None)?;
        drop(Store::create(&out, run.clone())?);
        pipe(&out.join(file))?;
        let error = ended(move || Store::resume(&out, run).err())?;
        let error = format!("{:#}", error.context(file)?);
        assert!(error.contains(file) && error.contains("no regular file"), "{file}: {error}");
    }
    Ok(())
}
