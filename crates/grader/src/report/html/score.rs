//! What a score looks like.

use crate::model::{Grade, Status};
use crate::report::statistics::tenth;

/// The class of a grade, which gives it its colours.
pub fn class(grade: &Grade) -> &'static str {
    match (grade.status, grade.score()) {
        (_, None) => "x",
        (Status::NotSubmitted, _) => "n",
        (_, Some(score)) => quality(tenth(score, grade.max_score())),
    }
}

/// Steps from nothing to full marks, for a share in tenths.
pub fn quality(tenth: usize) -> &'static str {
    match tenth {
        0..=2 => "q0",
        3..=4 => "q1",
        5..=6 => "q2",
        7..=8 => "q3",
        9 => "q4",
        _ => "q5",
    }
}

/// A score in words; never a number if there is none.
pub fn words(grade: &Grade) -> String {
    match (grade.status, grade.score()) {
        (_, None) => "no score".to_owned(),
        (Status::NotSubmitted, _) => "not submitted".to_owned(),
        (_, Some(score)) => format!("{score} of {}", grade.max_score()),
    }
}
