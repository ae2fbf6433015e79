//! Grades a class: each lesson of each student is a unit of work, and many are worked on at a
//! time.

mod load;

use crate::judge::{Judge, Turn, Unit};
use crate::key;
use crate::log::visible;
use crate::model::{Grade, Graded, Results, Status};
use crate::roster::Roster;
use crate::store::{Key, Store};
use crate::submissions::{self, Submission, Taken};
use crate::threads;
use anyhow::{Context, Result};
use checks::check::Lesson;
use load::Load;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

/// What isn't in [`crate::store::Run`]: it may be another one when a run goes on.
pub struct Options {
    /// Those that the run names, in its order.
    pub lessons: Vec<&'static Lesson>,
    /// Units that are worked on at a time.
    pub jobs: usize,
    pub roster: Option<Roster>,
}

/// What all that grade one unit of a run have in common.
struct Class<'a, J> {
    judge: &'a J,
    submissions: &'a [Submission],
    options: &'a Options,
    store: &'a Store,
    tell: &'a (dyn Fn(News<'_>) + Sync),
}

/// A lesson of a student, and where they stand in the lists.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub student: usize,
    pub lesson: usize,
    pub submission: &'a Submission,
    pub task: &'static Lesson,
}

/// What there is of a lesson of a student. The source itself isn't kept: it is taken again when
/// its turn has come, so that memory doesn't grow with the class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// Its SHA-256.
    Source(String),
    Missing,
    /// Why.
    Refused(String),
    /// Why; it is tried again when its turn has come.
    Unreadable(String),
}

/// What happens while a class is graded, for whoever shows it.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// What there is, and what there isn't.
    Found { submissions: &'a [Submission], options: &'a Options, found: &'a [Vec<Found>] },
    /// What is known before anything is judged, how many lessons are to be judged, and in how many
    /// files of the store something else was than was once written.
    Known { grades: &'a Grades, work: usize, damaged: usize },
    /// One unit has been judged for the first time.
    Judged(Place<'a>, &'a Grade),
    /// So many that couldn't be compiled or judged, or not fairly, are tried once more.
    Again(usize),
    /// One unit has been judged for the second time.
    JudgedAgain(Place<'a>, &'a Grade),
}

/// Grades what `store` doesn't know yet, keeps each grade there as it comes, and returns all of
/// them: students and lessons in the order that they were given in.
pub fn grade(
    judge: &impl Judge,
    submissions: &[Submission],
    options: &Options,
    store: &Store,
    tell: &(dyn Fn(News<'_>) + Sync),
) -> Result<Results> {
    let class = Class { judge, submissions, options, store, tell };
    let found = look(submissions, &options.lessons, options.jobs)?;
    tell(News::Found { submissions, options, found: &found });
    let (mut grades, work) = class.what_is_known(&found)?;
    tell(News::Known { grades: &grades, work: work.len(), damaged: store.damaged() });
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
    grades[place.student][place.lesson] = Some(grade);
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
                (self.tell)(News::Judged(place, &grade));
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
            (self.tell)(News::Again(again.len()));
        }
        for place in again.iter().copied() {
            let grade = self.judge_one(place, Turn::Alone);
            self.keep(place, &grade)?;
            (self.tell)(News::JudgedAgain(place, &grade));
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
            Graded { student, roster, notes, grades }
        };
        Results {
            tool: env!("CARGO_PKG_NAME").to_owned(),
            version: self.store.run().version.clone(),
            lessons: self.options.lessons.clone(),
            submissions: self.submissions.iter().zip(grades).map(submission).collect(),
        }
    }
}

/// Looks through the submissions before anything is judged: a row a student, an entry a lesson.
fn look(submissions: &[Submission], lessons: &[&Lesson], jobs: usize) -> Result<Vec<Vec<Found>>> {
    threads::map(submissions, jobs, |submission| {
        Ok(lessons.iter().map(|lesson| find(submission, &lesson.name())).collect())
    })
}

fn find(submission: &Submission, lesson: &str) -> Found {
    let taken = panic::catch_unwind(AssertUnwindSafe(|| submissions::take(submission, lesson)));
    match taken {
        Ok(Ok(Taken::Source(source))) => Found::Source(source.sha256),
        Ok(Ok(Taken::Missing)) => Found::Missing,
        Ok(Ok(Taken::Refused(why))) => Found::Refused(why),
        Ok(Err(error)) => Found::Unreadable(format!("{error:#}")),
        Err(payload) => Found::Unreadable(format!("the grader panicked: {}", words(&*payload))),
    }
}

impl<J: Judge> Class<'_, J> {
    /// Takes the source and has it judged. A panic is this unit's grader error.
    fn judge_one(&self, place: Place<'_>, turn: Turn) -> Grade {
        let judged = panic::catch_unwind(AssertUnwindSafe(|| self.take_and_judge(place, turn)));
        let error = match judged {
            Ok(Ok(grade)) => return self.labelled(place, grade),
            Ok(Err(error)) => format!("{error:#}"),
            Err(payload) => format!("the grader panicked: {}", words(&*payload)),
        };
        Grade { message: error, ..self.blank(place, Status::GraderError) }
    }

    fn take_and_judge(&self, place: Place<'_>, turn: Turn) -> Result<Grade> {
        let source = match submissions::take(place.submission, &place.task.name())? {
            Taken::Source(source) => source,
            Taken::Missing => return Ok(self.blank(place, Status::NotSubmitted)),
            Taken::Refused(why) => {
                return Ok(Grade { message: why, ..self.blank(place, Status::NotCompiled) });
            }
        };
        let (student, lesson) = (place.submission.student.clone(), place.task);
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
        Grade { lesson: place.task, seconds, seed, isolation: self.judge.isolation(), ..grade }
    }

    /// A grade without points.
    fn blank(&self, place: Place<'_>, status: Status) -> Grade {
        let blank = Grade::blank(place.task, status);
        Grade { isolation: self.judge.isolation(), ..blank }
    }

    fn key(&self, place: Place<'_>, sha256: &str) -> Key {
        Key {
            student: place.submission.student.clone(),
            lesson: place.task.name(),
            source_sha256: sha256.to_owned(),
            checks_sha256: self.judge.checks_sha256(),
            seed: self.seed(place, sha256),
            isolation: self.judge.isolation(),
            version: self.store.run().version.clone(),
        }
    }

    fn seed(&self, place: Place<'_>, sha256: &str) -> Option<u64> {
        key::seed(&self.store.run().key, &place.task.name(), sha256)
    }
}

/// What a panic said.
fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words")
}
