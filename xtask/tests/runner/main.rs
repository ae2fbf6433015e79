//! The runner, tested as a process.

mod check;
mod cli;
mod common;
mod nothing_is_left_behind;
mod repository;
mod run;
mod start;
mod student;
mod terminal;
mod watch;
mod wire;
mod workspace;
