//! Names and words from submissions in what we print, which may be the log of a service: nothing in
//! them steers a terminal, turns the direction of writing, or is a command to a service.

use base::text;

/// A name in one line; no two names become the same.
#[must_use]
pub fn visible(name: &str) -> String {
    beginning(name, 60, text::name)
}

/// The first `limit` characters of what was said, in one line.
#[must_use]
pub fn said(text: &str, limit: usize) -> String {
    beginning(text, limit, text::line)
}

fn beginning(text: &str, limit: usize, show: fn(&str) -> String) -> String {
    let (start, cut) = match text.char_indices().nth(limit) {
        Some((at, _)) => (&text[..at], "…"),
        None => (text, ""),
    };
    // GitHub's and Azure's runners obey `##[…]` wherever it stands in a line, and `::…` at its
    // beginning: no line of ours begins with a name.
    show(start).replace("##", "#\\u{23}") + cut
}
