//! Says 900 KB of control characters, as one line, on stderr, and is right otherwise.

mod honest;

fn main() -> impl std::process::Termination {
    eprintln!("{}", "\u{1b}".repeat(900_000));
    honest::main()
}
