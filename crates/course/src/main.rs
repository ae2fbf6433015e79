//! What maintainers do: `cargo xtask verify`, `bench` and `new-lesson` start this program, for which
//! no student waits.
//!
//! # Layout
//!
//! - [`verify`]: holds the list of lessons, the programs and the prose against each other
//! - [`bench`]: measures what the course promises
//! - [`new_lesson`]: makes the skeleton of a lesson
//! - [`programs`]: starts programs for them

// An index that can't be is a bug, and says where it is. In lessons, nothing may panic.
#![allow(clippy::indexing_slicing)]

mod bench;
#[path = "../../checks/mistakes/mod.rs"]
mod mistakes;
mod new_lesson;
mod programs;
mod verify;

use base::usage::finish;
use clap::Parser;
use std::net::SocketAddr;
use std::process::ExitCode;

/// `cargo xtask help` has the help.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_flag = true, disable_help_subcommand = true)]
#[command(arg_required_else_help = false)]
enum Command {
    Verify(verify::Arguments),
    Bench(bench::Arguments),
    #[command(override_usage = "cargo xtask new-lesson <NUMBER> <SLUG> [--tcp]")]
    NewLesson(new_lesson::Skeleton),
    /// A client of `bench link`, in a process of its own.
    #[command(name = bench::CLIENT, hide = true)]
    Client {
        server: SocketAddr,
    },
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::NewLesson(skeleton) => new_lesson::run(&skeleton),
        Command::Client { server } => bench::client(server),
    };
    // What can't be understood has ended the program already, with 2.
    finish(result, |_| false)
}
