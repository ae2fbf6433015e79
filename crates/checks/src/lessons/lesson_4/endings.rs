//! When it ends, and how.

use super::{NOT_SENT, Talk};
use crate::failure::{Fault, Verdict, certain, contains, failed, require, same};
use crate::subject::{SOON, START};
use crate::trial::Trial;
use std::time::{Duration, Instant};

/// The earliest and the latest end without a reply, with a little room for measuring.
const EARLIEST: Duration = Duration::from_millis(1_450);
const LATEST: Duration = Duration::from_millis(10_500);

/// The least time between two copies of a message, with a little room for measuring.
const REPEATED: Duration = Duration::from_millis(1_950);

pub fn ends_after_exit(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "`exit` is sent to the server like any other line; compare what was typed (without \
                 its line end) with `exit` only after the reply has come.";
    talk.program.write(format!("exit\n{}\n", trial.random.word(12)).into_bytes());
    let datagram = talk.hears(cause)?;
    same("the datagram", b"exit", &datagram.payload, cause)?;
    talk.server.receives_nothing(Duration::from_millis(300), cause)?;
    talk.program.still_runs(cause)?;
    let reply = trial.random.word(20);
    talk.server.send(&reply, datagram.from)?;
    let cause = "When the reply to `exit` has come, leave the loop and end with status 0. Look at \
                 what was typed, not at the reply: the server may answer anything.";
    let ended = talk.program.wait_for_end(SOON, cause)?;
    ended.succeeded(cause)?;
    talk.server.receives_nothing(Duration::from_millis(30), "`exit` is the last line.")?;
    let cause = "Show the reply to `exit` like any other, before you end.";
    contains("its output", reply.as_bytes(), &ended.stdout, cause)
}

pub fn goes_on_after_words_like_exit(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "Compare the whole line with `exit`, byte for byte: not only its beginning, and \
                 not in capital letters, and don't take spaces off. All else is a message.";
    for line in ["exit now", "EXIT", "Exit", " exit", "exit ", "exi", "exits", "quit"] {
        talk.exchange(line, trial.random.word(12).as_bytes(), cause)?;
    }
    talk.say(trial.random.word(12), cause)?;
    talk.program.still_runs(cause)
}

pub fn goes_on_whatever_the_reply_says(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "Decide by the line that was typed whether to end, not by the reply: otherwise a \
                 server can end its clients.";
    for reply in ["exit", "exit\n", "EXIT", "", "quit"] {
        talk.exchange(trial.random.word(12), reply.as_bytes(), cause)?;
    }
    talk.say(trial.random.word(12), cause)?;
    talk.program.still_runs(cause)
}

pub fn ends_with_its_input(trial: &Trial) -> Verdict {
    let cause = "When reading finds the end of the input (Rust: 0 bytes, Python: `EOFError` from \
                 `input`, or an empty string), leave the loop and end with status 0; but not \
                 before the lines in front of it are sent and answered.";
    let (mut talk, mut silent) = (Talk::start(trial)?, Talk::start(trial)?);
    silent.program.close_stdin();
    let lines = [trial.random.word(12), trial.random.word(12)];
    talk.program.write(format!("{}\n", lines.join("\n")).into_bytes());
    talk.program.close_stdin();
    for line in lines {
        let datagram = talk.hears(cause)?;
        same("the datagram", line.as_bytes(), &datagram.payload, NOT_SENT)?;
        talk.server.send(trial.random.word(12), datagram.from)?;
    }
    talk.program.wait_for_end(SOON, cause)?.succeeded(cause)?;
    let nothing_typed = "The end of the input isn't an empty line: there is nothing to send.";
    talk.server.receives_nothing(Duration::from_millis(50), nothing_typed)?;
    silent.program.wait_for_end(START, cause)?.succeeded(cause)?;
    silent.server.receives_nothing(Duration::from_millis(10), nothing_typed)
}

pub fn gives_up_without_a_reply(trial: &Trial) -> Verdict {
    let nobody = trial.port()?;
    let (alone, talk) = (trial.start(nobody.address().to_string())?, Talk::start(trial)?);
    alone.type_line(trial.random.word(12));
    // That the first reply has come must not make it wait for ever for the second.
    talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), NOT_SENT)?;
    let typed = Instant::now();
    talk.say(trial.random.word(12), NOT_SENT)?;
    let cause = "Set a time-out for receiving (`set_read_timeout`, `settimeout`, SO_RCVTIMEO) of, \
                 say, 3 seconds. When it has passed, say so on stderr and end with a status that \
                 isn't 0.";
    let waited = wait_without_replying(&talk, typed)?;
    let ended = talk.program.wait_for_end(Duration::from_millis(500), cause).map_err(|fault| {
        let problem = format!("it still waits, {waited:.1?} after its message");
        if matches!(fault, Fault::Failed(_)) { certain(problem, cause) } else { fault }
    })?;
    let problem = format!("it gave up only {waited:.1?} after its message");
    let too_soon = "A reply may take a while: wait for at least 1.5 seconds before you give up.";
    require(waited >= EARLIEST, problem, too_soon)?;
    ended.failed_properly("", cause)?;
    trial.step("looked at the other one, to whose port nobody listens");
    // A connected socket may be told so, and may then end at once.
    let connected = "Where nobody listens, a connected socket gets the error \"connection \
                     refused\": that is no reason to crash, but there is no reply either.";
    alone.wait_for_end(LATEST, cause)?.failed_properly("", connected)
}

/// Waits for the client's end, and sees to it that it doesn't repeat its message too soon. Returns
/// how long it has waited at most: since its line was `typed`.
///
/// On a busy computer a datagram waits for us. So a time is taken from before a datagram can have
/// been sent where too little would count as a failure, and from behind that where too much would.
fn wait_without_replying(talk: &Talk, typed: Instant) -> Verdict<Duration> {
    let heard = Instant::now();
    let (mut last_sent, mut nothing_yet) = (typed, typed);
    while heard.elapsed() < LATEST && talk.program.still_runs("").is_ok() {
        let look = Instant::now();
        match talk.server.receive("its end", Duration::from_millis(30), "") {
            Ok(_) if last_sent.elapsed() < REPEATED => {
                let time = last_sent.elapsed();
                let problem = format!("its message came again after only {time:.1?}");
                let cause = "Send a message once, and wait for the reply. If you want to send it \
                             again when there is none, wait for 2 seconds first.";
                return Err(failed(problem, cause));
            }
            Ok(_) => last_sent = nothing_yet,
            Err(Fault::Failed(_)) => nothing_yet = look,
            Err(error) => return Err(error),
        }
    }
    Ok(typed.elapsed())
}
