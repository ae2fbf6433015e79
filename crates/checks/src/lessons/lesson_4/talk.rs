//! The client under test, and what is asked of it.

use crate::bytes::find;
use crate::cause::Cause;
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, contains, failed, late, require, same};
use crate::lessons::common::on_second_loopback;
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use std::cell::Cell;
use std::net::{Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

const NOT_SENT: &Cause = &Cause::new(
    "not-sent",
    "Read a line, and send it with `send_to` to the address that is the \
                        program's argument. Use neither a fixed address nor another argument.",
);

/// The client under test, and the server that it talks to.
struct Talk {
    program: Subject,
    server: Endpoint,
    /// Whether anything has come from the client, so that it doesn't have to start any more.
    has_spoken: Cell<bool>,
}

impl Talk {
    fn start(trial: &Trial) -> Checked<Self> {
        let server = trial.endpoint()?;
        let program = trial.start(server.address.to_string())?;
        Ok(Self { program, server, has_spoken: Cell::new(false) })
    }

    /// Types `line`, and requires that some datagram comes of it.
    fn say(&self, line: impl AsRef<[u8]>, cause: &Cause) -> Checked<Datagram> {
        self.program.type_line(line);
        self.hears(cause)
    }

    /// Requires a datagram of what was typed.
    fn hears(&self, cause: &Cause) -> Checked<Datagram> {
        let within = if self.has_spoken.replace(true) { SOON } else { START };
        self.server.receive_from(&self.program, "the line as a datagram", within, cause)
    }

    /// Types `line`, and replies to the datagram that comes of it. Returns where that came from.
    fn exchange(&self, line: impl AsRef<[u8]>, reply: &[u8], cause: &Cause) -> Checked<SocketAddr> {
        let client = self.say(line, cause)?.from;
        self.server.send(reply, client)?;
        Ok(client)
    }
}

// What it sends, and from where.

pub fn sends_a_line(trial: &Trial) -> Checked {
    Talk::start(trial)?.say(trial.random.word(16), NOT_SENT).map(drop)
}

pub fn sends_each_line_as_it_is(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let word = || trial.random.word(12);
    let lines = [
        word(),
        format!("  {}\t ", word()),
        "   ".to_owned(),
        format!("你好 {}", word().to_uppercase()),
        trial.random.word(1200),
    ];
    for line in lines {
        let datagram = talk.say(&line, NOT_SENT)?;
        same("the datagram", line.as_bytes(), &datagram.payload)?;
        talk.server.send(trial.random.word(12), datagram.from)?;
    }
    Ok(())
}

pub fn knows_both_line_ends(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "knows-both-line-ends",
        "A line ends in `\\n` or in `\\r\\n`. Take off a `\\n`, and then one `\\r`, if there is \
                 one, before you send the line.",
    );
    let word = || trial.random.word(12);
    let lines =
        [(word(), "\r\n"), (word(), "\n"), (String::new(), "\r\n"), ("exit".into(), "\r\n")];
    for (line, end) in lines {
        talk.program.write(format!("{line}{end}").into_bytes());
        let datagram = talk.hears(cause)?;
        same("the datagram", line.as_bytes(), &datagram.payload)?;
        talk.server.send(word(), datagram.from)?;
    }
    talk.program
        .wait_for_end(
            SOON,
            &Cause::new("sends-an-empty-line-inline", "`exit` ends it, whichever its line end is."),
        )
        .map(drop)
}

pub fn sends_an_empty_line(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "sends-an-empty-line",
        "A line without a character is a line: send a datagram of 0 bytes. Only the end \
                 of the input, where not even a line end is read, is the end.",
    );
    for _ in 0..2 {
        let datagram = talk.say("", cause)?;
        same("the datagram", b"", &datagram.payload)?;
        talk.server.send(trial.random.word(12), datagram.from)?;
    }
    talk.say(trial.random.word(12), cause).map(drop)
}

pub fn uses_one_socket(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let first = talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), NOT_SENT)?;
    for _ in 0..3 {
        let next =
            talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), NOT_SENT)?;
        let problem = format!("the first line came from {first}, and a later one from {next}");
        let cause = &Cause::new(
            "uses-one-socket",
            "Create the socket once, before the loop. With a new socket for each line, \
                     each line seems to come from a new client.",
        );
        require(first == next, problem, cause)?;
    }
    Ok(())
}

