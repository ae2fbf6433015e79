//! Ask for a line, send it as one datagram, and end.

mod sending;

use crate::bytes::find;
use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::diagnosis;
use crate::endpoint::Endpoint;
use crate::failure::{Checked, Fault, contains, failed, late, needs, require, same};
use crate::lessons::common::{
    OTHER_DEFAULT, PRINTS_NUL, USES_THE_DEFAULT, default_address, did_not_crash, is_visible,
    names_a_malformed_argument, on_second_loopback, uses_the_default,
};
use crate::play;
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use anyhow::{Context, Result};
use base::lessons::numbered;
use base::ports::PortCount;
use sending::{
    A_LOOK, AFTERWARDS, End, NOTHING_CAME, REST_OF_THE_PROMPT, SENDS_THE_LINE, Strays, asked,
    closest, datagrams, receive, receive_within, sent, start, waiting,
};
use std::net::{Ipv6Addr, SocketAddr};
use std::slice;
use std::time::{Duration, Instant};

pub const LESSON: Lesson = Lesson {
    entry: numbered(2),
    limits: Limits::USUAL,
    ports: PortCount { udp: 2, both: 6 },
    checks: &[
        Check {
            id: SENDS_THE_LINE,
            title: "sends the line to the address of its argument",
            points: 9,
            needs: None,
            goal: "Read a line, and hand it to the system as a datagram for the address that was \
                   given.",
            section: "lesson-2-send-once.md#the-clients-four-steps",
            run: sends_the_line,
        },
        Check {
            id: LEAVES_OUT_THE_LINE_END,
            title: "sends the line without its end, and nothing more",
            points: 7,
            needs: None,
            goal: "The Enter key ends the line; it isn't part of the message.",
            section: "lesson-2-send-once.md#text-and-bytes",
            run: leaves_out_the_line_end,
        },
        Check {
            id: "sends-an-empty-line",
            title: "sends an empty line as a datagram of 0 bytes",
            points: 6,
            needs: None,
            goal: "A datagram without a payload is a datagram: it arrives, and says who sent it.",
            section: "lesson-2-send-once.md#3-a-datagram-without-bytes",
            run: sends_an_empty_line,
        },
        Check {
            id: "sends-3000-bytes-as-one-datagram",
            title: "sends 1,000 Chinese characters, 3,000 bytes, as one datagram",
            points: 7,
            needs: NEEDED,
            goal: "One line is one datagram, in UTF-8, however long it is: UDP joins nothing that \
                   was sent in pieces.",
            section: "lesson-2-send-once.md#2-one-character-three-bytes",
            run: sends_3000_bytes_as_one_datagram,
        },
        Check {
            id: "keeps-spaces",
            title: "keeps spaces at both ends of the line",
            points: 5,
            needs: NEEDED,
            goal: "All of the line but its end is the message: spaces and tabs are data.",
            section: "lesson-2-send-once.md#text-and-bytes",
            run: keeps_spaces,
        },
        Check {
            id: "takes-both-line-ends",
            title: "takes \\r\\n for a line end as well",
            points: 5,
            needs: NEEDED,
            goal: "Windows ends a line with two characters, \\r\\n. Neither of them is part of the \
                   message.",
            section: "lesson-2-send-once.md#text-and-bytes",
            run: takes_both_line_ends,
        },
        Check {
            id: "survives-invalid-utf8",
            title: "sends a line with bytes that aren't text",
            points: 4,
            needs: NEEDED,
            goal: "A datagram carries bytes. A line with some that aren't text is sent like any \
                   other.",
            section: "lesson-2-send-once.md#text-and-bytes",
            run: survives_invalid_utf8,
        },
        Check {
            id: "sends-just-one-datagram",
            title: "sends one datagram, the first line, and no second",
            points: 6,
            needs: None,
            goal: "This sender sends once. Further lines of its input are nothing to it.",
            section: "lesson-2-send-once.md#what-you-will-build",
            run: sends_just_one_datagram,
        },
        Check {
            id: "waits-for-no-reply",
            title: "ends with success once it has sent, and waits for no reply",
            points: 6,
            needs: None,
            goal: "Nobody answers this sender. When the system has taken the datagram, it is done: \
                   exit status 0.",
            section: "lesson-2-send-once.md#send",
            run: waits_for_no_reply,
        },
        Check {
            id: "sends-before-its-input-ends",
            title: "sends and ends while its input is still open",
            points: 5,
            needs: None,
            goal: "A line is complete at its line end. Whoever types it expects it to be sent \
                   then.",
            section: "lesson-2-send-once.md#your-turn",
            run: sends_before_its_input_ends,
        },
        Check {
            id: "prompts-before-it-reads",
            title: "shows a prompt before it reads",
            points: 6,
            needs: None,
            goal: "Who is to type must see that it is his turn: a prompt is on stdout before the \
                   program waits for the line.",
            section: "lesson-2-send-once.md#run",
            run: prompts_before_it_reads,
        },
        Check {
            id: "says-that-it-has-sent",
            title: "shows something after it has sent",
            points: 5,
            needs: None,
            goal: "Who has typed wants to know that something happened. Say so, in your own words.",
            section: "lesson-2-send-once.md#send",
            run: says_that_it_has_sent,
        },
        Check {
            id: "sends-to-the-host-it-is-given",
            title: "sends to any host, given by address or by name",
            points: 4,
            needs: None,
            goal: "The argument is HOST:PORT, and the host may be a name like localhost, which has \
                   to be looked up.",
            section: "lesson-2-send-once.md#know-the-address",
            run: sends_to_the_host_it_is_given,
        },
        Check {
            id: "leaves-its-own-port-to-the-system",
            title: "leaves its own port to the system",
            points: 4,
            needs: None,
            goal: "Nobody needs to know a client's port beforehand, and a fixed one may be taken.",
            section: "lesson-2-send-once.md#create-a-socket",
            run: leaves_its_own_port_to_the_system,
        },
        Check {
            id: "succeeds-without-a-receiver",
            title: "succeeds even if nobody listens",
            points: 4,
            needs: None,
            goal: "UDP doesn't tell whether somebody is there: sending is the same, and status 0 \
                   means that the system took the datagram.",
            section: "lesson-2-send-once.md#1-nobody-is-there",
            run: succeeds_without_a_receiver,
        },
        Check {
            id: "fails-if-the-system-refuses",
            title: "fails if the system refuses to send",
            points: 5,
            needs: None,
            goal: "70,000 bytes fit into no datagram, so the system refuses them. That is an error \
                   to tell: a message on stderr, and a status that isn't 0.",
            section: "lesson-2-send-once.md#4-too-large",
            run: fails_if_the_system_refuses,
        },
        Check {
            id: "sends-nothing-at-the-end-of-its-input",
            title: "ends without sending if its input ends before a line",
            points: 5,
            needs: None,
            goal: "The end of the input isn't an empty line: nothing was typed, so nothing is \
                   sent.",
            section: "lesson-2-send-once.md#hints",
            run: sends_nothing_at_the_end_of_its_input,
        },
        Check {
            id: "needs-no-argument",
            title: "asks for its line without an argument, too",
            points: 1,
            needs: None,
            goal: "The argument is optional: there is an address that is used without one.",
            section: "lesson-2-send-once.md#your-turn",
            run: needs_no_argument,
        },
        uses_the_default(
            "sends to 127.0.0.1:8090 if it is given no argument",
            "lesson-2-send-once.md#your-turn",
            uses_its_default,
        ),
        names_a_malformed_argument(4, "lesson-2-send-once.md#your-turn"),
    ],
    own_network: &[USES_THE_DEFAULT],
    play: Some(play),
};

