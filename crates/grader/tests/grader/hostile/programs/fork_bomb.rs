//! Starts processes until it can't, but not more than a machine bears: in all of its checks
//! together that would be 260. Afterwards it is right.

mod honest;
mod outside;

use std::time::Duration;

unsafe extern "C" {
    fn fork() -> i32;
    fn vfork() -> i32;
    fn prctl(option: i32, name: *const u8) -> i32;
}

const PR_SET_NAME: i32 = 15;

fn main() -> impl std::process::Termination {
    let mut started = 0;
    for _ in 0..20 {
        match unsafe { fork() } {
            0 => {
                unsafe { prctl(PR_SET_NAME, outside::MARK.as_ptr()) };
                std::thread::sleep(Duration::from_secs(60));
                std::process::exit(0);
            }
            child if child > 0 => started += 1,
            _ => {}
        }
    }
    // The child of a `vfork` must do nothing but end.
    if unsafe { vfork() } == 0 {
        std::process::abort();
    }
    let is_started = std::process::Command::new("/program").spawn().is_ok();
    if started > 0 || is_started {
        eprintln!("ESCAPED: started {started} processes");
    }
    honest::main()
}
