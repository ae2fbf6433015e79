//! `cargo xtask grade`: everything around the grading of a class.

use crate::arguments::{self, JOBS};
use crate::canary;
use crate::class::{self, News, Options};
use crate::jail::Isolation;
use crate::judge::Judge;
use crate::key::{self, RunKey};
use crate::outputs;
use crate::progress::{Progress, words};
use crate::roster::Roster;
use crate::store::{Run, Store};
use crate::submissions::{self, Survey};
use crate::threads::processors;
use crate::workshop::Workshop;
use anyhow::{Error, Result, bail, ensure};
use base::lessons::{self, LESSONS};
use base::usage::UsageError;
use checks::check::Lesson;
use std::fs;
use std::path::Path;

/// Grades a class with the course at `root`; returns whether all of it was graded and written.
pub fn run(request: &arguments::GradeRequest, root: &Path, progress: &Progress) -> Result<bool> {
    let old = old_run(request)?;
    let survey = survey(request)?;
    let (roster, roster_sha256) = read_roster(request.roster.as_deref())?;
    progress.say(&words::survey(&survey, roster.as_ref()));
    let isolation = isolation(request, old.as_ref())?;
    let mut run = begin(request, old.as_ref(), isolation, &survey)?;
    run.roster_sha256 = roster_sha256;
    let lessons = run.lessons.iter().map(|name| checks::lessons::known(name));
    let lessons: Vec<&'static Lesson> = lessons.collect::<Result<_>>()?;
    let students = run.students().cloned();
    let platform = outputs::platform(&request.output);
    outputs::rehearse(&outputs::formats(&run)?, &lessons, students, &platform)?;
    isolation.expect_possible()?;
    let workshop = Workshop::open(root, isolation)?;
    let gaps = canary::prove(&workshop, &submissions::witnesses(&survey.submissions))?;
    run.checks_sha256 = workshop.checks_sha256();
    progress.say(&words::conditions(&run, &gaps, workshop.limits_trials()));
    let make = if request.resume { Store::resume } else { Store::create };
    let mut store = make(&request.output.folder, run)?;
    let mut submissions = survey.submissions;
    submissions.retain(|s| store.run().partition.is_none_or(|share| share.has(&s.student)));
    let jobs = request.jobs.unwrap_or_else(|| default_jobs(workshop.jail.isolation));
    let options = Options { lessons, jobs, roster };
    let tell = |news: News<'_>| progress.tell(news);
    let results = class::grade(&workshop, &submissions, &options, &store, &tell)?;
    outputs::finish(&mut store, &results, &request.output, progress)
}

/// What the run is, as far as that is known before anything is built or read.
fn begin(
    request: &arguments::GradeRequest,
    old: Option<&Run>,
    isolation: Isolation,
    survey: &Survey,
) -> Result<Run> {
    let (key, seed) = choose(request, old)?;
    Ok(Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        key,
        seed,
        lessons: lessons(request, old),
        partition: request.partition.or(old.and_then(|old| old.partition)),
        isolation: isolation.to_string(),
        checks_sha256: String::new(),
        roster_sha256: String::new(),
        formats: outputs::format_names(&request.output, old),
        class: survey.submissions.iter().map(|s| s.student.clone()).collect(),
        complete: false,
    })
}

/// The run that is gone on with, if any. One that isn't is refused before hours are spent.
fn old_run(request: &arguments::GradeRequest) -> Result<Option<Run>> {
    let folder = &request.output.folder;
    if !request.resume {
        Run::refuse_another(folder)?;
        return Ok(None);
    }
    Run::read(folder)
}

/// The submissions, without our own results among them.
fn survey(request: &arguments::GradeRequest) -> Result<Survey> {
    let mut survey = submissions::survey(&request.submissions)?;
    if let Ok(ours) = fs::canonicalize(&request.output.folder) {
        survey.submissions.retain(|submission| submission.path != ours);
    }
    let places: Vec<_> = request.submissions.iter().map(|p| p.display().to_string()).collect();
    ensure!(
        !survey.submissions.is_empty(),
        "there is no submission in {}: name the folder that holds the students' folders",
        places.join(", ")
    );
    Ok(survey)
}

fn read_roster(path: Option<&Path>) -> Result<(Option<Roster>, String)> {
    let Some(path) = path else { return Ok((None, String::new())) };
    let (roster, sha256) = Roster::read(path)?;
    Ok((Some(roster), sha256))
}

fn lessons(request: &arguments::GradeRequest, old: Option<&Run>) -> Vec<String> {
    let all = || LESSONS.iter().map(lessons::Lesson::name).collect();
    let known = request.lessons.clone().or_else(|| old.map(|old| old.lessons.clone()));
    known.unwrap_or_else(all)
}

fn isolation(request: &arguments::GradeRequest, old: Option<&Run>) -> Result<Isolation> {
    match (request.isolation, old) {
        (Some(isolation), _) => Ok(isolation),
        (None, Some(old)) => old.isolation.parse(),
        (None, None) => Ok(Isolation::Strict),
    }
}

/// Only `strict` gives each program a network of its own; elsewhere one could disturb another.
fn default_jobs(isolation: Isolation) -> usize {
    if isolation != Isolation::Strict {
        return 1;
    }
    JOBS * processors()
}

/// The key of a run, and the number that it follows from, if there is one.
pub fn choose(
    request: &arguments::GradeRequest,
    old: Option<&Run>,
) -> Result<(RunKey, Option<u64>)> {
    match (request.seed, request.key.as_deref(), old) {
        (Some(_), Some(_), _) => {
            let problem = "a seed makes a key of its own: leave this or --seed out";
            bail!(UsageError::about("--key", problem))
        }
        (Some(seed), None, _) => Ok((RunKey::of_seed(seed), Some(seed))),
        (None, Some(file), Some(old)) => again(file, old),
        (None, Some(file), None) => Ok((key::read_or_make(file)?, None)),
        (None, None, Some(old)) => Ok((old.key.clone(), old.seed)),
        (None, None, None) => match request.partition {
            None => Ok((RunKey::random()?, None)),
            Some(partition) => {
                let problem = format!("the other shares need the same payloads as {partition}");
                let advice =
                    "give all of them the same file, such as --key key; the first makes it";
                bail!(UsageError::about("--partition", format!("{problem}: {advice}")))
            }
        },
    }
}

/// A run that goes on has its key, so that none is made for it.
fn again(file: &Path, old: &Run) -> Result<(RunKey, Option<u64>)> {
    let none = || -> Error {
        let problem = format!("there is no {}, and the run has a key already", file.display());
        UsageError::about("--key", format!("{problem}: leave --key out")).into()
    };
    let key = key::read(file)?.ok_or_else(none)?;
    let seed = old.seed.filter(|_| key == old.key);
    Ok((key, seed))
}
