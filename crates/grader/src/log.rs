//! Names and words from submissions in what we print, which may be the log of a service: nothing in
//! them steers a terminal, turns the direction of writing, or is a command to a service.

use base::text;

/// A name in one line.
#[must_use]
pub fn visible(name: &str) -> String {
    without_commands(&text::brief_name(name))
}

/// What was said, in one line.
#[must_use]
pub fn said(line: &str) -> String {
    without_commands(&text::line(&text::cut(line)))
}

/// GitHub's and Azure's runners obey `##[…]` wherever it stands in a line, and `::…` at its
/// beginning: no line of ours begins with a name.
fn without_commands(shown: &str) -> String {
    shown.replace("##", "#\\u{23}")
}
