//! How long the program waits, and when it ends.

use super::NEEDED;
use super::text::send;
use crate::check::Check;
use crate::failure::{Verdict, require};
use crate::lessons::common::{has_number, shows};
use crate::subject::SOON;
use crate::trial::Trial;
use std::time::Duration;

/// More than the time-outs that are set by habit, 1 s and 2 s; the verdict waits for it.
const LONG: Duration = Duration::from_millis(2200);

/// For a program that doesn't end: what it sends comes before that.
const AFTERWARDS: Duration = Duration::from_millis(150);

pub const AFTER_ONE: Check = Check {
    id: "ends-after-one-datagram",
    title: "ends with success after one datagram",
    points: 10,
    needs: NEEDED,
    goal: "One datagram is all that this program is for: it shows it and ends, with exit status 0.",
    section: "lesson-3-receive-once.md#what-you-will-build",
    run: ends_after_one_datagram,
};

pub const EMPTY: Check = Check {
    id: "takes-an-empty-datagram",
    title: "takes an empty datagram for a datagram",
    points: 8,
    needs: NEEDED,
    goal: "UDP carries datagrams of 0 bytes. Such a one has a sender, who is shown, and ends the \
           program with success.",
    section: "lesson-3-receive-once.md#hints",
    run: takes_an_empty_datagram,
};

pub const WAITS: Check = Check {
    id: "waits-as-long-as-it-takes",
    title: "waits for the datagram as long as it takes",
    points: 5,
    needs: None,
    goal: "Nobody knows when a datagram will come. The receiver waits, whatever happens on its \
           standard input.",
    section: "lesson-3-receive-once.md#receive",
    run: waits_as_long_as_it_takes,
};

pub const SILENT: Check = Check {
    id: "sends-nothing-back",
    title: "sends nothing back",
    points: 3,
    needs: NEEDED,
    goal: "This receiver only shows what it got; the sender doesn't wait for an answer.",
    section: "lesson-3-receive-once.md#your-turn",
    run: sends_nothing_back,
};

fn ends_after_one_datagram(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let program = send(trial, text.as_bytes())?;
    let cause = "After the text nothing is left to do: no loop around the receiving call, no wait \
                 for Enter, and exit status 0.";
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}

fn takes_an_empty_datagram(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    let sender = trial.endpoint()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    sender.send("", port.address())?;
    let cause = "A length of 0 was taken for an error, for the end, or for nothing at all. With \
                 TCP it is the end of a connection; with UDP it is a datagram without bytes.";
    let ended = program.wait_for_end(SOON, cause)?;
    ended.succeeded(cause)?;
    let number = sender.address.port();
    let is_shown = has_number(&ended.stdout, number);
    require(is_shown, format!("its output doesn't show the sender's port, {number}"), cause)
}

fn waits_as_long_as_it_takes(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    let mut program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    program.type_line("exit");
    program.close_stdin();
    let cause = "The program gave up before a datagram came: by a time-out, because its socket \
                 doesn't block, or because it read its standard input, which it has no use for. \
                 Receive without a time limit.";
    program.runs_on(LONG, cause)?;
    let text = trial.random.word(24);
    trial.endpoint()?.send(&text, port.address())?;
    shows(&program, text.as_bytes(), SOON, cause)
}

fn sends_nothing_back(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    let sender = trial.endpoint()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    let text = trial.random.word(24);
    sender.send(&text, port.address())?;
    let cause = "The program answers. That is the echo server's task, in lesson 5; here, a datagram \
                 to the sender is one that nobody waits for.";
    shows(&program, text.as_bytes(), SOON, cause)?;
    // What it has sent is there when it has ended. Whether it ends is another check's question.
    let _ = program.wait_for_end(AFTERWARDS, cause);
    sender.receives_nothing(AFTERWARDS, cause)
}
