//! The command line of the `grader` program.

use crate::formats::{CanvasAssignment, Format, MoodleColumn};
use crate::jail::Isolation;
use crate::partition::Partition;
use anyhow::{Context, Result, bail};
use base::lessons::{self, Lesson};
use base::usage::UsageError;
use lexopt::{Arg, Parser};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

pub const USAGE: &str = "\
usage: grader grade SUBMISSIONS… [OPTIONS]     grade a class
       grader merge FOLDERS… [OPTIONS]         join the partitions of a run
       grader gradescope-zip [--out FILE] [--lessons LIST]
                                               make an autograder for Gradescope

SUBMISSIONS are folders with a folder for each student, or students' own folders or files.

options of both:
  --out DIR             where results are written; without it, grades
  --format NAME[,NAME]  json, csv, canvas, moodle, gradescope, classroom50, junit, github;
                        without it, csv. results.json and the reports come in any case
  --canvas LESSON=NAME  the title of a lesson's column in Canvas, such as \"lesson-3=Echo (4711)\"
  --moodle COLUMN       what Moodle knows students by: email, id-number, user-name, user-id

options of grade:
  --lessons LIST        which lessons: 2, 1-3 or 1-3,5; without it, all
  --roster FILE.csv     who the students are
  --isolation KIND      strict (the default), best, or none: for nobody's code but your own
  --jobs N              programs that are judged at a time; without it, 5 for each processor,
                        and 1 without `strict`
  --seed N              for demonstrations and tests: payloads that all know who know N
  --key FILE            payloads as in all runs with this file, which no student may see; if it
                        isn't there, it is made
  --partition I/N       only share I of N; give all shares the same --key, then merge them
  --resume              go on with the run in --out, or begin it: with its key, lessons, share,
                        isolation and formats; what hasn't changed isn't judged again

exit codes: 0 graded, whatever the grades; 1 something couldn't be graded or written; 2 wrong usage
";

/// What is asked of the program.
#[derive(Debug)]
pub enum Request {
    Grade(GradeRequest),
    Merge(MergeRequest),
    GradescopeZip(ZipRequest),
    Help,
    Version,
}

#[derive(Default, Debug)]
pub struct GradeRequest {
    pub submissions: Vec<PathBuf>,
    /// In their order, each once.
    pub lessons: Option<Vec<String>>,
    pub roster: Option<PathBuf>,
    pub isolation: Option<Isolation>,
    pub jobs: Option<usize>,
    pub seed: Option<u64>,
    /// The file with the key.
    pub key: Option<PathBuf>,
    pub partition: Option<Partition>,
    pub resume: bool,
    pub output: Output,
}

#[derive(Default, Debug)]
pub struct MergeRequest {
    pub folders: Vec<PathBuf>,
    pub output: Output,
}

#[derive(Debug)]
pub struct ZipRequest {
    pub out: PathBuf,
    /// In their order, each once.
    pub lessons: Option<Vec<String>>,
}

/// What is to be written, and where.
#[derive(Clone, Debug)]
pub struct Output {
    pub folder: PathBuf,
    pub formats: Option<Vec<Format>>,
    pub canvas: BTreeMap<String, CanvasAssignment>,
    pub moodle: Option<MoodleColumn>,
}

impl Default for Output {
    fn default() -> Self {
        let (canvas, moodle) = (BTreeMap::new(), None);
        Self { folder: "grades".into(), formats: None, canvas, moodle }
    }
}

/// Reads the words behind the program's name.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Request> {
    let words: Vec<OsString> = words.into_iter().collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        return Ok(Request::Help);
    }
    let Some((command, rest)) = words.split_first() else {
        return Err(UsageError::about("command", "which one? Try `grade` or `merge`").into());
    };
    let words = Words::of(rest);
    match command.to_string_lossy().as_ref() {
        "grade" => grade(words).map(Request::Grade),
        "merge" => merge(words).map(Request::Merge),
        "gradescope-zip" => gradescope_zip(words).map(Request::GradescopeZip),
        "help" => Ok(Request::Help),
        "--version" | "-V" => Ok(Request::Version),
        other => Err(UsageError::about(other, "no such command; try `grade` or `merge`").into()),
    }
}

