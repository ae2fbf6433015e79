//! What grading a class results in. `results.json` holds it, and for readers that aren't ours also
//! what follows from it or stands in the lessons.

use crate::jail::Isolation;
use anyhow::Result;
use checks::check::Lesson;
use checks::lessons;
use checks::network::Network;
use checks::verdict::{self, Finding, Mark, WrittenFinding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Everything about a class.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Results {
    /// `grader`
    pub tool: String,
    pub version: String,
    /// Those that were to be graded, in their order.
    #[serde(serialize_with = "write_lessons", deserialize_with = "read_lessons")]
    pub lessons: Vec<&'static Lesson>,
    /// Sorted by `student`; each has one grade for each of `lessons`, in the same order.
    pub submissions: Vec<Graded>,
}

/// What one student has handed in, with its grades. Any text in it may be hostile.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Graded {
    /// The name of the folder, or of the file.
    pub student: String,
    pub roster: Option<Student>,
    /// What wasn't as expected in it, for the instructor.
    pub notes: Vec<String>,
    pub grades: Vec<Grade>,
}

/// A student as the roster knows them; whatever it doesn't say is empty.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Student {
    pub name: String,
    /// Canvas: `ID`, `SIS User ID`, `SIS Login ID`, `Section`.
    pub id: String,
    pub sis_user_id: String,
    pub sis_login_id: String,
    pub section: String,
    pub email: String,
}

/// What became of one lesson of one student.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Grade {
    pub lesson: &'static Lesson,
    pub status: Status,
    /// From the compiler's start to the last check's end.
    pub seconds: f64,
    /// What the payloads followed from; nothing where no source was taken.
    pub seed: Option<u64>,
    /// How it was isolated: `strict`, `best` or `none`.
    pub isolation: String,
    /// Of all of its source files; empty if there is none.
    pub source_sha256: String,
    /// Why it wasn't judged: the compiler's errors, or what went wrong with us. May be long.
    pub message: String,
    /// In the lesson's order; empty unless it was judged.
    pub findings: Vec<Finding>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The checks have judged it. There is a score unless one of them is a grader error.
    Judged,
    /// There is no such lesson in the submission: no points, and nobody's fault.
    NotSubmitted,
    /// It doesn't compile, or can't be taken as it is: no points.
    NotCompiled,
    /// We couldn't judge it: there is no score.
    GraderError,
}

impl Grade {
    /// A grade without points, of no run.
    #[must_use]
    pub fn blank(lesson: &'static Lesson, status: Status) -> Self {
        Self {
            lesson,
            status,
            seconds: 0.0,
            seed: None,
            isolation: String::new(),
            source_sha256: String::new(),
            message: String::new(),
            findings: Vec::new(),
        }
    }

    /// Whether there is a score that may be published.
    #[must_use]
    pub fn has_score(&self) -> bool {
        self.status != Status::GraderError && self.count(Mark::GraderError) == 0
    }

    /// The score, if there is one.
    #[must_use]
    pub fn score(&self) -> Option<u32> {
        self.has_score().then(|| self.points())
    }

    /// What was earned so far, whether or not there is a score.
    #[must_use]
    pub fn points(&self) -> u32 {
        verdict::points(&self.findings)
    }

    #[must_use]
    pub fn max_score(&self) -> u32 {
        self.lesson.max_points(self.network())
    }

    /// Whose network it is judged in.
    fn network(&self) -> Network {
        let is_own = self.isolation == Isolation::Strict.to_string();
        if is_own { Network::Own } else { Network::Shared }
    }

    /// Whether all that was judged is right.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let right = self.count(Mark::Pass) + self.count(Mark::NotJudged);
        !self.findings.is_empty() && right == self.findings.len()
    }

    /// How many checks ended that way.
    #[must_use]
    pub fn count(&self, mark: Mark) -> usize {
        verdict::count(&self.findings, mark)
    }

    /// What went wrong on our side; or else why it wasn't judged.
    #[must_use]
    pub fn error(&self) -> String {
        let failed = verdict::with_mark(&self.findings, Mark::GraderError).next();
        failed.map_or_else(|| self.message.clone(), Finding::message)
    }

    /// The checks that ended that way.
    #[must_use]
    pub fn with_mark(&self, mark: Mark) -> Vec<&Finding> {
        verdict::with_mark(&self.findings, mark).collect()
    }
}

impl Results {
    /// The most points of a lesson where it was graded.
    #[must_use]
    pub fn max_points(&self, lesson: &'static Lesson) -> u32 {
        let grades = self.submissions.iter().flat_map(|submission| &submission.grades);
        let grade = grades.into_iter().find(|grade| grade.lesson == lesson);
        grade.map_or_else(|| lesson.max_points(Network::Own), Grade::max_score)
    }
}

