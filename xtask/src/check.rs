//! `cargo xtask check [LESSON]`: has a lesson's program judged, or any other program; and how the
//! checks are started, and what came of it, which `watch` needs as well.

use crate::build;
use crate::command::{Subcommand, unexpected};
use crate::workspace::{self, Score};
use anyhow::{Context, Result};
use base::lessons::{self, LESSONS, Lesson};
use base::programs::Keeper;
use base::terminal::Style;
use base::usage::{UsageError, is_closed_pipe, print_error};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, ExitStatus, Stdio};

pub const COMMAND: Subcommand = Subcommand {
    name: "check",
    arguments: "[LESSON] [OPTIONS]",
    summary: "say what is right, what is wrong, and why",
    details: "\
LESSON is lesson-3 or just 3. Without it, all lessons that are started are judged in turn; one \
whose program is still the starter is not begun, and isn't judged. \
The lesson's own program is built first; --program judges any other, in whatever language.

  --seed N               repeat a run exactly; each report shows its seed
  --all                  show every failure whole, not only the first
  --format human|json    json: one object a lesson, one a line; none if it doesn't compile
  --program CMD ARGS…    judge this command, to which the lesson's own argument is appended; \
                         it stands last, since all that follows belongs to the command

The exit code is 0 only for full marks. 3 means that the checks themselves failed, which is \
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
                other => return Err(unexpected(&other, &COMMAND)),
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
        if self.program.is_none() && !self.json {
            say_what_is_judged()?;
        }
        let mut keeper = Keeper::start()?;
        if let Some(lesson) = self.lesson {
            return Ok(self.judge(&mut keeper, lesson)?.code);
        }
        let mut worst = FULL_MARKS;
        let mut summary = String::new();
        let workspace = workspace::load()?;
        for lesson in started_lessons()? {
            if workspace.as_ref().is_some_and(|workspace| workspace.is_starter(lesson)) {
                worst = worst.max(FAILED);
                summary.push_str(&summary_line(lesson, None));
                continue;
            }
            let judgement = match self.judge(&mut keeper, lesson) {
                Err(error) if !is_closed_pipe(&error) => {
                    print_error(&error);
                    Judgement { code: GRADER_ERROR, score: None }
                }
                result => result?,
            };
            worst = worst.max(judgement.code);
            summary.push_str(&summary_line(lesson, Some(&judgement)));
        }
        if !self.json {
            write!(io::stdout(), "\n{summary}")?;
        }
        Ok(worst)
    }

    /// Has one lesson's program judged. What there is to say about it, the checks or cargo say.
    fn judge(&self, keeper: &mut Keeper, lesson: &Lesson) -> Result<Judgement> {
        let program = match &self.program {
            Some(words) => words.clone(),
            None if build::lessons(keeper, [lesson])? => {
                vec![build::program(&lesson.name())?.into()]
            }
            None => {
                writeln!(io::stderr(), "{}", does_not_compile(lesson))?;
                return Ok(Judgement { code: FAILED, score: None });
            }
        };
        let checks = build::checks(keeper, "judge the program")?;
        let score = score_file()?;
        let mut command = command_for(&checks, lesson, &self.options, &program, &score);
        let status = keeper.spawn(&mut command).and_then(|mut checks| checks.wait());
        let status = status.with_context(|| format!("cannot start {}", checks.display()))?;
        let judgement = judgement(lesson, status, &score)?;
        if self.program.is_none() {
            record(lesson, &judgement);
        }
        Ok(judgement)
    }
}

/// The lessons that are judged when none is named.
pub fn started_lessons() -> Result<Vec<&'static Lesson>> {
    Ok(workspace::load()?.map_or_else(|| LESSONS.iter().collect(), |workspace| workspace.lessons))
}

/// Says in the course itself, where nobody has written anything, whose work is judged.
pub fn say_what_is_judged() -> Result<()> {
    if workspace::load()?.is_none() {
        let text = "This is the course itself: what is judged is its worked step.";
        writeln!(io::stderr(), "{text}")?;
    }
    Ok(())
}

