//! Threads, compiled once. `thread::spawn` is compiled anew for each closure that it is given, and a
//! student waits for all of them.

use std::thread;

/// Does `work` beside us; who wants to know of its end is told by it.
pub fn in_background(work: Box<dyn FnOnce() + Send>) {
    thread::spawn(work);
}
