//! Makes the compiler write a program of 100 MiB.

static LARGE: [u8; 100 << 20] = [1; 100 << 20];

fn main() {
    println!("{}", LARGE[std::env::args().count()]);
}