/// What checks of special texts need: without a plain one they would say nothing.
const NEEDED: Option<&str> = Some(SENDS_THE_LINE);
const LEAVES_OUT_THE_LINE_END: &str = "leaves-out-the-line-end";

// From the line that was typed to the payload of the datagram.

fn sends_the_line(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let (receiver, strays) = Strays::beside(trial)?;
    let mut program = trial.start(receiver.address.to_string())?;
    program.type_line(&text);
    program.close_stdin();
    match datagrams(&program, &receiver, &NOTHING_CAME) {
        Ok(datagrams) => has(text.as_bytes(), &closest(&datagrams, text.as_bytes())),
        Err(fault @ Fault::Failed(_)) => Err(strays.tell(trial, &program, fault)?),
        Err(fault) => Err(fault),
    }
}

/// Requires that these bytes are in a payload. If they aren't, those that are tell why.
fn has(text: &[u8], payload: &[u8]) -> Checked {
    contains("the datagram", text, payload, diagnosis::of_payload(text, payload))
}

fn leaves_out_the_line_end(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let payload = sent(trial, format!("{text}\n").as_bytes(), text.as_bytes(), &NOTHING_CAME);
    let payload = payload.map_err(needs(SENDS_THE_LINE))?;
    has(text.as_bytes(), &payload).map_err(needs(SENDS_THE_LINE))?;
    same("the datagram", text.as_bytes(), &payload)
}

