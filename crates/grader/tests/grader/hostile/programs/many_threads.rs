//! Starts threads until it can't, at most 300, which only wait. Afterwards it is right.

mod honest;

use std::sync::mpsc::channel;
use std::thread;

fn main() -> impl std::process::Termination {
    let mut waiting = Vec::new();
    for _ in 0..300 {
        let (sender, receiver) = channel::<()>();
        let builder = thread::Builder::new().stack_size(1 << 16);
        let Ok(thread) = builder.spawn(move || drop(receiver.recv())) else { break };
        waiting.push((sender, thread));
    }
    if waiting.len() == 300 {
        eprintln!("ESCAPED: started 300 threads");
    }
    for (sender, thread) in waiting {
        drop(sender);
        let _ = thread.join();
    }
    honest::main()
}
