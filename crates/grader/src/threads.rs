//! Many threads: work that they take in order, and what only so many of them do at the same time.

use anyhow::{Context, Result, anyhow};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Calls `one` for each piece of work, `jobs` at a time. After the first error no more work is
/// begun; what is being done is done to its end.
pub fn work_on<W: Copy + Sync>(
    work: &[W],
    jobs: usize,
    one: impl Fn(W) -> Result<()> + Sync,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let run = || {
        while let Some(piece) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = one(*piece) {
                next.store(work.len(), Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for number in 0..jobs.clamp(1, work.len().max(1)) {
            match thread::Builder::new().spawn_scoped(scope, run) {
                Ok(worker) => workers.push(worker),
                // Fewer will do.
                Err(_) if number > 0 => break,
                Err(error) => return Err(error).context("cannot start a thread; try --jobs 1"),
            }
        }
        let panicked = || Err(anyhow!("a thread of the grader panicked; --resume goes on"));
        let ended = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| panicked()));
        // All are waited for, whatever the first of them says.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}

/// As [`work_on`], and returns what came of each piece, in their order.
pub fn map<W: Sync, T: Send>(
    work: &[W],
    jobs: usize,
    one: impl Fn(&W) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let made = Mutex::new(Vec::new());
    let places: Vec<(usize, &W)> = work.iter().enumerate().collect();
    work_on(&places, jobs, |(place, piece)| {
        let result = one(piece)?;
        made.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
        Ok(())
    })?;
    let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
    made.sort_by_key(|(place, _)| *place);
    Ok(made.into_iter().map(|(_, result)| result).collect())
}

/// Lets only so many threads do a thing at the same time.
pub struct Turns {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// Whoever has it may go on; dropping it lets the next one go on.
pub struct Permit<'a>(&'a Turns);

/// How many programs this computer can run at the same time.
#[must_use]
pub fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

impl Turns {
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { free: Mutex::new(count), given_back: Condvar::new() }
    }

    pub fn wait_for_turn(&self) -> Permit<'_> {
        let free = self.given_back.wait_while(self.free(), |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Permit(self)
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;
    use std::thread;

    #[test]
    fn each_piece_is_worked_on_once() {
        for jobs in [0, 1, 7, 1000] {
            let done = Mutex::new(Vec::new());
            let work: Vec<_> = (0..100).collect();
            work_on(&work, jobs, |piece| {
                done.lock().unwrap().push(piece);
                Ok(())
            })
            .unwrap();
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, work);
        }
    }

    #[test]
    fn what_comes_of_work_is_in_its_order() {
        let work: Vec<u32> = (0..500).collect();
        let squares = map(&work, 7, |number| Ok(number * number)).unwrap();
        assert!(squares.iter().zip(&work).all(|(square, number)| *square == number * number));
        assert_eq!(squares.len(), work.len());
    }

    #[test]
    fn after_an_error_nothing_more_is_begun() {
        let begun = Mutex::new(0);
        let error = work_on(&[0; 100], 1, |_| {
            *begun.lock().unwrap() += 1;
            Err(anyhow!("the disk is full"))
        });
        assert_eq!(error.unwrap_err().to_string(), "the disk is full");
        assert_eq!(*begun.lock().unwrap(), 1);
    }

    #[test]
    fn a_thread_that_panics_is_an_error() {
        let result = work_on(&[()], 1, |()| panic!("oh"));
        assert!(result.is_err());
    }

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