impl Graded {
    /// What to call the student.
    #[must_use]
    pub fn name(&self) -> &str {
        let named = self.roster.as_ref().map(|student| student.name.as_str());
        named.filter(|name| !name.is_empty()).unwrap_or(&self.student)
    }
}

/// A grade as JSON has it.
#[derive(Serialize, Deserialize)]
struct Written {
    lesson: String,
    status: Status,
    /// A grade without a score must not look like one with 0 points, whoever reads it.
    score: Option<u32>,
    max_score: u32,
    passed: usize,
    failed: usize,
    skipped: usize,
    #[serde(default)]
    not_judged: usize,
    grader_errors: usize,
    seconds: f64,
    seed: Option<u64>,
    isolation: String,
    source_sha256: String,
    message: String,
    checks: Vec<WrittenFinding>,
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            lesson: self.lesson.name(),
            status: self.status,
            score: self.score(),
            max_score: self.max_score(),
            passed: self.count(Mark::Pass),
            failed: self.count(Mark::Fail),
            skipped: self.count(Mark::Skipped),
            not_judged: self.count(Mark::NotJudged),
            grader_errors: self.count(Mark::GraderError),
            seconds: self.seconds,
            seed: self.seed,
            isolation: self.isolation.clone(),
            source_sha256: self.source_sha256.clone(),
            message: self.message.clone(),
            checks: self.findings.iter().map(WrittenFinding::from).collect(),
        };
        written.serialize(output)
    }
}

impl TryFrom<Written> for Grade {
    type Error = anyhow::Error;

    fn try_from(written: Written) -> Result<Self> {
        let lesson = lessons::known(&written.lesson)?;
        Ok(Self {
            lesson,
            status: written.status,
            seconds: written.seconds,
            seed: written.seed,
            isolation: written.isolation,
            source_sha256: written.source_sha256,
            message: written.message,
            findings: verdict::read(lesson, written.checks)?,
        })
    }
}

/// A lesson and its checks as JSON has them. Of a lesson, only the name is read.
#[derive(Serialize)]
struct WrittenLesson {
    name: String,
    title: &'static str,
    max_score: u32,
    checks: Vec<WrittenCheck>,
}

#[derive(Serialize)]
struct WrittenCheck {
    id: &'static str,
    title: &'static str,
    max_points: u32,
    goal: &'static str,
    section: &'static str,
}

fn write_lessons<S: Serializer>(lessons: &[&'static Lesson], output: S) -> Result<S::Ok, S::Error> {
    output.collect_seq(lessons.iter().map(|lesson| {
        WrittenLesson {
            name: lesson.name(),
            title: lesson.title(),
            max_score: lesson.max_points(Network::Own),
            checks: lesson
                .checks
                .iter()
                .map(|check| WrittenCheck {
                    id: check.id,
                    title: check.title,
                    max_points: check.points,
                    goal: check.goal,
                    section: check.section,
                })
                .collect(),
        }
    }))
}

/// Lessons by their names; fails if one isn't in this version of the course.
pub fn read_lessons<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<&'static Lesson>, D::Error> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let lessons = Vec::<Named>::deserialize(input)?;
    let known = lessons.iter().map(|lesson| lessons::known(&lesson.name));
    known.collect::<Result<_>>().map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checks::verdict::Outcome;

    /// Two checks passed; the third couldn't be made.
    fn results() -> Results {
        let lesson = lessons::known("lesson-3").unwrap();
        let outcomes = [Outcome::Pass, Outcome::Pass, Outcome::GraderError("no memory".into())];
        let findings = lesson.checks.iter().zip(outcomes);
        let findings = findings.map(|(check, outcome)| Finding::blank(check, outcome)).collect();
        let grade = Grade { findings, ..Grade::blank(lesson, Status::Judged) };
        let (student, notes) = ("ann".to_owned(), Vec::new());
        let submission = Graded { student, roster: None, notes, grades: vec![grade] };
        let (tool, version) = ("grader".to_owned(), "0".to_owned());
        Results { tool, version, lessons: vec![lesson], submissions: vec![submission] }
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let json = serde_json::to_string(&results()).unwrap();
        assert_eq!(serde_json::from_str::<Results>(&json).unwrap(), results(), "{json}");
        assert!(json.contains(r#""score":null,"max_score":98,"passed":2,"failed":0"#), "{json}");
    }

    #[test]
    fn a_result_that_is_not_of_this_version_names_what_is_missing() {
        let json = serde_json::to_string(&results()).unwrap();
        let id = results().lessons[0].checks[1].id;
        for (known, unknown, words) in [
            (r#""name":"lesson-3""#, r#""name":"lesson-0""#, "there is no lesson `lesson-0` in"),
            (
                r#""lesson":"lesson-3""#,
                r#""lesson":"lesson-0""#,
                "there is no lesson `lesson-0` in",
            ),
            (id, "unheard-of", "lesson-3 has no check `unheard-of` here"),
        ] {
            let error = serde_json::from_str::<Results>(&json.replace(known, unknown)).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
