//! Keeps the processors busy with 60 threads, and is right besides.

mod honest;

use std::thread;
use std::time::{Duration, Instant};

fn main() -> impl std::process::Termination {
    let end = Instant::now() + Duration::from_secs(20);
    for _ in 0..60 {
        let _ = thread::Builder::new().stack_size(1 << 16).spawn(move || {
            while Instant::now() < end {
                std::hint::spin_loop();
            }
        });
    }
    honest::main()
}
