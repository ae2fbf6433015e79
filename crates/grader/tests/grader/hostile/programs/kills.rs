//! Kills what it can reach: its parent, and everybody that it sees. Afterwards it is right.

mod honest;

use std::fs;

unsafe extern "C" {
    fn kill(process: i32, signal: i32) -> i32;
    fn getppid() -> i32;
}

const SIGKILL: i32 = 9;

fn main() -> impl std::process::Termination {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let others: Vec<i32> = numbers.filter(|number| *number != own).collect();
    // Signal 0 only asks whether another one could be sent.
    let reached = others.iter().filter(|number| unsafe { kill(**number, 0) } == 0).count();
    if reached > 0 || unsafe { kill(-1, 0) } == 0 {
        eprintln!("ESCAPED: may signal {reached} of {} processes", others.len());
    }
    if is_in_a_jail() {
        for number in others.into_iter().chain([unsafe { getppid() }, 0, -1]) {
            unsafe { kill(number, SIGKILL) };
        }
    }
    honest::main()
}

/// Whether there is nobody here whom it would be a pity to kill: all that there is was started
/// for this program.
fn is_in_a_jail() -> bool {
    let first = fs::read_to_string("/proc/1/comm").unwrap_or_default();
    first.trim_end() == "bwrap"
}
