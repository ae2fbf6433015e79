//! Ask for a line, send it as one datagram, and end.

use crate::bytes::find;
use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, contains, failed, late, require, same};
use crate::lessons::common::{did_not_crash, names_a_malformed_argument, on_second_loopback};
use crate::play;
use crate::subject::{SOON, START, Subject};
use crate::trial::Trial;
use anyhow::{Context, Result};
use base::lessons::numbered;
use base::ports::PortCount;
use std::net::Ipv6Addr;
use std::slice;
use std::time::{Duration, Instant};

pub const LESSON: Lesson = Lesson {
    entry: numbered(2),
    limits: Limits::USUAL,
    ports: PortCount { udp: 2, both: 0 },
    checks: &[
        Check {
            id: "sends-the-line",
            title: "sends the line to the address of its argument",
            points: 12,
            needs: None,
            goal: "Read a line, and hand it to the system as a datagram for the address that was \
                   given.",
            section: "lesson-2-send-once.md#the-clients-four-steps",
            run: sends_the_line,
        },
        Check {
            id: "leaves-out-the-line-end",
            title: "sends the line without its end, and nothing more",
            points: 7,
            needs: NEEDED,
            goal: "The Enter key ends the line; it isn't part of the message.",
            section: "lesson-2-send-once.md#text-and-bytes",
            run: leaves_out_the_line_end,
        },
        Check {
            id: "sends-an-empty-line",
            title: "sends an empty line as a datagram of 0 bytes",
            points: 6,
            needs: NEEDED,
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
            title: "survives input that isn't UTF-8",
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
            needs: NEEDED,
            goal: "This sender sends once. Further lines of its input are nothing to it.",
            section: "lesson-2-send-once.md#what-you-will-build",
            run: sends_just_one_datagram,
        },
        Check {
            id: "waits-for-no-reply",
            title: "ends with success once it has sent, and waits for no reply",
            points: 6,
            needs: NEEDED,
            goal: "Nobody answers this sender. When the system has taken the datagram, it is done: \
                   exit status 0.",
            section: "lesson-2-send-once.md#send",
            run: waits_for_no_reply,
        },
        Check {
            id: "sends-before-its-input-ends",
            title: "sends and ends while its input is still open",
            points: 5,
            needs: NEEDED,
            goal: "A line is complete at its line end. Whoever types it expects it to be sent \
                   then.",
            section: "lesson-2-send-once.md#your-turn",
            run: sends_before_its_input_ends,
        },
        Check {
            id: "prompts-before-it-reads",
            title: "shows a prompt before it reads",
            points: 6,
            needs: NEEDED,
            goal: "Who is to type must see that it is his turn: a prompt is on stdout before the \
                   program waits for the line.",
            section: "lesson-2-send-once.md#run",
            run: prompts_before_it_reads,
        },
        Check {
            id: "says-that-it-has-sent",
            title: "shows something after it has sent",
            points: 5,
            needs: Some("prompts-before-it-reads"),
            goal: "Who has typed wants to know that something happened. Say so, in your own words.",
            section: "lesson-2-send-once.md#send",
            run: says_that_it_has_sent,
        },
        Check {
            id: "sends-to-the-host-it-is-given",
            title: "sends to any host, given by address or by name",
            points: 4,
            needs: NEEDED,
            goal: "The argument is HOST:PORT, and the host may be a name like localhost, which has \
                   to be looked up.",
            section: "lesson-2-send-once.md#know-the-address",
            run: sends_to_the_host_it_is_given,
        },
        Check {
            id: "leaves-its-own-port-to-the-system",
            title: "leaves its own port to the system",
            points: 4,
            needs: NEEDED,
            goal: "Nobody needs to know a client's port beforehand, and a fixed one may be taken.",
            section: "lesson-2-send-once.md#create-a-socket",
            run: leaves_its_own_port_to_the_system,
        },
        Check {
            id: "succeeds-without-a-receiver",
            title: "succeeds even if nobody listens",
            points: 4,
            needs: NEEDED,
            goal: "UDP doesn't tell whether somebody is there: sending is the same, and status 0 \
                   means that the system took the datagram.",
            section: "lesson-2-send-once.md#1-nobody-is-there",
            run: succeeds_without_a_receiver,
        },
        Check {
            id: "fails-if-the-system-refuses",
            title: "fails if the system refuses to send",
            points: 5,
            needs: NEEDED,
            goal: "70,000 bytes fit into no datagram, so the system refuses them. That is an error \
                   to tell: a message on stderr, and a status that isn't 0.",
            section: "lesson-2-send-once.md#4-too-large",
            run: fails_if_the_system_refuses,
        },
        Check {
            id: "sends-nothing-at-the-end-of-its-input",
            title: "ends without sending if its input ends before a line",
            points: 5,
            needs: NEEDED,
            goal: "The end of the input isn't an empty line: nothing was typed, so nothing is \
                   sent.",
            section: "lesson-2-send-once.md#hints",
            run: sends_nothing_at_the_end_of_its_input,
        },
        names_a_malformed_argument(4, "lesson-2-send-once.md#your-turn"),
    ],
    play: Some(play),
};

