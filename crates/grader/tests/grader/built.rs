//! The grader, and what it looks for beside itself, which nobody else may have built.
#![cfg(unix)]

use anyhow::{Result, ensure};
use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// The grader with what it needs, about to grade.
pub fn grade(submissions: &Path, out: &Path) -> Result<Command> {
    checks()?;
    let mut grader = Command::new(env!("CARGO_BIN_EXE_grader"));
    grader.arg("grade").arg(submissions).arg("--out").arg(out);
    Ok(grader)
}

/// Builds the program `checks`, once.
pub fn checks() -> Result<()> {
    static BUILT: OnceLock<bool> = OnceLock::new();
    let is_built = BUILT.get_or_init(|| {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["build", "--quiet", "--package", "checks", "--target-dir"]);
        cargo.args(Path::new(env!("CARGO_BIN_EXE_grader")).ancestors().nth(2));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        cargo.status().is_ok_and(|status| status.success())
    });
    ensure!(*is_built, "cannot build the checks: see above");
    Ok(())
}
