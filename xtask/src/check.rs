//! `cargo xtask check [LESSON]`: has a lesson's program judged, or any other program.

use crate::grading::{self, FAILED, FULL_MARKS, GRADER_ERROR, Verdict};
use crate::progress::Best;
use crate::{Command, build, help, workspace};
use anyhow::{Context, Result};
use base::lessons::{self, LESSONS, Lesson};
use base::programs::Keeper;
use base::terminal::Style;
use base::usage::{UsageError, is_closed_pipe, print_error};
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::process::ExitCode;

pub const COMMAND: Command = Command {
    name: "check",
    arguments: "[LESSON] [OPTIONS]",
    summary: "judge a lesson's program: what is right, what is wrong, and why",
    details: "\
LESSON is lesson-3 or just 3. Without it, all lessons that are started are judged in turn.
The lesson's own program is built first; --program judges any other, in whatever language.

  --seed N               repeat a run exactly; each report shows its seed
  --all                  show every failure whole, not only the first
  --format human|json    json: one object a lesson, one a line; none if it doesn't compile
  --program CMD ARGS…    judge this command, to which the lesson's own argument is appended;
                         it stands last, since all that follows belongs to the command

The exit code is 0 only for full marks. 3 means that the checks themselves failed, which is
no fault of the program.",
    run,
};

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let request = Request::from_arguments(parser)?;
    let code = match request.serve() {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => return Err(error),
        Err(error) => {
            print_error(&error);
            GRADER_ERROR
        }
    };
    Ok(ExitCode::from(code))
}

/// What is to be judged.
struct Request {
    /// `None` means all that are started.
    lesson: Option<&'static Lesson>,
    /// The command line of another program than the lesson's own.
    program: Option<Vec<OsString>>,
    /// What the checks are told besides.
    options: Vec<OsString>,
    json: bool,
}

impl Request {
    fn from_arguments(mut parser: lexopt::Parser) -> Result<Self> {
        let mut request = Self { lesson: None, program: None, options: Vec::new(), json: false };
        while let Some(argument) = parser.next()? {
            match argument {
                lexopt::Arg::Value(word) if request.lesson.is_none() => {
                    request.lesson = Some(lessons::named(&word)?);
                }
                lexopt::Arg::Long("all") => request.options.push("--all".into()),
                lexopt::Arg::Long("seed") => {
                    let seed = parser.value()?;
                    check_seed(&seed)?;
                    request.options.extend(["--seed".into(), seed]);
                }
                lexopt::Arg::Long("format") => {
                    let format = parser.value()?;
                    request.json = is_json(&format)?;
                    request.options.extend(["--format".into(), format]);
                }
                lexopt::Arg::Long("program") => {
                    let mut words: Vec<OsString> = parser.optional_value().into_iter().collect();
                    words.extend(parser.raw_args()?);
                    request.program = Some(words);
                }
                other => return Err(help::unexpected(&other, &COMMAND)),
            }
        }
        request.check_program()?;
        Ok(request)
    }

    fn check_program(&self) -> Result<()> {
        let problem = match &self.program {
            Some(_) if self.lesson.is_none() => "which lesson is the program for?",
            Some(words) if words.is_empty() => "which program?",
            _ => return Ok(()),
        };
        let example = "For example `cargo xtask check lesson-3 --program python3 receiver.py`";
        Err(UsageError(format!("{problem} {example}")).into())
    }

    /// Returns the exit code.
    fn serve(&self) -> Result<u8> {
        let mut keeper = Keeper::start()?;
        if let Some(lesson) = self.lesson {
            return Ok(self.judge(&mut keeper, lesson)?.code);
        }
        let mut worst = FULL_MARKS;
        let mut summary = String::new();
        for lesson in started_lessons()? {
            let verdict = match self.judge(&mut keeper, lesson) {
                Err(error) if !is_closed_pipe(&error) => {
                    print_error(&error);
                    Verdict { code: GRADER_ERROR, score: None }
                }
                result => result?,
            };
            worst = worst.max(verdict.code);
            summary.push_str(&summary_line(lesson, &verdict));
        }
        if !self.json {
            write!(io::stdout(), "\n{summary}")?;
        }
        Ok(worst)
    }

    /// Has one lesson's program judged. What there is to say about it, the checks or cargo say.
    fn judge(&self, keeper: &mut Keeper, lesson: &Lesson) -> Result<Verdict> {
        let program = match &self.program {
            Some(words) => words.clone(),
            None if build::build(keeper, &[lesson.name()])? => {
                vec![build::program(&lesson.name())?.into()]
            }
            None => {
                writeln!(io::stderr(), "{}", grading::does_not_compile(lesson))?;
                return Ok(Verdict { code: FAILED, score: None });
            }
        };
        let checks = build::checks(keeper)?;
        let score = grading::score_file()?;
        let mut command = grading::command(&checks, lesson, &self.options, &program, &score);
        let status = keeper.spawn(&mut command).and_then(|mut checks| checks.wait());
        let status = status.with_context(|| format!("cannot start {}", checks.display()))?;
        let verdict = grading::verdict(lesson, status, &score)?;
        if self.program.is_none() {
            grading::record(lesson, &verdict);
        }
        Ok(verdict)
    }
}

/// The lessons that are judged when none is named.
pub fn started_lessons() -> Result<Vec<&'static Lesson>> {
    Ok(workspace::load()?.map_or_else(|| LESSONS.iter().collect(), |workspace| workspace.lessons))
}

fn summary_line(lesson: &Lesson, verdict: &Verdict) -> String {
    let style = Style::of_stdout();
    let result = match (verdict.score, verdict.code) {
        (Some(Best { points, maximum }), code) => {
            let colour = if code == FULL_MARKS { "32" } else { "31" };
            style.paint(colour, &format!("{points} of {maximum} points"))
        }
        (None, FAILED) => style.paint("31", "doesn't compile yet"),
        (None, _) => style.paint("33", "not judged: the checks themselves failed"),
    };
    format!("{}  {:<16} {result}\n", style.paint("1", &lesson.name()), lesson.title)
}

fn check_seed(value: &OsStr) -> Result<()> {
    let value = value.to_string_lossy();
    if value.parse::<u64>().is_err() {
        let hint = "take the number that a report shows, such as 4711";
        return Err(UsageError(format!("`{value}` is no seed; {hint}")).into());
    }
    Ok(())
}

fn is_json(value: &OsStr) -> Result<bool> {
    match value.to_string_lossy().as_ref() {
        "human" => Ok(false),
        "json" => Ok(true),
        other => {
            let problem = format!("there is no format `{other}`; take `human` or `json`");
            Err(UsageError(problem).into())
        }
    }
}
