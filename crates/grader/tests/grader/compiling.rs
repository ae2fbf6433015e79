//! What becomes of a program whose compiler fails: it may be the computer that is short of
//! something, and the program right.
#![cfg(unix)]

use anyhow::{Context, Result, ensure};
use grader::model::{Grade, Results, Status};
use grader::outputs;
use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Stands in for rustc: tells of another toolchain, and is the real one in all else.
const RUSTC: &str = r#"#!/bin/sh
if [ "$*" = "--print sysroot" ]; then echo '$TOOLCHAIN'; else exec '$REAL/bin/rustc' "$@"; fi
"#;

/// The compiler of that toolchain: fails for a submission as one does on a computer that is short
/// of something, so often as a file says. Its words could stand in a source, too.
const COMPILER: &str = r#"#!/bin/sh
case "$*" in
*"--crate-name program"*)
    short=$(cat "$SHORT" 2>/dev/null)
    if [ "${short:-0}" -gt 0 ]; then
        echo $((short - 1)) >"$SHORT"
        echo "error: could not exec the linker: Resource temporarily unavailable" >&2
        exit 1
    fi ;;
esac
exec "$RUSTC" "$@"
"#;

#[test]
fn a_program_that_compiles_when_it_is_tried_again_alone_loses_nothing() -> Result<()> {
    let (output, grade) = graded_with(1, "fn main() {}")?;
    ensure!(output.status.success(), "{output:?}");
    ensure!(grade.status == Status::Judged, "{grade:?}");
    Ok(())
}

#[test]
fn where_a_right_program_does_not_compile_either_it_is_the_computers_fault() -> Result<()> {
    let (output, grade) = graded_with(1000, "fn main() {}")?;
    ensure!(output.status.code() == Some(1), "{output:?}");
    ensure!(grade.status == Status::GraderError && !grade.has_score(), "{grade:?}");
    for part in ["a program that is known to be right didn't either", "is the disk full", "linker"]
    {
        ensure!(grade.message.contains(part), "{part} isn't in: {}", grade.message);
    }
    Ok(())
}

#[test]
fn what_says_that_the_computer_is_short_is_not_believed() -> Result<()> {
    let source = "compile_error!(\"Resource temporarily unavailable\");\nfn main() {}";
    let (output, grade) = graded_with(0, source)?;
    ensure!(output.status.success(), "{output:?}");
    ensure!(grade.status == Status::NotCompiled && grade.has_score(), "{grade:?}");
    ensure!(grade.message.contains("Resource temporarily unavailable"), "{}", grade.message);
    Ok(())
}

/// Grades one source with a compiler that fails so often.
fn graded_with(failures: u32, source: &str) -> Result<(Output, Grade)> {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("submissions/ada"))?;
    fs::write(path("submissions/ada/lesson-3.rs"), source)?;
    fs::write(path("short"), failures.to_string())?;
    let real = sysroot()?;
    fs::create_dir_all(path("toolchain/bin"))?;
    symlink(Path::new(&real).join("lib"), path("toolchain/lib"))?;
    let compiler = COMPILER
        .replace("$SHORT", &path("short").to_string_lossy())
        .replace("$RUSTC", &format!("{real}/bin/rustc"));
    fs::write(path("toolchain/bin/rustc"), compiler)?;
    let toolchain = path("toolchain").display().to_string();
    fs::write(path("rustc"), RUSTC.replace("$REAL", &real).replace("$TOOLCHAIN", &toolchain))?;
    for name in ["toolchain/bin/rustc", "rustc"] {
        fs::set_permissions(path(name), Permissions::from_mode(0o755))?;
    }
    let mut grader = crate::built::grade(&path("submissions"), &path("out"))?;
    grader.args(["--lessons", "3", "--isolation", "none"]).env("RUSTC", path("rustc"));
    let output = grader.output().context("cannot start the grader")?;
    let results = outputs::read::<Results>(&path("out")).with_context(|| format!("{output:?}"))?;
    let grade = results.submissions.into_iter().next().and_then(|s| s.grades.into_iter().next());
    Ok((output, grade.context("there is no grade")?))
}

fn sysroot() -> Result<String> {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let output = rustc.args(["--print", "sysroot"]).output().context("cannot start rustc")?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
