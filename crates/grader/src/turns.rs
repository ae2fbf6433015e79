//! Lets only so many threads do a thing at the same time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// Whoever has it may go on; dropping it lets the next one go on.
pub struct Turn<'a>(&'a Turns);

impl Turns {
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { free: Mutex::new(count), given_back: Condvar::new() }
    }

    pub fn wait_for_turn(&self) -> Turn<'_> {
        let free = self.given_back.wait_while(self.free(), |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Turn(self)
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::thread;

    #[test]
    fn no_more_than_that_many_have_a_turn() {
        let (turns, now, most) = (Turns::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    let _turn = turns.wait_for_turn();
                    most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
                    thread::yield_now();
                    now.fetch_sub(1, SeqCst);
                });
            }
        });
        assert!((1..=3).contains(&most.into_inner()));
    }

    #[test]
    fn a_panic_gives_its_turn_back() {
        let turns = Turns::new(1);
        let panicked = thread::scope(|scope| {
            scope
                .spawn(|| {
                    let _turn = turns.wait_for_turn();
                    panic!("oh");
                })
                .join()
        });
        assert!(panicked.is_err());
        drop(turns.wait_for_turn());
    }
}
