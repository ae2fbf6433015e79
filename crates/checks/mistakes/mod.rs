//! Realistic mistakes, each with the check that must catch it; and right programs that look
//! different. They are written as changes to the reference steps.

mod lesson_1;
mod lesson_2;
mod lesson_3;
mod lesson_4;
mod lesson_5;

use anyhow::{Context, Result, ensure};

/// What one lesson's checks are tested with.
pub struct Course {
    pub lesson: &'static str,
    /// The crate's folder, below `crates/`.
    pub directory: &'static str,
    /// In groups, one a file.
    pub mistakes: &'static [&'static [Mistake]],
    pub variants: &'static [Variant],
}

/// A mistake: what to find in the step, exactly once, and what to put in its place.
pub struct Mistake {
    pub id: &'static str,
    /// What the student was thinking.
    #[expect(dead_code, reason = "it is there for the reader")]
    pub thought: &'static str,
    pub find: &'static str,
    pub put: &'static str,
    /// The check that must fail.
    pub caught_by: &'static str,
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

pub const COURSE: &[Course] = &[
    Course {
        lesson: "lesson-1",
        directory: "lesson-1-create-sockets",
        mistakes: &[lesson_1::MISTAKES],
        variants: lesson_1::VARIANTS,
    },
    Course {
        lesson: "lesson-2",
        directory: "lesson-2-send-once",
        mistakes: &[lesson_2::MISTAKES],
        variants: lesson_2::VARIANTS,
    },
    Course {
        lesson: "lesson-3",
        directory: "lesson-3-receive-once",
        mistakes: &[lesson_3::MISTAKES],
        variants: lesson_3::VARIANTS,
    },
    Course {
        lesson: "lesson-4",
        directory: "lesson-4-echo-client",
        mistakes: &[lesson_4::MESSAGES, lesson_4::REPLIES, lesson_4::ENDINGS],
        variants: lesson_4::VARIANTS,
    },
    Course {
        lesson: "lesson-5",
        directory: "lesson-5-echo-server",
        mistakes: &[lesson_5::REPLIES, lesson_5::CONDUCT],
        variants: lesson_5::VARIANTS,
    },
];
