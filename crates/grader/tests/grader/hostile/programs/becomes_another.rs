//! Tries to become a shell, or itself once more, in each way that there is: who succeeds says so.
//! Afterwards it is right.

mod honest;

use std::ffi::{CString, c_char, c_long};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::ptr::null;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

/// `execveat`
const EXECVEAT: c_long = if cfg!(target_arch = "x86_64") { 322 } else { 281 };
const SCRIPT: &str = "echo ESCAPED: became a shell >&2";

fn main() -> impl std::process::Termination {
    let own = std::env::args().next().unwrap_or_default();
    if std::env::args().nth(1).as_deref() == Some("again") {
        eprintln!("ESCAPED: became itself once more");
    }
    for shell in ["/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/dash", "/usr/bin/python3"] {
        let _ = Command::new(shell).args(["-c", SCRIPT]).exec();
        by_descriptor(shell, &[shell, "-c", SCRIPT]);
    }
    let _ = Command::new(own).arg("again").exec();
    let _ = Command::new("/proc/self/exe").arg("again").exec();
    honest::main()
}

/// As what started this program, which a filter let through: any descriptor that it could have been,
/// beside a path.
fn by_descriptor(path: &str, words: &[&str]) {
    let path = CString::new(path).unwrap_or_default();
    let words: Vec<CString> =
        words.iter().map(|word| CString::new(*word).unwrap_or_default()).collect();
    let mut pointers: Vec<*const c_char> = words.iter().map(|word| word.as_ptr()).collect();
    pointers.push(null());
    for descriptor in [-100_i64, 3, 63, 64, 65, 255, 256, 1000, 1023] {
        for flags in [0_i64, 0x1000] {
            unsafe {
                syscall(EXECVEAT, descriptor, path.as_ptr(), pointers.as_ptr(), 0_i64, flags);
            }
        }
    }
}
