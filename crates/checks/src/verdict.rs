//! The verdict on a program: the checks make it, JSON carries it, and whoever shows it lays out
//! its parts. README.md of this crate describes the JSON.

use crate::bytes::Dump;
use crate::cause::Cause;
use crate::check::{Check, Lesson};
use crate::failure::Failure;
use crate::lessons;
use crate::object::object;
use anyhow::{Context, Result};
use base::ports::PortCount;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::time::Duration;

/// What all checks of a lesson found out about a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub lesson: &'static Lesson,
    /// What was started, word by word.
    pub program: Vec<String>,
    pub seed: u64,
    /// In the lesson's order.
    pub findings: Vec<Finding>,
}

/// What one check found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub check: &'static Check,
    pub outcome: Outcome,
    /// What was done and seen, in order.
    pub steps: Vec<String>,
    /// How the program that was started last ended: `exit status: 1`; or that it was stopped.
    pub end: Option<String>,
    /// The last lines that it wrote to stderr.
    pub stderr: Vec<String>,
    pub duration: Duration,
    /// How many ports it took. Readers of JSON aren't told.
    pub ports: PortCount,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Pass,
    Fail(Failure),
    /// Not made, because this check, which it needs, didn't pass.
    Skipped(&'static str),
    /// Not made here, and no part of the maximum: see [`Lesson::own_network`].
    NotJudged,
    GraderError(String),
}

/// Why a check isn't made.
pub const NOT_JUDGED: &str = "it uses a port that somebody else may need here; where the network is \
                              the checks' own, it is judged";

/// How a check ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Pass,
    Fail,
    Skipped,
    NotJudged,
    GraderError,
}

