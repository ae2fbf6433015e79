//! Looks for the variables of whoever grades: the compiler's, its own, and those of all processes
//! that it sees. Afterwards it is right.

mod honest;
mod outside;

use std::{env, fs};

const COMPILERS: [Option<&str>; 2] = [option_env!("SECRET_OF_THE_GRADER"), option_env!("HOME")];

/// What a program may need, and what bubblewrap, `confine` and the checks add.
const FIXED: [&str; 6] = ["PATH", "LANG", "TMPDIR", "PWD", "RES_OPTIONS", "MALLOC_ARENA_MAX"];

fn main() -> impl std::process::Termination {
    let mut found: Vec<String> =
        COMPILERS.iter().flatten().map(|value| format!("the compiler's {value}")).collect();
    let own = env::vars().filter(|(name, _)| !FIXED.contains(&name.as_str()));
    found.extend(own.map(|(name, value)| format!("{name}={value}")));
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let file = process.path().join("environ");
        let variables = fs::read(&file).unwrap_or_default();
        if String::from_utf8_lossy(&variables).contains("SECRET_OF_THE_GRADER") {
            found.push(file.display().to_string());
        }
    }
    if !found.is_empty() {
        eprintln!("ESCAPED: variables: {}", found.join(", "));
    }
    honest::main()
}
