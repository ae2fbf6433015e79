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
use escape::Text;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::{self, Write};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The whole page.
#[must_use]
pub fn page(results: &Results) -> String {
    let mut page = String::new();
    // Writing to a string can't fail.
    let _ = write(&mut page, results);
    page
}

fn write(page: &mut String, results: &Results) -> fmt::Result {
    let policy = policy(STYLE, SCRIPT);
    // The policy stands before everything that it is about.
    write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Class report</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )?;
    header(page, results)?;
    page.push_str("<main>\n");
    let checks = statistics::checks(results);
    glance::scores(page, results)?;
    glance::teach(page, &checks)?;
    glance::eyes(page, results)?;
    students::section(page, results)?;
    write!(page, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

fn header(page: &mut String, results: &Results) -> fmt::Result {
    let students = text::count(results.submissions.len(), "student");
    let lessons = text::count(results.lessons.len(), "lesson");
    write!(page, "<header>\n<a class=\"skip\" href=\"#students\">Skip to the students</a>\n")?;
    write!(page, "<h1>Class report</h1>\n<p>{students} · {lessons} · graded by ")?;
    write!(page, "{} {}", Text(&results.tool), Text(&results.version))?;
    let graded: Vec<_> = results.submissions.iter().flat_map(|student| &student.grades).collect();
    let rungs: BTreeSet<&str> = graded.iter().map(|grade| grade.isolation.as_str()).collect();
    let rungs: Vec<&str> = rungs.into_iter().filter(|rung| !rung.is_empty()).collect();
    write!(page, " · isolation: {}", Text(&rungs.join(", ")))?;
    page.push_str("</p>\n");
    if rungs.iter().any(|rung| *rung != "strict") {
        page.push_str(
            "<p class=\"warn\">Not everything was graded in full isolation: a program may have \
             seen or changed what it should not. Each lesson below says how it was run.</p>\n",
        );
    }
    page.push_str("</header>\n");
    Ok(())
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
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| chunk.get(at).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at > chunk.len() as u32 { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, encoded) in vectors {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn the_hash_is_that_of_the_text() {
        // As `printf 'alert(1)' | openssl dgst -sha256 -binary | base64` has it.
        let source = source("alert(1)");
        assert_eq!(source, "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=");
    }
}
