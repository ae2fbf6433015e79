//! Who attacks how, and what that deserves.

use crate::hostile::shapes;
use crate::hostile::stage::Stage;
use anyhow::Result;
use std::ops::RangeInclusive;

/// How the run is isolated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rung {
    Strict,
    Best,
}

impl Rung {
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Best => "best",
        }
    }
}

/// A lesson of a student, and what must come of it.
pub struct Case {
    pub student: String,
    pub lesson: String,
    pub expected: Expected,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Judged, with so many points.
    Points(RangeInclusive<u32>),
    /// Doesn't compile, or isn't taken: no points.
    NotCompiled,
    NotSubmitted,
}

impl Case {
    pub fn new(student: &str, lesson: &str, expected: Expected) -> Self {
        Self { student: student.to_owned(), lesson: lesson.to_owned(), expected }
    }
}

/// On which rungs an attack is made.
enum On {
    /// Each rung keeps it off by means of its own.
    Each,
    /// Whatever keeps it off is the same on both: once is enough, on the better rung of those here.
    Any,
    /// `best` doesn't prevent it, and says so.
    Strict,
}
use On::{Any, Each, Strict};

const LESSON: &str = "lesson-3";

const NONE: RangeInclusive<u32> = 0..=0;
const ALL: RangeInclusive<u32> = 100..=100;
/// It hurts itself, and nobody knows how much.
const ANY: RangeInclusive<u32> = 0..=100;
/// What a program gets that names an argument that is no address, and does nothing else.
const FEW: RangeInclusive<u32> = 0..=5;

/// Programs, each with its lesson. Who attacks and then does what it should deserves all points.
const PROGRAMS: &[(&str, &str, RangeInclusive<u32>, On)] = &[
    ("infinite_loop", LESSON, NONE, Any),
    ("never_ends", LESSON, 50..=80, Any),
    ("ignores_signals", LESSON, ALL, Each),
    ("fork_bomb", LESSON, ALL, Each),
    ("daemon", LESSON, ALL, Each),
    ("memory_hog", LESSON, ALL, Any),
    ("disk_filler", LESSON, ALL, Each),
    ("open_files", LESSON, ALL, Any),
    ("empty_files", LESSON, ALL, Each),
    ("hoards_in_sockets", LESSON, ALL, Strict),
    ("raises_what_it_gets", LESSON, ALL, Any),
    ("becomes_another", LESSON, ALL, Each),
    ("becomes_its_loader", LESSON, FEW, Each),
    // Without a namespace of its own, the user's other processes are added to its limit.
    ("many_threads", LESSON, ALL, Strict),
    ("busy_threads", LESSON, ANY, Strict),
    ("floods_stdout", LESSON, NONE, Any),
    ("floods_stderr", LESSON, NONE, Any),
    ("long_line", LESSON, NONE, Any),
    ("wide_error", LESSON, ALL, Any),
    ("reads_others", LESSON, ALL, Each),
    ("reads_environment", LESSON, ALL, Each),
    ("writes_outside", LESSON, ALL, Each),
    ("kills", LESSON, ALL, Each),
    ("forged_lines", LESSON, ALL, Any),
    ("forged_verdict", LESSON, NONE, Any),
    ("forged_jail", LESSON, NONE, Each),
    ("forged_gap", LESSON, NONE, Any),
    ("connects_outside", LESSON, ALL, Strict),
    ("binds_ports", LESSON, ANY, Strict),
    ("answers_for_others", "lesson-5", ANY, Strict),
    ("floods_the_network", "lesson-2", 0..=40, Strict),
    // They bind, wait, end and fail as they should, which is less than half.
    ("hard_coded", LESSON, 0..=49, Any),
    ("detects_the_grader", LESSON, 0..=49, Any),
    ("slow", "lesson-5", 20..=95, Strict),
    // It loses what each wrong status costs, and may come too late where it fills the network.
    ("fills_ports", LESSON, 0..=90, Strict),
    ("at_the_last_moment", "lesson-5", 0..=20, Strict),
];

/// Programs that must not compile.
const SOURCES: &[(&str, On)] = &[
    ("proc_macro", Each),
    ("forged_jail_of_the_compiler", Each),
    ("forged_errors", Any),
    ("takes_minutes", Strict),
    ("takes_gigabytes", Any),
    ("makes_large_files", Any),
    ("never_compiles", Strict),
];

/// Hands in all that make sense on this rung; on a second one, only what that keeps off otherwise.
pub fn hand_in(stage: &Stage, rung: Rung, is_second: bool) -> Result<Vec<Case>> {
    let makes_sense = |on: &On| match on {
        Each => true,
        Any => !is_second,
        Strict => rung == Rung::Strict,
    };
    let mut cases = Vec::new();
    for (name, lesson, points, _) in PROGRAMS.iter().filter(|program| makes_sense(&program.3)) {
        stage.hand_in_program(name, lesson)?;
        cases.push(Case::new(name, lesson, Expected::Points(points.clone())));
    }
    for (name, _) in SOURCES.iter().filter(|source| makes_sense(&source.1)) {
        stage.hand_in_program(name, LESSON)?;
        cases.push(Case::new(name, LESSON, Expected::NotCompiled));
    }
    cases.extend(shapes::including(stage)?);
    if rung == Rung::Strict {
        cases.extend(shapes::odd_names(stage)?);
        cases.extend(shapes::odd_files(stage)?);
        cases.extend(shapes::odd_trees(stage)?);
    }
    Ok(cases)
}
