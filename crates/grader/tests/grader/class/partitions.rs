//! Shares of a class, and what becomes of them.

use crate::class::fixture::{Class, LESSONS, Pretender, a_run, grade, grade_share, timeless};
use anyhow::Result;
use grader::key::RunKey;
use grader::merge::merge;
use grader::outputs;
use grader::partition::Partition;
use grader::store::Store;
use std::fs;
use std::path::{Path, PathBuf};

/// Grades all shares, each into a folder of its own.
fn shares(class: &Class, count: u32) -> Result<Vec<PathBuf>> {
    let share = |partition: Partition| {
        let out = class.path(&format!("share-{}", partition.index()));
        grade_share(&Pretender::new(), &class.submissions(), &out, Some(partition))?;
        Ok(out)
    };
    Partition::all(count).map(share).collect()
}

fn refused(folders: &[PathBuf]) -> String {
    format!("{:#}", merge(folders).err().unwrap())
}

/// Changes `run.json`.
fn edit(folder: &Path, from: &str, to: &str) -> Result<()> {
    let path = folder.join("run.json");
    let text = fs::read_to_string(&path)?;
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to))?;
    Ok(())
}

#[test]
fn shares_in_any_order_merge_to_what_one_run_makes() -> Result<()> {
    let class = Class::of(30)?;
    grade(&Pretender::new(), &class.submissions(), &class.path("whole"))?;
    for count in [1, 2, 5] {
        let mut folders = shares(&class, count)?;
        folders.reverse();
        let merged = merge(&folders)?;
        let out = class.path(&format!("merged-{count}"));
        let mut store = merged.keep(&out)?;
        outputs::write(&out, &merged.results, &[], &grader::formats::Context::default())?;
        store.complete()?;
        drop(store);
        assert_eq!(timeless(&out)?, timeless(&class.path("whole"))?);
        // What was merged is a run like any other.
        let judge = Pretender::new();
        grade(&judge, &class.submissions(), &out)?;
        assert_eq!(judge.judged(), [""; 0]);
        for folder in folders {
            fs::remove_dir_all(folder)?;
        }
    }
    Ok(())
}

#[test]
fn a_share_that_is_missing_or_there_twice_is_named() -> Result<()> {
    let class = Class::of(10)?;
    let folders = shares(&class, 3)?;
    let missing = refused(&[folders[2].clone(), folders[0].clone()]);
    assert!(missing.contains("2/3 is missing") && missing.contains("--seed 7"), "{missing}");
    for folder in &folders {
        edit(folder, "\"seed\": 7", "\"seed\": null")?;
    }
    let missing = refused(&[folders[2].clone(), folders[0].clone()]);
    assert!(missing.contains("2/3 is missing") && missing.contains("--key"), "{missing}");
    assert!(!missing.contains(&String::from(RunKey::of_seed(7))), "{missing}");
    let twice = refused(&[folders.clone(), vec![folders[1].clone()]].concat());
    assert!(twice.contains("2/3 is there twice"), "{twice}");
    assert!(refused(&[]).contains("nothing to merge"));
    Ok(())
}

#[test]
fn shares_of_different_runs_are_not_merged() -> Result<()> {
    let class = Class::of(10)?;
    let [key, other] = [7, 8].map(|seed| String::from(RunKey::of_seed(seed)));
    let edits = [
        (key.as_str(), other.as_str(), "keys differ"),
        ("\"checks_sha256\": \"1\"", "\"checks_sha256\": \"2\"", "checks"),
        ("\"isolation\": \"strict\"", "\"isolation\": \"best\"", "isolation"),
        ("\"2/2\"", "\"2/3\"", "number of partitions"),
        (LESSONS[2], "lesson-4", "lessons"),
        ("student 003", "student 033", "of one class"),
        ("student 003 好\",", "student 003 好\", \"x\",", "of one class"),
    ];
    for (from, to, what) in edits {
        let folders = shares(&class, 2)?;
        edit(&folders[1], from, to)?;
        let error = refused(&folders);
        assert!(error.contains("aren't of one") && error.contains(what), "{what}: {error}");
        assert!(!error.contains(&key), "{error}");
        edit(&folders[1], to, from)?;
    }
    Ok(())
}

#[test]
fn a_share_with_a_gap_is_named_with_what_is_missing() -> Result<()> {
    let class = Class::of(10)?;
    let folders = shares(&class, 2)?;
    let mut grades: Vec<_> = fs::read_dir(folders[0].join("grades"))?.collect::<Result<_, _>>()?;
    grades.sort_by_key(fs::DirEntry::path);
    let file = grades[0].path();
    let grade = fs::read(&file)?;
    fs::remove_file(&file)?;
    let error = refused(&folders);
    assert!(error.contains("partition 1/2) lacks 1 grade"), "{error}");
    assert!(error.contains("of student 0") && error.contains("--resume"), "{error}");
    fs::write(&file, &grade[..grade.len() / 2])?;
    let error = refused(&folders);
    assert!(error.contains("damaged") && error.contains("--resume"), "{error}");
    fs::write(&file, grade)?;
    assert!(merge(&folders).is_ok());
    edit(&folders[1], "\"complete\": true", "\"complete\": false")?;
    assert!(refused(&folders).contains("no results yet"));
    Ok(())
}

#[test]
fn what_is_not_a_share_is_not_merged() -> Result<()> {
    let class = Class::of(3)?;
    let error = refused(&[class.submissions()]);
    assert!(error.contains("no run in"), "{error}");
    grade(&Pretender::new(), &class.submissions(), &class.path("whole"))?;
    let error = refused(&[class.path("whole")]);
    assert!(error.contains("a whole run"), "{error}");
    Ok(())
}

#[test]
fn an_empty_share_is_a_share() -> Result<()> {
    let class = Class::new(&[("ada", ["fine", "", ""])])?;
    let folders = shares(&class, 4)?;
    let students = merge(&folders)?.results.submissions;
    assert_eq!(students.iter().map(|s| s.student.as_str()).collect::<Vec<_>>(), ["ada"]);
    Ok(())
}

#[test]
fn what_was_merged_replaces_no_other_run() -> Result<()> {
    let class = Class::of(3)?;
    let folders = shares(&class, 2)?;
    assert!(merge(&folders)?.keep(&folders[0]).is_err());
    let judge = Pretender::new();
    let store = Store::create(&class.path("x"), a_run(&judge, &class.submissions(), None)?)?;
    assert!(merge(&folders)?.keep(store.folder()).is_err());
    Ok(())
}
