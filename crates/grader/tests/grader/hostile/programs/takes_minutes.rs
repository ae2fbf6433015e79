//! Takes the compiler some minutes, if it gets them.

#![allow(long_running_const_eval)]

const fn busy() -> u64 {
    let (mut sum, mut number) = (0_u64, 0_u64);
    while number < 2_000_000_000 {
        sum = sum.wrapping_mul(31).wrapping_add(number);
        number += 1;
    }
    sum
}

const BUSY: u64 = busy();

fn main() {
    println!("{BUSY}");
}
