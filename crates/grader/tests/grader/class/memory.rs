//! What a large class costs.

#![cfg_attr(not(target_os = "linux"), allow(unused_imports, dead_code, reason = "skipped there"))]

use crate::class::fixture::{Class, Pretender, a_run, options, silent};
use anyhow::{Context, Result};
use grader::class::{self, Options};
use grader::store::Store;
use grader::submissions::survey;
use std::env;
use std::fs;
use std::process::Command;

const MARK: &str = "GRADER_TEST_MEMORY";

/// Bytes of each source, and how many there are.
const SOURCE: usize = 100_000;
const STUDENTS: usize = 400;

#[cfg(not(target_os = "linux"))]
#[test]
fn the_sources_of_a_class_are_not_in_memory_at_once() {
    checks::skip("the_sources_of_a_class_are_not_in_memory_at_once", "it reads Linux's /proc");
}

#[cfg(target_os = "linux")]
#[test]
fn the_sources_of_a_class_are_not_in_memory_at_once() -> Result<()> {
    let class = Class::new(&[])?;
    let source = format!("fn main() {{}} // {}", "x".repeat(SOURCE));
    for number in 0..STUDENTS {
        class.hand_in(&format!("student {number}"), "lesson-1", &source)?;
    }
    let mut command = Command::new(env::current_exe()?);
    command.args(["--exact", "class::memory::tells_how_much_it_takes", "--nocapture"]);
    let output = command.env(MARK, class.path("")).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let most = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
    let most: usize = most.with_context(|| text.to_string())?.trim().parse()?;
    println!("{most} kB");
    // Without any source it needs half of that.
    assert!(most * 1024 < STUDENTS * SOURCE, "{most} kB at the most");
    Ok(())
}

/// Does nothing, unless the test above starts this program once more for it.
#[cfg(target_os = "linux")]
#[test]
fn tells_how_much_it_takes() -> Result<()> {
    let Some(folder) = env::var_os(MARK).map(std::path::PathBuf::from) else { return Ok(()) };
    let (judge, submissions) = (Pretender::new(), folder.join("submissions"));
    let mut run = a_run(&judge, &submissions, None)?;
    let mut options = Options { jobs: 16, ..options() };
    run.lessons.truncate(1);
    options.lessons.truncate(1);
    let store = Store::create(&folder.join("out"), run)?;
    let results =
        class::grade(&judge, &survey(&[submissions])?.submissions, &options, &store, &silent)?;
    assert_eq!(results.submissions.len(), STUDENTS);
    println!("\n{}", fs::read_to_string("/proc/self/status")?);
    Ok(())
}
