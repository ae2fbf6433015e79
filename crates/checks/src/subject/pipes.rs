//! The threads that write to a program, read what it says, and await its end.

use super::KEPT;
use super::state::{State, Streams};
use std::io::{Read, Write};
use std::process::{Child, ChildStdin};
use std::sync::{Arc, mpsc};
use std::thread;

pub fn feed(mut pipe: ChildStdin, input: mpsc::Receiver<Vec<u8>>) {
    for bytes in input {
        if pipe.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// Reads a stream to its end, and keeps its beginning.
pub fn collect(
    state: &Arc<State>,
    pipe: Option<impl Read + Send + 'static>,
    stream: fn(&mut Streams) -> &mut Vec<u8>,
) {
    let state = Arc::clone(state);
    thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        if let Some(mut pipe) = pipe {
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                let bytes = buffer.get(..length).unwrap_or_default();
                state.change(|streams| {
                    // What it says when we stop it is no news.
                    if streams.is_over {
                        return;
                    }
                    let kept = stream(streams);
                    let room = KEPT.saturating_sub(kept.len()).min(length);
                    kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
                });
            }
        }
        state.change(|streams| streams.ended += 1);
    });
}

pub fn await_end(state: &Arc<State>, mut child: Child) {
    let state = Arc::clone(state);
    thread::spawn(move || {
        let status = child.wait();
        state.change(|streams| {
            if !streams.is_over {
                streams.status = status.ok();
            }
        });
    });
}
