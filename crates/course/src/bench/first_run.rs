//! `cargo xtask bench first-run`: what a student waits for after cloning.

use crate::bench::scratch::Scratch;
use crate::bench::usage::cpu_seconds_of_children;
use crate::bench::{
    BUILD_PATIENCE, Limit, Report, cargo, complete, create, create_input, free_port, open,
};
use anyhow::{Context, Result, ensure};
use base::files;
use base::lessons;
use base::programs::Keeper;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

const CPU_SECONDS: Limit = Limit::AtMost(6.0);
const CRATES: Limit = Limit::AtMost(10.0);

pub fn run(report: &mut Report) -> Result<()> {
    report.line("The first `cargo xtask run lesson-3` in a new copy, with downloaded crates:")?;
    let scratch = Scratch::create()?;
    let workspace = scratch.path.join("workspace");
    let root = lessons::root();
    for file in files::list(&root)? {
        files::copy(&file, &root, &workspace)?;
    }
    let input = create_input(&scratch.path)?;

    let mut keeper = Keeper::start()?;
    let before = cpu_seconds_of_children();
    let clock = Instant::now();
    let messages = first_run(&mut keeper, &workspace, &input)?;
    let wall = clock.elapsed().as_secs_f64();
    if let Some((before, after)) = before.zip(cpu_seconds_of_children()) {
        report.figure("CPU-seconds", after - before, &CPU_SECONDS)?;
    } else {
        report.line("  CPU-seconds: skipped, only Linux tells them without further crates")?;
    }
    report.figure("crates compiled", crates_compiled(&messages)?, &CRATES)?;
    report.line(format_args!("  {:<28} {wall:>7.2}", "seconds on the clock"))
}

/// Runs the pair; returns what cargo and the runner wrote to stderr.
fn first_run(keeper: &mut Keeper, workspace: &Path, input: &Path) -> Result<String> {
    let log = workspace.with_file_name("stderr.txt");
    // The alias `xtask` without its `--quiet`, so that cargo names what it compiles.
    let mut command = cargo(&["run", "--package", "xtask", "--", "run", "lesson-3"])?;
    command.args(["--port", &free_port()?.to_string()]);
    command.current_dir(workspace).env("CARGO_TARGET_DIR", workspace.join("target"));
    command.env("CARGO_NET_OFFLINE", "true").env("CARGO_TERM_COLOR", "never");
    // A compiler cache would hide the work, and a wrapper would add to it.
    command.env_remove("RUSTC_WRAPPER").env_remove("RUSTC_WORKSPACE_WRAPPER");
    command.stdin(open(input)?).stdout(Stdio::null()).stderr(create(&log)?);
    let result = complete(keeper, &mut command, BUILD_PATIENCE);
    let messages = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
    let messages = String::from_utf8_lossy(&messages).into_owned();
    if let Err(error) = result {
        write!(io::stderr(), "{messages}")?;
        let hint = "if crates are missing, download them with `cargo fetch`";
        return Err(error.context(format!("the first run failed, as said above; {hint}")));
    }
    Ok(messages)
}

fn crates_compiled(messages: &str) -> Result<f64> {
    let lines = messages.lines().filter(|line| line.trim_start().starts_with("Compiling "));
    let names: Vec<_> = lines.collect();
    for name in ["xtask", "lesson-2", "lesson-3"] {
        let is_named = names.iter().any(|line| line.contains(&format!(" {name} ")));
        ensure!(is_named, "cargo doesn't say that it compiled {name}; it said:\n{messages}");
    }
    Ok(u32::try_from(names.len())?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_that_cargo_prints_for_crates() {
        let messages = "   Compiling xtask v0.1.0 (/w)\n   Compiling lesson-2 v0.1.0 (/w)\n   \
                        Compiling lesson-3 v0.1.0 (/w)\n    Finished `dev`\n";
        assert_eq!(crates_compiled(messages).unwrap(), 3.0);
        assert!(crates_compiled("    Finished `dev`\n").is_err());
    }
}
