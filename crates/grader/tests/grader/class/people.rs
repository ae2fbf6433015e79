//! What people see while a class is graded.

use crate::class::fixture::{Class, Pretender, a_run, options};
use anyhow::Result;
use base::terminal::Style;
use grader::class;
use grader::log::visible;
use grader::progress::Progress;
use grader::store::Store;
use grader::submissions::survey;
use indicatif::{InMemoryTerm, ProgressDrawTarget};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Write for Seen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seen {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// What is written to stdout, and to the terminal.
fn seen(class: &Class, on_terminal: bool, colour: bool) -> Result<(String, InMemoryTerm)> {
    let (out, terminal) = (Seen::default(), InMemoryTerm::new(10, 80));
    let target = match on_terminal {
        true => ProgressDrawTarget::term_like(Box::new(terminal.clone())),
        false => ProgressDrawTarget::hidden(),
    };
    let style = if colour { Style::COLOURED } else { Style::PLAIN };
    let progress = Progress::new(Box::new(out.clone()), target, style);
    let judge = Pretender::new();
    let run = a_run(&judge, &class.submissions(), None)?;
    let store = Store::resume(&class.path("out"), run)?;
    let found = survey(&[class.submissions()])?.submissions;
    let results = class::grade(&judge, &found, &options(), &store, &|news| progress.tell(news))?;
    progress.summary(&results);
    Ok((out.text(), terminal))
}

#[test]
fn without_a_terminal_each_student_has_a_line() -> Result<()> {
    let class = Class::new(&[
        ("ada", ["fine", "doesn't compile", "fine"]),
        ("bob", ["", "fine", ""]),
        ("cy", ["", "", ""]),
    ])?;
    let (out, _) = seen(&class, false, true)?;
    assert!(!out.contains('\u{1b}') && !out.contains('\r'), "{out}");
    let found = "To be graded: lesson-1, lesson-2, lesson-3 of 3 submissions.\n\
        - ada  1 2 3\n\
        - bob  - 2 -  not submitted: lesson-1, lesson-3\n\
        - cy   - - -  nothing was submitted\n\
          \u{20} - note: nothing to grade";
    assert!(out.starts_with(found), "{out}");
    assert!(out.contains("To be judged: 4 lessons."), "{out}");
    assert_eq!(out.matches("/3 ").count(), 2, "{out}");
    assert!(out.contains("lesson-2 not compiled"), "{out}");
    assert!(out.contains("/3 bob: lesson-1 not submitted, lesson-2 "), "{out}");
    let summary = "3 submissions: 3 lessons graded, 5 not submitted, 1 not compiled, \
        0 grader errors.";
    assert!(out.contains(summary), "{out}");
    let (again, _) = seen(&class, false, true)?;
    assert!(again.contains("nothing has changed: 4 lessons."), "{again}");
    Ok(())
}

#[test]
fn on_a_terminal_there_is_a_bar_which_goes_away() -> Result<()> {
    for colour in [true, false] {
        let class = Class::of(20)?;
        let (out, terminal) = seen(&class, true, colour)?;
        assert!(!out.contains('\u{1b}') && !out.contains("/20 "), "{out}");
        let drawn = terminal.moves_since_last_check();
        assert!(drawn.contains(" 1/"), "{drawn}");
        assert_eq!(terminal.contents(), "", "it is still there after {drawn}");
        assert_eq!(drawn.contains(r"\u{1b}[32m"), colour, "{drawn}");
        assert!(
            drawn.contains(r"\u{1b}[31m") == colour && drawn.contains("not compiled"),
            "{drawn}"
        );
    }
    Ok(())
}

#[test]
fn a_grader_error_is_told_at_once_and_in_the_end() -> Result<()> {
    let class = Class::new(&[("ada", ["panics", "", ""]), ("bob", ["fails once", "", ""])])?;
    for on_terminal in [false, true] {
        let (out, _) = seen(&class, on_terminal, false)?;
        assert!(out.contains("! ada, lesson-1: to be tried again"), "{out}");
        assert!(out.contains("! ada, lesson-1: grader error"), "{out}");
        assert!(out.contains("1 grader error.") && out.contains("--resume"), "{out}");
        assert!(out.contains("- ada, lesson-1: the grader panicked"), "{out}");
        assert!(!out.contains("- bob, lesson-1"), "{out}");
        let errors = out.matches("one at a time: 2 lessons").count();
        assert!(errors == usize::from(!on_terminal), "{out}");
    }
    Ok(())
}

#[test]
fn a_name_steers_neither_a_terminal_nor_a_log() {
    let names = [
        ("a\u{1b}[2Jb\0", "a\\u{1b}[2Jb\\0"),
        ("a\nb\r", "a\\nb\\r"),
        ("a\\nb\\r", "a\\\\nb\\\\r"),
        ("##", "#\\u{23}"),
        ("#\\u{23}", "#\\\\u{23}"),
        ("x\u{202e}y\u{200b}", "x\\u{202e}y\\u{200b}"),
        ("##[error]###[x]", "#\\u{23}[error]#\\u{23}#[x]"),
        ("张伟 é", "张伟 é"),
    ];
    for (name, shown) in names {
        assert_eq!(visible(name), shown);
        assert!(!visible(name).contains("##"));
    }
    assert_eq!(visible(&"é".repeat(1000)).chars().count(), 101);
}

#[cfg(unix)]
#[test]
fn no_line_begins_with_a_name() -> Result<()> {
    let class = Class::new(&[])?;
    for name in ["::set-output name=x::y", "a\n::error::b", "\n##[error]", " ::add-mask::x"] {
        class.hand_in(name, "lesson-1", "panics")?;
        class.hand_in(name, "lesson-2", "fine")?;
    }
    let (out, _) = seen(&class, false, false)?;
    assert!(out.contains("::set-output"), "{out}");
    assert!(out.lines().all(|line| !line.trim_start().starts_with("::")), "{out}");
    assert!(!out.contains("##"), "{out}");
    Ok(())
}
