//! The `checks` program: exit codes, formats, seeds. A right program to judge is at hand: its
//! own stand-in for lesson 3.

use anyhow::{Context, Result};
use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use std::time::Duration;

const CHECKS: &str = env!("CARGO_BIN_EXE_checks");

/// `checks check lesson-3` with these options, for this program.
fn check(options: &[&str], program: &[&str]) -> Command {
    let mut command = Command::new(CHECKS);
    command.args(["check", "lesson-3"]).args(options).arg("--program").args(program);
    command.env("LC_ALL", "C.UTF-8").timeout(Duration::from_secs(60));
    command
}

const RIGHT: &[&str] = &[CHECKS, "play", "lesson-3"];
const WRONG: &[&str] = &[CHECKS, "play", "lesson-1"];

/// Of a grader, whose seeds have 53 bits.
const LARGEST_SEED: &str = "9007199254740991";

fn json(options: &[&str], program: &[&str]) -> Result<Value> {
    let options = [options, &["--format", "json"]].concat();
    let output = check(&options, program).output()?;
    let text = String::from_utf8(output.stdout)?;
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).context("no JSON")
}

#[test]
fn exit_codes_tell_the_verdict() {
    check(&[], RIGHT).assert().code(0).stdout(contains("98 of 98 points"));
    check(&[], WRONG).assert().code(1).stdout(contains("\n0 of 98 points"));
    for arguments in [
        &["check"][..],
        &["check", "lesson-3"],
        &["check", "lesson-3", "--program"],
        &["check", "lesson-99", "--program", "true"],
        &["check", "--program", "lesson-3"],
        &["check", "lesson-3", "--seed", "x", "--program", "true"],
        &["check", "lesson-3", "--format", "xml", "--program", "true"],
        &["play", "lesson-3"],
        &["other"],
        &[],
    ] {
        let usage = contains("usage: checks");
        Command::new(CHECKS).args(arguments).assert().code(2).stderr(usage);
    }
}

#[test]
fn what_cannot_be_started_is_wrong_usage() {
    let no_program = format!("{}/src/lib.rs", env!("CARGO_MANIFEST_DIR"));
    let quoted = format!("{CHECKS} play");
    for command in
        ["no-such-program-anywhere", "", &quoted, &no_program, env!("CARGO_TARGET_TMPDIR")]
    {
        let advice = contains("error: cannot start `")
            .and(contains("give the program and its arguments as separate words"))
            .and(contains("usage: checks").not());
        check(&[], &[command, "argument"]).assert().code(2).stdout("").stderr(advice);
    }
}

#[cfg(unix)]
#[test]
fn a_script_that_names_no_interpreter_cannot_be_started() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let script = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("script.py");
    std::fs::write(&script, "print(1)\n")?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    let error = contains("it can't be executed");
    check(&[], &[script.to_str().context("path")?]).assert().code(2).stderr(error);
    Ok(())
}

#[test]
fn a_failure_teaches() {
    let program = format!("checks{}", std::env::consts::EXE_SUFFIX);
    let started = format!("What happened\n    1. started `{program} play lesson-1 127.0.0.1:");
    let text = contains("The goal").and(contains(started));
    let text =
        text.and(contains("Likely cause")).and(contains("Where to read\n    lessons/lesson-3-"));
    check(&[], WRONG).assert().code(1).stdout(text.and(contains("\x1b").not()));
}

/// The console of Windows has all characters, and there the locale isn't in variables.
#[cfg(not(windows))]
#[test]
fn where_the_locale_has_only_ascii_nothing_else_is_printed() {
    let source = format!("{}/src/report.rs", env!("CARGO_MANIFEST_DIR"));
    let mut diff = Command::new(CHECKS);
    diff.args(["diff", &source, "/dev/null"]);
    for (mut command, words) in [
        (check(&["--all"], WRONG), "\n  x  0/"),
        (check(&[], RIGHT), "\n  + "),
        (check(&[], &["好"]), "`\\u{597d}`"),
        (diff, "\"x\""),
    ] {
        let output = command.env("LC_ALL", "C").output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        assert!(text.is_ascii(), "{}", String::from_utf8_lossy(&text));
        assert!(String::from_utf8_lossy(&text).contains(words), "{words}");
    }
}

#[test]
fn the_first_failure_is_shown_whole_and_all_of_them_on_request() {
    let whole = |count| contains("Likely cause").count(count);
    check(&[], WRONG).assert().stdout(whole(1));
    let failures = json(&[], WRONG).unwrap()["failed"].as_u64().unwrap();
    assert!(failures > 0);
    check(&["--all"], WRONG).assert().stdout(whole(usize::try_from(failures).unwrap()));
}

