//! `cargo xtask hint LESSON`: one more of the walkthrough's hints each time.

use crate::command::{Subcommand, expect_lesson, lesson_and_flag};
use crate::workspace;
use anyhow::{Context, Result, ensure};
use base::lessons::{self, Lesson};
use base::terminal::{Style, spelled};
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

pub const COMMAND: Subcommand = Subcommand {
    name: "hint",
    arguments: "LESSON [--again]",
    summary: "show one more hint each time",
    details: "\
The hints are those at the end of the lesson's walkthrough, each a bit more than the one before.

  --again    show all that you have seen already, and no new one",
    run,
};

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let (lesson, again) = lesson_and_flag(parser, &COMMAND, Some("again"))?;
    let lesson = expect_lesson(lesson, &COMMAND)?;
    let text = if again { all_again(lesson)? } else { next(lesson)? };
    writeln!(io::stdout(), "{}", spelled(&text))?;
    Ok(ExitCode::SUCCESS)
}

/// The next hint of a lesson, which counts as shown from now on.
pub fn next(lesson: &Lesson) -> Result<String> {
    let hints = hints(lesson)?;
    let shown = workspace::progress()?.hints(lesson);
    let (total, name, walkthrough) = (hints.len(), lesson.name(), lesson.walkthrough());
    let Some(hint) = hints.get(shown) else {
        return Ok(format!(
            "Those were all {total} hints for {name}. How it works is explained in {walkthrough}; \
             `cargo xtask hint {name} --again` shows the hints once more."
        ));
    };
    workspace::record_hints(lesson, shown + 1)?;
    Ok(format(lesson, shown + 1, total, hint))
}

fn all_again(lesson: &Lesson) -> Result<String> {
    let hints = hints(lesson)?;
    let shown = workspace::progress()?.hints(lesson).min(hints.len());
    if shown == 0 {
        let name = lesson.name();
        return Ok(format!(
            "You have seen no hint yet: `cargo xtask hint {name}` shows the first."
        ));
    }
    let mut texts = Vec::new();
    for (index, hint) in hints.iter().take(shown).enumerate() {
        texts.push(format(lesson, index + 1, hints.len(), hint));
    }
    Ok(texts.join("\n"))
}

fn format(lesson: &Lesson, number: usize, total: usize, hint: &str) -> String {
    let title = format!("Hint {number} of {total} for {}", lesson.name());
    format!("{}\n  {}", Style::of_stdout().paint("1", &title), hint.replace('\n', "\n  "))
}

fn hints(lesson: &Lesson) -> Result<Vec<String>> {
    let walkthrough = lesson.walkthrough();
    let text = fs::read_to_string(lessons::root().join(&walkthrough))
        .with_context(|| format!("cannot read {walkthrough}, where the hints are"))?;
    let hints = parse(&text);
    ensure!(!hints.is_empty(), "{walkthrough} has no numbered hints in its part `## Hints`");
    Ok(hints)
}

/// The numbered items of the part `## Hints`, without their numbers; they may have many lines.
fn parse(walkthrough: &str) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    let lines = walkthrough.lines().skip_while(|line| line.trim_end() != "## Hints").skip(1);
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        let item = line.split_once(". ").filter(|(number, _)| is_number(number));
        if let Some((_, item)) = item {
            hints.push(item.trim().to_owned());
        } else if let Some(hint) = hints.last_mut().filter(|_| !line.trim().is_empty()) {
            hint.push('\n');
            hint.push_str(line.trim());
        }
    }
    hints
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::lessons::LESSONS;

    #[test]
    fn hints_are_the_numbered_items_of_their_part() {
        let text = "1. no hint\n## Hints\n\nRead.\n\n1. Bind. Then\n   send.\n2. Close.\n\n## Questions\n3. no\n";
        assert_eq!(parse(text), ["Bind. Then\nsend.", "Close."]);
        assert_eq!(parse("# Hints\n1. no\n"), [""; 0]);
    }

    #[test]
    fn every_lesson_has_hints() {
        for lesson in LESSONS {
            assert!(hints(lesson).unwrap().len() >= 3, "{}", lesson.name());
        }
    }
}
