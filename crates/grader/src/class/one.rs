//! One unit of work: takes the source, has it judged, and labels what comes of it.

use super::{Class, Place};
use crate::judge::{Judge, Turn, Unit};
use crate::key;
use crate::model::{Grade, Status};
use crate::store::Key;
use crate::submissions::{self, Taken};
use anyhow::{Context, Result};
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

impl<J: Judge> Class<'_, J> {
    /// Takes the source and has it judged. A panic is this unit's grader error.
    pub(super) fn judge_one(&self, place: Place<'_>, turn: Turn) -> Grade {
        let judged = panic::catch_unwind(AssertUnwindSafe(|| self.take_and_judge(place, turn)));
        let error = match judged {
            Ok(Ok(grade)) => return self.labelled(place, grade),
            Ok(Err(error)) => format!("{error:#}"),
            Err(payload) => format!("the grader panicked: {}", words(&*payload)),
        };
        Grade { message: error, ..self.blank(place, Status::GraderError) }
    }

    fn take_and_judge(&self, place: Place<'_>, turn: Turn) -> Result<Grade> {
        let source = match submissions::take(place.submission, &place.task.name)? {
            Taken::Source(source) => source,
            Taken::Missing => return Ok(self.blank(place, Status::NotSubmitted)),
            Taken::Refused(why) => {
                return Ok(Grade { message: why, ..self.blank(place, Status::NotCompiled) });
            }
        };
        let (student, lesson) = (place.submission.student.clone(), place.task.name.clone());
        let source_sha256 = source.sha256.clone();
        let seed = self.seed(place, &source_sha256).context("the source has no hash")?;
        let unit = Unit { student, lesson, source, seed };
        Ok(Grade { source_sha256, ..self.judge.judge(&unit, turn) })
    }

    /// What a judge says about a unit is kept only as far as it is the judge's to say.
    fn labelled(&self, place: Place<'_>, grade: Grade) -> Grade {
        let seconds = if grade.seconds.is_finite() { grade.seconds } else { 0.0 };
        // In milliseconds: a number that is the same after a detour through JSON.
        let seconds = (seconds * 1e3).round() / 1e3;
        let seed = self.seed(place, &grade.source_sha256);
        Grade {
            lesson: place.task.name.clone(),
            seconds,
            seed,
            isolation: self.judge.isolation(),
            ..grade
        }
    }

    /// A grade without points.
    pub(super) fn blank(&self, place: Place<'_>, status: Status) -> Grade {
        let blank = Grade::blank(&place.task.name, place.task.max_score, status);
        Grade { isolation: self.judge.isolation(), ..blank }
    }

    pub(super) fn key(&self, place: Place<'_>, sha256: &str) -> Key {
        Key {
            student: place.submission.student.clone(),
            lesson: place.task.name.clone(),
            source_sha256: sha256.to_owned(),
            checks_sha256: self.judge.checks_sha256(),
            seed: self.seed(place, sha256),
            isolation: self.judge.isolation(),
            version: self.store.run().version.clone(),
        }
    }

    fn seed(&self, place: Place<'_>, sha256: &str) -> Option<u64> {
        key::seed(&self.store.run().key, &place.task.name, sha256)
    }
}

/// What a panic said.
pub fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}
