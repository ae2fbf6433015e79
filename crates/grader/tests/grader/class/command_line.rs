//! The program `grader`, as far as it compiles nothing.

use crate::class::fixture::{Class, Pretender, grade, grade_share, timeless};
use anyhow::Result;
use assert_cmd::Command;
use base::usage::TYPED;
use grader::arguments::{Request, read};
use grader::partition::Partition;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// What the program says, and its exit code.
type Said = (String, String, Option<i32>);

fn grader(folder: &Path, words: &[&str]) -> Result<Said> {
    started_by(None, folder, words)
}

/// The same, where `cargo xtask grade` or nobody else has started it.
fn started_by(typed: Option<&str>, folder: &Path, words: &[&str]) -> Result<Said> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.env_remove(TYPED).envs(typed.map(|typed| (TYPED, typed)));
    let output = command.current_dir(folder).args(words).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&output.stdout), text(&output.stderr), output.status.code()))
}

/// What the runner says that people have typed.
const RUNNER: &str = "cargo xtask grade";

/// The same without the runner.
fn directly(text: &str) -> String {
    text.replace("cargo xtask grade merge", "grader merge").replace(RUNNER, "grader grade")
}

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

#[test]
fn wrong_usage_names_the_argument_and_what_to_try() -> Result<()> {
    let class = Class::of(1)?;
    fs::create_dir(class.path("other"))?;
    fs::write(class.path("other/results.json"), "{}")?;
    let all = format!("1-{}", checks::lessons::LESSONS.len());
    let cases = [
        ("", "subcommand", "grade"),
        ("gade x", "'gade'", "'grade'"),
        ("grade", "required", "<SUBMISSIONS>..."),
        ("grade x --lessons 1-99", "'--lessons ", &all),
        ("grade x --lessons 3-1", "'--lessons ", "the other way round"),
        ("grade x --lessons", "'--lessons ", "value"),
        ("grade x --jobs 0", "'--jobs ", "try 8"),
        ("grade x --jobs -1", "'--jobs ", "try 8"),
        ("grade x --seed -1", "'--seed ", "number"),
        ("grade x --seed ten", "'--seed ", "number"),
        ("grade x --partition 5/4", "'--partition ", "1/4"),
        ("grade x --isolation good", "'--isolation ", "strict, best or none"),
        ("grade x --format json,exel", "'--format ", "csv"),
        ("grade x --canvas 3", "'--canvas ", "lesson-3="),
        ("grade x --canvas lesson-99=x", "'--canvas ", "lesson-1, lesson-2"),
        ("grade x --canvas 1-2=x", "'--canvas ", "lesson-1, lesson-2"),
        ("grade x --moodle e-mail", "'--moodle ", "id-number"),
        ("grade x --resum", "'--resum'", "'--resume'"),
        ("grade x -j 3", "'-j'", "cargo xtask grade SUBMISSIONS"),
        ("grade x --resume=yes", "'--resume'", "yes"),
        ("grade submissions --partition 1/4", "--partition: ", "--key"),
        ("grade submissions --seed 7 --key key", "--key: ", "--seed out"),
        ("grade submissions --key other", "--key: ", "it is made"),
        ("grade x --key", "'--key ", "value"),
        ("grade submissions --format canvas", "--format canvas: ", "--canvas \"lesson-1="),
        ("grade submissions --format csv,moodle", "--format moodle: ", "--moodle"),
        ("grade submissions --out other", "--out: ", "another --out"),
        ("merge", "required", "cargo xtask grade merge <FOLDERS>..."),
        ("merge x --seed 3", "'--seed'", "cargo xtask grade merge"),
    ];
    for (line, argument, advice) in cases {
        let line: Vec<&str> = line.split_whitespace().collect();
        let (out, err, code) = started_by(Some(RUNNER), &class.path(""), &line)?;
        assert_eq!(code, Some(2), "{line:?}: {out}{err}");
        let first = err.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: ") && first.contains(argument), "{line:?}: {err}");
        assert!(err.contains(advice), "{line:?}: {err}");
        assert!(!err.contains("grader"), "nobody types that: {err}");
        assert!(!err.contains("'-- "), "that wouldn't help: {err}");
        let (_, err, code) = grader(&class.path(""), &line)?;
        assert_eq!(code, Some(2), "{line:?}: {err}");
        assert!(err.contains(&directly(advice)) && !err.contains(RUNNER), "{line:?}: {err}");
    }
    Ok(())
}

