//! Receive one datagram, show it, say who sent it, and end.

use crate::bytes::find;
use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::endpoint::Datagram;
use crate::failure::{Checked, Fault, contains, failed, require};
use crate::lessons::common::{has_number, names_a_malformed_argument, on_second_loopback};
use crate::play;
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use anyhow::Result;
use base::lessons::numbered;
use base::ports::PortCount;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

pub const LESSON: Lesson = Lesson {
    entry: numbered(3),
    limits: Limits::USUAL,
    ports: PortCount { udp: 14, both: 0 },
    checks: &[
        Check {
            id: "prints-the-text",
            title: "prints the text it received",
            points: 15,
            needs: None,
            goal: "Bind the address of the argument, wait for a datagram, and show its bytes as \
                   text on stdout.",
            section: "lesson-3-receive-once.md#receive",
            run: prints_the_text,
        },
        Check {
            id: "ends-after-one-datagram",
            title: "ends with success after one datagram",
            points: 10,
            needs: NEEDED,
            goal: "One datagram is all that this program is for: it shows it and ends, with exit \
                   status 0.",
            section: "lesson-3-receive-once.md#what-you-will-build",
            run: ends_after_one_datagram,
        },
        Check {
            id: "prints-the-sender",
            title: "prints the sender's ip and port",
            points: 10,
            needs: NEEDED,
            goal: "With each datagram comes the address it was sent from, ip and port. Show both.",
            section: "lesson-3-receive-once.md#2-the-senders-port",
            run: prints_the_sender,
        },
        Check {
            id: "takes-an-empty-datagram",
            title: "takes an empty datagram for a datagram",
            points: 8,
            needs: NEEDED,
            goal: "UDP carries datagrams of 0 bytes. Such a one has a sender, who is shown, and \
                   ends the program with success.",
            section: "lesson-3-receive-once.md#hints",
            run: takes_an_empty_datagram,
        },
        Check {
            id: "takes-1024-bytes-whole",
            title: "takes a datagram of 1,024 bytes whole",
            points: 8,
            needs: NEEDED,
            goal: "Have room for 1,024 bytes before you receive: what doesn't fit is lost.",
            section: "lesson-3-receive-once.md#what-1024-means",
            run: takes_1024_bytes_whole,
        },
        Check {
            id: "prints-only-what-came",
            title: "prints nothing of its buffer but the datagram",
            points: 8,
            needs: NEEDED,
            goal: "A buffer is longer than most datagrams; only its beginning is the message.",
            section: "lesson-3-receive-once.md#receive",
            run: prints_only_what_came,
        },
        Check {
            id: "prints-every-character",
            title: "prints characters of every kind as they came",
            points: 6,
            needs: NEEDED,
            goal: "Text is UTF-8: 你 is three bytes. It is shown as text, and not as numbers or \
                   escapes.",
            section: "lesson-3-receive-once.md#bytes-that-become-text",
            run: prints_every_character,
        },
        Check {
            id: "keeps-spaces",
            title: "keeps spaces at both ends of the text",
            points: 6,
            needs: NEEDED,
            goal: "All that was received is the message: spaces are data like everything else.",
            section: "lesson-3-receive-once.md#your-turn",
            run: keeps_spaces,
        },
        Check {
            id: "survives-invalid-utf8",
            title: "survives bytes that aren't text",
            points: 6,
            needs: NEEDED,
            goal: "Anybody may send anything to a port. What isn't UTF-8 is shown in some other \
                   form, and is no reason to fail.",
            section: "lesson-3-receive-once.md#bytes-that-become-text",
            run: survives_invalid_utf8,
        },
        Check {
            id: "waits-as-long-as-it-takes",
            title: "waits for the datagram as long as it takes",
            points: 5,
            needs: None,
            goal: "Nobody knows when a datagram will come. The receiver waits, whatever happens on \
                   its standard input.",
            section: "lesson-3-receive-once.md#receive",
            run: waits_as_long_as_it_takes,
        },
        Check {
            id: "sends-nothing-back",
            title: "sends nothing back",
            points: 3,
            needs: NEEDED,
            goal: "This receiver only shows what it got; the sender doesn't wait for an answer.",
            section: "lesson-3-receive-once.md#your-turn",
            run: sends_nothing_back,
        },
        Check {
            id: "binds-just-its-argument",
            title: "binds the address of its argument, and no other",
            points: 5,
            needs: NEEDED,
            goal: "The argument is the address to wait at: 127.0.0.1 isn't every address of this \
                   computer, and 127.0.0.2 isn't 127.0.0.1.",
            section: "lesson-3-receive-once.md#bind",
            run: binds_just_its_argument,
        },
        Check {
            id: "fails-on-a-taken-port",
            title: "fails if the address is taken",
            points: 5,
            needs: NEEDED,
            goal: "A port belongs to one socket. If it is another's, say so on stderr, and end \
                   with a status that isn't 0.",
            section: "lesson-3-receive-once.md#5-two-receivers-on-one-port",
            run: fails_on_a_taken_port,
        },
        names_a_malformed_argument(5, "lesson-3-receive-once.md#7-an-address-without-a-port"),
    ],
    play: Some(play),
};

