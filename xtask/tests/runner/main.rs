//! The runner, tested as a process.

mod cli;
mod common;
mod nothing_is_left_behind;
mod run;
mod terminal;