/// What is added to every text is another check's question.
fn sends_an_empty_line(trial: &Trial) -> Checked {
    let cause = Cause::of_ends(
        "empty-is-not-sent",
        "An empty line was taken for the end of the input, or not sent because it is empty. At the \
         end of the input *nothing* is read, not even `\\n`: tell the two apart before you take the \
         line end off. (In C, `sendto` with a length of 0 sends a datagram.)",
    );
    let payload = sent(trial, b"\n", b"", &cause).map_err(needs(SENDS_THE_LINE))?;
    if payload.is_empty() {
        return Ok(());
    }
    trial.step("sends something for an empty line; the same with a text, to see what it adds");
    let text = trial.random.word(24);
    let usual = sent(trial, format!("{text}\n").as_bytes(), text.as_bytes(), &cause);
    if usual.map_err(needs(SENDS_THE_LINE))? == text.as_bytes() {
        return same("the datagram", b"", &payload);
    }
    Ok(())
}

fn sends_3000_bytes_as_one_datagram(trial: &Trial) -> Checked {
    let count = 900 - trial.random.below(400);
    let text = format!("{}{}", "好".repeat(count), "安".repeat(1000 - count));
    let (program, receiver) = start(trial, format!("{text}\n").as_bytes())?;
    let datagrams = datagrams(&program, &receiver, &NOTHING_CAME)?;
    let text = text.as_bytes();
    if datagrams.iter().any(|datagram| find(&datagram.payload, text)) {
        return Ok(());
    }
    // Of many pieces, some may be lost.
    let is_in_pieces =
        datagrams.windows(2).next().is_some_and(|two| two[0].payload != two[1].payload);
    let problem = format!("the line came in {} datagrams", datagrams.len());
    require(!is_in_pieces, problem, &IN_PIECES)?;
    has(text, &closest(&datagrams, text))
}

const IN_PIECES: Cause = Cause::new(
    "in-pieces",
    "The line was sent in pieces, and each call that sends makes a datagram of its own. Read the \
     whole line, into a buffer that grows or is large enough, and send it with one call.",
);

fn keeps_spaces(trial: &Trial) -> Checked {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text = format!("  \t {word}   {other} \t  ");
    let payload = sent(trial, format!("{text}\n").as_bytes(), text.as_bytes(), &NOTHING_CAME)?;
    has(text.as_bytes(), &payload)
}

fn takes_both_line_ends(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let payload = sent(trial, format!("{text}\r\n").as_bytes(), text.as_bytes(), &NOTHING_CAME);
    let payload = payload.map_err(needs(SENDS_THE_LINE))?;
    has(text.as_bytes(), &payload).map_err(needs(SENDS_THE_LINE))?;
    let with_cr = format!("{text}\r");
    let judged = same("the datagram", text.as_bytes(), &payload);
    // One that leaves every line end there can't be told from one that doesn't know this one.
    match find(&payload, with_cr.as_bytes()) {
        true if find(&payload, b"\n") => judged.map_err(needs(LEAVES_OUT_THE_LINE_END)),
        true => judged,
        false => Ok(()),
    }
}