#[test]
fn help_is_no_error() -> Result<()> {
    let class = Class::of(0)?;
    for (line, option) in [
        (["grade", "--help"], "--partition <I/N>"),
        (["grade", "-h"], "--jobs <N>"),
        (["merge", "-h"], "--canvas <LESSON=NAME>"),
        (["gradescope-zip", "-h"], "--out <FILE>"),
    ] {
        for typed in [Some(RUNNER), None] {
            let (out, err, code) = started_by(typed, &class.path(""), &line)?;
            assert_eq!((code, err.as_str()), (Some(0), ""));
            assert!(out.contains(option) && out.contains("Exit codes"), "{out}");
            let (usage, other) = (typed.unwrap_or("grader"), typed.map_or(RUNNER, |_| " grader "));
            assert!(out.contains(&format!("Usage: {usage} ")) && !out.contains(other), "{out}");
            assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        }
    }
    let help = grader(&class.path(""), &["help"])?;
    assert_eq!(help, grader(&class.path(""), &["--help"])?);
    assert!(help.0.contains("Usage: grader <COMMAND>") && help.2 == Some(0), "{help:?}");
    let (out, _, code) = grader(&class.path(""), &["--version"])?;
    assert_eq!(
        (code, out.as_str()),
        (Some(0), concat!("grader ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    Ok(())
}

#[test]
fn options_are_read_as_they_are_meant() -> Result<()> {
    let line = "grade a --lessons 1-2,lesson-4,lesson-4 --out x b --jobs 3 --seed 7 --resume \
        --key k --partition 2/4 --isolation none --format csv,junit --format canvas --canvas=4=Echo";
    let Request::Grade(request) = read(words(line), None)? else { panic!("not grade") };
    assert_eq!(request.submissions, [Path::new("a"), Path::new("b")]);
    assert_eq!(request.lessons.as_deref().unwrap(), ["lesson-1", "lesson-2", "lesson-4"]);
    assert_eq!((request.jobs, request.seed, request.resume), (Some(3), Some(7), true));
    assert_eq!(request.key.as_deref(), Some(Path::new("k")));
    assert_eq!(request.partition.unwrap().to_string(), "2/4");
    assert_eq!(request.isolation.unwrap().to_string(), "none");
    let formats = request.output.formats.unwrap();
    assert_eq!(formats.iter().map(|f| f.name()).collect::<Vec<_>>(), ["csv", "junit", "canvas"]);
    assert_eq!(request.output.canvas, [("lesson-4".to_owned(), "Echo".parse()?)]);
    assert_eq!(request.output.folder, Path::new("x"));
    let Request::Grade(request) = read(words("grade a --lessons lesson-2-lesson-3"), None)? else {
        panic!("not grade")
    };
    assert_eq!(request.lessons.unwrap(), ["lesson-2", "lesson-3"]);
    assert_eq!(request.output.folder, Path::new("grades"));
    assert_eq!(read(words("grade --lessons -"), None).unwrap_err().exit_code(), 2);
    Ok(())
}

#[test]
fn a_run_is_not_begun_over_another() -> Result<()> {
    let class = Class::of(1)?;
    grade(&Pretender::new(), &class.submissions(), &class.path("grades"))?;
    for line in [&["grade", "submissions"], &["merge", "anything"]] {
        let (_, err, code) = grader(&class.path(""), line)?;
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains("--out") && err.contains("--resume"), "{err}");
    }
    Ok(())
}

#[test]
fn submissions_that_are_not_there_are_told() -> Result<()> {
    let class = Class::of(0)?;
    let (_, err, code) = grader(&class.path(""), &["grade", "nowhere"])?;
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("nowhere"), "{err}");
    Ok(())
}

#[test]
fn merging_writes_what_one_run_would_have_written() -> Result<()> {
    let class = Class::of(12)?;
    grade(&Pretender::new(), &class.submissions(), &class.path("whole"))?;
    for partition in Partition::all(2) {
        let out = class.path(&format!("share-{}", partition.index()));
        grade_share(&Pretender::new(), &class.submissions(), &out, Some(partition))?;
    }
    let (out, err, code) = grader(&class.path(""), &["merge", "share-1", "share-2"])?;
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("12 submissions") && out.contains("In grades: results.json"), "{out}");
    assert_eq!(timeless(&class.path("grades"))?, timeless(&class.path("whole"))?);
    let names = |folder: &str| -> Result<Vec<String>> {
        let mut names = Vec::new();
        for place in ["", "grades", "reports"] {
            for entry in fs::read_dir(class.path(folder).join(place))? {
                names.push(format!("{place}/{}", entry?.file_name().display()));
            }
        }
        names.sort();
        Ok(names)
    };
    assert_eq!(names("grades")?, names("whole")?);
    let (_, err, code) = grader(&class.path(""), &["merge", "share-1", "--out", "x"])?;
    assert_eq!(code, Some(1));
    assert!(err.contains("2/2 is missing"), "{err}");
    Ok(())
}

#[test]
fn a_merge_with_a_grader_error_is_not_all_well() -> Result<()> {
    let class = Class::new(&[("ada", ["fails always", "", ""])])?;
    let share = Partition::all(1).next();
    grade_share(&Pretender::new(), &class.submissions(), &class.path("a"), share)?;
    let (out, _, code) = grader(&class.path(""), &["merge", "a"])?;
    assert_eq!(code, Some(1));
    assert!(out.contains("1 grader error.") && out.contains("- ada, lesson-1"), "{out}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_what_a_run_is_whatever_the_umask() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let class = Class::of(1)?;
    let share = Partition::all(1).next();
    grade_share(&Pretender::new(), &class.submissions(), &class.path("a"), share)?;
    let mut shell = Command::new("sh");
    shell.current_dir(class.path("")).args(["-c", "umask 0; exec \"$0\" merge a"]);
    shell.arg(env!("CARGO_BIN_EXE_grader")).assert().success();
    let mode = |file: &str| -> Result<u32> {
        Ok(fs::metadata(class.path("grades").join(file))?.permissions().mode() & 0o777)
    };
    assert_eq!((mode("run.json")?, mode("results.json")?), (0o600, 0o666));
    Ok(())
}
