//! `cargo xtask verify`: holds the catalogue, the programs and the prose against each other.
//!
//! # Layout
//!
//! - [`tree`]: the files of the workspace, read once; [`markdown`]: what stands in a Markdown text
//! - one module a part, text → findings: [`catalogue`], [`regions`], [`quotes`], [`links`],
//!   [`output`], with [`compare`]
//! - [`process`]: runs the commands of the output blocks

mod catalogue;
mod compare;
mod links;
mod markdown;
mod output;
mod process;
mod quotes;
mod regions;
mod tree;

use crate::{Command, catalog, help};
use anyhow::Result;
use std::io::{self, Write};
use std::process::ExitCode;
use tree::Tree;

pub const COMMAND: Command = Command {
    name: "verify",
    arguments: "",
    summary: "check that catalogue, programs and prose fit together",
    details: "\
catalogue  every lesson has its folder, package, program, walkthrough and pair
regions    what becomes a gap in a starter is marked well
quotes     the Rust blocks of the walkthroughs stand verbatim in the programs
links      links between files lead somewhere
output     the console blocks are what their commands print (this runs them)",
    hidden: false,
    run,
};

/// A fault, where it is, and what to do about it. `path` is from the root of the workspace.
fn finding(path: &str, line: usize, text: &str) -> String {
    format!("{path}:{line}: {text}")
}

fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    if let Some(argument) = parser.next()? {
        return Err(help::unexpected(&argument, &COMMAND));
    }
    let tree = Tree::read(&catalog::root())?;
    let mut out = io::stdout();
    let mut findings = Vec::new();
    for check in [catalogue::check, regions::check, quotes::check, links::check, output::check] {
        writeln!(out, "{}", check(&tree, &mut findings))?;
    }
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
