//! What has happened in a check so far, step by step.

use std::sync::{Arc, Mutex, PoisonError};

/// The steps of a check; clones write to the same list.
#[derive(Debug, Clone, Default)]
pub struct Log {
    steps: Arc<Mutex<Vec<String>>>,
}

impl Log {
    /// Adds a step: what was done, or what was seen, in the past tense.
    pub fn step(&self, text: impl Into<String>) {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(text.into());
    }

    /// All steps so far.
    pub fn steps(&self) -> Vec<String> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