/// A part of what there is to say about a check. None of them is empty.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    Goal(&'a str),
    Steps(&'a [String]),
    Failure(&'a Failure),
    /// The check without which this one wasn't made.
    Needs(&'a str),
    /// Why it isn't judged here.
    NotJudged(&'a str),
    GraderError(&'a str),
    Cause(&'a str),
    End(&'a str),
    Stderr(&'a [String]),
    /// A file below `lessons/`, and a heading in it.
    Section(&'a str),
}

impl Verdict {
    pub fn points(&self) -> u32 {
        points(&self.findings)
    }

    /// The most that there could be.
    pub fn max_points(&self) -> u32 {
        self.findings.iter().map(Finding::max_points).sum()
    }
}

/// The points that were earned.
pub fn points(findings: &[Finding]) -> u32 {
    findings.iter().map(Finding::points).sum()
}

/// How many checks ended that way.
pub fn count(findings: &[Finding], mark: Mark) -> usize {
    with_mark(findings, mark).count()
}

/// Those that ended that way.
pub fn with_mark(findings: &[Finding], mark: Mark) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(move |finding| finding.mark() == mark)
}

/// The first check that failed for the very cause for which this one has, if it is another one.
pub fn same_fault(findings: &[Finding], finding: &Finding) -> Option<&'static str> {
    let cause = finding.cause()?;
    let first = findings.iter().find(|first| first.cause() == Some(cause))?;
    (first.check != finding.check).then_some(first.check.id)
}

impl Finding {
    /// Of a check that wasn't made.
    pub fn blank(check: &'static Check, outcome: Outcome) -> Self {
        Self {
            check,
            outcome,
            steps: Vec::new(),
            end: None,
            stderr: Vec::new(),
            duration: Duration::ZERO,
            ports: PortCount::default(),
        }
    }

    pub fn mark(&self) -> Mark {
        match self.outcome {
            Outcome::Pass => Mark::Pass,
            Outcome::Fail(_) => Mark::Fail,
            Outcome::Skipped(_) => Mark::Skipped,
            Outcome::NotJudged => Mark::NotJudged,
            Outcome::GraderError(_) => Mark::GraderError,
        }
    }

    pub fn points(&self) -> u32 {
        if self.mark() == Mark::Pass { self.check.points } else { 0 }
    }

    pub fn max_points(&self) -> u32 {
        if self.mark() == Mark::NotJudged { 0 } else { self.check.points }
    }

    /// The likely cause of a failure, if one is known.
    pub fn cause(&self) -> Option<&Cause> {
        match &self.outcome {
            Outcome::Fail(failure) => Some(&failure.cause).filter(|cause| !cause.text.is_empty()),
            Outcome::Pass | Outcome::Skipped(_) | Outcome::NotJudged | Outcome::GraderError(_) => {
                None
            }
        }
    }

    /// Why it didn't pass; in further lines the bytes that were compared, if any were.
    pub fn message(&self) -> String {
        match &self.outcome {
            Outcome::Pass => String::new(),
            Outcome::Fail(failure) => failure.message(),
            Outcome::Skipped(needed) => format!("needs {needed}"),
            Outcome::NotJudged => NOT_JUDGED.to_owned(),
            Outcome::GraderError(error) => error.clone(),
        }
    }

    /// All that there is to say, in the order in which it is told.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = vec![Part::Goal(self.check.goal), Part::Steps(&self.steps)];
        match &self.outcome {
            Outcome::Pass => {}
            Outcome::Fail(failure) => {
                parts.extend([Part::Failure(failure), Part::Cause(&failure.cause.text)]);
            }
            Outcome::Skipped(needed) => parts.push(Part::Needs(needed)),
            Outcome::NotJudged => parts.push(Part::NotJudged(NOT_JUDGED)),
            Outcome::GraderError(error) => parts.push(Part::GraderError(error)),
        }
        parts.extend(self.end.as_deref().map(Part::End));
        parts.push(Part::Stderr(&self.stderr));
        if matches!(self.mark(), Mark::Fail | Mark::GraderError) {
            parts.push(Part::Section(self.check.section));
        }
        parts.retain(|part| !part.is_empty());
        parts
    }

    /// The same, with what matters most first, for whoever may have to leave out the rest.
    pub fn parts_by_weight(&self) -> Vec<Part<'_>> {
        let mut parts = self.parts();
        parts.sort_by_key(|part| match part {
            Part::Failure(_) | Part::Needs(_) | Part::NotJudged(_) | Part::GraderError(_) => 0,
            Part::Cause(_) => 1,
            Part::Section(_) => 2,
            Part::Steps(_) => 3,
            Part::End(_) => 4,
            Part::Stderr(_) => 5,
            Part::Goal(_) => 6,
        });
        parts
    }
}

impl Part<'_> {
    /// What stands above it.
    pub fn heading(&self) -> &'static str {
        match self {
            Self::Goal(_) => "The goal",
            Self::Steps(_) => "What happened",
            Self::Failure(_) => "What went wrong",
            Self::Needs(_) => "Not made, because it needs",
            Self::NotJudged(_) => "Not judged here",
            Self::GraderError(_) => "The check itself failed, not your program",
            Self::Cause(_) => "Likely cause",
            Self::End(_) => "How the program ended",
            Self::Stderr(_) => "The end of its stderr",
            Self::Section(_) => "Where to read",
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Steps(lines) | Self::Stderr(lines) => lines.is_empty(),
            Self::Failure(_) | Self::GraderError(_) => false,
            Self::Goal(text)
            | Self::Needs(text)
            | Self::NotJudged(text)
            | Self::Cause(text)
            | Self::End(text)
            | Self::Section(text) => text.is_empty(),
        }
    }
}

object! {
    /// A verdict as JSON has it. What readers could work out, or find in the lesson, is there for those
    /// that aren't ours; we don't read it.
    struct Written {
        tool: String,
        version: String,
        lesson: String,
        program: Vec<String>,
        /// A string: many readers of JSON can't hold 64 bits in a number.
        seed: String,
        points: u32,
        max_points: u32,
        passed: usize,
        failed: usize,
        skipped: usize,
        not_judged: usize = 0,
        grader_errors: usize,
        checks: Vec<WrittenFinding>,
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        Written::from(self).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        Self::try_from(Written::deserialize(from)?).map_err(|e| D::Error::custom(format!("{e:#}")))
    }
}

impl Mark {
    const ALL: [Self; 5] =
        [Self::Pass, Self::Fail, Self::Skipped, Self::NotJudged, Self::GraderError];

    fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
            Self::NotJudged => "not judged",
            Self::GraderError => "grader error",
        }
    }
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let word = String::deserialize(from)?;
        let mark = Self::ALL.into_iter().find(|mark| mark.word() == word);
        mark.ok_or_else(|| D::Error::custom(format!("`{word}` is no way for a check to end")))
    }
}

impl From<&Verdict> for Written {
    fn from(verdict: &Verdict) -> Self {
        let count = |mark| count(&verdict.findings, mark);
        Self {
            tool: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lesson: verdict.lesson.name(),
            seed: verdict.seed.to_string(),
            points: verdict.points(),
            max_points: verdict.max_points(),
            passed: count(Mark::Pass),
            failed: count(Mark::Fail),
            skipped: count(Mark::Skipped),
            not_judged: count(Mark::NotJudged),
            grader_errors: count(Mark::GraderError),
            checks: verdict.findings.iter().map(WrittenFinding::from).collect(),
            program: verdict.program.clone(),
        }
    }
}

impl TryFrom<Written> for Verdict {
    type Error = anyhow::Error;

    fn try_from(written: Written) -> Result<Self> {
        let Written { lesson, program, seed, checks, .. } = written;
        let lesson = lessons::known(&lesson)?;
        let seed = seed.parse().with_context(|| format!("`{seed}` is no seed"))?;
        Ok(Self { lesson, program, seed, findings: read(lesson, checks)? })
    }
}

object! {
    /// What a check found out, as JSON has it.
    pub struct WrittenFinding {
        id: String,
        title: String,
        points: u32,
        max_points: u32,
        status: Mark,
        message: String,
        cause: String,
        cause_id: String = String::new(),
        section: String,
        needs: Option<String> = None,
        compared: Vec<Dump> = Vec::new(),
        transcript: Vec<String>,
        end: Option<String>,
        stderr: Vec<String>,
        milliseconds: u64,
    }
}

