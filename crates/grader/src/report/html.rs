//! `report.html`: the class at a glance, and then each student; one file that needs no other.
//!
//! # Layout
//!
//! - `glance`: the scores of each lesson, the checks that most students fail, and what the
//!   instructor has to look at
//! - `students`: the table, and what a student's row unfolds to
//! - `escape`: text as HTML
//! - `page.css`, `page.js`: the page shows everything without the script, which sorts and filters

mod escape;
mod glance;
mod students;

use crate::model::Results;
use crate::report::statistics;
use crate::text;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use escape::Text;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The whole page.
#[must_use]
pub fn page(results: &Results) -> String {
    let page = html! {
        (DOCTYPE) "\n"
        html lang="en" {
            head {
                meta charset="utf-8";
                // It stands before everything that it is about.
                meta http-equiv="Content-Security-Policy" content=(policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Class report" }
                style { (PreEscaped(STYLE)) }
            }
            "\n"
            body {
                (header(results))
                main {
                    (glance::scores(results))
                    (glance::teach(&statistics::checks(results)))
                    (glance::eyes(results))
                    (students::section(results))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
        "\n"
    };
    page.into_string()
}

fn header(results: &Results) -> Markup {
    let graded: Vec<_> = results.submissions.iter().flat_map(|student| &student.grades).collect();
    let rungs: BTreeSet<&str> = graded.iter().map(|grade| grade.isolation.as_str()).collect();
    let rungs: Vec<&str> = rungs.into_iter().filter(|rung| !rung.is_empty()).collect();
    html! {
        header {
            a class="skip" href="#students" { "Skip to the students" }
            h1 { "Class report" } "\n"
            p {
                (text::count(results.submissions.len(), "student")) " · "
                (text::count(results.lessons.len(), "lesson"))
                " · graded by " (Text(&results.tool)) " " (Text(&results.version))
                " · isolation: " (Text(&rungs.join(", ")))
            }
            @if rungs.iter().any(|rung| *rung != "strict") {
                p class="warn" {
                    "Not everything was graded in full isolation: a program may have seen or \
                     changed what it should not. Each lesson below says how it was run."
                }
            }
        }
        "\n"
    }
}

/// A Content-Security-Policy for one style sheet and one script, both inline, and nothing else:
/// should a text ever escape its escaping, it still can't do anything.
///
/// Source: W3C, Content Security Policy Level 3. An inline script or style runs only if the SHA-256
/// of its text, in base64, is in the policy; event handlers and `javascript:` never do.
fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source(style),
        source(script)
    )
}

fn source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_text() {
        // As `printf 'alert(1)' | openssl dgst -sha256 -binary | base64` has it.
        let source = source("alert(1)");
        assert_eq!(source, "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
    }
}
