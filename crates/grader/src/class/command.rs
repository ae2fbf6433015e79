//! `grader grade`: everything around [`grade`].

use super::{Options, grade, payloads};
use crate::arguments::{self, Output};
use crate::canary;
use crate::formats::{Classroom50, Context as Platform, Format};
use crate::jail::Isolation;
use crate::judge::Judge;
use crate::model::{CheckInfo, Lesson, Results};
use crate::progress::{Progress, listing};
use crate::roster::Roster;
use crate::store::Store;
use crate::store::outputs::{self, Written};
use crate::store::run::Run;
use crate::submissions::{self, Survey};
use crate::threads::processors;
use crate::workshop::Workshop;
use anyhow::{Context, Result, ensure};
use base::lessons::{self, LESSONS};
use std::path::Path;
use std::{env, fs};

/// Programs that are judged at a time, for each processor: most of a check is waiting.
const JOBS: usize = 5;

/// Grades a class with the course at `root`; returns whether all of it was graded and written.
pub fn run(request: &arguments::Grade, root: &Path, progress: &Progress) -> Result<bool> {
    let old = old_run(request)?;
    let survey = survey(request)?;
    let (roster, roster_sha256) = read_roster(request.roster.as_deref())?;
    progress.say(&listing::survey(&survey, roster.as_ref()));
    let isolation = isolation(request, old.as_ref())?;
    let (key, seed) = payloads::choose(request, old.as_ref())?;
    let mut run = Run {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        key,
        seed,
        lessons: lessons(request, old.as_ref()),
        partition: request.partition.or(old.as_ref().and_then(|old| old.partition)),
        isolation: isolation.to_string(),
        checks_sha256: String::new(),
        roster_sha256,
        formats: formats(&request.output, old.as_ref()),
        class: survey.submissions.iter().map(|s| s.student.clone()).collect(),
        complete: false,
    };
    let lessons: Vec<Lesson> =
        run.lessons.iter().map(|name| lesson(name)).collect::<Result<_>>()?;
    let students = run.students().cloned();
    outputs::rehearse(&parsed(&run), &lessons, students, &platform(&request.output))?;
    isolation.expect_possible()?;
    let workshop = Workshop::open(root, isolation)?;
    let gaps = canary::prove(&workshop, &submissions::witnesses(&survey.submissions))?;
    run.checks_sha256 = workshop.checks_sha256();
    progress.say(&listing::conditions(&run, &gaps, workshop.limits_trials()));
    let make = if request.resume { Store::resume } else { Store::create };
    let mut store = make(&request.output.folder, run)?;
    let mut submissions = survey.submissions;
    submissions.retain(|s| store.run().partition.is_none_or(|share| share.has(&s.student)));
    let jobs = request.jobs.unwrap_or_else(|| default_jobs(workshop.jail.isolation));
    let options = Options { lessons, jobs, roster };
    let results = grade(&workshop, &submissions, &options, &store, progress)?;
    finish(&mut store, &results, &request.output, progress)
}

/// Writes what a run resulted in, and tells how it went; returns whether all was graded and
/// written.
pub fn finish(
    store: &mut Store,
    results: &Results,
    output: &Output,
    progress: &Progress,
) -> Result<bool> {
    let formats = parsed(store.run());
    let written = outputs::write(store.folder(), results, &formats, &platform(output))?;
    store.complete()?;
    progress.summary(results);
    tell_where(store.folder(), &written, progress);
    let mut grades = results.submissions.iter().flat_map(|submission| &submission.grades);
    Ok(written.failures.is_empty() && grades.all(crate::model::Grade::has_score))
}

/// What only the platforms know, as far as we were told.
pub fn platform(output: &Output) -> Platform {
    Platform {
        canvas: output.canvas.clone(),
        moodle: output.moodle,
        classroom50: Classroom50::from_variables(|name| env::var(name).ok()),
        token: None,
    }
}

/// The formats of a run.
pub fn parsed(run: &Run) -> Vec<Format> {
    run.formats.iter().filter_map(|name| name.parse().ok()).collect()
}

fn tell_where(folder: &Path, written: &Written, progress: &Progress) {
    let folder = folder.display();
    progress.say(&format!("In {folder}: {}\n", written.places.join(", ")));
    for note in &written.notes {
        progress.say(&format!("- {note}\n"));
    }
    for failure in &written.failures {
        progress.say(&format!("! not written: {failure}\n"));
    }
}

/// The run that is gone on with, if any. One that isn't is refused before hours are spent.
fn old_run(request: &arguments::Grade) -> Result<Option<Run>> {
    let folder = &request.output.folder;
    if !request.resume {
        Run::refuse_another(folder)?;
        return Ok(None);
    }
    Run::read(folder)
}

/// The submissions, without our own results among them.
fn survey(request: &arguments::Grade) -> Result<Survey> {
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

fn lessons(request: &arguments::Grade, old: Option<&Run>) -> Vec<String> {
    let all = || LESSONS.iter().map(lessons::Lesson::name).collect();
    let known = request.lessons.clone().or_else(|| old.map(|old| old.lessons.clone()));
    known.unwrap_or_else(all)
}

/// The names of the formats: what is asked for now, or was when the run began.
pub fn formats(output: &Output, old: Option<&Run>) -> Vec<String> {
    let names = |formats: &Vec<Format>| formats.iter().map(Format::to_string).collect();
    let known = output.formats.as_ref().map(names).or_else(|| old.map(|old| old.formats.clone()));
    known.unwrap_or_else(|| vec![Format::Csv.to_string()])
}

fn isolation(request: &arguments::Grade, old: Option<&Run>) -> Result<Isolation> {
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

/// A lesson, as results describe it.
fn lesson(name: &str) -> Result<Lesson> {
    let lesson = checks::lessons::find(name);
    let lesson = lesson.with_context(|| format!("there are no checks for {name}"))?;
    let checks = lesson.checks.iter().map(|check| CheckInfo {
        id: check.id.to_owned(),
        title: check.title.to_owned(),
        max_points: check.points,
        goal: check.goal.to_owned(),
        section: check.section.to_owned(),
    });
    Ok(Lesson {
        name: lesson.entry.name(),
        title: lesson.entry.title.to_owned(),
        max_score: lesson.checks.iter().map(|check| check.points).sum(),
        checks: checks.collect(),
    })
}