/// What most checks need: without it they would say nothing.
const NEEDED: Option<&str> = Some("prints-the-text");

// The text, the whole text, and nothing but the text.

/// Starts the program, and sends it a datagram as soon as it has bound its port.
fn send(trial: &Trial, payload: &[u8]) -> Checked<Subject> {
    let port = trial.port()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    trial.endpoint()?.send(payload, port.address())?;
    Ok(program)
}

fn prints_the_text(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let program = send(trial, text.as_bytes())?;
    let cause = &Cause::new(
        "prints-the-text",
        "Receive into a buffer, take as many of its bytes as the call says it received, \
                 and print them as text, on stdout. If the program goes on afterwards, flush \
                 stdout.",
    );
    program.shows(text.as_bytes(), SOON, cause)
}

fn takes_1024_bytes_whole(trial: &Trial) -> Checked {
    let text = trial.random.word(1024);
    let program = send(trial, text.as_bytes())?;
    let cause = &Cause::new(
        "takes-1024-bytes-whole",
        "The buffer is too small, or something is cut off for a final zero byte: make it \
                 1,024 bytes or more (in C, 1,025 if a zero byte must follow). An empty `Vec` has \
                 no room at all, whatever its capacity.",
    );
    program.shows(text.as_bytes(), SOON, cause)
}

fn prints_only_what_came(trial: &Trial) -> Checked {
    let text = trial.random.word(12);
    let program = send(trial, text.as_bytes())?;
    let cause = &Cause::new(
        "prints-only-what-came",
        "The rest of the buffer was printed as well: it is full of zero bytes (NUL), which \
                 a terminal doesn't show. Use the length that the receiving call returns, \
                 `&buffer[..length]`.",
    );
    program.shows(text.as_bytes(), SOON, cause)?;
    // What is behind the text may come later than the text.
    let stdout = match program.wait_for_end(PROMPTLY, cause) {
        Ok(ended) => ended.stdout,
        Err(_) => program.stdout(),
    };
    let nuls = stdout.iter().filter(|byte| **byte == 0).count();
    let problem = format!("it printed {nuls} NUL bytes, and the datagram had none");
    require(nuls == 0, problem, cause)
}

fn prints_every_character(trial: &Trial) -> Checked {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text =
        format!("{word} 你好 é \u{1f40d} \"quoted\" 'quoted' back\\slash 100 % {{}} {other}");
    let program = send(trial, text.as_bytes())?;
    let cause = &Cause::new(
        "prints-every-character",
        "The bytes were printed in a form for programmers (`{:?}`, Python's `b'…'`, \
                 numbers), or as something other than UTF-8. Decode them: \
                 `String::from_utf8_lossy`, `.decode('utf-8', 'replace')`; and print with `{}`.",
    );
    program.shows(text.as_bytes(), SOON, cause)
}

fn keeps_spaces(trial: &Trial) -> Checked {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text = format!("   {word}   {other}   ");
    let program = send(trial, text.as_bytes())?;
    let cause = &Cause::new(
        "keeps-spaces",
        "The text was trimmed, or taken apart into words. Print it as it came: no `trim`, \
                 no `strip`, no `scanf`.",
    );
    program.shows(text.as_bytes(), SOON, cause)
}

fn survives_invalid_utf8(trial: &Trial) -> Checked {
    let (before, after) = (trial.random.word(8), trial.random.word(8));
    let payload = [before.as_bytes(), b"\xff\xfe", after.as_bytes(), b"\xe5\xa5"].concat();
    let program = send(trial, &payload)?;
    let cause = &Cause::new(
        "survives-invalid-utf8",
        "Decoding failed on bytes that aren't UTF-8, and took the program with it. Use \
                 what puts `\u{fffd}` in their place: `String::from_utf8_lossy`, \
                 `.decode('utf-8', 'replace')`.",
    );
    program.shows(before.as_bytes(), SOON, cause)?;
    program.shows(after.as_bytes(), SOON, cause)?;
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}

// How long the program waits, and when it ends.

/// More than the time-outs that are set by habit, 1 s and 2 s; the verdict waits for it.
const LONG: Duration = Duration::from_millis(2200);

/// For a program that doesn't end: what it sends comes before that.
const AFTERWARDS: Duration = Duration::from_millis(150);

fn ends_after_one_datagram(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let program = send(trial, text.as_bytes())?;
    let cause = &Cause::new(
        "ends-after-one-datagram",
        "After the text nothing is left to do: no loop around the receiving call, no wait \
                 for Enter, and exit status 0.",
    );
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}

fn takes_an_empty_datagram(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let sender = trial.endpoint()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    sender.send("", port.address())?;
    let cause = &Cause::new(
        "takes-an-empty-datagram",
        "A length of 0 was taken for an error, for the end, or for nothing at all. With \
                 TCP it is the end of a connection; with UDP it is a datagram without bytes.",
    );
    let ended = program.wait_for_end(SOON, cause)?;
    ended.succeeded(cause)?;
    let number = sender.address.port();
    let is_shown = has_number(&ended.stdout, number);
    require(is_shown, format!("its output doesn't show the sender's port, {number}"), cause)
}

