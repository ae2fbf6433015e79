//! What is kept, and when it counts.

use crate::class::fixture::{Class, Pretender, a_run, grade, grade_of, timeless};
use anyhow::Result;
use base::usage::UsageError;
use grader::key::RunKey;
use grader::store::Store;
use std::fs;
use std::path::{Path, PathBuf};

fn files(out: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<_> =
        fs::read_dir(out.join("grades"))?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort();
    Ok(files)
}

#[test]
fn what_has_not_changed_is_not_judged_again() -> Result<()> {
    let class = Class::of(20)?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    let (before, judged) = (fs::read(out.join("results.json"))?, judge.judged());
    grade(&judge, &class.submissions(), &out)?;
    assert_eq!(judge.judged(), [""; 0]);
    assert_eq!(fs::read(out.join("results.json"))?, before);
    assert!(judged.len() > 40);
    Ok(())
}

#[test]
fn what_has_changed_is_judged_again() -> Result<()> {
    let class = Class::new(&[("ada", ["a", "b", ""]), ("bob", ["c", "d", "e"])])?;
    let (mut judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    assert_eq!(judge.judged().len(), 5);
    class.hand_in("ada", "lesson-2", "another")?;
    class.hand_in("ada", "lesson-3", "late")?;
    fs::remove_file(class.submissions().join("bob/lesson-1.rs"))?;
    let results = grade(&judge, &class.submissions(), &out)?;
    assert_eq!(judge.judged(), ["ada lesson-2", "ada lesson-3"]);
    assert!(grade_of(&results, "bob", 0).source_sha256.is_empty());
    judge.checks = "2".into();
    grade(&judge, &class.submissions(), &out)?;
    assert_eq!(judge.judged().len(), 5);
    judge.isolation = "best".into();
    let results = grade(&judge, &class.submissions(), &out)?;
    assert_eq!(judge.judged().len(), 5);
    assert_eq!(grade_of(&results, "bob", 0).isolation, "best");
    Ok(())
}

#[test]
fn a_damaged_file_is_judged_again_and_nothing_else_is() -> Result<()> {
    let class = Class::new(&[("ada", ["a", "b", "c"]), ("bob", ["d", "e", "f"])])?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    let (whole, _) = (timeless(&out)?, judge.judged());
    for file in files(&out)? {
        let good = fs::read(&file)?;
        let mut flipped = good.clone();
        let digit = flipped.iter().rposition(u8::is_ascii_digit).unwrap();
        flipped[digit] ^= 1;
        let nulls = vec![0; good.len()];
        let cut = [0, 1, 40, 80, good.len() / 2, good.len() - 1];
        let cut = cut.map(|length| good[..length].to_vec());
        for damaged in cut.into_iter().chain([flipped, nulls, b"\xff".to_vec()]) {
            fs::write(&file, damaged)?;
            grade(&judge, &class.submissions(), &out)?;
            assert_eq!(judge.judged().len(), 1, "{}", file.display());
        }
    }
    assert_eq!(timeless(&out)?, whole);
    Ok(())
}

#[test]
fn a_grade_under_another_ones_name_does_not_count() -> Result<()> {
    let class = Class::new(&[("ada", ["same", "", ""]), ("bob", ["same", "", ""])])?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    let before = grade(&judge, &class.submissions(), &out)?;
    judge.judged();
    let files = files(&out)?;
    for file in &files[1..] {
        fs::copy(&files[0], file)?;
    }
    let results = grade(&judge, &class.submissions(), &out)?;
    assert_eq!(results, before);
    Ok(())
}

#[test]
fn hostile_names_stay_in_the_folder_and_apart() -> Result<()> {
    let mut names = vec!["..x", "a b", "a'b", "好", "\u{202e}x", "-rf", "$(id)", "&b;", "=cmd()"];
    // Windows has no such names.
    if cfg!(unix) {
        names.extend(["a\"b", "<b>", "a\nb", "C:\\x", "con", "CON", "a\u{1b}[2J"]);
    }
    let class = Class::new(&[])?;
    for name in &names {
        class.hand_in(name, "lesson-1", "fine")?;
    }
    let (judge, out) = (Pretender::new(), class.path("out"));
    let results = grade(&judge, &class.submissions(), &out)?;
    assert_eq!(results.submissions.len(), names.len());
    assert_eq!(files(&out)?.len(), names.len() * 3);
    assert_eq!(fs::read_dir(out.join("reports"))?.count(), names.len());
    assert_eq!(fs::read_dir(class.path(""))?.count(), 2, "only submissions and out");
    grade(&judge, &class.submissions(), &out)?;
    assert_eq!(judge.judged().len(), names.len());
    Ok(())
}

#[test]
fn a_folder_with_a_run_is_not_begun_in_again() -> Result<()> {
    let class = Class::of(2)?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    let error = Store::create(&out, a_run(&judge, &class.submissions(), None)?).err().unwrap();
    assert!(error.is::<UsageError>(), "{error:#}");
    let text = error.to_string();
    assert!(text.contains("--resume") && text.contains("--out"), "{text}");
    Ok(())
}

#[test]
fn another_run_is_not_gone_on_with() -> Result<()> {
    let class = Class::of(2)?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    let same = a_run(&judge, &class.submissions(), None)?;
    let mut others = [same.clone(), same.clone(), same];
    others[0].key = RunKey::of_seed(8);
    others[1].lessons.pop();
    others[2].partition = Some("1/2".parse()?);
    for (other, argument) in others.into_iter().zip(["--seed", "--lessons", "--partition"]) {
        let error = Store::resume(&out, other).err().unwrap();
        assert!(error.is::<UsageError>(), "{error:#}");
        assert!(error.to_string().starts_with(argument), "{error:#}");
    }
    Ok(())
}

#[test]
fn a_seed_that_is_known_is_of_no_use_in_another_file() -> Result<()> {
    let class =
        Class::new(&[("ada", ["fair", "", ""]), ("bob", ["fair", "fair", "doesn't compile"])])?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    let first = grade(&judge, &class.submissions(), &out)?;
    let known = grade_of(&first, "ada", 0).seed.unwrap();
    class.hand_in("ada", "lesson-1", &format!("// prints what follows from {known}"))?;
    let second = grade(&judge, &class.submissions(), &out)?;
    assert!(grade_of(&second, "ada", 0).seed.is_some_and(|seed| seed != known));
    // What hasn't changed keeps its seed, whoever handed it in.
    class.hand_in("ada", "lesson-1", "fair")?;
    let third = grade(&judge, &class.submissions(), &out)?;
    assert_eq!(third, first);
    assert_eq!(grade_of(&third, "bob", 0).seed, Some(known));
    assert_ne!(grade_of(&third, "bob", 1).seed, Some(known));
    Ok(())
}

#[test]
fn a_run_without_a_key_is_refused_with_the_reason() -> Result<()> {
    let class = Class::of(1)?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    let run = fs::read_to_string(out.join("run.json"))?;
    let with_key: Vec<&str> = run.lines().collect();
    let keyless: Vec<&str> = run.lines().filter(|line| !line.contains("\"key\"")).collect();
    assert_eq!(keyless.len() + 1, with_key.len());
    fs::write(out.join("run.json"), keyless.join("\n"))?;
    let error = format!("{:#}", grade(&judge, &class.submissions(), &out).unwrap_err());
    assert!(error.contains("an earlier grader") && error.contains("--out"), "{error}");
    let key = String::from(RunKey::of_seed(7));
    fs::write(out.join("run.json"), run.replace(&key, &key[1..]))?;
    let error = format!("{:#}", grade(&judge, &class.submissions(), &out).unwrap_err());
    assert!(error.contains("32 hexadecimal digits") && !error.contains(&key[1..]), "{error}");
    Ok(())
}

#[test]
fn two_graders_in_one_folder_are_refused() -> Result<()> {
    let class = Class::of(2)?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    let run = a_run(&judge, &class.submissions(), None)?;
    let first = Store::create(&out, run.clone())?;
    let error = Store::resume(&out, run.clone()).err().unwrap().to_string();
    assert!(error.contains("another grader works in"), "{error}");
    drop(first);
    Store::resume(&out, run)?;
    Ok(())
}

#[test]
fn a_report_of_who_is_gone_is_gone() -> Result<()> {
    let class = Class::new(&[("ada", ["a", "", ""]), ("bob", ["b", "", ""])])?;
    let (judge, out) = (Pretender::new(), class.path("out"));
    grade(&judge, &class.submissions(), &out)?;
    assert!(out.join("reports/report-bob.md").exists());
    fs::remove_dir_all(class.submissions().join("bob"))?;
    fs::write(out.join("reports/mine.md"), "a note")?;
    grade(&judge, &class.submissions(), &out)?;
    assert!(!out.join("reports/report-bob.md").exists());
    assert!(out.join("reports/report-ada.md").exists() && out.join("reports/mine.md").exists());
    Ok(())
}
