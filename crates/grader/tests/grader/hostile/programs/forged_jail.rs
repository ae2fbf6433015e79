//! Ends as a jail does that couldn't be made.

fn main() {
    eprintln!("bwrap: Can't make a jail: No space left on device");
    eprintln!("error: cannot confine a program: is this Linux too old?");
    std::process::exit(125);
}
