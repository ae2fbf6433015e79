//! Does what it should, ignores all signals, and doesn't end.

mod honest;

unsafe extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
}

const IGNORE: usize = 1;

fn main() {
    for number in 1..32 {
        unsafe { signal(number, IGNORE) };
    }
    let _ = honest::main();
    loop {
        std::thread::park();
    }
}