pub fn sends_one_message_at_a_time(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let (one, two) = (trial.random.word(12), trial.random.word(12));
    talk.program.write(format!("{one}\n{two}\n").into_bytes());
    let client = talk.hears(NOT_SENT)?.from;
    let cause = &Cause::new(
        "sends-one-message-at-a-time",
        "Wait for the reply to a line before you read and send the next one: if two are \
                 on their way, nobody knows which of them a reply belongs to.",
    );
    talk.server.receives_nothing(Duration::from_millis(300), cause)?;
    talk.server.send(trial.random.word(12), client)?;
    let cause = &Cause::new(
        "sends-one-message-at-a-time-2",
        "The next line was typed already, and the reply to the one before has come: now \
                 it should be sent.",
    );
    let next = talk.hears(cause)?;
    same("the second datagram", two.as_bytes(), &next.payload)
}

pub fn finds_the_server_by_name(trial: &Trial) -> Checked {
    let v4 = trial.endpoint()?;
    let port = v4.address.port();
    // The name may stand for both; a client is free to take either.
    let v6 = trial.endpoint_at((Ipv6Addr::LOCALHOST, port).into()).ok();
    let program = trial.start(format!("localhost:{port}"))?;
    program.type_line(trial.random.word(12));
    let cause = &Cause::new(
        "finds-the-server-by-name",
        "The argument may be a name: look it up, and send to the address that it stands \
                 for.",
    );
    let servers: Vec<&Endpoint> = [Some(&v4), v6.as_ref()].into_iter().flatten().collect();
    let (server, client) = first_datagram(&servers)?
        .ok_or_else(|| late(format!("no datagram has come to localhost:{port}"), cause))?;
    let reply = trial.random.word(20);
    server.send(&reply, client)?;
    let cause = &Cause::new(
        "finds-the-server-by-name-2",
        "The reply came from the server's address, and wasn't shown. Compare the sender \
                 with the address that was looked up, not with the name: `localhost` is never \
                 equal to 127.0.0.1.",
    );
    program.shows(reply.as_bytes(), PROMPTLY, cause)
}

/// The first of some sockets that a datagram comes to, and who sent it.
fn first_datagram<'a>(sockets: &[&'a Endpoint]) -> Checked<Option<(&'a Endpoint, SocketAddr)>> {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        for socket in sockets {
            match socket.receive("the datagram", Duration::from_millis(20), &Cause::NONE) {
                Ok(datagram) => return Ok(Some((socket, datagram.from))),
                Err(Fault::Failed(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
    }
    Ok(None)
}

// What it shows.

const NOT_SHOWN: &Cause = &Cause::new(
    "not-shown",
    "Print what `recv_from` has received, as UTF-8 text and unchanged, and \
                         flush stdout behind it. What was typed is no reply, even if an echo \
                         looks just like it: here the server answers with something else.",
);

pub fn shows_each_reply(trial: &Trial) -> Checked {
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
        talk.program.shows(reply.as_bytes(), PROMPTLY, NOT_SHOWN)?;
    }
    Ok(())
}

pub fn shows_long_replies_whole(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let (long, last) = (trial.random.word(1024), trial.random.word(24));
    let cut = &Cause::new(
        "shows-long-replies-whole-cut",
        "Give the buffer room for 1,024 bytes, and print all that was received.",
    );
    for reply in [trial.random.word(30), long.clone(), last.clone()] {
        talk.exchange(trial.random.word(12), reply.as_bytes(), NOT_SENT)?;
        talk.program.shows(reply.as_bytes(), PROMPTLY, cut)?;
    }
    let cause = &Cause::new(
        "shows-long-replies-whole",
        "An empty reply is a reply: show it, as nothing, and go on.",
    );
    talk.exchange(trial.random.word(12), b"", NOT_SENT)?;
    talk.say(trial.random.word(12), cause)?;
    let cause = &Cause::new(
        "shows-long-replies-whole-2",
        "Print only the first `length` bytes of the buffer. Behind them stand zeros, or \
                 what is left of older replies.",
    );
    let stdout = talk.program.stdout();
    require(!stdout.contains(&0), "it printed a NUL byte, which was in no reply", cause)?;
    // The last text is shorter than the one before, so the rest of that would follow it.
    let rest = &long.as_bytes()[last.len()..last.len() + 8];
    let is_stale = find(&stdout, &[last.as_bytes(), rest].concat());
    require(!is_stale, "behind a short reply it printed the rest of a longer, older one", cause)
}

pub fn goes_on_after_bytes_that_are_no_text(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let mixed = |word: &str| [b"\xff\xfe", word.as_bytes(), b"\xe5\xa5"].concat();
    let word = trial.random.word(12);
    let cause = &Cause::new(
        "goes-on-after-bytes-that-are-no-text",
        "The reply wasn't valid UTF-8. Decoding that strictly (`from_utf8`, `decode`) is \
                 an error, and must not end the client: decode lossily (`from_utf8_lossy`, \
                 `errors='replace'`).",
    );
    talk.exchange(trial.random.word(12), &mixed(&word), NOT_SENT)?;
    talk.program.shows(word.as_bytes(), PROMPTLY, cause)?;
    talk.exchange(trial.random.word(12), b"\x80", cause)?;
    talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), cause)?;
    let cause = &Cause::new(
        "goes-on-after-bytes-that-are-no-text-2",
        "The line wasn't valid UTF-8. A line may hold any bytes: read it as bytes \
                 (`read_until`, `sys.stdin.buffer`), not as text.",
    );
    let line = talk.say(mixed(&word), cause)?;
    contains("the datagram", word.as_bytes(), &line.payload, cause.clone())?;
    talk.server.send(trial.random.word(12), line.from)?;
    talk.say(trial.random.word(12), cause).map(drop)
}

