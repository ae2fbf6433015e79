//! What grading a class results in.

use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Everything about a class: what `results.json` holds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Results {
    /// `grader`
    pub tool: String,
    pub version: String,
    /// One entry a lesson that was to be graded, in their order.
    pub lessons: Vec<Lesson>,
    /// Sorted by `student`; each has one grade for each of `lessons`, in the same order.
    pub submissions: Vec<Submission>,
}

/// A lesson, whoever has submitted it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lesson {
    /// `lesson-3`
    pub name: String,
    /// `Receive once`
    pub title: String,
    pub max_score: u32,
    /// Its checks, in their order.
    pub checks: Vec<CheckInfo>,
}

/// A check, whoever is judged by it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckInfo {
    pub id: String,
    pub title: String,
    pub max_points: u32,
    /// What the program should do, and why.
    pub goal: String,
    /// Where to read about it, below `lessons/`.
    pub section: String,
}

/// What one student has handed in. Any text in it may be hostile.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Submission {
    /// The name of the folder, or of the file.
    pub student: String,
    pub roster: Option<Student>,
    /// What wasn't as expected in it, for the instructor.
    pub notes: Vec<String>,
    #[serde(serialize_with = "without_false_scores")]
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
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Grade {
    /// `lesson-3`
    pub lesson: String,
    pub status: Status,
    /// In `results.json`, it is null where there is none (see [`Grade::has_score`]).
    #[serde(deserialize_with = "number_or_null")]
    pub score: u32,
    pub max_score: u32,
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
    pub grader_errors: u32,
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
    pub checks: Vec<Check>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The checks have judged it. `score` holds unless there are `grader_errors`.
    Judged,
    /// There is no such lesson in the submission: no points, and nobody's fault.
    NotSubmitted,
    /// It doesn't compile, or can't be taken as it is: no points.
    NotCompiled,
    /// We couldn't judge it: there is no score, whatever `score` says.
    GraderError,
}

/// A check's verdict about one program.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    pub id: String,
    pub title: String,
    pub points: u32,
    pub max_points: u32,
    /// `pass`, `fail`, `skipped` or `grader error`.
    pub status: String,
    /// What went wrong, and in further lines the bytes that were compared; or the check that it
    /// needs; empty for a pass.
    pub message: String,
    /// The likely cause of a failure.
    pub cause: String,
    /// Where to read about it, below `lessons/`.
    pub section: String,
    /// What was done and seen.
    pub transcript: Vec<String>,
    /// How the program ended.
    pub end: Option<String>,
    /// The last lines that it wrote to stderr.
    pub stderr: Vec<String>,
    pub milliseconds: u64,
}

impl Grade {
    /// A grade without points, of no run.
    #[must_use]
    pub fn blank(lesson: &str, max_score: u32, status: Status) -> Self {
        Self {
            lesson: lesson.to_owned(),
            status,
            score: 0,
            max_score,
            passed: 0,
            failed: 0,
            skipped: 0,
            grader_errors: 0,
            seconds: 0.0,
            seed: None,
            isolation: String::new(),
            source_sha256: String::new(),
            message: String::new(),
            checks: Vec::new(),
        }
    }

    /// Whether there is a score that may be published.
    #[must_use]
    pub fn has_score(&self) -> bool {
        self.status != Status::GraderError && self.grader_errors == 0
    }
}

impl Submission {
    /// What to call the student.
    #[must_use]
    pub fn name(&self) -> &str {
        let named = self.roster.as_ref().map(|student| student.name.as_str());
        named.filter(|name| !name.is_empty()).unwrap_or(&self.student)
    }
}

/// A grade without a score must not look like one with 0 points, whoever reads it.
fn without_false_scores<S: Serializer>(grades: &[Grade], output: S) -> Result<S::Ok, S::Error> {
    output.collect_seq(grades.iter().map(Shown))
}

struct Shown<'a>(&'a Grade);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        if self.0.has_score() {
            return self.0.serialize(output);
        }
        let mut grade = serde_json::to_value(self.0).map_err(S::Error::custom)?;
        if let Some(score) = grade.get_mut("score") {
            *score = Value::Null;
        }
        grade.serialize(output)
    }
}

fn number_or_null<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}