/// What most checks need: without it they would say nothing.
const NEEDED: Option<&str> = Some("sends-the-line");

/// One look for a datagram, before another at whether the program still runs.
const A_LOOK: Duration = Duration::from_millis(20);

/// Starts the program with a receiver's address, and gives it this input and nothing more.
fn start(trial: &Trial, input: &[u8]) -> Checked<(Subject, Endpoint)> {
    let receiver = trial.endpoint()?;
    let mut program = trial.start(receiver.address.to_string())?;
    program.write(input.to_vec());
    program.close_stdin();
    Ok((program, receiver))
}

/// Gives the program this input, and receives what it sends.
fn sent(trial: &Trial, input: &[u8], cause: &Cause) -> Checked<Datagram> {
    let (program, receiver) = start(trial, input)?;
    receive(&program, &[receiver], cause)
}

/// Waits for the program's datagram at any of these addresses, as long as it may still come.
fn receive(program: &Subject, receivers: &[Endpoint], cause: &Cause) -> Checked<Datagram> {
    let deadline = Instant::now() + START;
    loop {
        let has_ended = program.still_runs(&Cause::NONE).is_err();
        for receiver in receivers {
            match receiver.receive("the datagram", A_LOOK, cause) {
                Err(Fault::Failed(_)) => {}
                result => return result,
            }
        }
        if has_ended {
            return Err(failed("it ended, and no datagram has come from it", cause));
        }
        if Instant::now() >= deadline {
            return Err(late(format!("no datagram has come from it within {START:?}"), cause));
        }
    }
}

// From the line that was typed to the payload of the datagram.

fn sends_the_line(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let cause = &Cause::new(
        "sends-the-line",
        "Send what was read to the address of the first argument, not to one that stands \
                 in the program. Open a UDP socket (`UdpSocket`, `SOCK_DGRAM`), and send with \
                 `send_to`.",
    );
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    let cause = &Cause::new(
        "sends-the-line-2",
        "What was sent isn't what was typed. Send the bytes of the line itself.",
    );
    contains("the datagram", text.as_bytes(), &datagram.payload, cause.clone())
}

fn leaves_out_the_line_end(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let cause = &Cause::new(
        "leaves-out-the-line-end",
        "What reads a line usually leaves `\\n` at its end. Take it off, and send the \
                 bytes as they are: no quotes, no final zero byte, and not the whole buffer.",
    );
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    same("the datagram", text.as_bytes(), &datagram.payload)
}

