//! Leaves a process behind that wants to outlive it. Afterwards it is right.

mod honest;
mod outside;

use std::time::Duration;

unsafe extern "C" {
    fn fork() -> i32;
    fn setsid() -> i32;
    fn setpgid(process: i32, group: i32) -> i32;
    fn prctl(option: i32, name: *const u8) -> i32;
}

const PR_SET_NAME: i32 = 15;

fn main() -> impl std::process::Termination {
    match unsafe { fork() } {
        0 => unsafe {
            setsid();
            if fork() == 0 {
                prctl(PR_SET_NAME, outside::MARK.as_ptr());
                std::thread::sleep(Duration::from_secs(60));
            }
            std::process::exit(0);
        },
        child if child > 0 => eprintln!("ESCAPED: left a process behind"),
        _ => {}
    }
    // Without a process of its own it may at least leave the group that is ended with it.
    if unsafe { setsid() } > 0 || unsafe { setpgid(0, 0) } == 0 {
        eprintln!("ESCAPED: left its group of processes");
    }
    honest::main()
}
