//! Command lines that can't be understood.

use base::usage::UsageError;

/// Refuses a word that a command can't use.
pub fn unexpected(argument: &lexopt::Arg<'_>, usage: &str) -> anyhow::Error {
    let word = match argument {
        lexopt::Arg::Short(letter) => format!("-{letter}"),
        lexopt::Arg::Long(name) => format!("--{name}"),
        lexopt::Arg::Value(value) => value.to_string_lossy().into_owned(),
    };
    UsageError(format!("`{word}` is unexpected here: try `cargo xtask {usage}`")).into()
}
