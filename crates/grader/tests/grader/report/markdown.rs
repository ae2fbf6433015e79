//! As much of Markdown as it takes to tell what stands in code.

use anyhow::{Result, ensure};

/// A page without its code: without fenced blocks, and without spans.
pub fn without_code(page: &str) -> Result<String> {
    let mut open = String::new();
    let mut fence: Option<usize> = None;
    for line in page.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            None if ticks >= 3 && !line.get(ticks..).unwrap_or_default().contains('`') => {
                fence = Some(ticks);
            }
            Some(length) if ticks >= length && ticks == line.trim_end().len() => fence = None,
            None => open += &format!("{}\n", without_spans(line)),
            Some(_) => {}
        }
    }
    ensure!(fence.is_none(), "a block isn't closed:\n{page}");
    Ok(open)
}

/// A line without spans: each ends at a run of as many backticks as it begins with.
fn without_spans(line: &str) -> String {
    let mut open = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let (before, after) = rest.split_at(at);
        open += before;
        if before.ends_with('\\') {
            open.push('`');
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        let length = after.len() - after.trim_start_matches('`').len();
        let (ticks, after) = after.split_at(length);
        match end_of_span(after, length) {
            Some(end) => rest = after.get(end..).unwrap_or_default(),
            None => {
                open += ticks;
                rest = after;
            }
        }
    }
    open + rest
}

fn end_of_span(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text.get(at..)?.find('`').map(|found| found + at) {
        let run = text.get(start..)?;
        let run = run.len() - run.trim_start_matches('`').len();
        at = start + run;
        if run == length {
            return Some(at);
        }
    }
    None
}

/// The names of the HTML tags; what has a backslash before it is none.
pub fn tags(text: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        if !before.ends_with('\\') {
            let name = after.trim_start_matches('/');
            tags.push(name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default());
        }
        rest = after;
    }
    tags
}