/// The findings of a lesson's checks; fails if they aren't the checks that it has here.
pub fn read(lesson: &'static Lesson, checks: Vec<WrittenFinding>) -> Result<Vec<Finding>> {
    checks.into_iter().map(|check| check.read(lesson)).collect()
}

impl From<&Finding> for WrittenFinding {
    fn from(finding: &Finding) -> Self {
        let (mut message, mut needs, mut compared) = (String::new(), None, Vec::new());
        match &finding.outcome {
            Outcome::Pass => {}
            Outcome::Fail(failure) => {
                message.clone_from(&failure.problem);
                compared.clone_from(&failure.compared);
            }
            Outcome::Skipped(needed) => needs = Some((*needed).to_owned()),
            Outcome::NotJudged => message = NOT_JUDGED.to_owned(),
            Outcome::GraderError(error) => message.clone_from(error),
        }
        let cause = finding.cause().cloned().unwrap_or_default();
        Self {
            id: finding.check.id.to_owned(),
            title: finding.check.title.to_owned(),
            points: finding.points(),
            max_points: finding.max_points(),
            status: finding.mark(),
            message,
            cause: cause.text.into_owned(),
            cause_id: cause.id.into_owned(),
            section: finding.check.section.to_owned(),
            needs,
            compared,
            transcript: finding.steps.clone(),
            end: finding.end.clone(),
            stderr: finding.stderr.clone(),
            milliseconds: u64::try_from(finding.duration.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl WrittenFinding {
    fn read(self, lesson: &'static Lesson) -> Result<Finding> {
        let Self { id, status, message, cause, cause_id, needs, compared, .. } = self;
        let outcome = match status {
            Mark::Pass => Outcome::Pass,
            Mark::Fail => {
                let cause = Cause::seen(cause_id, cause);
                Outcome::Fail(Failure { problem: message, compared, cause, ..Failure::default() })
            }
            Mark::Skipped => {
                let needed = needs.with_context(|| format!("`{id}` doesn't say what it needs"))?;
                Outcome::Skipped(lesson.check(&needed)?.id)
            }
            Mark::NotJudged => Outcome::NotJudged,
            Mark::GraderError => Outcome::GraderError(message),
        };
        let duration = Duration::from_millis(self.milliseconds);
        let finding = Finding::blank(lesson.check(&id)?, outcome);
        let (steps, end, stderr) = (self.transcript, self.end, self.stderr);
        Ok(Finding { steps, end, stderr, duration, ..finding })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{Fault, same};

    fn judged() -> Verdict {
        let lesson = lessons::known("lesson-3").unwrap();
        let Err(Fault::Failed(failure)) = same("the text", b"typed ", b"typed\n") else {
            panic!("the texts differ")
        };
        let needed = lesson.checks[1].id;
        let outcomes = [
            Outcome::Pass,
            Outcome::Fail(*failure),
            Outcome::Skipped(needed),
            Outcome::GraderError("no memory".to_owned()),
            Outcome::NotJudged,
        ];
        let finding = |(check, outcome)| Finding {
            steps: vec!["typed \"typed \\n\"".to_owned()],
            end: Some("exit status: 1".to_owned()),
            stderr: vec!["oh".to_owned()],
            duration: Duration::from_millis(12),
            ..Finding::blank(check, outcome)
        };
        let findings = lesson.checks.iter().zip(outcomes).map(finding).collect();
        Verdict { lesson, program: vec!["it".to_owned()], seed: u64::MAX, findings }
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let json = serde_json::to_string(&judged()).unwrap();
        assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), judged(), "{json}");
    }

    #[test]
    fn what_is_not_in_this_version_is_named() {
        let json = serde_json::to_string(&judged()).unwrap();
        let id = judged().findings[0].check.id;
        for (known, words) in [
            ("lesson-3\",", "there is no lesson `unknown` in this version of the course"),
            (&*format!("{id}\","), "lesson-3 has no check `unknown` here"),
            ("needs", "doesn't say what it needs"),
        ] {
            let other = if known.ends_with(',') { "unknown\"," } else { "unknown" };
            let error = serde_json::from_str::<Verdict>(&json.replacen(known, other, 1));
            let error = error.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn what_matters_most_is_said_first_and_nothing_is_said_twice() {
        let verdict = judged();
        let failed = &verdict.findings[1];
        let headings = |parts: Vec<Part>| parts.iter().map(Part::heading).collect::<Vec<_>>();
        let told = headings(failed.parts());
        assert_eq!(told[..3], ["The goal", "What happened", "What went wrong"]);
        let error = headings(verdict.findings[3].parts());
        assert!(error.contains(&"What happened") && error.contains(&"Where to read"), "{error:?}");
        let mut by_weight = headings(failed.parts_by_weight());
        assert_eq!(by_weight[..3], ["What went wrong", "Likely cause", "Where to read"]);
        let mut told = told;
        by_weight.sort_unstable();
        told.sort_unstable();
        assert_eq!(by_weight, told);
    }
}