fn waits_as_long_as_it_takes(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let mut program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    program.type_line("exit");
    program.close_stdin();
    let cause = &Cause::new(
        "waits-as-long-as-it-takes",
        "The program gave up before a datagram came: by a time-out, because its socket \
                 doesn't block, or because it read its standard input, which it has no use for. \
                 Receive without a time limit.",
    );
    program.runs_on(LONG, cause)?;
    let text = trial.random.word(24);
    trial.endpoint()?.send(&text, port.address())?;
    program.shows(text.as_bytes(), SOON, cause)
}

fn sends_nothing_back(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let sender = trial.endpoint()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    let text = trial.random.word(24);
    sender.send(&text, port.address())?;
    let cause = &Cause::new(
        "sends-nothing-back",
        "The program answers. That is the echo server's task, in lesson 5; here, a datagram \
                 to the sender is one that nobody waits for.",
    );
    program.shows(text.as_bytes(), SOON, cause)?;
    // What it has sent is there when it has ended. Whether it ends is another check's question.
    let _ = program.wait_for_end(AFTERWARDS, cause);
    sender.receives_nothing(AFTERWARDS, cause)
}

// Whom the datagram came from, and where the program waits for it.

fn prints_the_sender(trial: &Trial) -> Checked {
    let port = trial.port()?;
    // From an address that isn't the program's own, where there is one.
    let second = on_second_loopback(trial, 0);
    let sender = if let Some(second) = second { second } else { trial.endpoint()? };
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    sender.send(trial.random.word(24), port.address())?;
    let (ip, number) = (sender.address.ip().to_string(), sender.address.port());
    let cause = &Cause::new(
        "prints-the-sender",
        "Print what the receiving call returns beside the data: the sender's address. The \
                 program's own address is another one, and so is the one that it was given. (In C, \
                 the port goes through `ntohs` first.)",
    );
    // It may flush the address after the text, or only at its end.
    let is_shown = |stdout: &[u8]| find(stdout, ip.as_bytes()) && has_number(stdout, number);
    let seen = program.wait_for_stdout("the sender's ip and port", SOON, cause, is_shown);
    if let Err(Fault::Failed(_)) = seen {
        let stdout = program.stdout();
        contains(
            "its output, where the sender's ip should be,",
            ip.as_bytes(),
            &stdout,
            cause.clone(),
        )?;
        let number = number.to_string();
        contains(
            "its output, where the sender's port should be,",
            number.as_bytes(),
            &stdout,
            cause.clone(),
        )?;
    }
    seen.map(drop)
}

fn binds_just_its_argument(trial: &Trial) -> Checked {
    let Some(stray) = on_second_loopback(trial, 0) else {
        trial.step("found no second loopback address here, so this can't be told");
        // Something must have happened before points are given.
        return send(trial, b"hello").map(drop);
    };
    let cause = &Cause::new(
        "binds-just-its-argument",
        "The socket is bound to another address than the argument's: to every address \
                 (`0.0.0.0`, `INADDR_ANY`, `''`), or to one that stands in the program.",
    );
    let port = trial.port()?;
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port.number()));
    let (text, other) = (trial.random.word(24), trial.random.word(24));

    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    stray.send(&other, elsewhere)?;
    trial.endpoint()?.send(&text, port.address())?;
    let seen = program.shows(text.as_bytes(), SOON, cause);
    if find(&program.stdout(), other.as_bytes()) {
        let problem =
            format!("it was told to bind {}, and received at {elsewhere}", port.address());
        return Err(failed(problem, cause));
    }
    seen?;

    let port = trial.port()?;
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port.number()));
    let program = trial.start(elsewhere.to_string())?;
    program.wait_until_bound(port.number())?;
    stray.send(&other, elsewhere)?;
    program.shows(other.as_bytes(), SOON, cause)
}

fn fails_on_a_taken_port(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let holder = trial.endpoint_at(port.address())?;
    trial.step(format!("took UDP port {} for another socket", port.number()));
    let program = trial.start(holder.address.to_string())?;
    let cause = &Cause::new(
        "fails-on-a-taken-port",
        "Binding failed, and the program must tell: a message on stderr, and a status that \
                 isn't 0. Don't go on without a socket, don't take another port, and set no option \
                 that lets two sockets share one.",
    );
    let ended = program.wait_for_end(START, cause)?;
    ended.failed_properly("", cause)
}

fn play(argument: &str) -> Result<()> {
    let endpoint = play::at(play::address(argument)?)?;
    play::say(&format!("Waiting for a datagram on {}", endpoint.address))?;
    let Datagram { payload, from } = play::next(&endpoint)?;
    let text = String::from_utf8_lossy(&payload);
    play::say(&format!("Received {} bytes from {from}: {text}", payload.len()))
}
