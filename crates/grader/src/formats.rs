//! The files that instructors' platforms read.
//!
//! Nothing here writes a file: [`render`] returns all of them, and what the instructor should
//! know about them.
//!
//! A grade without a score is never a number in any of them, and text from submissions is
//! escaped for each format.
//!
//! # Layout
//!
//! - [`context`]: what only the platform knows
//! - `json`: everything; Gradescope and Classroom 50
//! - `tables`: CSV for spreadsheets, Canvas and Moodle
//! - `junit`, `github`: for continuous integration
//! - `entry`: a grade as a list of tests, as most of them see it
//! - `rendered`: what a format makes of a class; `names`: names of files from names of students

pub mod context;

mod entry;
mod github;
mod json;
mod junit;
mod names;
mod rendered;
mod tables;

pub use context::{CanvasAssignment, Classroom50, Context, MoodleColumn};
pub use names::file_names;
pub use rendered::{File, Rendered};

use crate::model::Results;
use anyhow::{Error, Result, bail};
use base::text::brief_name;
use std::fmt::{self, Display};
use std::str::FromStr;

/// Whom the grades are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Json,
    Csv,
    Canvas,
    Moodle,
    Gradescope,
    Classroom50,
    Junit,
    Github,
}

/// All files of a format.
pub fn render(format: Format, results: &Results, context: &Context) -> Result<Rendered> {
    match format {
        Format::Json => json::results(results),
        Format::Csv => tables::csv(results),
        Format::Canvas => tables::canvas(results, context),
        Format::Moodle => tables::moodle(results, context),
        Format::Gradescope => json::gradescope(results),
        Format::Classroom50 => json::classroom50(results, context),
        Format::Junit => junit::render(results),
        Format::Github => github::render(results),
    }
}

impl Format {
    pub const ALL: [Self; 8] = [
        Self::Json,
        Self::Csv,
        Self::Canvas,
        Self::Moodle,
        Self::Gradescope,
        Self::Classroom50,
        Self::Junit,
        Self::Github,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Canvas => "canvas",
            Self::Moodle => "moodle",
            Self::Gradescope => "gradescope",
            Self::Classroom50 => "classroom50",
            Self::Junit => "junit",
            Self::Github => "github",
        }
    }
}

impl Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|format| format.name() == name) {
            Some(format) => Ok(format),
            None => bail!(
                "There is no format `{}`. The formats are {}.",
                brief_name(name),
                Self::ALL.map(Self::name).join(", ")
            ),
        }
    }
}