pub fn prompts_before_each_line(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "prompts-before-each-line",
        "Before each line print a prompt to stdout, and flush it: without a line end it \
                 stays in a buffer (`io::stdout().flush()`, `print(…, flush=True)`, \
                 `fflush(stdout)`).",
    );
    let start = talk.program.wait_for_stdout("a prompt", START, cause, is_visible)?;
    let (first, last) = (trial.random.word(20), trial.random.word(20));
    talk.exchange(trial.random.word(12), first.as_bytes(), NOT_SENT)?;
    let is_next = |stdout: &[u8]| behind(stdout, first.as_bytes()).is_some_and(is_visible);
    talk.program.wait_for_stdout("another prompt behind the reply", SOON, cause, is_next)?;
    talk.exchange("exit", last.as_bytes(), NOT_SENT)?;
    let cause_of_end = &Cause::new(
        "prompts-before-each-line-cause-of-end",
        "`exit` ends the client, when its reply has come.",
    );
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

pub fn ignores_strangers(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "ignores-strangers",
        "Compare the sender that `recv_from` returns, address and port, with the server; \
                 if they differ, forget the datagram and wait on. Or `connect` the socket to the \
                 server: then the system does it.",
    );
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
    talk.program.shows(reply.as_bytes(), PROMPTLY, cause)?;
    // This one comes while it waits for a line.
    stranger.send(early, client)?;
    talk.exchange(trial.random.word(12), trial.random.word(20).as_bytes(), cause)?;
    let reply = trial.random.word(20);
    talk.exchange(trial.random.word(12), reply.as_bytes(), cause)?;
    talk.program.shows(reply.as_bytes(), PROMPTLY, cause)?;
    require(!has_stranger(), "it showed a stranger's text as a reply", cause)
}

// When it ends, and how.

/// The earliest and the latest end without a reply, with a little room for measuring.
const EARLIEST: Duration = Duration::from_millis(1_450);
const LATEST: Duration = Duration::from_millis(10_500);

/// The least time between two copies of a message, with a little room for measuring.
const REPEATED: Duration = Duration::from_millis(1_950);

pub fn ends_after_exit(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "ends-after-exit",
        "`exit` is sent to the server like any other line; compare what was typed (without \
                 its line end) with `exit` only after the reply has come.",
    );
    talk.program.write(format!("exit\n{}\n", trial.random.word(12)).into_bytes());
    let datagram = talk.hears(cause)?;
    same("the datagram", b"exit", &datagram.payload)?;
    talk.server.receives_nothing(Duration::from_millis(300), cause)?;
    talk.program.still_runs(cause)?;
    let reply = trial.random.word(20);
    talk.server.send(&reply, datagram.from)?;
    let cause = &Cause::new(
        "ends-after-exit-2",
        "When the reply to `exit` has come, leave the loop and end with status 0. Look at \
                 what was typed, not at the reply: the server may answer anything.",
    );
    let ended = talk.program.wait_for_end(SOON, cause)?;
    ended.succeeded(cause)?;
    talk.server.receives_nothing(
        Duration::from_millis(30),
        &Cause::new("goes-on-whatever-the-reply-says-inline", "`exit` is the last line."),
    )?;
    let cause = &Cause::new(
        "ends-after-exit-3",
        "Show the reply to `exit` like any other, before you end.",
    );
    contains("its output", reply.as_bytes(), &ended.stdout, cause.clone())
}

pub fn goes_on_after_words_like_exit(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "goes-on-after-words-like-exit",
        "Compare the whole line with `exit`, byte for byte: not only its beginning, and \
                 not in capital letters, and don't take spaces off. All else is a message.",
    );
    for line in ["exit now", "EXIT", "Exit", " exit", "exit ", "exi", "exits", "quit"] {
        talk.exchange(line, trial.random.word(12).as_bytes(), cause)?;
    }
    talk.say(trial.random.word(12), cause)?;
    talk.program.still_runs(cause)
}

