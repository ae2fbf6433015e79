//! Words of a command line, and what is wrong with them.

use anyhow::Result;
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::fmt;

/// An argument that can't be meant: which, and what to try.
#[derive(Debug)]
pub struct UsageError {
    argument: String,
    problem: String,
}

impl UsageError {
    #[must_use]
    pub fn new(argument: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self { argument: argument.into(), problem: problem.to_string() }
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.argument, self.problem)
    }
}

impl std::error::Error for UsageError {}

pub enum Word {
    /// `--seed`
    Option(String),
    Value(OsString),
}

pub struct Words {
    parser: Parser,
    /// The one that was read last.
    option: String,
}

impl Words {
    pub fn of(words: &[OsString]) -> Self {
        Self { parser: Parser::from_args(words), option: String::new() }
    }

    pub fn next(&mut self) -> Result<Option<Word>> {
        let word = match self.parser.next() {
            Ok(Some(Arg::Value(value))) => return Ok(Some(Word::Value(value))),
            Ok(Some(Arg::Long(name))) => format!("--{name}"),
            Ok(Some(Arg::Short(letter))) => format!("-{letter}"),
            Ok(None) => return Ok(None),
            Err(error) => return Err(UsageError::new(self.option.as_str(), error).into()),
        };
        self.option.clone_from(&word);
        Ok(Some(Word::Option(word)))
    }

    /// The option that was read last.
    pub fn option(&self) -> &str {
        &self.option
    }

    pub fn value(&mut self) -> Result<OsString> {
        let value = self.parser.value();
        let problem = "it needs a value; `grader help` shows which";
        value.map_err(|_| UsageError::new(self.option.as_str(), problem).into())
    }

    /// The option's value, as `read` understands it.
    pub fn read<T>(&mut self, read: impl FnOnce(&str) -> Result<T>) -> Result<T> {
        let value = self.value()?;
        read(&value.to_string_lossy())
            .map_err(|error| UsageError::new(self.option.as_str(), format!("{error:#}")).into())
    }
}