fn survives_invalid_utf8(trial: &Trial) -> Checked {
    let [first, second, third, last] = [9, 10, 11, 12].map(|length| trial.random.word(length));
    let text = format!("{first}\0{second}\r{third}");
    let line = [text.as_bytes(), b"\xff\xfe", last.as_bytes(), b"\xe5\xa5\n"].concat();
    let cause = Cause::of_ends(
        "strict-decoding",
        "Some of the line's bytes aren't UTF-8, and to read them as text is an error. Read bytes: \
         `read_until(b'\\n', …)`, `sys.stdin.buffer.readline()`.",
    );
    let payload = sent(trial, &line, first.as_bytes(), &cause)?;
    // What became of the wrong bytes is free; the others must be there.
    has(text.as_bytes(), &payload)?;
    let problem = "what it has sent ends where a byte of 255 was typed";
    require(!payload.ends_with(text.as_bytes()), problem, &CUT_AT_255)?;
    has(last.as_bytes(), &payload)
}

const CUT_AT_255: Cause = Cause::new(
    "cut-at-255",
    "A byte of 255 was taken for the end of the input. In C, `getchar` returns an `int`: keep it in \
     one, since as a `char` that byte and `EOF` are the same.",
);

// What ends the program, and how.

fn sends_just_one_datagram(trial: &Trial) -> Checked {
    let (first, second) = (trial.random.word(12), trial.random.word(12));
    let lines = format!("{first}\n{second}\n{second}\n");
    let (program, receiver) = start(trial, lines.as_bytes())?;
    let datagrams = datagrams(&program, &receiver, &NOTHING_CAME);
    let datagrams = datagrams.map_err(needs(SENDS_THE_LINE))?;
    let has_second = find(&closest(&datagrams, second.as_bytes()), second.as_bytes());
    require(!has_second, "it has sent more than its first line", &MORE_THAN_A_LINE)?;
    let [one, others @ ..] = datagrams.as_slice() else {
        return Err(failed("it has sent nothing", &NOTHING_CAME));
    };
    let problem = format!("it has sent {} datagrams, and not one", datagrams.len());
    let is_again = others.iter().any(|other| other.payload == one.payload) && others.len() < 3;
    require(!is_again, problem.as_str(), &SENDS_AGAIN)?;
    require(others.is_empty(), problem, &SEVERAL_CALLS)
}

const MORE_THAN_A_LINE: Cause = Cause::new(
    "more-than-a-line",
    "Read one line, and send that: no loop over all lines, and not all of the input at once.",
);

const SENDS_AGAIN: Cause = Cause::new(
    "sends-again",
    "The same datagram came again. Send it once: whoever receives it would take it for a second \
     message.",
);

const SEVERAL_CALLS: Cause = Cause::new(
    "several-calls",
    "Each call that sends makes a datagram of its own: send the line, all of it and nothing else, \
     with one call.",
);

fn waits_for_no_reply(trial: &Trial) -> Checked {
    let mut asked = asked(trial)?;
    asked.type_last(trial.random.word(24));
    let sent = asked.datagram()?;
    let problem = match asked.end(sent.as_ref())? {
        End::ByItself => {
            let status = asked.program.status();
            let cause = status.map_or(Cause::NONE, |status| Cause::NONE.of_end(status));
            let is_success = status.is_some_and(|status| status.success());
            return require(is_success, "it has sent, and didn't end with success", &cause);
        }
        End::AfterAReply => "it had sent, and ended only when a reply came, or later",
        End::NotYet => "it had sent, and its input had ended, and it still runs",
    };
    Err(late(problem, PROMPTLY, &WAITS_FOR_SOMETHING))
}

const WAITS_FOR_SOMETHING: Cause = Cause::new(
    "waits-for-something",
    "After sending, the program waits for something, such as a reply. Nothing comes back from this \
     receiver: don't call `recv_from` or `recvfrom`, and return from `main`, with status 0.",
);

