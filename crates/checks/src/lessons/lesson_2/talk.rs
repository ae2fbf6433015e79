//! What the program says to the person who types.

use super::{NEEDED, receive};
use crate::check::Check;
use crate::endpoint::Endpoint;
use crate::failure::{Verdict, require};
use crate::subject::{SOON, START, Subject};
use crate::trial::Trial;
use std::slice;
use std::time::Duration;

/// A prompt may be written in several pieces.
const REST_OF_THE_PROMPT: Duration = Duration::from_millis(100);

pub const PROMPTS: Check = Check {
    id: "prompts-before-it-reads",
    title: "shows a prompt before it reads",
    points: 6,
    needs: NEEDED,
    goal: "Who is to type must see that it is his turn: a prompt is on stdout before the program \
           waits for the line.",
    section: "lesson-2-send-once.md#run",
    run: prompts_before_it_reads,
};

pub const TELLS: Check = Check {
    id: "says-that-it-has-sent",
    title: "shows something after it has sent",
    points: 5,
    needs: Some(PROMPTS.id),
    goal: "Who has typed wants to know that something happened. Say so, in your own words.",
    section: "lesson-2-send-once.md#send",
    run: says_that_it_has_sent,
};

/// Starts the program and waits for its prompt, with its input still open.
fn prompted(trial: &Trial) -> Verdict<(Subject, Endpoint)> {
    let receiver = trial.endpoint()?;
    let program = trial.start(receiver.address.to_string())?;
    let cause = "There is no prompt, or it has no line end and waits in the program's own buffer: \
                 flush stdout after printing it (`io::stdout().flush()`, `fflush(stdout)`; \
                 Python's `input('…')` does it by itself). It must go to stdout, not to stderr.";
    let is_visible = |stdout: &[u8]| !stdout.trim_ascii().is_empty();
    program.wait_for_stdout("a prompt", START, cause, is_visible)?;
    Ok((program, receiver))
}

fn prompts_before_it_reads(trial: &Trial) -> Verdict {
    let (program, _receiver) = prompted(trial)?;
    program.runs_on(REST_OF_THE_PROMPT, "After the prompt the program must wait for a line.")
}

fn says_that_it_has_sent(trial: &Trial) -> Verdict {
    let (mut program, receiver) = prompted(trial)?;
    program.runs_on(REST_OF_THE_PROMPT, "After the prompt the program must wait for a line.")?;
    let before = program.stdout().len();
    program.type_line(trial.random.word(24));
    program.close_stdin();
    let cause = "After sending, print something on stdout that can be seen, such as how many bytes \
                 went where.";
    receive(&program, slice::from_ref(&receiver), cause)?;
    let is_more = |stdout: &[u8]| stdout.get(before..).is_some_and(|s| !s.trim_ascii().is_empty());
    program.wait_for_stdout("something after the prompt", SOON, cause, is_more)?;
    let has_nul = program.stdout().contains(&0);
    require(!has_nul, "its output has a NUL byte in it", "Print text, and not a whole buffer.")
}