/// What came of a lesson, in a line; nothing did where it isn't begun.
fn summary_line(lesson: &Lesson, judgement: Option<&Judgement>) -> String {
    let style = Style::of_stdout();
    let result = match judgement.map(|judgement| (judgement.score, judgement.code)) {
        None => style.paint("33", "not begun: still the starter"),
        Some((Some(Score { points, maximum }), code)) => {
            let colour = if code == FULL_MARKS { "32" } else { "31" };
            style.paint(colour, &format!("{points} of {maximum} points"))
        }
        Some((None, FAILED)) => style.paint("31", "doesn't compile yet"),
        Some((None, _)) => style.paint("33", "not judged: the checks themselves failed"),
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

/// Exit codes of the checks, and so of `check`; 2 is wrong usage.
pub const FULL_MARKS: u8 = 0;
pub const FAILED: u8 = 1;
pub const GRADER_ERROR: u8 = 3;

/// What came of judging a program.
pub struct Judgement {
    /// One of the exit codes.
    pub code: u8,
    /// What the checks gave; nothing if they didn't come to their end.
    pub score: Option<Score>,
}

/// Where the checks write their score: beside our programs, one file a process.
pub fn score_file() -> Result<PathBuf> {
    build::program(&format!("score-{}", process::id()))
}

/// The call of the checks that judges a program; `program` is its command line.
pub fn command_for(
    checks: &Path,
    lesson: &Lesson,
    options: &[OsString],
    program: &[OsString],
    score: &Path,
) -> Command {
    // No old score may pass for the new one.
    let _ = fs::remove_file(score);
    let mut command = Command::new(checks);
    command.arg("check").arg(lesson.name()).args(options);
    command.arg("--score").arg(score).arg("--program").args(program);
    command.stdin(Stdio::null());
    command
}

/// Learns what came of it from how the checks ended, and from the score that they wrote.
pub fn judgement(lesson: &Lesson, status: ExitStatus, score: &Path) -> Result<Judgement> {
    let text = fs::read_to_string(score);
    let _ = fs::remove_file(score);
    let name = lesson.name();
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    let code = code.filter(|code| *code <= GRADER_ERROR).with_context(|| {
        format!(
            "the checks of {name} ended before their time ({status}); that is no fault of the \
             program, so try again"
        )
    })?;
    if code != FULL_MARKS && code != FAILED {
        return Ok(Judgement { code, score: None });
    }
    let file = score.display();
    let text =
        text.with_context(|| format!("the checks of {name} wrote no score to {file}; try again"))?;
    let score = Score::parse(&text)
        .with_context(|| format!("the checks of {name} wrote no score but {text:?} to {file}"))?;
    Ok(Judgement { code, score: Some(score) })
}

/// Remembers a verdict on a student's own program. If that fails, the verdict still stands.
pub fn record(lesson: &Lesson, judgement: &Judgement) {
    let Some(Score { points, maximum }) = judgement.score else { return };
    let is_students = workspace::load().map(|workspace| workspace.is_some());
    if let Err(error) = is_students.and_then(|is_students| match is_students {
        true => workspace::record_score(lesson, points, maximum),
        false => Ok(()),
    }) {
        print_error(&error.context("cannot remember the score"));
    }
}

/// What is said when cargo has shown its errors.
pub fn does_not_compile(lesson: &Lesson) -> String {
    let (name, source) = (lesson.name(), lesson.source());
    if lessons::root().join(&source).exists() {
        return format!("{name} doesn't compile yet: what has to be mended is said above.");
    }
    let back = match workspace::load() {
        Ok(Some(_)) => format!("`cargo xtask reset {}` brings the starter back.", lesson.number),
        _ => format!("`git checkout {source}` brings it back."),
    };
    format!("{name} has no program: {source} isn't there. {back}")
}