fn sends_before_its_input_ends(trial: &Trial) -> Checked {
    let mut asked = asked(trial)?;
    asked.program.type_line(trial.random.word(24));
    let sent = match asked.datagram() {
        Ok(sent) => sent,
        Err(fault) if asked.program.status().is_some() => return Err(fault),
        Err(fault) => {
            asked.program.close_stdin();
            asked.datagram().map_err(|_| fault)?;
            let problem = "it did nothing with its line until its input ended";
            return Err(late(problem, PROMPTLY, &READS_TO_THE_END));
        }
    };
    if !matches!(asked.end(sent.as_ref())?, End::NotYet) {
        return Ok(());
    }
    asked.program.close_stdin();
    // If it doesn't end then either, that is another check's question.
    let ends = asked.program.wait_for_end(PROMPTLY, &Cause::NONE).is_ok();
    let problem = "it had sent the line, and ended only when its input did";
    if ends { Err(late(problem, PROMPTLY, &READS_ON)) } else { Ok(()) }
}

const READS_ON: Cause = Cause::new(
    "reads-on",
    "After its line the program reads more: it asks for a second one, or waits for Enter. One line \
     is all that it needs.",
);

const READS_TO_THE_END: Cause = Cause::new(
    "reads-to-the-end",
    "The program reads until its input ends (`read_to_end`, `sys.stdin.read()`, `fread`, a loop \
     over all lines). Read one line, and go on.",
);

fn fails_if_the_system_refuses(trial: &Trial) -> Checked {
    let mut asked = asked(trial)?;
    asked.type_last(trial.random.word(70_000));
    let ended = asked.program.wait_for_end(SOON, &ERROR_DROPPED)?;
    if let (true, Some(receiver)) = (ended.status.success(), &asked.receiver) {
        receiver.receives_nothing(AFTERWARDS, &CUT_TO_FIT)?;
    }
    ended.failed_properly("", &ERROR_DROPPED)?;
    refuses_to_broadcast(trial)
}

/// A socket may send to everybody only if it says so, and few do: what the system refuses us, it
/// should refuse the program.
fn refuses_to_broadcast(trial: &Trial) -> Checked {
    let everybody = trial.endpoint_at(SocketAddr::from(([127, 255, 255, 255], 0)));
    let (Ok(everybody), Some(second)) = (everybody, on_second_loopback(trial, 0)) else {
        return Ok(());
    };
    if trial.endpoint()?.transmit(b"", everybody.address).is_ok() {
        return Ok(());
    }
    trial.step(format!("saw the system refuse to send to {}", everybody.address));
    let mut program = trial.start(everybody.address.to_string())?;
    program.type_line(trial.random.word(24));
    program.close_stdin();
    let ended = program.wait_for_end(START, &ERROR_DROPPED);
    if everybody.next(A_LOOK)?.is_some() {
        trial.step("the program's socket may, and has sent its line");
        return Ok(());
    }
    let judged = ended.and_then(|ended| ended.failed_properly("", &ERROR_DROPPED));
    // One that doesn't send where it is told wasn't refused; that is another check's question.
    let obeys = || sends_to(trial, &second.address.to_string(), slice::from_ref(&second)).is_ok();
    if judged.is_err() && obeys() { judged } else { Ok(()) }
}

const ERROR_DROPPED: Cause = Cause::new(
    "error-dropped",
    "The call that sends has failed: it returns an error, in C -1. Look at what it returns, and let \
     an error end the program, with a message on stderr and a status that isn't 0.",
);

const CUT_TO_FIT: Cause = Cause::new(
    "cut-to-fit",
    "A part of the line was sent, as if it were all. Read the whole line, and send it with one \
     call: that the system refuses it is for the user to know.",
);

fn sends_nothing_at_the_end_of_its_input(trial: &Trial) -> Checked {
    let mut asked = asked(trial)?;
    asked.program.close_stdin();
    let hangs = Cause::new(
        "end-not-noticed",
        "The input ended before a line was typed. Reading then gives 0 bytes, in C `NULL` or `EOF`, \
         and will do so for ever: end the program there, and don't ask again.",
    );
    let ended = asked.program.wait_for_end(SOON, &hangs)?;
    did_not_crash(&ended)?;
    let Some(receiver) = &asked.receiver else { return Ok(()) };
    let sends = Cause::new(
        "end-is-a-line",
        "The end of the input was taken for an empty line. Reading gives 0 bytes then, where an \
         empty line gives `\\n`: send nothing.",
    );
    receiver.receives_nothing(AFTERWARDS, &sends)
}

