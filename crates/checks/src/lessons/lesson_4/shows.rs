//! What the client shows: replies, and prompts.

use super::talk::{AFTERWARDS, NOT_SENT, Talk, before, behind};
use super::{SENDS_EACH_LINE, SHOWS_EACH_REPLY};
use crate::bytes::find;
use crate::cause::Cause;
use crate::failure::{Checked, Fault, because, contains, needs, require};
use crate::lessons::common::is_visible;
use crate::subject::{PROMPTLY, SOON, START};
use crate::trial::Trial;

// Replies.

pub fn shows_each_reply(trial: &Trial) -> Checked {
    let mut talk = Talk::start(trial)?;
    let word = || trial.random.word(12);
    let replies = [
        word(),
        format!("  {} {}  ", word(), word().to_uppercase()),
        format!("{} 你好 {}", word(), word()),
        format!("{} 100% of {{}} \"quoted\" 'quoted' back\\slash", word()),
    ];
    for reply in replies {
        let typed = word();
        let client = talk.say(&typed, &NOT_SENT).map_err(needs(SENDS_EACH_LINE))?.from;
        talk.server.send(&reply, client)?;
        let Err(fault) = talk.program.shows(reply.as_bytes(), PROMPTLY, &NOT_SHOWN) else {
            continue;
        };
        let has_typed = find(&talk.program.stdout(), typed.as_bytes());
        talk.finish(trial, &reply)?;
        let cause = match find(&talk.program.stdout(), reply.as_bytes()) {
            true => &SHOWN_TOO_LATE,
            false if has_typed => &SHOWS_WHAT_WAS_TYPED,
            false => return Err(fault),
        };
        return Err(if is_supposed(&fault) { because(fault, cause) } else { fault });
    }
    Ok(())
}

/// Whether nothing is known of why it isn't shown.
fn is_supposed(fault: &Fault) -> bool {
    let supposed = [NOT_SHOWN.id, "nothing-on-stdout".into()];
    matches!(fault, Fault::Failed(failure) if supposed.contains(&failure.cause.id))
}

const NOT_SHOWN: Cause = Cause::new(
    "not-shown",
    "Print what was received, as many bytes as the call says, as UTF-8 text and unchanged, on stdout, \
     and flush it.",
);

const SHOWN_TOO_LATE: Cause = Cause::new(
    "shown-too-late",
    "The reply was printed, and came out only when more was printed or the program ended. Flush \
     stdout behind each reply: in a pipe, most languages keep what is printed until a buffer is full \
     (`io::stdout().flush()`, `print(…, flush=True)`, `fflush(stdout)`).",
);

const SHOWS_WHAT_WAS_TYPED: Cause = Cause::new(
    "shows-what-was-typed",
    "What was typed is shown, and the reply isn't. An echo looks just like it, but here the server \
     has answered something else: print what was received.",
);

pub fn shows_long_replies_whole(trial: &Trial) -> Checked {
    let mut talk = Talk::start(trial)?;
    let [usual, last, before, behind] = [30, 24, 12, 12].map(|length| trial.random.word(length));
    let (long, with_nul) = (trial.random.word(1024), format!("{before}\0{behind}"));
    for reply in [&usual, &long, &last, &with_nul] {
        talk.exchange(trial, reply)?;
    }
    talk.finish(trial, &behind)?;
    let shows = |text: &str, cause: &Cause| talk.program.shows(text.as_bytes(), PROMPTLY, cause);
    shows(&usual, &NOT_SHOWN).map_err(needs(SHOWS_EACH_REPLY))?;
    shows(&long, &NOT_SHOWN)?;
    shows(&before, &NOT_SHOWN)?;
    shows(&behind, &CUT_AT_NUL)?;
    let stdout = talk.program.stdout();
    let nuls = stdout.iter().filter(|byte| **byte == 0).count();
    let problem = format!("it printed {nuls} NUL bytes, and one was in all replies together");
    require(nuls <= 1, problem, &MORE_THAN_RECEIVED)?;
    // The last text is shorter than the one before, so the rest of that would follow it.
    let rest = &long.as_bytes()[last.len()..last.len() + 8];
    let is_stale = find(&stdout, &[last.as_bytes(), rest].concat());
    let problem = "behind a short reply it printed the rest of a longer, older one";
    require(!is_stale, problem, &MORE_THAN_RECEIVED)
}

const CUT_AT_NUL: Cause = Cause::new(
    "reply-cut-at-nul",
    "There was a zero byte in the reply, and what stands behind it isn't shown. In C, `%s` stops \
     there: print as many bytes as `recvfrom` has returned, with `fwrite`.",
);

const MORE_THAN_RECEIVED: Cause = Cause::new(
    "more-than-received",
    "Print only as many bytes of the buffer as were received, `&buffer[..length]`. Behind them stand \
     zeros, or what is left of older replies. In C, put a `'\\0'` there before you print with `%s`.",
);

