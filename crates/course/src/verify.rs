//! `cargo xtask verify`: holds the catalogue, the programs and the prose against each other.
//!
//! # Layout
//!
//! - [`tree`]: the files of the workspace, read once; [`markdown`]: what stands in a Markdown text
//! - one module a part, text → findings: [`catalogue`], [`tables`], [`regions`], [`quotes`],
//!   [`links`], [`pictures`], [`output`]
//! - of a block of output, [`command`]: reads its command; [`compare`]: whether it prints and draws
//!   what it should

pub mod catalogue;
mod command;
mod compare;
mod links;
pub mod markdown;
mod output;
mod pictures;
mod quotes;
mod regions;
mod tables;
mod tree;

use anyhow::{Context, Result};
use base::lessons;
use base::programs::{self, Keeper};
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use tree::Tree;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(long, conflicts_with = "soak")]
    write: bool,
    #[arg(long, value_name = "N")]
    soak: Option<NonZeroUsize>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match arguments.soak {
        Some(gradings) => soak(gradings),
        None if arguments.write => run_checks(WRITERS),
        None => run_checks(CHECKS),
    }
}

/// Lets the test of the checks judge its programs again and again.
fn soak(gradings: NonZeroUsize) -> Result<ExitCode> {
    let mut command = programs::cargo();
    command.args(["test", "--quiet", "--package", "checks", "--test", "mistakes"]);
    command.args(["mistakes_are_caught", "--", "--nocapture"]);
    command.current_dir(lessons::root()).env("SOAK", gradings.to_string());
    let mut keeper = Keeper::start()?;
    let mut cargo = keeper.spawn(&mut command).context("cannot start cargo")?;
    let status = cargo.wait().context("cannot await cargo's end")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Looks at a part of the tree; returns what it has looked at.
type Part = fn(&Tree, &mut Vec<String>) -> String;

const CHECKS: &[Part] = &[
    catalogue::check,
    tables::check,
    regions::check,
    quotes::check,
    links::check,
    pictures::check,
    output::check,
];

/// Write anew what is made: the tables, and the pictures, if they stand where they should.
const WRITERS: &[Part] = &[tables::write, pictures::check, output::draw];

fn run_checks(checks: &[Part]) -> Result<ExitCode> {
    let tree = Tree::read(&lessons::root())?;
    let mut out = io::stdout();
    let mut findings = Vec::new();
    for check in checks {
        writeln!(out, "{}", check(&tree, &mut findings))?;
    }
    for finding in &findings {
        writeln!(out, "{finding}")?;
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