// What the program says to the person who types.

fn prompts_before_it_reads(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let program = trial.start(port.address().to_string())?;
    let cause = Cause::new(
        "no-prompt",
        "There is no prompt on stdout that one could see. Print one, and flush stdout behind it \
         (`io::stdout().flush()`, `fflush(stdout)`).",
    );
    program.wait_for_stdout("a prompt", START, &cause, is_visible)?;
    // It must then wait.
    program.runs_on(REST_OF_THE_PROMPT, &Cause::NONE)
}

fn says_that_it_has_sent(trial: &Trial) -> Checked {
    let mut asked = asked(trial)?;
    let before = asked.program.stdout().len();
    asked.type_last(trial.random.word(24));
    let sent = asked.datagram()?;
    let is_more = |stdout: &[u8]| stdout.get(before..).is_some_and(is_visible);
    let wait = |within| {
        let what = "something after its prompt";
        asked.program.wait_for_stdout(what, within, &Cause::NONE, is_more).is_ok()
    };
    // Perhaps it waits for a reply first; whether it does is another check's question.
    if !wait(PROMPTLY) && asked.program.status().is_none() {
        asked.end(sent.as_ref())?;
    }
    if !wait(Duration::ZERO) {
        let failing = asked.program.status().filter(|status| !status.success());
        let cause = failing.map_or(SAYS_NOTHING, |status| Cause::NONE.of_end(status));
        let problem = "nothing that can be seen came on stdout behind its prompt";
        return Err(late(problem, PROMPTLY, &cause));
    }
    let has_nul = asked.program.stdout().contains(&0);
    require(!has_nul, "its output has a NUL byte in it", &PRINTS_NUL)
}

const SAYS_NOTHING: Cause = Cause::new(
    "says-nothing",
    "After sending, print something on stdout that can be seen, such as how many bytes went where.",
);

// Where the datagram goes, and where it comes from.

fn sends_to_the_host_it_is_given(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let usual = trial.endpoint_at(port.address())?;
    if let Some(second) = on_second_loopback(trial, port.number()) {
        let to = second.address;
        let seen = sends_to(trial, &to.to_string(), slice::from_ref(&second));
        let is_astray = seen.is_err() && usual.next(A_LOOK)?.is_some();
        let problem = format!("it was told to send to {to}, and sent to {}", usual.address);
        require(!is_astray, problem, &HOST_IGNORED)?;
        seen?;
    }
    // `localhost` may be either of these, and the program may take either.
    let mut receivers = vec![usual];
    receivers.extend(trial.endpoint_at((Ipv6Addr::LOCALHOST, port.number()).into()));
    sends_to(trial, &format!("localhost:{}", port.number()), &receivers)
}

/// Requires that a datagram comes to one of these if the program is given this argument.
fn sends_to(trial: &Trial, argument: &str, receivers: &[Endpoint]) -> Checked {
    let mut program = trial.start(argument)?;
    program.type_line(trial.random.word(24));
    program.close_stdin();
    receive(&program, receivers, &NO_NAMES).map(drop).map_err(needs(SENDS_THE_LINE))
}

const HOST_IGNORED: Cause = Cause::new(
    "host-ignored",
    "The host of the argument must decide where the datagram goes, and not only its port.",
);

const NO_NAMES: Cause = Cause::of_ends(
    "no-names",
    "The host may be a name, which has to be looked up: `to_socket_addrs`, `getaddrinfo`; Python's \
     `sendto` does it by itself, and C's `inet_addr` and `inet_pton` don't. If a name has several \
     addresses, the socket must be of the family of the one that is used.",
);

