//! The command line of the `grader` program. Where `cargo xtask grade` has started it, it calls itself
//! that.

use crate::formats::{CanvasAssignment, Format, MoodleColumn};
use crate::jail::Isolation;
use crate::partition::Partition;
use anyhow::{Context, Result};
use base::lessons::{self, LESSONS, Lesson};
use clap::error::ContextKind;
use clap::{Args, Command, CommandFactory, FromArgMatches, Parser};
use std::ffi::OsString;
use std::iter;
use std::path::PathBuf;

/// Programs that are judged at a time, for each processor: most of a check is waiting.
pub const JOBS: usize = 5;

const EXIT_CODES: &str = "\
Exit codes: 0 graded, whatever the grades; 1 something couldn't be graded or written; 2 wrong usage";

/// Grade a class, or do what belongs to it.
#[derive(Parser, Debug)]
#[command(name = "grader", version, max_term_width = 80)]
#[command(args_override_self = true, arg_required_else_help = false)]
pub enum Request {
    Grade(GradeRequest),
    Merge(MergeRequest),
    GradescopeZip(ZipRequest),
}

/// Grade a class: many submissions, isolated, in parallel.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct GradeRequest {
    /// Folders with a folder for each student, or students' own folders or files
    #[arg(value_name = "SUBMISSIONS", required = true)]
    pub submissions: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Output,
    /// Which lessons: 2, 1-3 or 1-3,5; without it, all
    #[arg(long, value_name = "LIST", value_parser = lessons)]
    pub lessons: Option<Names>,
    /// Who the students are
    #[arg(long, value_name = "FILE.csv")]
    pub roster: Option<PathBuf>,
    /// strict (the default), best, or none: for nobody's code but your own
    #[arg(long, value_name = "KIND")]
    pub isolation: Option<Isolation>,
    #[arg(long, value_name = "N", value_parser = jobs, help = jobs_help())]
    #[arg(allow_negative_numbers = true)]
    pub jobs: Option<usize>,
    /// For demonstrations and tests: payloads that all know who know N
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Payloads as in all runs with this file, which no student may see;
    /// if it isn't there, it is made
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Only share I of N; give all shares the same --key, then merge them
    #[arg(long, value_name = "I/N")]
    pub partition: Option<Partition>,
    /// Go on with the run in --out, or begin it: with its key, lessons,
    /// share, isolation and formats; what hasn't changed isn't judged again
    #[arg(long)]
    pub resume: bool,
}

/// Join the partitions of a run.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct MergeRequest {
    /// What was the --out of each partition
    #[arg(value_name = "FOLDERS", required = true)]
    pub folders: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Output,
}

/// Make an autograder for Gradescope.
#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct ZipRequest {
    /// The zip that is made
    #[arg(long, value_name = "FILE", default_value = "autograder.zip")]
    pub out: PathBuf,
    /// Which lessons: 2, 1-3 or 1-3,5; without it, all
    #[arg(long, value_name = "LIST", value_parser = lessons)]
    pub lessons: Option<Names>,
}

/// What is to be written, and where.
#[derive(Args, Clone, Debug)]
pub struct Output {
    /// Where results are written
    #[arg(long = "out", value_name = "DIR", default_value = "grades")]
    pub folder: PathBuf,
    #[arg(long = "format", value_name = "NAME[,NAME]", value_delimiter = ',')]
    #[arg(value_parser = |name: &str| name.trim().parse::<Format>(), help = formats_help())]
    pub formats: Option<Vec<Format>>,
    /// A lesson's column in Canvas, such as "lesson-3=Echo (4711)"
    #[arg(long, value_name = "LESSON=NAME", value_parser = canvas)]
    pub canvas: Vec<(String, CanvasAssignment)>,
    /// What Moodle knows students by: email, id-number, user-name, user-id
    #[arg(long, value_name = "COLUMN")]
    pub moodle: Option<MoodleColumn>,
}

/// Names of lessons in their order, each once: the value of one option.
pub type Names = Vec<String>;

/// Reads the words behind the program's name; `typed` is the command that has started it for people
/// who want to grade, if there is one.
pub fn read(
    words: impl IntoIterator<Item = OsString>,
    typed: Option<&str>,
) -> Result<Request, clap::Error> {
    let mut command = command(typed);
    let matches = command.try_get_matches_from_mut(iter::once("grader".into()).chain(words));
    let matches = matches.map_err(|mut error| {
        // It says to put `--` before the word; but nobody's submission is called like an option.
        error.remove(ContextKind::Suggested);
        error
    })?;
    Request::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn command(typed: Option<&str>) -> Command {
    let (program, grade) = typed.map_or(("grader", "grader grade"), |typed| (typed, typed));
    let usage = format!(
        "{grade} SUBMISSIONS… [OPTIONS]\n       \
         {program} merge FOLDERS… [OPTIONS]\n       \
         {program} gradescope-zip [--out FILE] [--lessons LIST]"
    );
    let command = Request::command().bin_name(program);
    command.mut_subcommand("grade", |command| command.override_usage(usage))
}

fn formats_help() -> String {
    let names = Format::ALL.map(Format::name).join(", ");
    format!("{names}; without it, csv. results.json and the reports come in any case")
}

fn jobs_help() -> String {
    format!(
        "Programs that are judged at a time; without it, {JOBS} for each processor, \
         and 1 without `strict`"
    )
}

/// The names of the lessons that a word such as `1-3,lesson-5` means.
fn lessons(text: &str) -> Result<Names> {
    Ok(lessons::parse_ranges(text)?.into_iter().map(Lesson::name).collect())
}

fn jobs(text: &str) -> Result<usize> {
    let jobs = text.parse().ok().filter(|jobs| *jobs > 0);
    jobs.with_context(|| format!("`{text}` is no number of programs; try 8"))
}

fn seed(text: &str) -> Result<u64> {
    let seed = text.parse().ok();
    seed.with_context(|| format!("`{text}` is no seed; take a number, such as a run prints"))
}

fn canvas(text: &str) -> Result<(String, CanvasAssignment)> {
    let parts = text.split_once('=');
    let (lesson, header) = parts.context("try \"lesson-3=Echo (4711)\"")?;
    let known = lessons::find(lesson).with_context(|| {
        let names: Vec<_> = LESSONS.iter().map(Lesson::name).collect();
        format!("`{lesson}` is no lesson; take one of {}", names.join(", "))
    })?;
    Ok((known.name(), header.parse()?))
}
