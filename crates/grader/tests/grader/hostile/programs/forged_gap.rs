//! Panics with a hint of a megabyte, as if a gap were open.

fn main() {
    panic!("not yet implemented: {}", "\u{1b}[31m<script>\u{0}".repeat(60_000));
}