fn leaves_its_own_port_to_the_system(trial: &Trial) -> Checked {
    let cause = Cause::new(
        "fixed-port",
        "The sender's socket is bound to a port that stands in the program. Bind it to port 0, or \
         (in Python and C) don't bind it at all: the system then chooses a port that is free.",
    );
    let mut ports: Vec<u16> = Vec::new();
    let are_same = |ports: &[u16]| ports.iter().all(|port| Some(port) == ports.first());
    // Two may be the same by chance, three hardly.
    while ports.len() < 3 && are_same(&ports) {
        let (program, receiver) = start(trial, format!("{}\n", trial.random.word(24)).as_bytes())?;
        let datagram = receive(&program, slice::from_ref(&receiver), &NOTHING_CAME);
        ports.push(datagram.map_err(needs(SENDS_THE_LINE))?.from.port());
    }
    let problem = format!("three senders, one after the other, had the ports {ports:?}");
    require(!are_same(&ports), problem, &cause)
}

/// Between the time-outs that are set by habit, 1 s and 2 s.
const A_WHILE: Duration = Duration::from_millis(1500);

fn succeeds_without_a_receiver(trial: &Trial) -> Checked {
    let port = trial.port_with_free_tcp()?;
    trial.step(format!("chose {}, where nobody listens", port.address()));
    let mut program = waiting(trial, &port)?;
    program.type_line(trial.random.word(24));
    program.close_stdin();
    let cause = Cause::of_ends(
        "nobody-is-an-error",
        "Sending to a port where nobody listens is no error: don't ask the receiver for a sign of \
         life, and leave what a connected socket says of an earlier datagram alone.",
    );
    let Err(fault) = program.wait_for_end(A_WHILE, &cause).and_then(|end| end.succeeded(&cause))
    else {
        return Ok(());
    };
    // How it ends, and whether, are other checks' questions: is it the same where somebody is?
    let mut asked = asked(trial)?;
    asked.type_last(trial.random.word(24));
    asked.datagram()?;
    let _ = asked.program.wait_for_end(A_WHILE, &Cause::NONE);
    let success = |program: &Subject| program.status().map(|status| status.success());
    if success(&program) != success(&asked.program) {
        return Err(fault);
    }
    trial.step("saw the same where somebody listens");
    Ok(())
}

fn needs_no_argument(trial: &Trial) -> Checked {
    let cause = Cause::of_ends(
        "no-default",
        "The program can't do without an argument. If there is none, use 127.0.0.1:8090; in C, look \
         at `argc` before you use `argv[1]`.",
    );
    let begin = Instant::now();
    let program = trial.start_without_argument()?;
    let _ = program.wait_for_stdout("a prompt", PROMPTLY, &Cause::NONE, is_visible);
    program.runs_on(REST_OF_THE_PROMPT, &cause)?;
    if is_visible(&program.stdout()) {
        return Ok(());
    }
    // One that does nothing would do just the same. Two with a fixed port can't run side by side.
    drop(program);
    let (with_argument, receiver) = start(trial, b"hello\n")?;
    let (left, receivers) = (START.saturating_sub(begin.elapsed()), slice::from_ref(&receiver));
    let sent = receive_within(left, &with_argument, receivers, &NOTHING_CAME);
    sent.map(drop).map_err(needs(SENDS_THE_LINE))
}

fn uses_its_default(trial: &Trial) -> Checked {
    let receiver = trial.endpoint_at(default_address())?;
    let program = trial.start_without_argument()?;
    program.type_line(trial.random.word(24));
    let sent = receive(&program, slice::from_ref(&receiver), &OTHER_DEFAULT);
    let has_failed = program.status().is_some_and(|status| !status.success());
    let needed = if has_failed { "needs-no-argument" } else { SENDS_THE_LINE };
    sent.map(drop).map_err(needs(needed))
}

fn play(argument: &str) -> Result<()> {
    let receiver = play::address(argument)?;
    let line = play::typed()?.context("the input ended before a line was typed")?;
    play::at_any_port()?.transmit(&line, receiver)?;
    play::say(&format!("Sent {} bytes to {receiver}", line.len()))
}
