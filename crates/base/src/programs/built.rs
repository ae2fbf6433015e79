//! Cargo, and where it has put what it has built.

use anyhow::{Context, Result};
use std::env;
use std::path::PathBuf;
use std::process::Command;

/// Cargo: the one that runs us, if one does.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Where cargo has put this program, and so puts the others.
pub fn folder() -> Result<PathBuf> {
    let program = env::current_exe().context("cannot find the path of this program")?;
    Ok(program.parent().context("this program is in no folder")?.to_owned())
}

/// The target folder that this program was built in.
pub fn target() -> Result<PathBuf> {
    let folder = folder()?;
    let target = folder.parent().context("this program is in no target folder")?;
    Ok(target.to_owned())
}
