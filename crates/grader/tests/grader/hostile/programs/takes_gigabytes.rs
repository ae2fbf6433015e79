//! Takes the compiler 8 GiB of memory, of which it would never touch more than a part.

static HUGE: [u8; 8 << 30] = [0; 8 << 30];

fn main() {
    println!("{}", HUGE[std::env::args().count()]);
}
