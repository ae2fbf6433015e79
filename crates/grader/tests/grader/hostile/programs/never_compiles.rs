//! Lets the compiler wait for what never comes.

const NEVER: &[u8] = include_bytes!("/dev/ptmx");

fn main() {
    println!("{}", NEVER.len());
}