fn sends_an_empty_line(trial: &Trial) -> Checked {
    let cause = &Cause::new(
        "sends-an-empty-line",
        "An empty line was taken for the end of the input, or not sent because it is \
                 empty. At the end of the input *nothing* is read, not even `\\n`: tell the two \
                 apart before you take the line end off.",
    );
    let datagram = sent(trial, b"\n", cause)?;
    same("the datagram", b"", &datagram.payload)
}

fn sends_3000_bytes_as_one_datagram(trial: &Trial) -> Checked {
    let count = 900 - trial.random.below(400);
    let text = format!("{}{}", "好".repeat(count), "安".repeat(1000 - count));
    let cause = &Cause::new(
        "sends-3000-bytes-as-one-datagram",
        "The line was cut, sent in pieces, or isn't in UTF-8. Read the whole line, into a \
                 buffer that grows or is large enough, and send it with one call; its length is \
                 that of its bytes, not of its characters.",
    );
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    same("the datagram", text.as_bytes(), &datagram.payload)
}

fn keeps_spaces(trial: &Trial) -> Checked {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text = format!("  \t {word}   {other} \t  ");
    let cause = &Cause::new(
        "keeps-spaces",
        "The line was trimmed, or taken apart into words. Take off the line end only: \
                 `trim`, `strip` and `scanf` take too much.",
    );
    let datagram = sent(trial, format!("{text}\n").as_bytes(), cause)?;
    // Whether the line end is taken off is another check's question.
    contains("the datagram", text.as_bytes(), &datagram.payload, cause.clone())
}

fn takes_both_line_ends(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let cause = &Cause::new(
        "takes-both-line-ends",
        "Only `\\n` was taken off, and `\\r` was sent along. If there was a `\\n`, take \
                 off one `\\r` before it, too.",
    );
    let datagram = sent(trial, format!("{text}\r\n").as_bytes(), cause)?;
    same("the datagram", text.as_bytes(), &datagram.payload)
}

fn survives_invalid_utf8(trial: &Trial) -> Checked {
    let (before, after) = (trial.random.word(8), trial.random.word(8));
    let line = [before.as_bytes(), b"\xff\xfe", after.as_bytes(), b"\xe5\xa5\n"].concat();
    let cause = &Cause::new(
        "survives-invalid-utf8",
        "Reading text failed on bytes that aren't UTF-8, and nothing was sent. Read bytes: \
                 `read_until(b'\\n', …)`, `sys.stdin.buffer.readline()`.",
    );
    let datagram = sent(trial, &line, cause)?;
    // What became of the wrong bytes is free; the others must be there.
    contains("the datagram", before.as_bytes(), &datagram.payload, cause.clone())?;
    contains("the datagram", after.as_bytes(), &datagram.payload, cause.clone())
}

// What ends the program, and how.

/// A program that has sent its datagram has nothing left to do. Less than the time-outs for
/// replies that are set by habit.
const AT_ONCE_AFTER: Duration = Duration::from_millis(700);

/// What an ended program has sent is there already.
const AFTERWARDS: Duration = Duration::from_millis(100);

fn sends_just_one_datagram(trial: &Trial) -> Checked {
    let (first, second) = (trial.random.word(12), trial.random.word(12));
    let lines = format!("{first}\n{second}\n{second}\n");
    let (program, receiver) = start(trial, lines.as_bytes())?;
    let cause = &Cause::new(
        "sends-just-one-datagram",
        "Read one line and send it with one call: no loop, no second call to be on the \
                 safe side, and not all of the input at once.",
    );
    let datagram = receive(&program, slice::from_ref(&receiver), cause)?;
    contains("the datagram", first.as_bytes(), &datagram.payload, cause.clone())?;
    let has_second = find(&datagram.payload, second.as_bytes());
    require(!has_second, "the datagram has a further line in it", cause)?;
    // Whether it ends is another check's question.
    let _ = program.wait_for_end(AT_ONCE_AFTER, cause);
    receiver.receives_nothing(AFTERWARDS, cause)
}

