//! `grader merge`

use crate::arguments;
use crate::class::command::{finish, formats, parsed, platform};
use crate::merge::merge;
use crate::progress::Progress;
use crate::store::outputs;
use crate::store::run::Run;
use anyhow::Result;

/// Joins the shares of a run; returns whether all of it was graded and written.
pub fn run(request: &arguments::Merge, progress: &Progress) -> Result<bool> {
    Run::refuse_another(&request.output.folder)?;
    let mut merged = merge(&request.folders)?;
    merged.run.formats = formats(&request.output, Some(&merged.run));
    let (run, platform) = (&merged.run, platform(&request.output));
    outputs::rehearse(&parsed(run), &merged.results.lessons, run.students().cloned(), &platform)?;
    let mut store = merged.keep(&request.output.folder)?;
    finish(&mut store, &merged.results, &request.output, progress)
}
