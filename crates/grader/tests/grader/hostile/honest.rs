//! Right programs among the hostile ones: they must lose nothing.

use crate::hostile::cases::{Case, Expected};
use crate::hostile::mistakes::COURSE;
use crate::hostile::stage::Stage;
use anyhow::{Context, Result, ensure};
use base::lessons::root;
use std::fs;

/// The reference of a lesson.
pub fn step(lesson: &str) -> Result<String> {
    let path = root().join(base::lessons::find(lesson).context("no such lesson")?.source());
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The steps themselves; and on a first rung, for each two programs that are as right and look
/// different.
pub fn hand_in(stage: &Stage, is_second: bool) -> Result<Vec<Case>> {
    let others: &[_] = if is_second { &[] } else { &["honest-too", "also honest"] };
    let mut cases = Vec::new();
    for course in COURSE {
        let lesson = course.lesson.name();
        let step = step(&lesson)?;
        let mut programs = vec![("honest", step.clone())];
        for (name, variant) in others.iter().zip(course.variants) {
            let mut program = step.clone();
            for (find, put) in variant.edits {
                let count = program.matches(find).count();
                ensure!(count == 1, "{}: `{find}` stands {count} times there", variant.id);
                program = program.replacen(find, put, 1);
            }
            programs.push((*name, program));
        }
        for (student, program) in programs {
            stage.hand_in(student, &format!("{lesson}.rs"), program)?;
            cases.push(Case::new(student, &lesson, Expected::Points(100..=100)));
        }
    }
    Ok(cases)
}
