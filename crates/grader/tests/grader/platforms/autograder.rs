//! Gradescope's two programs, in a folder as Gradescope lays it out.

use crate::platforms::stage::{Ended, GRADER, Stage, file, reference};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;

fn run(stage: &Stage, variables: &[(&str, &str)]) -> Result<Ended> {
    let root = stage.path("auto grader").display().to_string();
    let script = file("gradescope/run_autograder").display().to_string();
    let about = [("AUTOGRADER_ROOT", root.as_str()), ("GRADER", GRADER)];
    // The best rung that holds here: what is graded is our own.
    let about = [about.as_slice(), &[("GRADER_ISOLATION", "strict none")], variables].concat();
    stage.bash(&[&script], &about)
}

fn results(stage: &Stage) -> Result<Value> {
    stage.json("auto grader/results/results.json")
}

#[test]
fn a_flat_file_is_graded() -> Result<()> {
    let stage = Stage::new()?;
    stage.write("auto grader/source/lessons", "lesson-1")?;
    stage.write("auto grader/submission/lesson-1.rs", &reference()?)?;
    run(&stage, &[])?.expect_success()?;
    let results = results(&stage)?;
    assert_eq!(results.get("score"), Some(&json!(100)));
    let tests = results.get("tests").and_then(Value::as_array).unwrap();
    assert!(tests.len() > 5 && tests.iter().all(|test| test["status"] == "passed"), "{tests:?}");
    assert_eq!(results["extra_data"]["lessons"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[test]
fn a_tree_is_graded_and_what_is_missing_has_no_points() -> Result<()> {
    let stage = Stage::new()?;
    let main = "auto grader/submission/my-sockets/crates/lesson-1-create-sockets/src/main.rs";
    stage.write(main, "fn main() { nothing() }\n")?;
    stage.write("auto grader/submission/notes/lesson-2.txt", "I was ill.\n")?;
    run(&stage, &[])?.expect_success()?;
    let results = results(&stage)?;
    assert_eq!(results.get("score"), Some(&json!(0)));
    let output = results["output"].as_str().unwrap();
    assert!(output.contains("lesson-1: doesn't compile"), "{output}");
    assert!(output.contains("lesson-5: not submitted"), "{output}");
    Ok(())
}

#[test]
fn two_folders_of_a_student_are_no_class() -> Result<()> {
    let stage = Stage::new()?;
    stage.write("auto grader/source/lessons", "lesson-1,lesson-2")?;
    for lesson in ["one/lesson-1.rs", "two/lesson-2.rs"] {
        stage.write(&format!("auto grader/submission/{lesson}"), "fn main() { nothing() }\n")?;
    }
    run(&stage, &[])?.expect_success()?;
    let output = results(&stage)?["output"].as_str().unwrap_or_default().to_owned();
    assert!(!output.contains("not submitted"), "{output}");
    Ok(())
}

#[test]
fn a_rung_that_does_not_hold_gives_way_to_the_next() -> Result<()> {
    let stage = Stage::new()?;
    stage.write("auto grader/source/lessons", "lesson-1")?;
    stage.write("auto grader/submission/lesson-1.rs", "fn main() { nothing() }\n")?;
    let text = format!("#!/bin/sh\ncase $* in *strict*) exit 1;; esac\nexec '{GRADER}' \"$@\"\n");
    stage.program("bin/not-strict", &text)?;
    let grader = stage.path("bin/not-strict").display().to_string();
    run(&stage, &[("GRADER", &grader)])?.expect_success()?;
    assert_eq!(results(&stage)?["extra_data"]["lessons"][0]["isolation"], "none");
    Ok(())
}

#[test]
fn a_failure_of_ours_is_no_zero() -> Result<()> {
    let stage = Stage::new()?;
    stage.write("auto grader/submission/lesson-1.rs", "fn main() {}\n")?;
    stage.write("auto grader/results/results.json", "{\"score\": 0, \"tests\": []}")?;
    stage.program("bin/dies", "#!/bin/sh\nkill -9 $$\n")?;
    let dies = stage.path("bin/dies").display().to_string();
    let missing = stage.path("bin/nothing").display().to_string();
    for grader in ["false", &dies, &missing] {
        let ended = run(&stage, &[("GRADER", grader)])?;
        assert!(!ended.is_success, "{ended:?}");
        assert_no_score(&results(&stage)?);
    }
    // No rung of this name.
    assert!(!run(&stage, &[("GRADER_ISOLATION", "perfect")])?.is_success);
    assert_no_score(&results(&stage)?);
    fs::remove_dir_all(stage.path("auto grader/submission"))?;
    assert!(!run(&stage, &[])?.is_success);
    assert_no_score(&results(&stage)?);
    Ok(())
}

fn assert_no_score(results: &Value) {
    assert!(results.get("score").is_none() && results.get("tests").is_none(), "{results}");
    let output = results["output"].as_str().unwrap_or_default();
    assert!(output.contains("no zero") && output.contains("not your fault"), "{output}");
}

/// Tools that only say how they were called, in a folder that stands alone in the PATH but for
/// what a script itself needs, and a `setpriv` that just does what it is told to do as nobody.
fn tools(stage: &Stage, names: &[&str]) -> Result<String> {
    for name in names {
        let text =
            format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\n", stage.path("calls").display());
        stage.program(&format!("tools/{name}"), &text)?;
    }
    for name in ["bash", "sh", "id", "mkdir", "ln", "sed", "sort"] {
        let place = ["/usr/bin", "/bin"].map(|folder| format!("{folder}/{name}"));
        let place = place.iter().find(|place| fs::exists(place).unwrap_or(false));
        let place = place.with_context(|| format!("there is no {name}"))?;
        std::os::unix::fs::symlink(place, stage.path("tools").join(name))?;
    }
    let course = stage.path("auto grader/source/course");
    fs::create_dir_all(course.join("target"))?;
    fs::create_dir_all(course.join("crates/grader"))?;
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    fs::copy(manifest, course.join("crates/grader/Cargo.toml"))?;
    fs::create_dir_all(stage.path("auto grader/rust"))?;
    let as_nobody = "while [ \"${1#--}\" != \"$1\" ]; do shift; done\nexec \"$@\"\n";
    stage.program("tools/setpriv", &format!("#!/bin/sh\n{as_nobody}"))?;
    Ok(stage.path("tools").display().to_string())
}

fn rust(stage: &Stage, version: &str) -> Result<()> {
    stage.program("tools/rustc", &format!("#!/bin/sh\necho 'rustc {version} (0 2025-02-17)'\n"))
}

/// Puts a `curl` in place whose download puts a cargo where rustup does.
fn rustup(stage: &Stage) -> Result<()> {
    let (path, calls) = (stage.path("tools"), stage.path("calls"));
    let (path, calls) = (path.display(), calls.display());
    stage.program("tools/new-cargo", &format!("#!/bin/sh\necho \"cargo $*\" >> '{calls}'\n"))?;
    let installer = format!(
        "#!/bin/sh\nmkdir -p \"$CARGO_HOME/bin\"\nln -s '{path}/new-cargo' \"$CARGO_HOME/bin/cargo\"\n"
    );
    stage.program("tools/installer", &installer)?;
    let curl = "while [ \"$1\" != -o ]; do shift; done\n";
    let curl = format!(
        "#!/bin/sh\necho \"curl $*\" >> '{calls}'\n{curl}ln -s '{path}/installer' \"$2\"\n"
    );
    stage.program("tools/curl", &curl)
}

fn set_up(stage: &Stage, path: &str) -> Result<Ended> {
    let root = stage.path("auto grader").display().to_string();
    let script = file("gradescope/setup.sh").display().to_string();
    stage.bash(&[&script], &[("AUTOGRADER_ROOT", &root), ("PATH", path)])
}

#[test]
fn setup_installs_nothing_that_is_there() -> Result<()> {
    let stage = Stage::new()?;
    let path = tools(&stage, &["bwrap", "cc", "curl", "cargo", "apt-get"])?;
    rust(&stage, concat!(env!("CARGO_PKG_RUST_VERSION"), ".0"))?;
    set_up(&stage, &path)?.expect_success()?;
    let calls = stage.read("calls")?;
    let calls: Vec<&str> = calls.lines().filter(|call| call.starts_with("cargo ")).collect();
    let tail = calls.get(calls.len().saturating_sub(3)..).unwrap();
    let expected = [
        "cargo fetch --locked",
        "cargo build --locked --offline -p grader -p checks",
        "cargo build --locked --offline -p lesson-*",
    ];
    assert_eq!(tail, expected);
    let calls = stage.read("calls")?;
    assert!(!calls.contains("apt-get") && !calls.contains("curl"), "{calls}");
    Ok(())
}

#[test]
fn setup_takes_a_rust_that_is_too_old_for_none() -> Result<()> {
    let stage = Stage::new()?;
    let path = tools(&stage, &["bwrap", "cc", "cargo", "apt-get"])?;
    rust(&stage, "1.85.0")?;
    rustup(&stage)?;
    set_up(&stage, &path)?.expect_success()?;
    assert!(stage.read("calls")?.contains("curl --proto"));
    Ok(())
}

#[test]
fn setup_installs_what_is_missing_before_it_builds() -> Result<()> {
    let stage = Stage::new()?;
    let path = tools(&stage, &["cc", "apt-get"])?;
    rustup(&stage)?;
    set_up(&stage, &path)?.expect_success()?;
    let calls = stage.read("calls")?;
    let starts = calls.lines().filter_map(|call| call.split(" -").next());
    let order =
        ["apt-get update", "apt-get install", "curl", "cargo fetch", "cargo build", "cargo build"];
    assert_eq!(starts.collect::<Vec<_>>(), order, "{calls}");
    assert!(calls.contains("--no-install-recommends bubblewrap\n"), "{calls}");
    Ok(())
}
