//! What it shows.

use super::{NOT_SENT, Talk};
use crate::failure::{Verdict, contains, find, require};
use crate::lessons::common::{on_second_loopback, shows};
use crate::subject::{PROMPTLY, SOON, START};
use crate::trial::Trial;
use std::time::Duration;

const NOT_SHOWN: &str = "Print what `recv_from` has received, as UTF-8 text and unchanged, and \
                         flush stdout behind it. What was typed is no reply, even if an echo \
                         looks just like it: here the server answers with something else.";

pub fn shows_each_reply(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let word = || trial.random.word(12);
    let replies = [
        word(),
        format!("  {} {}  ", word(), word().to_uppercase()),
        format!("你好 {}", word()),
        format!("{} 100% of {{}}", word()),
    ];
    for reply in replies {
        talk.exchange(word(), reply.as_bytes(), NOT_SENT)?;
        shows(&talk.program, reply.as_bytes(), PROMPTLY, NOT_SHOWN)?;
    }
    Ok(())
}

pub fn shows_long_replies_whole(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let (long, last) = (trial.random.word(1024), trial.random.word(24));
    let cut = "Give the buffer room for 1,024 bytes, and print all that was received.";
    for reply in [trial.random.word(30), long.clone(), last.clone()] {
        talk.exchange(trial.random.word(12), reply.as_bytes(), NOT_SENT)?;
        shows(&talk.program, reply.as_bytes(), PROMPTLY, cut)?;
    }
    let cause = "An empty reply is a reply: show it, as nothing, and go on.";
    talk.exchange(trial.random.word(12), b"", NOT_SENT)?;
    talk.say(trial.random.word(12), cause)?;
    let cause = "Print only the first `length` bytes of the buffer. Behind them stand zeros, or \
                 what is left of older replies.";
    let stdout = talk.program.stdout();
    require(!stdout.contains(&0), "it printed a NUL byte, which was in no reply", cause)?;
    // The last text is shorter than the one before, so the rest of that would follow it.
    let rest = long.as_bytes().get(last.len()..last.len() + 8).unwrap_or_default();
    let is_stale = find(&stdout, &[last.as_bytes(), rest].concat());
    require(!is_stale, "behind a short reply it printed the rest of a longer, older one", cause)
}

pub fn goes_on_after_bytes_that_are_no_text(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let mixed = |word: &str| [b"\xff\xfe", word.as_bytes(), b"\xe5\xa5"].concat();
    let word = trial.random.word(12);
    let cause = "The reply wasn't valid UTF-8. Decoding that strictly (`from_utf8`, `decode`) is \
                 an error, and must not end the client: decode lossily (`from_utf8_lossy`, \
                 `errors='replace'`).";
    talk.exchange(trial.random.word(12), &mixed(&word), NOT_SENT)?;
    shows(&talk.program, word.as_bytes(), PROMPTLY, cause)?;
    talk.exchange(trial.random.word(12), b"\x80", cause)?;
    talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), cause)?;
    let cause = "The line wasn't valid UTF-8. A line may hold any bytes: read it as bytes \
                 (`read_until`, `sys.stdin.buffer`), not as text.";
    let line = talk.say(mixed(&word), cause)?;
    contains("the datagram", word.as_bytes(), &line.payload, cause)?;
    talk.server.send(trial.random.word(12), line.from)?;
    talk.say(trial.random.word(12), cause).map(drop)
}

pub fn prompts_before_each_line(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "Before each line print a prompt to stdout, and flush it: without a line end it \
                 stays in a buffer (`io::stdout().flush()`, `print(…, flush=True)`, \
                 `fflush(stdout)`).";
    let start = talk.program.wait_for_stdout("a prompt", START, cause, is_visible)?;
    let (first, last) = (trial.random.word(20), trial.random.word(20));
    talk.exchange(trial.random.word(12), first.as_bytes(), NOT_SENT)?;
    let is_next = |stdout: &[u8]| behind(stdout, first.as_bytes()).is_some_and(is_visible);
    talk.program.wait_for_stdout("another prompt behind the reply", SOON, cause, is_next)?;
    talk.exchange("exit", last.as_bytes(), NOT_SENT)?;
    let cause_of_end = "`exit` ends the client, when its reply has come.";
    let stdout = talk.program.wait_for_end(SOON, cause_of_end)?.stdout;
    require(
        !is_only_a_reply(&stdout, start.len(), first.as_bytes(), last.as_bytes()),
        "what stands between two replies is what stands around each reply, and no prompt",
        cause,
    )
}

/// Whether between two replies there is only what stands in front of the first and behind the
/// last, where there was no prompt.
fn is_only_a_reply(stdout: &[u8], start: usize, first: &[u8], last: &[u8]) -> bool {
    let parts = || {
        let in_front = before(stdout.get(start..)?, first)?;
        let between = before(behind(stdout, first)?, last)?;
        Some((in_front, between, behind(stdout, last)?))
    };
    let dense = |text: &[u8]| -> Vec<u8> {
        text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
    };
    parts().is_some_and(|(in_front, between, at_the_end)| {
        dense(between) == [dense(at_the_end), dense(in_front)].concat()
    })
}

/// What stands in front of the first `part`.
fn before<'a>(text: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(part.len()).position(|window| window == part)?;
    text.get(..at)
}

/// What stands behind the last `part`.
fn behind<'a>(text: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(part.len()).rposition(|window| window == part)?;
    text.get(at + part.len()..)
}

fn is_visible(text: &[u8]) -> bool {
    !text.trim_ascii().is_empty()
}

pub fn ignores_strangers(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "Compare the sender that `recv_from` returns, address and port, with the server; \
                 if they differ, forget the datagram and wait on. Or `connect` the socket to the \
                 server: then the system does it.";
    let client = talk.say(trial.random.word(12), NOT_SENT)?.from;
    let texts = [trial.random.word(20), trial.random.word(20), trial.random.word(20)];
    let has_stranger = || {
        let stdout = talk.program.stdout();
        texts.iter().any(|text| find(&stdout, text.as_bytes()))
    };
    let [by_port, by_address, early] = &texts;
    let stranger = trial.endpoint()?;
    stranger.send(by_port, client)?;
    match on_second_loopback(trial, talk.server.address.port()) {
        Some(neighbour) => neighbour.send(by_address, client)?,
        None => trial.step("couldn't send from the same port at another address: there is none"),
    }
    talk.server.receives_nothing(Duration::from_millis(150), cause)?;
    require(!has_stranger(), "it showed a stranger's text as a reply", cause)?;
    let reply = trial.random.word(20);
    talk.server.send(&reply, client)?;
    shows(&talk.program, reply.as_bytes(), PROMPTLY, cause)?;
    // This one comes while it waits for a line.
    stranger.send(early, client)?;
    talk.exchange(trial.random.word(12), trial.random.word(20).as_bytes(), cause)?;
    let reply = trial.random.word(20);
    talk.exchange(trial.random.word(12), reply.as_bytes(), cause)?;
    shows(&talk.program, reply.as_bytes(), PROMPTLY, cause)?;
    require(!has_stranger(), "it showed a stranger's text as a reply", cause)
}
