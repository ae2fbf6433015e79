//! What a run results in: `results.json`, the formats that were asked for, and the reports.

use crate::arguments::Output;
use crate::durable;
use crate::formats::{self, Classroom50, Context as Platform, File, Format};
use crate::model::{Grade, Graded, Results, Status};
use crate::progress::Progress;
use crate::report;
use crate::store::{RESULTS, Run, Store};
use crate::threads;
use anyhow::{Context, Result};
use base::usage::UsageError;
use checks::check::Lesson;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::BufReader;
use std::path::Path;

/// Files that are written at a time: most of that is waiting for the disk.
const WRITERS: usize = 16;

/// What became of writing.
#[derive(Default, Debug)]
pub struct Written {
    /// Where results are, below the run's folder.
    pub places: Vec<String>,
    /// What an instructor should know about them.
    pub notes: Vec<String>,
    /// What couldn't be written, and why.
    pub failures: Vec<String>,
}

/// Reads the results of a run, or as much of them as `T` takes.
pub fn read<T: DeserializeOwned>(folder: &Path) -> Result<T> {
    let path = folder.join(RESULTS);
    let advice = || format!("cannot read {}; write it again with --resume", path.display());
    let file = durable::open(&path).with_context(advice)?;
    serde_json::from_reader(BufReader::new(file)).with_context(advice)
}

/// The names of the formats: what is asked for now, or was when the run began.
pub fn format_names(output: &Output, old: Option<&Run>) -> Vec<String> {
    let names = |formats: &Vec<Format>| formats.iter().map(Format::to_string).collect();
    let known = output.formats.as_ref().map(names).or_else(|| old.map(|old| old.formats.clone()));
    known.unwrap_or_else(|| vec![Format::Csv.to_string()])
}

/// Finds out whether these formats can be written, before hours are spent on grades for them.
pub fn rehearse(
    formats: &[Format],
    lessons: &[&'static Lesson],
    students: impl Iterator<Item = String>,
    platform: &Platform,
) -> Result<()> {
    let blanks: Vec<Grade> =
        lessons.iter().map(|lesson| Grade::blank(lesson, Status::NotSubmitted)).collect();
    let submissions = students.map(|student| Graded {
        student,
        roster: None,
        notes: Vec::new(),
        grades: blanks.clone(),
    });
    let results = Results {
        tool: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        lessons: lessons.to_vec(),
        submissions: submissions.collect(),
    };
    for format in formats {
        let rendered = formats::render(*format, &results, platform);
        rendered.map_err(|error| {
            UsageError::about(format!("--format {format}"), format!("{error:#}"))
        })?;
    }
    Ok(())
}

/// Writes all of it. One format that fails doesn't keep the others from being written.
pub fn write(
    folder: &Path,
    results: &Results,
    formats: &[Format],
    platform: &Platform,
) -> Result<Written> {
    let mut written = Written::default();
    durable::write_with(&folder.join(RESULTS), |file| {
        serde_json::to_writer_pretty(file, results).context("cannot turn the results into JSON")
    })?;
    written.places.push(RESULTS.to_owned());
    written.note("report.html", page(folder, results));
    written.note("reports", reports(folder, results));
    for format in formats.iter().filter(|format| **format != Format::Json) {
        match formats::render(*format, results, platform) {
            Ok(rendered) => {
                written.notes.extend(rendered.notes);
                let files = files(folder, &rendered.files);
                written.note(&top(&rendered.files), files);
            }
            Err(error) => written.failures.push(format!("--format {format}: {error:#}")),
        }
    }
    durable::settle(folder)?;
    Ok(written)
}

/// Writes what a run resulted in, and tells how it went; returns whether all was graded and
/// written.
pub fn finish(
    store: &mut Store,
    results: &Results,
    output: &Output,
    progress: &Progress,
) -> Result<bool> {
    let formats = formats(store.run())?;
    let written = write(store.folder(), results, &formats, &platform(output))?;
    store.complete()?;
    progress.summary(results);
    tell_where(store.folder(), &written, progress);
    let mut grades = results.submissions.iter().flat_map(|submission| &submission.grades);
    Ok(written.failures.is_empty() && grades.all(crate::model::Grade::has_score))
}

/// What only the platforms know, as far as we were told.
pub fn platform(output: &Output) -> Platform {
    Platform {
        canvas: output.canvas.iter().cloned().collect(),
        moodle: output.moodle,
        classroom50: Classroom50::from_variables(|name| env::var(name).ok()),
    }
}

/// The formats of a run.
pub fn formats(run: &Run) -> Result<Vec<Format>> {
    run.formats.iter().map(|name| name.parse()).collect()
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

impl Written {
    fn note(&mut self, place: &str, result: Result<()>) {
        match result {
            Ok(()) => self.places.push(place.to_owned()),
            Err(error) => self.failures.push(format!("{place}: {error:#}")),
        }
    }
}

fn page(folder: &Path, results: &Results) -> Result<()> {
    durable::write(&folder.join("report.html"), report::html::page(results).as_bytes())
}

/// A page for each student, and none for who isn't in the class any more.
fn reports(folder: &Path, results: &Results) -> Result<()> {
    let folder = folder.join("reports");
    create(&folder)?;
    let students: Vec<&str> = results.submissions.iter().map(|s| s.student.as_str()).collect();
    let names = formats::file_names(&students);
    let names: Vec<String> = names.iter().map(|name| format!("report-{name}.md")).collect();
    let pages: Vec<_> = results.submissions.iter().zip(&names).collect();
    threads::map(&pages, WRITERS, |(submission, name)| {
        let page = report::student::page(results, submission);
        durable::write(&folder.join(name), page.as_bytes())
    })?;
    let names: BTreeSet<String> = names.into_iter().collect();
    let context = || format!("cannot tidy {}", folder.display());
    for entry in fs::read_dir(&folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("report-") && name.ends_with(".md") && !names.contains(&name) {
            fs::remove_file(entry.path()).with_context(context)?;
        }
    }
    durable::settle(&folder)
}

fn files(folder: &Path, files: &[File]) -> Result<()> {
    let write = |file: &File| {
        let path = folder.join(&file.path);
        path.parent().map_or(Ok(()), create)?;
        durable::write(&path, &file.bytes)
    };
    threads::map(files, WRITERS, write).map(|_| ())
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot create {}: is it a file?", folder.display()))
}

/// What to look at to find these files: their folder, or the only one.
fn top(files: &[File]) -> String {
    let tops = files.iter().filter_map(|file| file.path.split('/').next());
    tops.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}