fn waits_for_no_reply(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let (program, receiver) = start(trial, format!("{text}\n").as_bytes())?;
    let cause = &Cause::new(
        "waits-for-no-reply",
        "After sending, the program waits for something, such as a reply or Enter, or it \
                 fails. Nothing comes back from this receiver: return from `main`, with status 0.",
    );
    receive(&program, slice::from_ref(&receiver), cause)?;
    program.wait_for_end(AT_ONCE_AFTER, cause)?.succeeded(cause)
}

fn sends_before_its_input_ends(trial: &Trial) -> Checked {
    let receiver = trial.endpoint()?;
    let program = trial.start(receiver.address.to_string())?;
    program.type_line(trial.random.word(24));
    let cause = &Cause::new(
        "sends-before-its-input-ends",
        "The program reads until its input ends (`read_to_end`, `sys.stdin.read()`, a loop \
                 over all lines). Read one line, and go on.",
    );
    receive(&program, slice::from_ref(&receiver), cause)?;
    program.wait_for_end(SOON, cause).map(drop)
}

fn fails_if_the_system_refuses(trial: &Trial) -> Checked {
    let line = format!("{}\n", trial.random.word(70_000));
    let (program, receiver) = start(trial, line.as_bytes())?;
    let cause = &Cause::new(
        "fails-if-the-system-refuses",
        "The call that sends has failed, or would have, with the whole line. Don't drop \
                 its result, and don't cut the line: let the error end the program, with a message \
                 on stderr and a status that isn't 0.",
    );
    program.wait_for_end(START, cause)?.failed_properly("", cause)?;
    receiver.receives_nothing(AFTERWARDS, cause)
}

fn sends_nothing_at_the_end_of_its_input(trial: &Trial) -> Checked {
    let (program, receiver) = start(trial, b"")?;
    let cause = &Cause::new(
        "sends-nothing-at-the-end-of-its-input",
        "The input ended before a line was typed. Reading then gives 0 bytes, or `EOFError` \
                 in Python: end the program there, and send nothing. Don't ask again.",
    );
    let ended = program.wait_for_end(START, cause)?;
    did_not_crash(&ended)?;
    receiver.receives_nothing(AFTERWARDS, cause)
}

// What the program says to the person who types.

/// A prompt may be written in several pieces.
const REST_OF_THE_PROMPT: Duration = Duration::from_millis(100);

/// Starts the program and waits for its prompt, with its input still open.
fn prompted(trial: &Trial) -> Checked<(Subject, Endpoint)> {
    let receiver = trial.endpoint()?;
    let program = trial.start(receiver.address.to_string())?;
    let cause = &Cause::new(
        "prompted",
        "There is no prompt, or it has no line end and waits in the program's own buffer: \
                 flush stdout after printing it (`io::stdout().flush()`, `fflush(stdout)`; \
                 Python's `input('…')` does it by itself). It must go to stdout, not to stderr.",
    );
    let is_visible = |stdout: &[u8]| !stdout.trim_ascii().is_empty();
    program.wait_for_stdout("a prompt", START, cause, is_visible)?;
    Ok((program, receiver))
}

fn prompts_before_it_reads(trial: &Trial) -> Checked {
    let (program, _receiver) = prompted(trial)?;
    program.runs_on(
        REST_OF_THE_PROMPT,
        &Cause::new(
            "says-that-it-has-sent-inline",
            "After the prompt the program must wait for a line.",
        ),
    )
}

