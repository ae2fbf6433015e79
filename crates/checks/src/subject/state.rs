//! What is known of a program, as it becomes known.

use std::process::ExitStatus;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[derive(Default)]
pub struct State {
    pub streams: Mutex<Streams>,
    pub changed: Condvar,
}

#[derive(Default)]
pub struct Streams {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// How many of the two have come to their end.
    pub ended: u8,
    pub status: Option<ExitStatus>,
    /// From here on an end is our doing.
    pub is_over: bool,
}

impl Streams {
    pub fn is_complete(&self) -> bool {
        self.status.is_some() && self.ended == 2
    }
}

impl State {
    pub fn lock(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn change(&self, change: impl FnOnce(&mut Streams)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until `is_done`, or until that time has passed.
    pub fn wait(
        &self,
        time: Duration,
        is_done: impl Fn(&Streams) -> bool,
    ) -> MutexGuard<'_, Streams> {
        let result =
            self.changed.wait_timeout_while(self.lock(), time, |streams| !is_done(streams));
        result.unwrap_or_else(PoisonError::into_inner).0
    }
}
