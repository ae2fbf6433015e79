//! The `checks` program, which the runner starts: it judges, plays, draws and compares.

use anyhow::{Context, Result, bail};
use base::random;
use base::terminal::{Style, spelled};
use checks::judge::{Terms, judge_and_tell};
use checks::network::Network;
use checks::report::Teller;
use checks::subject::Program;
use checks::verdict::{Finding, Mark, Verdict, count};
use checks::{diff, drawing, lessons};
use lexopt::{Arg, Parser, ValueExt};
use link::words::Names;
use std::ffi::OsString;
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

const USAGE: &str = "\
usage: checks check LESSON [--seed N] [--all] [--format human|json] [--score FILE] [--shown NAME]
                    [--own-network] --program CMD [ARG…]
       checks play LESSON ARGUMENT
       checks draw CLIENT SERVER      what stands in JSON lines on stdin, as SVG on stdout; the
                                      sides have these names
       checks diff OLD NEW            two files, but for the markers of regions; 1: they differ
exit codes: 0 full marks, 1 less, 2 wrong usage, 3 a check itself failed";

fn main() -> ExitCode {
    let result = match env::args_os().nth(1).unwrap_or_default().to_str() {
        Some("check") => Request::read().map_err(Error::Usage).and_then(|request| request.judge()),
        Some("play") => play_lesson(),
        Some("draw") => draw(),
        Some("diff") => compare(),
        _ => Err(Error::Usage(anyhow::anyhow!("which command?"))),
    };
    let (text, code) = match result {
        Ok(code) => return code,
        Err(Error::Usage(error)) => (format!("{error:#}\n{USAGE}"), 2),
        Err(Error::Program(fault)) => (fault, 2),
        Err(Error::Failed(error)) => (format!("{error:#}"), 1),
        Err(Error::Grader(error)) => (format!("{error:#}"), 3),
    };
    let _ = writeln!(io::stderr(), "{}", spelled(&format!("error: {text}")));
    ExitCode::from(code)
}

enum Error {
    Usage(anyhow::Error),
    /// The command to be judged is no command. Who typed that may not have typed ours.
    Program(String),
    Failed(anyhow::Error),
    Grader(anyhow::Error),
}

/// The command line of `checks check`.
struct Request {
    lesson: &'static checks::check::Lesson,
    seed: u64,
    all: bool,
    json: bool,
    score: Option<PathBuf>,
    program: Program,
    terms: Terms,
}

impl Request {
    fn read() -> Result<Self> {
        let words: Vec<OsString> = env::args_os().skip(2).collect();
        // All behind `--program` is the command, whatever it looks like.
        let at = words.iter().position(|word| word == "--program").context("which program?")?;
        let (ours, command) = words.split_at(at);
        let command: Vec<OsString> = command.iter().skip(1).cloned().collect();
        if command.is_empty() {
            bail!("`--program` needs a command behind it");
        }
        let (mut lesson, mut seed, mut score) = (None, random::seed(), None);
        let (mut all, mut json, mut name) = (false, false, None);
        let mut terms = Terms::default();
        let mut parser = Parser::from_args(ours);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("seed") => seed = parser.value()?.parse()?,
                Arg::Long("all") => all = true,
                Arg::Long("format") => json = is_json(&parser.value()?)?,
                Arg::Long("own-network") => terms.network = Network::Own,
                Arg::Long("shown") => name = Some(parser.value()?.string()?),
                Arg::Long("score") => score = Some(PathBuf::from(parser.value()?)),
                Arg::Value(name) if lesson.is_none() => {
                    let name = name.to_string_lossy().into_owned();
                    let found = lessons::find(&name);
                    lesson = Some(found.with_context(|| format!("there is no lesson `{name}`"))?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        let lesson = lesson.context("which lesson?")?;
        let program = Program { command, name };
        Ok(Self { lesson, seed, all, json, score, program, terms })
    }

    fn judge(&self) -> Result<ExitCode, Error> {
        let mut teller = Teller::new(self.all, Style::of_stdout_shown_by_another());
        let (mut fault, mut printed) = (None, Ok(()));
        let mut is_first = true;
        let mut tell = |finding: &Finding| {
            if finding.mark() == Mark::GraderError && fault.is_none() {
                fault = self.program.fault();
            }
            if fault.is_none() && !self.json && printed.is_ok() {
                let title = if is_first { teller.title(self.lesson) } else { String::new() };
                printed = print(&spelled(&(title + &teller.finding(finding))));
                is_first = false;
            }
        };
        let verdict = Verdict {
            lesson: self.lesson,
            program: self.program.shown(),
            seed: self.seed,
            findings: judge_and_tell(self.lesson, &self.program, self.seed, self.terms, &mut tell),
        };
        if let Some(fault) = fault {
            return Err(Error::Program(fault));
        }
        let rest = if self.json { json(&verdict) } else { Ok(teller.total(&verdict)) };
        printed.and_then(|()| print(&rest?)).map_err(Error::Grader)?;
        let (earned, most) = (verdict.points(), verdict.max_points());
        if let Some(path) = &self.score {
            let written = fs::write(path, format!("{earned} {most}\n"));
            let context = || format!("cannot write the score to {}", path.display());
            written.with_context(context).map_err(Error::Grader)?;
        }
        let errors = count(&verdict.findings, Mark::GraderError);
        Ok(ExitCode::from(if errors > 0 { 3 } else { u8::from(earned < most) }))
    }
}

fn json(verdict: &Verdict) -> Result<String> {
    Ok(serde_json::to_string(verdict).context("cannot turn the verdict into JSON")? + "\n")
}

fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    printed.context("cannot print the verdict")
}

fn is_json(format: &OsString) -> Result<bool> {
    match format.to_str() {
        Some("json") => Ok(true),
        Some("human") => Ok(false),
        _ => bail!("`{}` is no format; take human or json", format.to_string_lossy()),
    }
}

fn draw() -> Result<ExitCode, Error> {
    let words: Vec<String> =
        env::args_os().skip(2).map(|word| word.to_string_lossy().into_owned()).collect();
    let [client, server] = words.as_slice() else {
        return Err(Error::Usage(anyhow::anyhow!("what are the two sides called?")));
    };
    let drawn = drawing::print(io::stdin().lock(), &Names { client, server }, io::stdout());
    drawn.map(|()| ExitCode::SUCCESS).map_err(Error::Failed)
}

fn compare() -> Result<ExitCode, Error> {
    let words: Vec<PathBuf> = env::args_os().skip(2).map(PathBuf::from).collect();
    let [old, new] = words.as_slice() else {
        return Err(Error::Usage(anyhow::anyhow!("which two files?")));
    };
    let difference =
        diff::between(old, new, Style::of_stdout_shown_by_another()).map_err(Error::Grader)?;
    match io::stdout().write_all(spelled(&difference).as_bytes()) {
        Ok(()) => Ok(ExitCode::from(u8::from(!difference.is_empty()))),
        // Whoever read our output has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::from(3)),
        Err(error) => Err(Error::Grader(error.into())),
    }
}

fn play_lesson() -> Result<ExitCode, Error> {
    let words: Vec<String> =
        env::args_os().skip(2).map(|word| word.to_string_lossy().into_owned()).collect();
    let [name, argument] = words.as_slice() else {
        return Err(Error::Usage(anyhow::anyhow!("which lesson, with which argument?")));
    };
    let play = lessons::find(name).and_then(|lesson| lesson.play);
    let played = play
        .with_context(|| format!("`{name}` can't be played: it has no other half"))
        .and_then(|play| play(argument));
    played.map(|()| ExitCode::SUCCESS).map_err(Error::Failed)
}