fn says_that_it_has_sent(trial: &Trial) -> Checked {
    let (mut program, receiver) = prompted(trial)?;
    program.runs_on(
        REST_OF_THE_PROMPT,
        &Cause::new(
            "says-that-it-has-sent-inline-2",
            "After the prompt the program must wait for a line.",
        ),
    )?;
    let before = program.stdout().len();
    program.type_line(trial.random.word(24));
    program.close_stdin();
    let cause = &Cause::new(
        "says-that-it-has-sent",
        "After sending, print something on stdout that can be seen, such as how many bytes \
                 went where.",
    );
    receive(&program, slice::from_ref(&receiver), cause)?;
    let is_more = |stdout: &[u8]| stdout.get(before..).is_some_and(|s| !s.trim_ascii().is_empty());
    program.wait_for_stdout("something after the prompt", SOON, cause, is_more)?;
    let has_nul = program.stdout().contains(&0);
    require(
        !has_nul,
        "its output has a NUL byte in it",
        &Cause::new("sends-to-the-host-it-is-given-inline", "Print text, and not a whole buffer."),
    )
}

// Where the datagram goes, and where it comes from.

fn sends_to_the_host_it_is_given(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let cause = &Cause::new(
        "sends-to-the-host-it-is-given",
        "The host of the argument must decide where the datagram goes. A name has to be \
                 looked up first: `to_socket_addrs`, `getaddrinfo`; Python's `sendto` does it by \
                 itself. If a name has several addresses, the socket must be of the family of the \
                 one that is used.",
    );
    if let Some(receiver) = on_second_loopback(trial, 0) {
        let mut program = trial.start(receiver.address.to_string())?;
        program.type_line(&text);
        program.close_stdin();
        let datagram = receive(&program, &[receiver], cause)?;
        contains("the datagram", text.as_bytes(), &datagram.payload, cause.clone())?;
    }
    let port = trial.port()?;
    // `localhost` may be either of these, and the program may take either.
    let mut receivers = vec![trial.endpoint_at(port.address())?];
    receivers.extend(trial.endpoint_at((Ipv6Addr::LOCALHOST, port.number()).into()));
    let mut program = trial.start(format!("localhost:{}", port.number()))?;
    program.type_line(&text);
    program.close_stdin();
    let datagram = receive(&program, &receivers, cause)?;
    contains("the datagram", text.as_bytes(), &datagram.payload, cause.clone())
}

fn leaves_its_own_port_to_the_system(trial: &Trial) -> Checked {
    let receiver = trial.endpoint()?;
    let cause = &Cause::new(
        "leaves-its-own-port-to-the-system",
        "The sender's socket is bound to a port that stands in the program. Bind it to \
                 port 0, or (in Python and C) don't bind it at all: the system then chooses a port \
                 that is free.",
    );
    let mut ports: Vec<u16> = Vec::new();
    let are_same = |ports: &[u16]| ports.iter().all(|port| Some(port) == ports.first());
    // Two may be the same by chance, three hardly.
    while ports.len() < 3 && are_same(&ports) {
        let mut program = trial.start(receiver.address.to_string())?;
        program.type_line(trial.random.word(24));
        program.close_stdin();
        ports.push(receive(&program, slice::from_ref(&receiver), cause)?.from.port());
        // The next one must be able to have the same port.
        let _ = program.wait_for_end(Duration::from_millis(500), cause);
    }
    let is_fixed = are_same(&ports);
    require(
        !is_fixed,
        format!("three senders, one after the other, had the ports {ports:?}"),
        cause,
    )
}

fn succeeds_without_a_receiver(trial: &Trial) -> Checked {
    let port = trial.port()?;
    trial.step(format!("chose {}, where nobody listens", port.address()));
    let mut program = trial.start(port.address().to_string())?;
    program.type_line(trial.random.word(24));
    program.close_stdin();
    let cause = &Cause::new(
        "succeeds-without-a-receiver",
        "Sending to a port where nobody listens is no error: don't ask the receiver for a \
                 sign of life, and don't connect by TCP.",
    );
    program.wait_for_end(START, cause)?.succeeded(cause)
}

fn play(argument: &str) -> Result<()> {
    let receiver = play::address(argument)?;
    let line = play::typed()?.context("the input ended before a line was typed")?;
    play::at_any_port()?.transmit(&line, receiver)?;
    play::say(&format!("Sent {} bytes to {receiver}", line.len()))
}