fn grade(mut words: Words) -> Result<GradeRequest> {
    let mut request = GradeRequest::default();
    while let Some(word) = words.next()? {
        let option = match word {
            Word::Option(option) => option,
            Word::Value(path) => {
                request.submissions.push(path.into());
                continue;
            }
        };
        match option.as_str() {
            "--lessons" => request.lessons = Some(words.read(lessons)?),
            "--roster" => request.roster = Some(words.value()?.into()),
            "--isolation" => request.isolation = Some(words.read(str::parse)?),
            "--jobs" => request.jobs = Some(words.read(jobs)?),
            "--seed" => request.seed = Some(words.read(seed)?),
            "--key" => request.key = Some(words.value()?.into()),
            "--partition" => request.partition = Some(words.read(str::parse)?),
            "--resume" => request.resume = true,
            _ => request.output.read(&mut words)?,
        }
    }
    if request.submissions.is_empty() {
        let problem = "whose? Name the folder that holds the students' folders";
        return Err(UsageError::about("SUBMISSIONS", problem).into());
    }
    Ok(request)
}

fn merge(mut words: Words) -> Result<MergeRequest> {
    let mut request = MergeRequest::default();
    while let Some(word) = words.next()? {
        match word {
            Word::Option(_) => request.output.read(&mut words)?,
            Word::Value(folder) => request.folders.push(folder.into()),
        }
    }
    if request.folders.is_empty() {
        let problem = "which? Name what was the --out of each partition";
        return Err(UsageError::about("FOLDERS", problem).into());
    }
    Ok(request)
}

fn gradescope_zip(mut words: Words) -> Result<ZipRequest> {
    let mut request = ZipRequest { out: "autograder.zip".into(), lessons: None };
    while let Some(word) = words.next()? {
        match word {
            Word::Option(option) if option == "--out" => request.out = words.value()?.into(),
            Word::Option(option) if option == "--lessons" => {
                request.lessons = Some(words.read(lessons)?);
            }
            Word::Option(other) => {
                let problem = "no such option; `grader help` shows all of them";
                return Err(UsageError::about(other, problem).into());
            }
            Word::Value(word) => {
                let problem = "this takes only options; try --out autograder.zip";
                return Err(UsageError::about(word.to_string_lossy(), problem).into());
            }
        }
    }
    Ok(request)
}

impl Output {
    /// Reads the option that stands here, if it is one of both commands.
    fn read(&mut self, words: &mut Words) -> Result<()> {
        match words.option() {
            "--out" => self.folder = words.value()?.into(),
            "--format" => self.formats.get_or_insert_default().extend(words.read(formats)?),
            "--canvas" => self.canvas.extend([words.read(canvas)?]),
            "--moodle" => self.moodle = Some(words.read(str::parse)?),
            other => {
                let problem = "no such option; `grader help` shows all of them";
                return Err(UsageError::about(other, problem).into());
            }
        }
        Ok(())
    }
}

/// The names of the lessons that a word such as `1-3,lesson-5` means, in their order.
fn lessons(text: &str) -> Result<Vec<String>> {
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

fn formats(text: &str) -> Result<Vec<Format>> {
    text.split(',').map(|name| name.trim().parse()).collect()
}

fn canvas(text: &str) -> Result<(String, CanvasAssignment)> {
    let parts = text.split_once('=');
    let (lesson, header) = parts.context("try \"lesson-3=Echo (4711)\"")?;
    let [lesson] = lessons::parse_ranges(lesson)?[..] else {
        bail!("`{lesson}` are several lessons; each has a column of its own");
    };
    Ok((lesson.name(), header.parse()?))
}

/// A word of a command line.
enum Word {
    /// `--seed`
    Option(String),
    Value(OsString),
}

struct Words {
    parser: Parser,
    /// The one that was read last.
    option: String,
}

impl Words {
    fn of(words: &[OsString]) -> Self {
        Self { parser: Parser::from_args(words), option: String::new() }
    }

    fn next(&mut self) -> Result<Option<Word>> {
        let word = match self.parser.next() {
            Ok(Some(Arg::Value(value))) => return Ok(Some(Word::Value(value))),
            Ok(Some(Arg::Long(name))) => format!("--{name}"),
            Ok(Some(Arg::Short(letter))) => format!("-{letter}"),
            Ok(None) => return Ok(None),
            Err(error) => return Err(UsageError::about(&self.option, error).into()),
        };
        self.option.clone_from(&word);
        Ok(Some(Word::Option(word)))
    }

    /// The option that was read last.
    fn option(&self) -> &str {
        &self.option
    }

    fn value(&mut self) -> Result<OsString> {
        let value = self.parser.value();
        let problem = "it needs a value; `grader help` shows which";
        value.map_err(|_| UsageError::about(&self.option, problem).into())
    }

    /// The option's value, as `read` understands it.
    fn read<T>(&mut self, read: impl FnOnce(&str) -> Result<T>) -> Result<T> {
        let value = self.value()?;
        read(&value.to_string_lossy())
            .map_err(|error| UsageError::about(&self.option, format!("{error:#}")).into())
    }
}
