//! What has to wait: items that become due, in the order of their times.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Items wait here until they are due. Those that are due at the same time leave in order.
///
/// A condition variable times it: the time-out of a socket would be rounded to the system's tick.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: BinaryHeap<Reverse<Entry<T>>>,
    pushed: u64,
    stopped: bool,
}

struct Entry<T> {
    due: Instant,
    place: u64,
    item: T,
}

/// What ended a wait.
#[derive(PartialEq, Eq, Debug)]
pub enum Next<T> {
    Due(T),
    Deadline,
    Stopped,
}

impl<T> Queue<T> {
    pub fn new() -> Self {
        let state = State { waiting: BinaryHeap::new(), pushed: 0, stopped: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub fn push(&self, due: Instant, item: T) {
        let mut state = self.lock();
        state.pushed += 1;
        let place = state.pushed;
        state.waiting.push(Reverse(Entry { due, place, item }));
        let is_first = state.waiting.peek().is_some_and(|Reverse(first)| first.place == place);
        drop(state);
        if is_first {
            self.changed.notify_one();
        }
    }

    /// Waits until an item is due, the deadline passes, or the queue is stopped. A deadline that
    /// has passed comes before all items.
    pub fn next(&self, deadline: Instant) -> Next<T> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            if state.stopped {
                return Next::Stopped;
            }
            // First: items may be due all the time.
            if deadline <= now {
                return Next::Deadline;
            }
            let first = state.waiting.peek().map(|Reverse(first)| first.due);
            if first.is_some_and(|due| due <= now) {
                if let Some(Reverse(entry)) = state.waiting.pop() {
                    return Next::Due(entry.item);
                }
            }
            let until = first.map_or(deadline, |due| due.min(deadline));
            let wait = self.changed.wait_timeout(state, until.saturating_duration_since(now));
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends all waiting, now and later; what waits is lost.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        state.waiting.clear();
        drop(state);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.due, self.place).cmp(&(other.due, other.place))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;
    use std::time::Duration;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn items_leave_in_the_order_of_their_times_and_then_of_their_coming() {
        let queue = Queue::new();
        let now = Instant::now();
        for (late, item) in [(3, "c"), (1, "a"), (3, "d"), (2, "b")] {
            queue.push(now + Duration::from_millis(late), item);
        }
        let items: Vec<_> = (0..4).map(|_| queue.next(now + LONG)).collect();
        assert_eq!(items, ["a", "b", "c", "d"].map(Next::Due));
        assert!(now.elapsed() >= Duration::from_millis(3));
    }

    #[test]
    fn an_earlier_item_shortens_a_wait_that_has_begun() {
        let queue = Queue::new();
        let now = Instant::now();
        queue.push(now + LONG, "late");
        thread::scope(|scope| {
            let waiter = scope.spawn(|| queue.next(now + LONG));
            queue.push(now, "early");
            assert_eq!(waiter.join().unwrap(), Next::Due("early"));
        });
        assert_eq!(queue.next(now), Next::Deadline);
    }

    #[test]
    fn items_that_are_due_dont_hide_the_deadline() {
        let queue = Queue::new();
        let now = Instant::now();
        queue.push(now, "due");
        assert_eq!(queue.next(now), Next::Deadline);
        assert_eq!(queue.next(now + LONG), Next::Due("due"));
    }

    #[test]
    fn a_stop_ends_a_wait_at_once() {
        let queue = Queue::<()>::new();
        let now = Instant::now();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| queue.next(now + LONG));
            queue.stop();
            assert_eq!(waiter.join().unwrap(), Next::Stopped);
        });
        assert!(now.elapsed() < LONG);
    }
}
