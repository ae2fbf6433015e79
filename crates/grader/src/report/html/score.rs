//! What a score looks like.

use crate::model::{Grade, Status};
use crate::report::statistics::tenth;

/// The class of a grade, which gives it its colours.
pub fn class(grade: &Grade) -> &'static str {
    match grade.status {
        _ if !grade.has_score() => "x",
        Status::NotSubmitted => "n",
        _ => quality(tenth(grade.score, grade.max_score)),
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
    match grade.status {
        _ if !grade.has_score() => "no score".to_owned(),
        Status::NotSubmitted => "not submitted".to_owned(),
        _ => format!("{} of {}", grade.score, grade.max_score),
    }
}
