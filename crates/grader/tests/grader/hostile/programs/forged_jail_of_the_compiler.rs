//! Doesn't compile, and says that it was the grader's fault.

compile_error!("cannot confine a program: is this Linux too old?");

fn main() {}
