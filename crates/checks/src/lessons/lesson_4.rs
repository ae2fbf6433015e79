//! An echo client: one line, one datagram, one reply; until `exit` or the end of its input.

mod ends;
mod sends;
mod shows;
mod talk;

use crate::check::{Check, Lesson, Limits};
use crate::endpoint::Endpoint;
use crate::lessons::common::{USES_THE_DEFAULT, uses_the_default};
use crate::play;
use anyhow::{Result, bail};
use base::lessons::numbered;
use base::ports::PortCount;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

// Checks that others need.
const SENDS_A_LINE: &str = "sends-a-line";
const SENDS_EACH_LINE: &str = "sends-each-line-as-it-is";
const SHOWS_EACH_REPLY: &str = "shows-each-reply";
const SENDS_ONE_AT_A_TIME: &str = "sends-one-message-at-a-time";
const GIVES_UP: &str = "gives-up-without-a-reply";

/// What checks of one thing that is sent need: from who sends nothing, nothing can be told.
const NEEDED: Option<&str> = Some(SENDS_A_LINE);

const ONE_SOCKET: &str = "lesson-4-echo-client.md#one-socket-for-the-whole-talk";
const REQUEST_AND_REPLY: &str = "lesson-4-echo-client.md#request-reply-and-the-word-that-ends-it";
const NOT_SURE: &str = "lesson-4-echo-client.md#a-reply-isnt-sure";
const YOUR_TURN: &str = "lesson-4-echo-client.md#your-turn";

