//! `cargo xtask bench NAME`: measures what the course promises, and holds it against its limits. The
//! quick form only shows that a benchmark still measures.
//!
//! # Layout
//!
//! - this file: the table of benchmarks; [`report`]: what they print, and what else they share
//! - [`waits`], [`echo`], [`link`], [`grade`], [`stability`]: the benchmarks
//! - [`class`], [`grader`]: a class that doesn't exist, and the grader that grades it
//! - [`load`]: an echo server, and a client that keeps it busy
//! - [`usage`]: CPU time and memory of other processes

mod class;
mod echo;
mod grade;
mod grader;
mod link;
mod load;
mod report;
mod stability;
mod usage;
mod waits;

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
pub use link::{CLIENT, client};
use report::Report;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Arguments {
    #[arg(value_parser = PossibleValuesParser::new(BENCHMARKS.map(|(name, _)| name)))]
    #[arg(required_unless_present = "quick")]
    name: Option<String>,
    #[arg(long)]
    quick: bool,
}

type Benchmark = fn(&mut Report) -> Result<()>;

const BENCHMARKS: [(&str, Benchmark); 9] = [
    ("first-run", waits::first_run),
    ("warm-run", waits::warm_run),
    ("echo", echo::run),
    ("link", link::run),
    ("link-soak", link::soak),
    ("grade", grade::run),
    ("grade-2000", grade::run_with_many),
    ("grade-stability", stability::run),
    ("grade-siege", stability::siege),
];

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut has_missed = false;
    for (name, benchmark) in BENCHMARKS {
        if arguments.name.as_deref().is_none_or(|chosen| chosen == name) {
            let mut report = Report::new(arguments.quick);
            if arguments.name.is_none() {
                report.line(format_args!("bench {name}"))?;
            }
            benchmark(&mut report).with_context(|| format!("cannot measure {name}"))?;
            has_missed |= report.missed;
        }
    }
    Ok(ExitCode::from(u8::from(has_missed)))
}
