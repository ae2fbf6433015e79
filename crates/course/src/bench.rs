//! `cargo xtask bench NAME`: measures what the course promises, and holds it against its limits.
//!
//! # Layout
//!
//! - this file: the table of benchmarks; [`report`]: what they print, and what else they share
//! - [`waits`], [`echo`], [`link`], [`grade`], [`stability`]: the benchmarks
//! - [`class`], [`grader`]: a class that doesn't exist, and the grader that grades it
//! - [`load`]: an echo server, and a client that keeps it busy
//! - [`usage`]: CPU time and memory of other processes
//! - [`scratch`]: a temporary folder that is removed on every way out

mod class;
mod echo;
mod grade;
mod grader;
mod link;
mod load;
mod report;
mod scratch;
mod stability;
mod usage;
mod waits;

use crate::arguments::unexpected;
use anyhow::Result;
use base::usage::UsageError;
pub use report::NAME;
use report::Report;
use std::process::ExitCode;

type Benchmark = fn(&mut Report) -> Result<()>;

const BENCHMARKS: &[(&str, Benchmark)] = &[
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

pub fn run(mut parser: lexopt::Parser) -> Result<ExitCode> {
    let name = match parser.next()? {
        Some(lexopt::Arg::Value(name)) => name.to_string_lossy().into_owned(),
        Some(other) => return Err(unexpected(&other, &usage())),
        None => String::new(),
    };
    if name == scratch::REMOVER {
        return scratch::remove(&parser.value()?);
    }
    if name == link::CLIENT {
        return link::client(&parser.value()?);
    }
    let Some((_, benchmark)) = BENCHMARKS.iter().find(|(candidate, _)| name == *candidate) else {
        let message = format!("there is no benchmark `{name}`: try `cargo xtask {}`", usage());
        return Err(UsageError(message).into());
    };
    if let Some(argument) = parser.next()? {
        return Err(unexpected(&argument, &usage()));
    }
    let mut report = Report::default();
    benchmark(&mut report)?;
    Ok(ExitCode::from(u8::from(report.missed)))
}

/// `bench` with the names of all benchmarks.
fn usage() -> String {
    let names: Vec<&str> = BENCHMARKS.iter().map(|(name, _)| *name).collect();
    format!("{NAME} {}", names.join("|"))
}
