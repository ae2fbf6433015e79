//! `cargo xtask list`: the lessons; and what `cargo xtask` says without a command.
//!
//! In a student's workspace both also show how far the student is, and what is next.

use crate::command::{self, Subcommand};
use crate::workspace::{self, Progress, Score, Workspace};
use anyhow::Result;
use base::lessons::{LESSONS, Lesson};
use base::terminal::{Style, spelled};
use std::io::{self, Write};
use std::process::ExitCode;

pub const COMMAND: Subcommand = Subcommand {
    name: "list",
    arguments: "",
    summary: "show the lessons, their pairs and walkthroughs",
    details: "In a student's workspace it also shows the points so far, and what is next.",
    run,
};

const NEXT: &str = "\
What next?
  cargo xtask run lesson-3    see a datagram cross from a sender to a receiver
  lessons/README.md           where to start reading
  cargo xtask help            all commands
";

/// The parts of a bar of points.
const BAR: u32 = 10;

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    command::expect_none(parser, &COMMAND)?;
    let text = match workspace::load()? {
        Some(workspace) => student_overview(&workspace)?,
        None => lessons(None),
    };
    write!(io::stdout(), "{}", spelled(&text))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the lessons, and what to do next.
pub fn overview() -> Result<ExitCode> {
    let text = match workspace::load()? {
        Some(workspace) => student_overview(&workspace)?,
        None => format!("{}\n{NEXT}", lessons(None)),
    };
    write!(io::stdout(), "{}", spelled(&text))?;
    Ok(ExitCode::SUCCESS)
}

fn student_overview(workspace: &Workspace) -> Result<String> {
    let progress = workspace::progress()?;
    let list = lessons(Some((workspace, &progress)));
    Ok(format!("{list}\n{}", next_steps(progress.first_open(&workspace.lessons))))
}

fn lessons(student: Option<(&Workspace, &Progress)>) -> String {
    let style = Style::of_stdout();
    let mut text = String::new();
    for lesson in LESSONS {
        text.push_str(&entry(lesson, style));
        if let Some((workspace, progress)) = student {
            let is_started = workspace.lessons.contains(&lesson);
            let reached = reached(is_started, progress.best(lesson), style);
            text.push_str(&format!("          {reached}\n"));
        }
    }
    text
}

fn entry(lesson: &Lesson, style: Style) -> String {
    let pair =
        lesson.mate().map_or("runs alone".to_owned(), |mate| format!("runs with {}", mate.name()));
    let Lesson { title, teaches, .. } = lesson;
    let name = style.paint("1", &lesson.name());
    format!("{name}  {title}: {teaches}\n          {pair} · {}\n", lesson.walkthrough())
}

/// How far the student is with a lesson.
fn reached(is_started: bool, best: Option<Score>, style: Style) -> String {
    if !is_started {
        return "solved already".to_owned();
    }
    let Score { points, maximum } = best.unwrap_or(Score { points: 0, maximum: 0 });
    let full = (points * BAR).checked_div(maximum).unwrap_or(0).min(BAR);
    let (full, empty) = ("█".repeat(full as usize), "░".repeat((BAR - full) as usize));
    match best {
        None => format!("{full}{empty} not checked yet"),
        Some(best) => {
            let code = if best.is_full() { "32" } else { "33" };
            format!("{}{empty} {points} of {maximum} points", style.paint(code, &full))
        }
    }
}

fn next_steps(next: Option<&Lesson>) -> String {
    let Some(lesson) = next else {
        let text = "You have all points in every lesson. Compare, for example:";
        return format!("{text}\n  cargo xtask solution lesson-5\n");
    };
    let (name, walkthrough, source) = (lesson.name(), lesson.walkthrough(), lesson.source());
    format!(
        "What next? {name}, {}\n\
        \x20 read     {walkthrough}\n\
        \x20 write    {source}\n\
        \x20 run      cargo xtask run {name}\n\
        \x20 check    cargo xtask check {name}\n\
        \x20 stuck?   cargo xtask hint {name}\n",
        lesson.title
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_only_with_all_points() {
        let style = Style::of_stdout();
        let bar = |points, maximum| {
            let shown = reached(true, Some(Score { points, maximum }), style);
            shown.matches('█').count()
        };
        for (points, maximum, parts) in
            [(0, 100, 0), (9, 100, 0), (10, 100, 1), (99, 100, 9), (100, 100, 10), (0, 0, 0)]
        {
            assert_eq!(bar(points, maximum), parts, "{points} of {maximum}");
        }
        assert_eq!(reached(true, None, style), "░░░░░░░░░░ not checked yet");
        assert_eq!(reached(false, None, style), "solved already");
    }

    #[test]
    fn the_next_steps_name_the_lesson() {
        let text = next_steps(LESSONS.first());
        assert!(
            text.starts_with("What next? lesson-1, Create sockets\n  read     lessons/lesson-1")
        );
        assert!(text.ends_with("  stuck?   cargo xtask hint lesson-1\n"));
        assert!(next_steps(None).contains("solution"));
    }
}