pub fn goes_on_whatever_the_reply_says(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let cause = &Cause::new(
        "goes-on-whatever-the-reply-says",
        "Decide by the line that was typed whether to end, not by the reply: otherwise a \
                 server can end its clients.",
    );
    for reply in ["exit", "exit\n", "EXIT", "", "quit"] {
        talk.exchange(trial.random.word(12), reply.as_bytes(), cause)?;
    }
    talk.say(trial.random.word(12), cause)?;
    talk.program.still_runs(cause)
}

pub fn ends_with_its_input(trial: &Trial) -> Checked {
    let cause = &Cause::new(
        "ends-with-its-input",
        "When reading finds the end of the input (Rust: 0 bytes, Python: `EOFError` from \
                 `input`, or an empty string), leave the loop and end with status 0; but not \
                 before the lines in front of it are sent and answered.",
    );
    let (mut talk, mut silent) = (Talk::start(trial)?, Talk::start(trial)?);
    silent.program.close_stdin();
    let lines = [trial.random.word(12), trial.random.word(12)];
    talk.program.write(format!("{}\n", lines.join("\n")).into_bytes());
    talk.program.close_stdin();
    for line in lines {
        let datagram = talk.hears(cause)?;
        same("the datagram", line.as_bytes(), &datagram.payload)?;
        talk.server.send(trial.random.word(12), datagram.from)?;
    }
    talk.program.wait_for_end(SOON, cause)?.succeeded(cause)?;
    let nothing_typed = &Cause::new(
        "ends-with-its-input-nothing-typed",
        "The end of the input isn't an empty line: there is nothing to send.",
    );
    talk.server.receives_nothing(Duration::from_millis(50), nothing_typed)?;
    silent.program.wait_for_end(START, cause)?.succeeded(cause)?;
    silent.server.receives_nothing(Duration::from_millis(10), nothing_typed)
}

pub fn gives_up_without_a_reply(trial: &Trial) -> Checked {
    let nobody = trial.port()?;
    let (alone, talk) = (trial.start(nobody.address().to_string())?, Talk::start(trial)?);
    alone.type_line(trial.random.word(12));
    // That the first reply has come must not make it wait for ever for the second.
    talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), NOT_SENT)?;
    let typed = Instant::now();
    talk.say(trial.random.word(12), NOT_SENT)?;
    let cause = &Cause::new(
        "gives-up-without-a-reply",
        "Set a time-out for receiving (`set_read_timeout`, `settimeout`, SO_RCVTIMEO) of, \
                 say, 3 seconds. When it has passed, say so on stderr and end with a status that \
                 isn't 0.",
    );
    let waited = wait_without_replying(&talk, typed)?;
    let ended = talk.program.wait_for_end(Duration::from_millis(500), cause).map_err(|fault| {
        let problem = format!("it still waits, {waited:.1?} after its message");
        if matches!(fault, Fault::Failed(_)) { late(problem, cause) } else { fault }
    })?;
    let problem = format!("it gave up only {waited:.1?} after its message");
    let too_soon = &Cause::new(
        "gives-up-without-a-reply-too-soon",
        "A reply may take a while: wait for at least 1.5 seconds before you give up.",
    );
    require(waited >= EARLIEST, problem, too_soon)?;
    ended.failed_properly("", cause)?;
    trial.step("looked at the other one, to whose port nobody listens");
    // A connected socket may be told so, and may then end at once.
    let connected = &Cause::new(
        "gives-up-without-a-reply-connected",
        "Where nobody listens, a connected socket gets the error \"connection \
                     refused\": that is no reason to crash, but there is no reply either.",
    );
    alone.wait_for_end(LATEST, cause)?.failed_properly("", connected)
}

/// Waits for the client's end, and sees to it that it doesn't repeat its message too soon. Returns
/// how long it has waited at most: since its line was `typed`.
///
/// On a busy computer a datagram waits for us. So a time is taken from before a datagram can have
/// been sent where too little would count as a failure, and from behind that where too much would.
fn wait_without_replying(talk: &Talk, typed: Instant) -> Checked<Duration> {
    let heard = Instant::now();
    let (mut last_sent, mut nothing_yet) = (typed, typed);
    while heard.elapsed() < LATEST && talk.program.still_runs(&Cause::NONE).is_ok() {
        let look = Instant::now();
        match talk.server.receive("its end", Duration::from_millis(30), &Cause::NONE) {
            Ok(_) if last_sent.elapsed() < REPEATED => {
                let time = last_sent.elapsed();
                let problem = format!("its message came again after only {time:.1?}");
                let cause = &Cause::new(
                    "wait-without-replying",
                    "Send a message once, and wait for the reply. If you want to send it \
                             again when there is none, wait for 2 seconds first.",
                );
                return Err(failed(problem, cause));
            }
            Ok(_) => last_sent = nothing_yet,
            Err(Fault::Failed(_)) => nothing_yet = look,
            Err(error) => return Err(error),
        }
    }
    Ok(typed.elapsed())
}