pub fn goes_on_after_bytes_that_are_no_text(trial: &Trial) -> Checked {
    let mut talk = Talk::start(trial)?;
    let mixed = |word: &str| [b"\xff\xfe", word.as_bytes(), b"\xe5\xa5"].concat();
    let (usual, word) = (trial.random.word(12), trial.random.word(12));
    talk.exchange(trial, &usual)?;
    // Whether it goes on after a usual reply is another check's question.
    let first = trial.random.word(12);
    let datagram = talk.say(&first, &NOT_SENT).map_err(needs(SENDS_EACH_LINE))?;
    let sends_words = find(&datagram.payload, first.as_bytes());
    talk.server.send(mixed(&word), datagram.from)?;
    let datagram = talk.say(trial.random.word(12), &STRICT_REPLY)?;
    talk.server.send(b"\x80", datagram.from)?;
    let datagram = talk.say(trial.random.word(12), &STRICT_REPLY)?;
    talk.answer(trial, &datagram)?;
    let typed = trial.random.word(12);
    let line = talk.say(mixed(&typed), &STRICT_LINE)?;
    // Whether it sends what was typed at all, another check asks.
    let sent = contains("the datagram", typed.as_bytes(), &line.payload, STRICT_LINE);
    if sends_words { sent } else { sent.map_err(needs(SENDS_EACH_LINE)) }?;
    talk.answer(trial, &line)?;
    talk.say(trial.random.word(12), &STRICT_LINE)?;
    talk.finish(trial, &word)?;
    // Whether it shows replies at all, another check asks.
    let is_usual = find(&talk.program.stdout(), usual.as_bytes());
    let shown = talk.program.shows(word.as_bytes(), PROMPTLY, &STRICT_REPLY);
    if is_usual { shown } else { Ok(()) }
}

const STRICT_REPLY: Cause = Cause::of_ends(
    "strict-decoding-of-replies",
    "The reply wasn't valid UTF-8. To decode that strictly (`from_utf8`, `decode()`) is an error, \
     which must not end the client, nor hide the rest: decode lossily (`from_utf8_lossy`, \
     `decode('utf-8', 'replace')`).",
);

const STRICT_LINE: Cause = Cause::of_ends(
    "strict-decoding-of-lines",
    "The line wasn't valid UTF-8. A line may hold any bytes: read it as bytes (`read_until`, \
     `sys.stdin.buffer`), not as text. (In C, `getchar` returns an `int`: in a `char`, the byte 0xff \
     is the same as EOF.)",
);

// Prompts.

pub fn prompts_before_each_line(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    talk.program.wait_for_stdout("a prompt", START, &NO_PROMPT, is_visible)?;
    // A banner comes before the prompt, and may come alone.
    let _ = talk.program.wait_for_end(AFTERWARDS, &Cause::NONE);
    let start = talk.program.stdout();
    let (first, last) = (trial.random.word(20), trial.random.word(20));
    talk.exchange(trial, &first)?;
    let is_same =
        |stdout: &[u8]| stdout.get(start.len()..).is_some_and(|more| has_last_line(more, &start));
    let is_next =
        |stdout: &[u8]| is_same(stdout) || behind(stdout, first.as_bytes()).is_some_and(is_visible);
    let what = "another prompt behind the reply";
    let seen = talk.program.wait_for_stdout(what, SOON, &NO_PROMPT, is_next);
    let stdout = seen.map_err(|fault| match talk.program.status() {
        Some(_) => needs(SENDS_EACH_LINE)(fault),
        None if find(&talk.program.stdout(), first.as_bytes()) => fault,
        None => needs(SHOWS_EACH_REPLY)(fault),
    })?;
    if is_same(&stdout) {
        return Ok(());
    }
    // Something else than at the start: a prompt, or the end of what is printed of every reply.
    if let Ok(datagram) = talk.say("exit", &Cause::NONE) {
        talk.server.send(&last, datagram.from)?;
    }
    // Without an end there is no telling.
    let Ok(ended) = talk.program.wait_for_end(PROMPTLY, &Cause::NONE) else { return Ok(()) };
    require(
        !is_only_a_reply(&ended.stdout, start.len(), first.as_bytes(), last.as_bytes()),
        "what stands between two replies is what stands around each reply, and no prompt",
        &NO_PROMPT,
    )
}

const NO_PROMPT: Cause = Cause::new(
    "no-prompt",
    "Before each line print a prompt to stdout, and flush it: without a line end it stays in a \
     buffer (`io::stdout().flush()`, `print(…, flush=True)`, `fflush(stdout)`).",
);

/// Whether the last visible line of what was printed before stands in what was printed since.
fn has_last_line(since: &[u8], before: &[u8]) -> bool {
    let line = before.split(|byte| *byte == b'\n').rfind(|line| is_visible(line));
    line.is_some_and(|line| find(&dense(since), &dense(line)))
}

/// Whether between two replies there is only what stands in front of the first and behind the
/// last, where there was no prompt.
fn is_only_a_reply(stdout: &[u8], start: usize, first: &[u8], last: &[u8]) -> bool {
    let parts = || {
        let in_front = before(stdout.get(start..)?, first)?;
        let between = before(behind(stdout, first)?, last)?;
        Some((in_front, between, behind(stdout, last)?))
    };
    parts().is_some_and(|(in_front, between, at_the_end)| {
        dense(between) == [dense(at_the_end), dense(in_front)].concat()
    })
}

fn dense(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}
