//! What a mistake and a variant are: changes to a step.

use anyhow::{Context, Result, ensure};
use base::lessons::Lesson;

/// What one lesson's checks are tested with.
pub struct Course {
    pub lesson: &'static Lesson,
    pub mistakes: &'static [Mistake],
    /// The same program in C, and what is done wrong there.
    #[allow(dead_code, reason = "benchmarks use the same mistakes, and no C")]
    pub in_c: Option<InC>,
    pub variants: &'static [Variant],
}

/// A right program in C, with mistakes that are made of it.
pub struct InC {
    #[allow(dead_code, reason = "as above")]
    pub step: &'static str,
    #[allow(dead_code, reason = "as above")]
    pub mistakes: &'static [Mistake],
}

/// A mistake: what to find in the step, exactly once, and what to put in its place.
pub struct Mistake {
    pub id: &'static str,
    /// What the student was thinking.
    #[expect(dead_code, reason = "it is there for the reader")]
    pub thought: &'static str,
    pub find: &'static str,
    pub put: &'static str,
    /// The checks that it loses, failed or skipped, in the lesson's order; no others.
    pub breaks: &'static [&'static str],
    /// The id of the cause that is said first.
    pub cause: &'static str,
}

/// A right program, as changes to the step.
pub struct Variant {
    pub id: &'static str,
    /// What is different, and must be accepted.
    #[expect(dead_code, reason = "it is there for the reader")]
    pub what: &'static str,
    pub edits: &'static [(&'static str, &'static str)],
}

impl Mistake {
    /// The step with this mistake in it.
    pub fn made_in(&self, step: &str) -> Result<String> {
        replace_once(step, self.find, self.put).context(self.id)
    }
}

impl Variant {
    /// What becomes of the step.
    pub fn made_of(&self, step: &str) -> Result<String> {
        let edited = self
            .edits
            .iter()
            .try_fold(step.to_owned(), |program, (find, put)| replace_once(&program, find, put));
        edited.context(self.id)
    }
}

fn replace_once(source: &str, find: &str, put: &str) -> Result<String> {
    ensure!(source.matches(find).count() == 1, "`{find}` doesn't stand in the step exactly once");
    Ok(source.replacen(find, put, 1))
}
