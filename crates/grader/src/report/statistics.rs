//! What is true of the class as a whole, and of a student as a whole.

use crate::model::{Check, CheckInfo, Grade, Lesson, Results, Status, Submission};
use std::collections::HashMap;

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
        self.bins.last().copied().unwrap_or_default()
    }
}

/// How the class did in the lesson at this place.
pub fn distribution(results: &Results, lesson: usize) -> Distribution {
    let mut distribution = Distribution::default();
    let mut scores = Vec::new();
    for grade in results.submissions.iter().filter_map(|student| student.grades.get(lesson)) {
        if !grade.has_score() {
            distribution.without_score += 1;
            continue;
        }
        match grade.status {
            Status::NotSubmitted => {
                distribution.not_submitted += 1;
                continue;
            }
            Status::NotCompiled => distribution.not_compiled += 1,
            Status::Judged | Status::GraderError => {}
        }
        scores.push(f64::from(grade.score));
        if let Some(bin) = distribution.bins.get_mut(tenth(grade.score, grade.max_score)) {
            *bin += 1;
        }
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
    pub lesson: &'a Lesson,
    pub check: &'a CheckInfo,
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
    let mut all: Vec<CheckStatistics<'_>> = Vec::new();
    for (at, lesson) in results.lessons.iter().enumerate() {
        let first = all.len();
        all.extend(lesson.checks.iter().enumerate().map(|(place, check)| CheckStatistics {
            lesson,
            check,
            number: first + place,
            passed: 0,
            failed: 0,
            skipped: 0,
            cause: None,
        }));
        let grades = results.submissions.iter().filter_map(|student| student.grades.get(at));
        count(all.get_mut(first..).unwrap_or_default(), grades);
    }
    all
}

/// Counts what became of the checks of one lesson.
fn count<'a>(checks: &mut [CheckStatistics<'a>], grades: impl Iterator<Item = &'a Grade>) {
    let places = places(checks.iter().map(|statistics| statistics.check));
    let mut causes: HashMap<usize, Vec<&str>> = HashMap::new();
    for check in grades.flat_map(|grade| &grade.checks) {
        let Some(&place) = places.get(check.id.as_str()) else { continue };
        let Some(statistics) = checks.get_mut(place) else { continue };
        match check.status.as_str() {
            "pass" => statistics.passed += 1,
            "skipped" => statistics.skipped += 1,
            "fail" => {
                statistics.failed += 1;
                causes.entry(place).or_default().push(&check.cause);
            }
            _ => {}
        }
    }
    for (place, statistics) in checks.iter_mut().enumerate() {
        statistics.cause = causes.remove(&place).and_then(most_frequent);
    }
}

/// Where each check stands, by its id.
pub fn places<'a>(checks: impl Iterator<Item = &'a CheckInfo>) -> HashMap<&'a str, usize> {
    checks.enumerate().map(|(place, check)| (check.id.as_str(), place)).collect()
}

fn most_frequent(mut texts: Vec<&str>) -> Option<(&str, usize)> {
    texts.retain(|text| !text.is_empty());
    texts.sort_unstable();
    let groups = texts.chunk_by(|a, b| a == b);
    let most = groups.rev().max_by_key(|group| group.len())?;
    Some((most.first()?, most.len()))
}

/// The checks of a grade that ended that way.
pub fn with_status<'a>(grade: &'a Grade, status: &str) -> Vec<&'a Check> {
    grade.checks.iter().filter(|check| check.status == status).collect()
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

    fn holds(self, student: &Submission) -> bool {
        let any = |holds: fn(&Grade) -> bool| student.grades.iter().any(holds);
        match self {
            Self::NoScore => any(|grade| !grade.has_score()),
            Self::NotCompiled => any(|grade| grade.status == Status::NotCompiled),
            Self::Notes => !student.notes.is_empty(),
            Self::Failing => any(|grade| grade.failed > 0),
            Self::NotSubmitted => any(|grade| grade.status == Status::NotSubmitted),
            Self::FullMarks => !student.grades.is_empty() && !any(|grade| !is_full(grade)),
        }
    }
}

fn is_full(grade: &Grade) -> bool {
    grade.status == Status::Judged && grade.has_score() && grade.score == grade.max_score
}

pub fn flags(student: &Submission) -> Vec<Flag> {
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

pub fn total(student: &Submission) -> Total {
    let mut total = Total { score: 0, max_score: 0, is_whole: true };
    for grade in &student.grades {
        total.max_score = total.max_score.saturating_add(grade.max_score);
        if grade.has_score() {
            total.score = total.score.saturating_add(grade.score);
        } else {
            total.is_whole = false;
        }
    }
    total
}
