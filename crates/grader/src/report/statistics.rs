//! What is true of the class as a whole, and of a student as a whole.

use crate::model::{Grade, Graded, Results, Status};
use checks::check::{Check, Lesson};
use checks::verdict::{Finding, Mark};
use std::collections::BTreeMap;

/// Ten bins of a tenth of the points each, and one for full marks.
pub const BINS: usize = 11;

/// How the class did in one lesson.
#[derive(Default)]
pub struct Distribution {
    /// How many scored that much.
    pub bins: [usize; BINS],
    /// In the middle of all scores.
    pub median: Option<f64>,
    /// Those with a score who have handed it in.
    pub scored: usize,
    pub not_compiled: usize,
    pub not_submitted: usize,
    pub without_score: usize,
}

impl Distribution {
    pub fn full(&self) -> usize {
        self.bins[BINS - 1]
    }
}

/// How the class did in the lesson at this place.
pub fn distribution(results: &Results, lesson: usize) -> Distribution {
    let mut distribution = Distribution::default();
    let mut scores = Vec::new();
    for grade in results.submissions.iter().filter_map(|student| student.grades.get(lesson)) {
        let Some(score) = grade.score() else {
            distribution.without_score += 1;
            continue;
        };
        match grade.status {
            Status::NotSubmitted => {
                distribution.not_submitted += 1;
                continue;
            }
            Status::NotCompiled => distribution.not_compiled += 1,
            Status::Judged | Status::GraderError => {}
        }
        scores.push(f64::from(score));
        distribution.bins[tenth(score, grade.max_score())] += 1;
    }
    distribution.scored = scores.len();
    distribution.median = median(scores);
    distribution
}

/// The share of the points in tenths, rounded down: 10 means all of them.
pub fn tenth(score: u32, max_score: u32) -> usize {
    let tenth = u64::from(score) * 10 / u64::from(max_score.max(1));
    usize::try_from(tenth).unwrap_or(usize::MAX).min(BINS - 1)
}

pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let (low, high) = (numbers.len().checked_sub(1)? / 2, numbers.len() / 2);
    Some((numbers.get(low)? + numbers.get(high)?) / 2.0)
}

/// How the class did in one check.
pub struct CheckStatistics<'a> {
    pub lesson: &'static Lesson,
    pub check: &'static Check,
    /// Its place among the checks of all lessons.
    pub number: usize,
    pub passed: usize,
    pub failed: usize,
    /// Those whose programs failed a check that this one needs.
    pub skipped: usize,
    /// The most frequent likely cause, and of how many failures it is the cause.
    pub cause: Option<(&'a str, usize)>,
}

impl CheckStatistics<'_> {
    /// Those whom this check has judged.
    pub fn judged(&self) -> usize {
        self.passed + self.failed
    }

    /// The share of them that failed, in percent.
    pub fn share(&self) -> usize {
        (self.failed * 100 + self.judged() / 2) / self.judged().max(1)
    }
}

/// How the class did in each check, in their order.
pub fn checks(results: &Results) -> Vec<CheckStatistics<'_>> {
    let all = results.lessons.iter().enumerate();
    let all = all.flat_map(|(at, lesson)| lesson.checks.iter().map(move |check| (at, check)));
    let statistics = |(number, (at, check))| of_check(results, at, check, number);
    all.enumerate().map(statistics).collect()
}

/// Of a check of the lesson at this place.
fn of_check<'a>(
    results: &'a Results,
    lesson: usize,
    check: &'static Check,
    number: usize,
) -> CheckStatistics<'a> {
    let grades = results.submissions.iter().filter_map(|student| student.grades.get(lesson));
    let findings = grades.flat_map(|grade| &grade.findings);
    let findings: Vec<&Finding> = findings.filter(|finding| finding.check == check).collect();
    let count = |mark| findings.iter().filter(|finding| finding.mark() == mark).count();
    CheckStatistics {
        lesson: results.lessons[lesson],
        check,
        number,
        passed: count(Mark::Pass),
        failed: count(Mark::Fail),
        skipped: count(Mark::Skipped),
        cause: most_frequent(findings.iter().filter_map(|finding| Some(&*finding.cause()?.text))),
    }
}

/// The number that [`checks`] gives the first check of each lesson.
pub fn first_numbers(results: &Results) -> Vec<usize> {
    let next = |next: &mut usize, lesson: &&Lesson| {
        let first = *next;
        *next += lesson.checks.len();
        Some(first)
    };
    results.lessons.iter().scan(0, next).collect()
}

/// Of those that are as frequent, the first in the order of the alphabet.
fn most_frequent<'a>(texts: impl Iterator<Item = &'a str>) -> Option<(&'a str, usize)> {
    let mut counts = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_insert(0) += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count)
}

/// What there is to say about a student as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flag {
    NoScore,
    NotCompiled,
    Notes,
    Failing,
    NotSubmitted,
    FullMarks,
}

impl Flag {
    /// From what needs the instructor most to what doesn't.
    pub const ALL: [Self; 6] = [
        Self::NoScore,
        Self::NotCompiled,
        Self::Notes,
        Self::Failing,
        Self::NotSubmitted,
        Self::FullMarks,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::NoScore => "no score",
            Self::NotCompiled => "didn’t compile",
            Self::Notes => "notes",
            Self::Failing => "failing checks",
            Self::NotSubmitted => "not submitted",
            Self::FullMarks => "full marks",
        }
    }

    /// Whether the instructor has to look at it.
    pub fn needs_eyes(self) -> bool {
        matches!(self, Self::NoScore | Self::NotCompiled | Self::Notes)
    }

    fn holds(self, student: &Graded) -> bool {
        let any = |holds: fn(&Grade) -> bool| student.grades.iter().any(holds);
        match self {
            Self::NoScore => any(|grade| !grade.has_score()),
            Self::NotCompiled => any(|grade| grade.status == Status::NotCompiled),
            Self::Notes => !student.notes.is_empty(),
            Self::Failing => any(|grade| grade.count(Mark::Fail) > 0),
            Self::NotSubmitted => any(|grade| grade.status == Status::NotSubmitted),
            Self::FullMarks => !student.grades.is_empty() && !any(|grade| !is_full(grade)),
        }
    }
}

fn is_full(grade: &Grade) -> bool {
    grade.status == Status::Judged && grade.score() == Some(grade.max_score())
}

pub fn flags(student: &Graded) -> Vec<Flag> {
    Flag::ALL.into_iter().filter(|flag| flag.holds(student)).collect()
}

/// The points of a student, and the most that there are.
pub struct Total {
    /// Of the lessons that have a score.
    pub score: u32,
    pub max_score: u32,
    /// Whether all lessons have a score, and so this is one.
    pub is_whole: bool,
}

pub fn total(student: &Graded) -> Total {
    let mut total = Total { score: 0, max_score: 0, is_whole: true };
    for grade in &student.grades {
        total.max_score += grade.max_score();
        match grade.score() {
            Some(score) => total.score += score,
            None => total.is_whole = false,
        }
    }
    total
}