pub const LESSON: Lesson = Lesson {
    entry: numbered(4),
    limits: Limits::USUAL,
    ports: PortCount { udp: 0, both: 0 },
    checks: &[
        Check {
            id: SENDS_A_LINE,
            title: "sends a line to the server that it is told",
            points: 5,
            needs: None,
            goal: "The client takes the server's address from its argument, and sends the line \
                   that is typed there, as a datagram.",
            section: ONE_SOCKET,
            run: sends::sends_a_line,
        },
        Check {
            id: SENDS_EACH_LINE,
            title: "sends each line as it was typed, without its line end",
            points: 6,
            needs: NEEDED,
            goal: "A line is one datagram of exactly its bytes. Its end isn't part of it; spaces \
                   at both ends are.",
            section: YOUR_TURN,
            run: sends::sends_each_line_as_it_is,
        },
        Check {
            id: "sends-an-empty-line",
            title: "sends an empty line as an empty datagram",
            points: 4,
            needs: NEEDED,
            goal: "An empty line is a message of 0 bytes, and gets its reply like any other.",
            section: YOUR_TURN,
            run: sends::sends_an_empty_line,
        },
        Check {
            id: SHOWS_EACH_REPLY,
            title: "shows each reply as it was received, within a second",
            points: 8,
            needs: NEEDED,
            goal: "What the server has sent is shown, and not what was typed: only so does one \
                   see whether the two are the same.",
            section: REQUEST_AND_REPLY,
            run: shows::shows_each_reply,
        },
        Check {
            id: "shows-long-replies-whole",
            title: "shows replies of up to 1,024 bytes whole, and nothing else of its buffer",
            points: 5,
            needs: NEEDED,
            goal: "The buffer has room for 1,024 bytes, and what is shown of it is what has come.",
            section: "lesson-4-echo-client.md#3-a-reply-that-was-cut",
            run: shows::shows_long_replies_whole,
        },
        Check {
            id: "goes-on-after-bytes-that-are-no-text",
            title: "goes on after a line or a reply that isn't valid UTF-8",
            points: 5,
            needs: NEEDED,
            goal: "Bytes that aren't valid UTF-8 are shown in a lossy or escaped form, and don't \
                   stop the client.",
            section: "lesson-4-echo-client.md#3-a-reply-that-was-cut",
            run: shows::goes_on_after_bytes_that_are_no_text,
        },
        Check {
            id: "prompts-before-each-line",
            title: "prompts before each line",
            points: 6,
            needs: None,
            goal: "Before it reads a line, the client says so: the prompt is on stdout, and \
                   flushed, before anything is typed.",
            section: YOUR_TURN,
            run: shows::prompts_before_each_line,
        },
        Check {
            id: "uses-one-socket",
            title: "sends all lines from one socket",
            points: 3,
            needs: NEEDED,
            goal: "All messages of a talk come from one port; so the server sees one client.",
            section: ONE_SOCKET,
            run: sends::uses_one_socket,
        },
        Check {
            id: "runs-beside-others",
            title: "runs beside other clients",
            points: 2,
            needs: NEEDED,
            goal: "The client's own port is the system's choice, so that several clients can run on \
                   one computer at the same time.",
            section: ONE_SOCKET,
            run: sends::runs_beside_others,
        },
        Check {
            id: SENDS_ONE_AT_A_TIME,
            title: "sends a line only when it has the reply to the one before",
            points: 5,
            needs: NEEDED,
            goal: "One request is on its way at a time, so it is clear which one a reply belongs \
                   to.",
            section: REQUEST_AND_REPLY,
            run: sends::sends_one_message_at_a_time,
        },
        Check {
            id: "ignores-strangers",
            title: "ignores datagrams that aren't from the server",
            points: 7,
            needs: NEEDED,
            goal: "Anybody may send to the client's port. Only what comes from the server's \
                   address and port is a reply.",
            section: "lesson-4-echo-client.md#4-a-stranger-writes-to-the-client",
            run: sends::ignores_strangers,
        },
        Check {
            id: "ends-after-exit",
            title: "sends `exit`, shows its echo, and then ends with status 0",
            points: 6,
            needs: NEEDED,
            goal: "`exit` is sent like any other line. When its reply has come and is shown, the \
                   client ends.",
            section: REQUEST_AND_REPLY,
            run: ends::ends_after_exit,
        },
        Check {
            id: "goes-on-after-words-like-exit",
            title: "takes `exit now`, `EXIT` and the like for ordinary messages",
            points: 4,
            needs: NEEDED,
            goal: "Only the line `exit`, exactly, is the last one.",
            section: REQUEST_AND_REPLY,
            run: ends::goes_on_after_words_like_exit,
        },
        Check {
            id: "goes-on-whatever-the-reply-says",
            title: "goes on whatever the reply says, `exit` too",
            points: 4,
            needs: NEEDED,
            goal: "What was typed ends the client; what the server says never does.",
            section: REQUEST_AND_REPLY,
            run: ends::goes_on_whatever_the_reply_says,
        },
        Check {
            id: "ends-with-its-input",
            title: "ends with status 0 at the end of its input",
            points: 5,
            needs: None,
            goal: "At the end of its input (Ctrl-D in a terminal, the end of a file) there is \
                   nothing more to send: the client ends, and all was well.",
            section: YOUR_TURN,
            run: ends::ends_with_its_input,
        },
        Check {
            id: GIVES_UP,
            title: "gives up after 1.5 to 10 seconds without a reply, with an error",
            points: 6,
            needs: None,
            goal: "A reply can be lost, or there is no server. The client waits for a while, and \
                   then says so on stderr and ends with a status that isn't 0.",
            section: NOT_SURE,
            run: ends::gives_up_without_a_reply,
        },
        Check {
            id: "gives-up-whatever-strangers-send",
            title: "gives up at the same time, whatever strangers send",
            points: 3,
            needs: None,
            goal: "Datagrams of strangers are no replies: while they come, the client waits neither \
                   longer nor less than it would without them, so at most 10 seconds.",
            section: NOT_SURE,
            run: ends::gives_up_whatever_strangers_send,
        },
        Check {
            id: "survives-a-refusal",
            title: "doesn't crash when it is told that nobody listens",
            points: 2,
            needs: NEEDED,
            goal: "Where no socket has the server's port, the system tells a connected socket so \
                   (\"connection refused\"). That is an error like others, or the client waits on.",
            section: "lesson-4-echo-client.md#5-a-connected-socket",
            run: ends::survives_a_refusal,
        },
        Check {
            id: "fails-if-the-system-refuses",
            title: "ends with an error if the system refuses to send",
            points: 2,
            needs: NEEDED,
            goal: "A line of 70,000 bytes fits into no datagram. The client says so on stderr, and \
                   its status isn't 0.",
            section: YOUR_TURN,
            run: ends::fails_if_the_system_refuses,
        },
        Check {
            id: "knows-both-line-ends",
            title: "takes `\\r\\n` off as well as `\\n`",
            points: 3,
            needs: NEEDED,
            goal: "A line ends in `\\n`, or in `\\r\\n`, as files from Windows have it. Neither is part \
                   of the message.",
            section: YOUR_TURN,
            run: sends::knows_both_line_ends,
        },
        Check {
            id: "finds-the-server-by-name",
            title: "finds the server by its name, and knows its replies",
            points: 3,
            needs: NEEDED,
            goal: "The argument may be a name, such as `localhost:8090`. Replies come from the \
                   address that it stands for.",
            section: ONE_SOCKET,
            run: sends::finds_the_server_by_name,
        },
        uses_the_default(
            "sends to 127.0.0.1:8090 if it is given no argument",
            YOUR_TURN,
            sends::uses_its_default,
        ),
        Check {
            id: "refuses-a-bad-address",
            title: "ends with an error that names an argument that is no address",
            points: 4,
            needs: None,
            goal: "If the argument is malformed or can't be resolved, a message on stderr names \
                   it, and the exit status isn't 0.",
            section: YOUR_TURN,
            run: crate::lessons::common::refuses_malformed_addresses,
        },
    ],
    own_network: &[USES_THE_DEFAULT],
    play: Some(play),
};

/// How long we await a reply when we play the client.
const PATIENCE: Duration = Duration::from_secs(3);

fn play(argument: &str) -> Result<()> {
    let server = play::address(argument)?;
    let endpoint = play::at_any_port()?;
    while let Some(line) = play::typed()? {
        endpoint.transmit(&line, server)?;
        let reply = reply(&endpoint, server)?;
        play::say(&format!("Reply: {}", String::from_utf8_lossy(&reply)))?;
        if line == b"exit" {
            break;
        }
    }
    Ok(())
}

fn reply(endpoint: &Endpoint, server: SocketAddr) -> Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    while let Some(datagram) = endpoint.next(deadline.saturating_duration_since(Instant::now()))? {
        if datagram.from == server {
            return Ok(datagram.payload);
        }
    }
    bail!("no reply from {server} within {PATIENCE:?}")
}
