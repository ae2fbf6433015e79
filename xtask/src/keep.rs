//! `cargo xtask keep`: the runner's other process, which cleans up after it. See crate `keeper`.

use crate::{Command, help};
use anyhow::Result;
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: keeper::WORD,
    arguments: "",
    summary: "end a process group when standard input ends",
    details: "",
    hidden: true,
    run,
};

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    help::expect_none(parser, &COMMAND)?;
    keeper::keep()?;
    Ok(ExitCode::SUCCESS)
}
