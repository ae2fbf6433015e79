//! What ends the program, and how.

use super::{NEEDED, receive, start};
use crate::check::Check;
use crate::failure::{Verdict, contains, find, require};
use crate::lessons::common::did_not_crash;
use crate::subject::{SOON, START};
use crate::trial::Trial;
use std::slice;
use std::time::Duration;

/// A program that has sent its datagram has nothing left to do. Less than the time-outs for
/// replies that are set by habit.
const AT_ONCE_AFTER: Duration = Duration::from_millis(700);

/// What an ended program has sent is there already.
const AFTERWARDS: Duration = Duration::from_millis(100);

pub const ONE: Check = Check {
    id: "sends-just-one-datagram",
    title: "sends one datagram, the first line, and no second",
    points: 6,
    needs: NEEDED,
    goal: "This sender sends once. Further lines of its input are nothing to it.",
    section: "lesson-2-send-once.md#what-you-will-build",
    run: sends_just_one_datagram,
};

pub const NO_REPLY: Check = Check {
    id: "waits-for-no-reply",
    title: "ends with success once it has sent, and waits for no reply",
    points: 6,
    needs: NEEDED,
    goal: "Nobody answers this sender. When the system has taken the datagram, it is done: exit \
           status 0.",
    section: "lesson-2-send-once.md#send",
    run: waits_for_no_reply,
};

pub const AT_ONCE: Check = Check {
    id: "sends-before-its-input-ends",
    title: "sends and ends while its input is still open",
    points: 5,
    needs: NEEDED,
    goal: "A line is complete at its line end. Whoever types it expects it to be sent then.",
    section: "lesson-2-send-once.md#your-turn",
    run: sends_before_its_input_ends,
};

pub const REFUSED: Check = Check {
    id: "fails-if-the-system-refuses",
    title: "fails if the system refuses to send",
    points: 5,
    needs: NEEDED,
    goal: "70,000 bytes fit into no datagram, so the system refuses them. That is an error to tell: \
           a message on stderr, and a status that isn't 0.",
    section: "lesson-2-send-once.md#4-too-large",
    run: fails_if_the_system_refuses,
};

pub const END_OF_FILE: Check = Check {
    id: "sends-nothing-at-the-end-of-its-input",
    title: "ends without sending if its input ends before a line",
    points: 5,
    needs: NEEDED,
    goal: "The end of the input isn't an empty line: nothing was typed, so nothing is sent.",
    section: "lesson-2-send-once.md#hints",
    run: sends_nothing_at_the_end_of_its_input,
};

fn sends_just_one_datagram(trial: &Trial) -> Verdict {
    let (first, second) = (trial.random.word(12), trial.random.word(12));
    let lines = format!("{first}\n{second}\n{second}\n");
    let (program, receiver) = start(trial, lines.as_bytes())?;
    let cause = "Read one line and send it with one call: no loop, no second call to be on the \
                 safe side, and not all of the input at once.";
    let datagram = receive(&program, slice::from_ref(&receiver), cause)?;
    contains("the datagram", first.as_bytes(), &datagram.payload, cause)?;
    let has_second = find(&datagram.payload, second.as_bytes());
    require(!has_second, "the datagram has a further line in it", cause)?;
    // Whether it ends is another check's question.
    let _ = program.wait_for_end(AT_ONCE_AFTER, cause);
    receiver.receives_nothing(AFTERWARDS, cause)
}

fn waits_for_no_reply(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let (program, receiver) = start(trial, format!("{text}\n").as_bytes())?;
    let cause = "After sending, the program waits for something, such as a reply or Enter, or it \
                 fails. Nothing comes back from this receiver: return from `main`, with status 0.";
    receive(&program, slice::from_ref(&receiver), cause)?;
    program.wait_for_end(AT_ONCE_AFTER, cause)?.succeeded(cause)
}

fn sends_before_its_input_ends(trial: &Trial) -> Verdict {
    let receiver = trial.endpoint()?;
    let program = trial.start(receiver.address.to_string())?;
    program.type_line(trial.random.word(24));
    let cause = "The program reads until its input ends (`read_to_end`, `sys.stdin.read()`, a loop \
                 over all lines). Read one line, and go on.";
    receive(&program, slice::from_ref(&receiver), cause)?;
    program.wait_for_end(SOON, cause).map(drop)
}

fn fails_if_the_system_refuses(trial: &Trial) -> Verdict {
    let line = format!("{}\n", trial.random.word(70_000));
    let (program, receiver) = start(trial, line.as_bytes())?;
    let cause = "The call that sends has failed, or would have, with the whole line. Don't drop \
                 its result, and don't cut the line: let the error end the program, with a message \
                 on stderr and a status that isn't 0.";
    program.wait_for_end(START, cause)?.failed_properly("", cause)?;
    receiver.receives_nothing(AFTERWARDS, cause)
}

fn sends_nothing_at_the_end_of_its_input(trial: &Trial) -> Verdict {
    let (program, receiver) = start(trial, b"")?;
    let cause = "The input ended before a line was typed. Reading then gives 0 bytes, or `EOFError` \
                 in Python: end the program there, and send nothing. Don't ask again.";
    let ended = program.wait_for_end(START, cause)?;
    did_not_crash(&ended)?;
    receiver.receives_nothing(AFTERWARDS, cause)
}
