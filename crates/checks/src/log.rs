//! What has happened in a check so far, step by step.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Steps that are kept, of the beginning and of the end each: a program may do the same for ever.
const KEPT: usize = 60;

/// The steps of a check; clones write to the same list.
#[derive(Debug, Clone, Default)]
pub struct Log {
    steps: Arc<Mutex<Steps>>,
}

#[derive(Debug, Default)]
struct Steps {
    first: Vec<String>,
    last: VecDeque<String>,
    left_out: usize,
}

impl Log {
    /// Adds a step: what was done, or what was seen, in the past tense.
    pub fn step(&self, text: impl Into<String>) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if steps.first.len() < KEPT {
            steps.first.push(text.into());
            return;
        }
        if steps.last.len() == KEPT {
            steps.last.pop_front();
            steps.left_out += 1;
        }
        steps.last.push_back(text.into());
    }

    /// All steps so far, or the first and the last of them.
    pub fn steps(&self) -> Vec<String> {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let left_out = (steps.left_out > 0).then(|| format!("… {} steps more …", steps.left_out));
        steps.first.iter().cloned().chain(left_out).chain(steps.last.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_steps_the_first_and_the_last_are_kept() {
        let log = Log::default();
        (0..1_000).for_each(|number| log.step(number.to_string()));
        let steps = log.steps();
        assert_eq!((steps.len(), steps[0].as_str()), (2 * KEPT + 1, "0"));
        assert_eq!((steps[KEPT].as_str(), steps[2 * KEPT].as_str()), ("… 880 steps more …", "999"));
    }
}
