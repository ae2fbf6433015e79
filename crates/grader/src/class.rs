//! Grades a class: each lesson of each student is a unit of work, and many are worked on at a
//! time.

pub mod command;
pub mod load;
pub mod look;
pub mod one;
pub mod payloads;

use crate::judge::{Judge, Turn};
use crate::model::{self, Grade, Results, Status};
use crate::progress::{Progress, visible};
use crate::roster::Roster;
use crate::store::Store;
use crate::submissions::Submission;
use crate::threads;
use anyhow::{Context, Result};
use load::Load;
use look::Found;
use std::sync::{Mutex, PoisonError};

/// What isn't in [`crate::store::run::Run`]: it may be another one when a run goes on.
pub struct Options {
    /// Those that the run names, in its order.
    pub lessons: Vec<model::Lesson>,
    /// Units that are worked on at a time.
    pub jobs: usize,
    pub roster: Option<Roster>,
}

/// What all that grade one unit of a run have in common.
pub struct Class<'a, J> {
    pub judge: &'a J,
    pub submissions: &'a [Submission],
    pub options: &'a Options,
    pub store: &'a Store,
    pub progress: &'a Progress,
}

/// A lesson of a student, and where they stand in the lists.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub student: usize,
    pub lesson: usize,
    pub submission: &'a Submission,
    pub task: &'a model::Lesson,
}

/// Grades what `store` doesn't know yet, keeps each grade there as it comes, and returns all of
/// them: students and lessons in the order that they were given in.
pub fn grade(
    judge: &impl Judge,
    submissions: &[Submission],
    options: &Options,
    store: &Store,
    progress: &Progress,
) -> Result<Results> {
    let class = Class { judge, submissions, options, store, progress };
    let found = look::look(submissions, &options.lessons, options.jobs)?;
    progress.found(submissions, options, &found);
    let (mut grades, work) = class.what_is_known(&found)?;
    progress.begin(&grades, &work, store.damaged());
    let again = class.judge_among_others(&work, &mut grades)?;
    class.judge_again(&again, &mut grades)?;
    Ok(class.results(grades))
}

/// A grade for each lesson of each student; none for what is still to be judged.
pub type Grades = Vec<Vec<Option<Grade>>>;

/// A compiler may have failed because others took what it needed, even if it says otherwise.
fn counts_at_once(grade: &Grade) -> bool {
    grade.has_score() && grade.status != Status::NotCompiled
}

fn put(grades: &mut Grades, place: Place<'_>, grade: Grade) {
    let slot = grades.get_mut(place.student).and_then(|row| row.get_mut(place.lesson));
    if let Some(slot) = slot {
        *slot = Some(grade);
    }
}

impl<'a, J: Judge> Class<'a, J> {
    /// What needs no judge: what wasn't handed in, what can't be taken, and what is in the store.
    /// The rest is work.
    fn what_is_known(&self, found: &[Vec<Found>]) -> Result<(Grades, Vec<Place<'a>>)> {
        let students = self.submissions.iter().enumerate();
        let rows: Vec<Vec<Place<'a>>> = students.map(|student| self.row(student)).collect();
        let rows_found: Vec<_> = rows.iter().zip(found).collect();
        let grades: Grades = threads::map(&rows_found, self.options.jobs, |(row, found)| {
            row.iter().zip(*found).map(|(place, found)| self.known(*place, found)).collect()
        })?;
        let units = rows.iter().flatten().zip(grades.iter().flatten());
        let work = units.filter(|(_, grade)| grade.is_none()).map(|(place, _)| *place).collect();
        Ok((grades, work))
    }

    fn row(&self, (student, submission): (usize, &'a Submission)) -> Vec<Place<'a>> {
        let lessons = self.options.lessons.iter().enumerate();
        lessons.map(|(lesson, task)| Place { student, lesson, submission, task }).collect()
    }

    fn known(&self, place: Place<'_>, found: &Found) -> Result<Option<Grade>> {
        let (status, sha256, message) = match found {
            Found::Source(sha256) => (Status::Judged, sha256.as_str(), ""),
            Found::Missing => (Status::NotSubmitted, "", ""),
            Found::Refused(why) => (Status::NotCompiled, "", why.as_str()),
            Found::Unreadable(_) => return Ok(None),
        };
        let kept = self.store.load(&self.key(place, sha256));
        let is_same = |grade: &Grade| {
            status == Status::Judged || (grade.status == status && grade.message == message)
        };
        if let Some(grade) = kept.filter(|grade| grade.has_score() && is_same(grade)) {
            return Ok(Some(grade));
        }
        if status == Status::Judged {
            return Ok(None);
        }
        let grade = Grade { message: message.to_owned(), ..self.blank(place, status) };
        self.keep(place, &grade)?;
        Ok(Some(grade))
    }

    /// Judges all of it; returns what doesn't count yet.
    fn judge_among_others(
        &self,
        work: &[Place<'a>],
        grades: &mut Grades,
    ) -> Result<Vec<Place<'a>>> {
        let slots = Mutex::new(grades);
        let again = Mutex::new(Vec::new());
        Load::watched(|load| {
            threads::work_on(work, self.options.jobs, |place| {
                let since = load.now();
                let grade = self.judge_one(place, Turn::Among);
                if counts_at_once(&grade) && !load.may_have_cost_points(&grade, since) {
                    self.keep(place, &grade)?;
                } else {
                    again.lock().unwrap_or_else(PoisonError::into_inner).push(place);
                }
                self.progress.judged(place, &grade);
                put(&mut slots.lock().unwrap_or_else(PoisonError::into_inner), place, grade);
                Ok(())
            })
        })?;
        let mut again = again.into_inner().unwrap_or_else(PoisonError::into_inner);
        again.sort_by_key(|place| (place.student, place.lesson));
        Ok(again)
    }

    /// What couldn't be judged, or had too little of the computer, is tried once more, alone.
    fn judge_again(&self, again: &[Place<'_>], grades: &mut Grades) -> Result<()> {
        if !again.is_empty() {
            self.progress.again(again.len());
        }
        for place in again.iter().copied() {
            let grade = self.judge_one(place, Turn::Alone);
            self.keep(place, &grade)?;
            self.progress.judged_again(place, &grade);
            put(grades, place, grade);
        }
        Ok(())
    }

    fn keep(&self, place: Place<'_>, grade: &Grade) -> Result<()> {
        let kept = self.store.save(&self.key(place, &grade.source_sha256), grade);
        kept.with_context(|| {
            let student = visible(&place.submission.student);
            format!("the grade of {student} can't be kept; --resume goes on from here")
        })
    }

    fn results(&self, grades: Grades) -> Results {
        let submission = |(submission, row): (&Submission, Vec<Option<Grade>>)| {
            let student = submission.student.clone();
            let roster = self.options.roster.as_ref().and_then(|roster| roster.find(&student));
            let (notes, grades) = (submission.notes.clone(), row.into_iter().flatten().collect());
            model::Submission { student, roster, notes, grades }
        };
        Results {
            tool: env!("CARGO_PKG_NAME").to_owned(),
            version: self.store.run().version.clone(),
            lessons: self.options.lessons.clone(),
            submissions: self.submissions.iter().zip(grades).map(submission).collect(),
        }
    }
}