#[test]
fn json_has_all_that_its_description_says() -> Result<()> {
    let description = include_str!("../README.md");
    for program in [RIGHT, WRONG] {
        let verdict = json(&["--seed", LARGEST_SEED], program)?;
        let checks = verdict["checks"].as_array().context("no checks")?;
        for object in [&verdict].into_iter().chain(checks) {
            for (member, _) in object.as_object().context("no object")? {
                assert!(description.contains(&format!("`{member}`")), "{member}");
            }
        }
        assert_eq!(verdict["seed"], LARGEST_SEED);
        assert_eq!(verdict["lesson"], "lesson-3");
        assert_eq!(verdict["not_judged"], 1);
        let most: u64 = checks.iter().filter_map(|check| check["max_points"].as_u64()).sum();
        assert_eq!((most, &verdict["max_points"]), (98, &Value::from(98)));
        let sum: u64 = checks.iter().filter_map(|check| check["points"].as_u64()).sum();
        assert_eq!(verdict["points"], sum);
        for check in checks {
            assert!(check["id"].is_string() && check["title"].is_string());
            let status = check["status"].as_str().unwrap_or_default();
            assert!(["pass", "fail", "skipped", "not judged", "grader error"].contains(&status));
            assert_eq!(
                check["message"] != "",
                ["fail", "not judged", "grader error"].contains(&status),
                "{check}"
            );
            assert_eq!(check["needs"].is_string(), status == "skipped", "{check}");
        }
    }
    Ok(())
}

#[test]
fn the_same_seed_makes_the_same_payloads() -> Result<()> {
    let payloads = |seed| -> Result<Vec<String>> {
        let words = ["check", "lesson-2", "--format", "json", "--seed", seed, "--program"];
        let mut command = Command::new(CHECKS);
        command.args(words).args([CHECKS, "play", "lesson-2"]).timeout(Duration::from_secs(60));
        let output = command.output()?;
        let verdict: Value = serde_json::from_slice(&output.stdout)?;
        let checks = verdict["checks"].as_array().context("no checks")?;
        let steps = checks.iter().filter_map(|check| check["transcript"].as_array()).flatten();
        let sent = |step: &Value| Some(step.as_str()?.split_once(": \"")?.1.to_owned());
        Ok(steps.filter_map(sent).collect())
    };
    assert_eq!(payloads("1")?, payloads("1")?);
    assert_ne!(payloads("1")?, payloads("2")?);
    assert_ne!(payloads(LARGEST_SEED)?, payloads("9007199254740990")?);
    Ok(())
}

#[test]
fn the_score_is_written_for_the_runner() -> Result<()> {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("score");
    check(&["--score", path.to_str().context("path")?], RIGHT).assert().success();
    assert_eq!(std::fs::read_to_string(path)?, "98 98\n");
    Ok(())
}

/// What `run --log` writes about a request.
const SEEN: &str = concat!(
    r#"{"time":0.000300,"kind":"arrived","direction":"request","number":1,"#,
    r#""from":"127.0.0.1:50001","to":"127.0.0.1:40000","#,
    r#""onward_from":"127.0.0.1:50002","onward_to":"127.0.0.1:8090","#,
    r#""length":5,"bytes":"68656c6c6f","copies":0,"behind":0,"delay":0.000000,"fate":"lost"}"#,
    "\n"
);

#[test]
fn what_a_link_has_seen_is_drawn() {
    let draw = |lines: &str| {
        Command::new(CHECKS).args(["draw", "sender", "receiver"]).write_stdin(lines).assert()
    };
    let title = contains("<title>Between sender and receiver: 1 datagram, 1 lost</title>");
    draw(SEEN).code(0).stdout(title.and(contains("</tspan>hello</text>")));
    draw("").code(0).stdout(contains("no datagram has reached the link"));
    let lines = [SEEN, "hello\n"].concat();
    draw(&lines).code(1).stdout("").stderr(contains("error: line 2 is no event of a link"));
    Command::new(CHECKS).args(["draw", "sender"]).assert().code(2).stderr(contains("usage:"));
}

#[test]
fn the_exit_code_of_a_difference_tells_whether_there_is_one() {
    let [old, new] =
        ["lib.rs", "main.rs"].map(|name| format!("{}/src/{name}", env!("CARGO_MANIFEST_DIR")));
    let diff = |files: &[&str]| Command::new(CHECKS).arg("diff").args(files).assert();
    diff(&[&old, &old]).code(0).stdout("");
    let title = format!("--- {old}\n+++ {new}\n@@ -1,");
    diff(&[&old, &new]).code(1).stdout(predicate::str::starts_with(title));
    diff(&[&old, "no-such-file"]).code(3).stderr(contains("cannot read no-such-file"));
    diff(&[&old]).code(2).stderr(contains("usage:"));
}
