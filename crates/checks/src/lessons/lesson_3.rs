//! Receive one datagram, show it, say who sent it, and end.

use crate::bytes::find;
use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, contains, failed, needs, require};
use crate::lessons::common::{
    OTHER_ADDRESS, PRINTS_THE_BUFFER, SHARES_ITS_PORT, USES_THE_DEFAULT, binds_the_default,
    default_address, has_number, names_a_malformed_argument, on_second_loopback, uses_the_default,
};
use crate::play;
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use anyhow::Result;
use base::lessons::numbered;
use base::ports::{self, Port, PortCount, Protocol};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitStatus;
use std::time::Duration;

pub const LESSON: Lesson = Lesson {
    entry: numbered(3),
    limits: Limits::USUAL,
    ports: PortCount { udp: 15, both: 1 },
    checks: &[
        Check {
            id: PRINTS_THE_TEXT,
            title: "prints the text it received",
            points: 13,
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
            needs: None,
            goal: "One datagram is all that this program is for: it shows it and ends, with exit \
                   status 0.",
            section: "lesson-3-receive-once.md#what-you-will-build",
            run: ends_after_one_datagram,
        },
        Check {
            id: "prints-the-sender",
            title: "prints the sender's ip and port",
            points: 10,
            needs: None,
            goal: "With each datagram comes the address it was sent from, ip and port. Show both.",
            section: "lesson-3-receive-once.md#2-the-senders-port",
            run: prints_the_sender,
        },
        Check {
            id: "takes-an-empty-datagram",
            title: "takes an empty datagram for a datagram",
            points: 8,
            needs: None,
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
            needs: None,
            goal: "This receiver only shows what it got; the sender doesn't wait for an answer.",
            section: "lesson-3-receive-once.md#your-turn",
            run: sends_nothing_back,
        },
        Check {
            id: BINDS_JUST_ITS_ARGUMENT,
            title: "binds the address of its argument, and no other",
            points: 5,
            needs: None,
            goal: "The argument is the address to wait at: 127.0.0.1 isn't every address of this \
                   computer, and 127.0.0.2 isn't 127.0.0.1.",
            section: "lesson-3-receive-once.md#bind",
            run: binds_just_its_argument,
        },
        Check {
            id: "fails-on-a-taken-port",
            title: "fails if the address is taken",
            points: 5,
            needs: None,
            goal: "A port belongs to one socket. If it is another's, say so on stderr, and end \
                   with a status that isn't 0.",
            section: "lesson-3-receive-once.md#5-two-receivers-on-one-port",
            run: fails_on_a_taken_port,
        },
        uses_the_default(
            "binds 127.0.0.1:8090 if it is given no argument",
            "lesson-3-receive-once.md#your-turn",
            uses_its_default,
        ),
        names_a_malformed_argument(5, "lesson-3-receive-once.md#7-an-address-without-a-port"),
    ],
    own_network: &[USES_THE_DEFAULT],
    play: Some(play),
};

/// What checks of special texts need: without a plain one they would say nothing.
const NEEDED: Option<&str> = Some(PRINTS_THE_TEXT);
const PRINTS_THE_TEXT: &str = "prints-the-text";
const BINDS_JUST_ITS_ARGUMENT: &str = "binds-just-its-argument";

// The text, the whole text, and nothing but the text.

/// Starts the program, and waits until it has bound its port: whether it does is the question of the
/// check that prints a text.
fn start(trial: &Trial, port: &Port) -> Checked<Subject> {
    let program = trial.start(port.address().to_string())?;
    await_receiver(&program, port).map_err(needs(PRINTS_THE_TEXT))?;
    Ok(program)
}

/// One that has bound its port receives. One that only looks whether there is something has ended a
/// moment later, and would be found out by chance.
fn await_receiver(program: &Subject, port: &Port) -> Checked {
    program.wait_until_bound(port.number())?;
    program.runs_on(A_MOMENT, &Cause::NONE)
}

const A_MOMENT: Duration = Duration::from_millis(50);

/// Starts the program, and sends it a datagram.
fn send(trial: &Trial, payload: &[u8]) -> Checked<Subject> {
    let port = trial.port()?;
    let program = start(trial, &port)?;
    trial.endpoint()?.send(payload, port.address())?;
    Ok(program)
}

fn prints_the_text(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    // Our lock mustn't be the reason why a program with a TCP socket fails.
    let port = trial.port_with_free_tcp()?;
    let program = trial.start(port.address().to_string())?;
    await_receiver(&program, &port)?;
    trial.endpoint()?.send(text.as_bytes(), port.address())?;
    program.shows(text.as_bytes(), SOON, &NOT_PRINTED)
}

const NOT_PRINTED: Cause = Cause::new(
    "not-printed",
    "Receive into a buffer, take as many of its bytes as the call says it received, and print them \
     as text, on stdout. (An empty `Vec` has no room, whatever its capacity.)",
);

fn takes_1024_bytes_whole(trial: &Trial) -> Checked {
    let text = trial.random.word(1024);
    send(trial, text.as_bytes())?.shows(text.as_bytes(), SOON, &NOT_PRINTED)
}

fn prints_only_what_came(trial: &Trial) -> Checked {
    let text = trial.random.word(12);
    let program = send(trial, text.as_bytes())?;
    program.shows(text.as_bytes(), SOON, &NOT_PRINTED)?;
    // What is behind the text may come later than the text.
    let stdout = match program.wait_for_end(PROMPTLY, &Cause::NONE) {
        Ok(ended) => ended.stdout,
        Err(_) => program.stdout(),
    };
    let nuls = stdout.iter().filter(|byte| **byte == 0).count();
    let problem = format!("it printed {nuls} NUL bytes, and the datagram had none");
    require(nuls == 0, problem, &PRINTS_THE_BUFFER)
}

fn prints_every_character(trial: &Trial) -> Checked {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text =
        format!("{word} 你好 é \u{1f40d} \"quoted\" 'quoted' back\\slash 100 % {{}} {other}");
    send(trial, text.as_bytes())?.shows(text.as_bytes(), SOON, &NOT_PRINTED)
}

fn keeps_spaces(trial: &Trial) -> Checked {
    let (word, other) = (trial.random.word(8), trial.random.word(8));
    let text = format!("   {word}   {other}   ");
    send(trial, text.as_bytes())?.shows(text.as_bytes(), SOON, &NOT_PRINTED)
}

fn survives_invalid_utf8(trial: &Trial) -> Checked {
    let (before, after) = (trial.random.word(8), trial.random.word(8));
    let payload = [before.as_bytes(), b"\xff\xfe", after.as_bytes(), b"\xe5\xa5"].concat();
    let program = send(trial, &payload)?;
    program.shows(before.as_bytes(), SOON, &STRICT_DECODING)?;
    program.shows(after.as_bytes(), SOON, &STRICT_DECODING)?;
    // Whether it ends is another check's question; how, is this one's.
    match program.wait_for_end(AFTERWARDS, &STRICT_DECODING) {
        Ok(ended) => ended.succeeded(&STRICT_DECODING),
        Err(_) => Ok(()),
    }
}

const STRICT_DECODING: Cause = Cause::of_ends(
    "strict-decoding",
    "Some of the bytes that came aren't UTF-8, and strict decoding makes an error of that. Use what \
     puts `\u{fffd}` in their place: `String::from_utf8_lossy`, `.decode('utf-8', 'replace')`.",
);

// How long the program waits, and when it ends.

/// More than the time-outs that are set by habit, 1 s and 2 s; the verdict waits for it.
const LONG: Duration = Duration::from_millis(2200);

/// For a program that doesn't end: what it sends comes before that.
const AFTERWARDS: Duration = Duration::from_millis(150);

fn ends_after_one_datagram(trial: &Trial) -> Checked {
    let text = trial.random.word(24);
    let program = send(trial, text.as_bytes())?;
    let cause = Cause::new(
        "does-not-end",
        "After one datagram nothing is left to do: no loop around the receiving call, no wait for \
         Enter, and exit status 0.",
    );
    program.wait_for_end(SOON, &cause)?.succeeded(&cause)
}

/// What is seen of a program that has received an empty datagram is compared with what is seen after
/// one with a text: whether it ends, and shows the sender, are questions of their own.
fn takes_an_empty_datagram(trial: &Trial) -> Checked {
    let (usual, empty) = (signs(trial, trial.random.word(24).as_bytes())?, signs(trial, b"")?);
    let cause = Cause::of_ends(
        "empty-is-nothing",
        "A length of 0 was taken for an error, for the end, or for nothing at all. With TCP it is \
         the end of a connection; with UDP it is a datagram without bytes, which has a sender.",
    );
    if let Some(status) = empty.status.filter(|status| !status.success()) {
        let is_usual = usual.status.is_some_and(|usual| !usual.success());
        let problem = format!("an empty datagram came, and it ended with {status}");
        require(is_usual, problem, &cause.of_end(status))?;
    }
    let problem = "a datagram with a text ends it, and it still runs after an empty one";
    require(usual.status.is_none() || empty.status.is_some(), problem, &cause)?;
    let problem = "it shows the sender of a text, and not that of an empty datagram";
    require(!usual.shows_sender || empty.shows_sender, problem, &cause)?;
    let problem = "it prints something when a text comes, and nothing when an empty datagram comes";
    require(!usual.reacts || empty.reacts, problem, &cause)
}

/// What is seen of a program when a datagram has come.
struct Signs {
    status: Option<ExitStatus>,
    shows_sender: bool,
    reacts: bool,
}

fn signs(trial: &Trial, payload: &[u8]) -> Checked<Signs> {
    let (port, sender) = (trial.port()?, trial.endpoint()?);
    let program = start(trial, &port)?;
    let number = sender.address.port();
    // What it says beforehand may still be on its way.
    program.reacts(b"", AFTERWARDS);
    let before = program.stdout();
    sender.send(payload, port.address())?;
    let is_shown = |stdout: &[u8]| has_number(stdout, number);
    let _ = program.wait_for_stdout("the sender", PROMPTLY, &Cause::NONE, is_shown);
    let _ = program.wait_for_end(AFTERWARDS, &Cause::NONE);
    let reacts = program.reacts(&before, Duration::ZERO);
    let shows_sender = is_shown(&program.stdout());
    Ok(Signs { status: program.status(), shows_sender, reacts })
}

fn waits_as_long_as_it_takes(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let mut program = start(trial, &port)?;
    program.type_line("exit");
    program.close_stdin();
    program.runs_on(LONG, &GIVES_UP)?;
    let before = program.stdout();
    trial.endpoint()?.send(trial.random.word(24), port.address())?;
    // What it does with it, others ask.
    let has_taken = program.reacts(&before, SOON);
    let holds = ports::is_bound(Protocol::Udp, port.number()).unwrap_or(true);
    let problem = "it still runs, and doesn't hold its port any more";
    require(has_taken || holds, problem, &GIVES_UP)
}

const GIVES_UP: Cause = Cause::of_ends(
    "gives-up",
    "The program gave up before a datagram came: by a time-out, because its socket doesn't block, \
     or because it read its standard input, which it has no use for. Receive without a time limit.",
);

fn sends_nothing_back(trial: &Trial) -> Checked {
    let (port, sender) = (trial.port()?, trial.endpoint()?);
    let program = start(trial, &port)?;
    let before = program.stdout();
    sender.send(trial.random.word(24), port.address())?;
    // What it has sent is there when it has ended. Whether it ends is another check's question, and
    // so is what it prints.
    program.reacts(&before, PROMPTLY);
    let _ = program.wait_for_end(AFTERWARDS, &Cause::NONE);
    let cause = Cause::new(
        "answers",
        "The program answers. That is the echo server's task, in lesson 5; here, a datagram to the \
         sender is one that nobody waits for.",
    );
    sender.receives_nothing(AFTERWARDS, &cause)
}

// Whom the datagram came from, and where the program waits for it.

/// At an address that isn't the program's own, where there is one, and at a port that is another one
/// with its two bytes swapped.
fn distant_sender(trial: &Trial) -> Checked<Endpoint> {
    loop {
        let second = on_second_loopback(trial, 0);
        let sender = if let Some(second) = second { second } else { trial.endpoint()? };
        let port = sender.address.port();
        if port.swap_bytes() != port {
            return Ok(sender);
        }
    }
}

fn prints_the_sender(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let sender = distant_sender(trial)?;
    let program = start(trial, &port)?;
    sender.send(trial.random.word(24), port.address())?;
    let (ip, number) = (sender.address.ip().to_string(), sender.address.port());
    let cause = Cause::new(
        "not-the-sender",
        "Print what the receiving call returns beside the data: the sender's address, ip and port. \
         The program's own address is another one, and so is the one that it was given. (In C, set \
         the address's length before you call `recvfrom`, and give the port to `ntohs`.)",
    );
    // It may flush the address after the text, or only at its end.
    let is_shown = |stdout: &[u8]| find(stdout, ip.as_bytes()) && has_number(stdout, number);
    let seen = program.wait_for_stdout("the sender's ip and port", SOON, &cause, is_shown);
    if let Err(Fault::Failed(_)) = seen {
        let (stdout, number) = (program.stdout(), number.to_string());
        let swapped = sender.address.port().swap_bytes();
        if has_number(&stdout, swapped) {
            let problem = format!("it shows port {swapped}, and the sender's is {number}");
            return Err(failed(problem, &PORT_SWAPPED));
        }
        for (what, part) in [("ip", ip), ("port", number)] {
            let what = format!("its output, where the sender's {what} should be,");
            contains(&what, part.as_bytes(), &stdout, cause.clone())?;
        }
    }
    seen.map(drop)
}

const PORT_SWAPPED: Cause = Cause::new(
    "sender-port-swapped",
    "The two bytes of the sender's port are swapped: a port comes with its larger byte first. In C, \
     give `sin_port` to `ntohs` before you print it.",
);

fn binds_just_its_argument(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let program = start(trial, &port)?;
    holds_just(trial, &program, port.address())?;
    if on_second_loopback(trial, 0).is_none() {
        trial.step("found no second loopback address here, so no more can be told");
        return Ok(());
    }
    let port = trial.port()?;
    let second = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port.number()));
    let program = trial.start(second.to_string())?;
    program.wait_until_bound(port.number())?;
    holds_just(trial, &program, second)
}

fn uses_its_default(trial: &Trial) -> Checked {
    let program = binds_the_default(trial).map_err(needs(PRINTS_THE_TEXT))?;
    holds_just(trial, &program, default_address()).map_err(needs(BINDS_JUST_ITS_ARGUMENT))
}

/// Requires that a program holds its port at the address that it was given, and at no other.
fn holds_just(trial: &Trial, program: &Subject, given: SocketAddr) -> Checked {
    if let Some(addresses) = ports::addresses(Protocol::Udp, given.port()) {
        let others: Vec<String> =
            addresses.iter().filter(|ip| **ip != given.ip()).map(IpAddr::to_string).collect();
        let problem = format!(
            "it was told to bind {given}, and has bound port {} at {}",
            given.port(),
            others.join(" and ")
        );
        require(others.is_empty(), problem, &OTHER_ADDRESS)?;
        trial.step(format!("saw that it has bound {given}, and no other address"));
        return Ok(());
    }
    // Where the system doesn't tell, datagrams do: to the other address, and then to this one.
    let other = if given.ip() == Ipv4Addr::LOCALHOST { [127, 0, 0, 2] } else { [127, 0, 0, 1] };
    let elsewhere = SocketAddr::from((other, given.port()));
    let Some(stray) = on_second_loopback(trial, 0) else { return Ok(()) };
    let (text, astray) = (trial.random.word(24), trial.random.word(24));
    stray.send(&astray, elsewhere)?;
    stray.send(&text, given)?;
    let seen = program.shows(text.as_bytes(), SOON, &OTHER_ADDRESS).map_err(needs(PRINTS_THE_TEXT));
    let problem = format!("it was told to bind {given}, and received at {elsewhere}");
    require(!find(&program.stdout(), astray.as_bytes()), problem, &OTHER_ADDRESS)?;
    seen
}

fn fails_on_a_taken_port(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let _first = start(trial, &port)?;
    trial.step("started a second one at the same address");
    trial
        .start(port.address().to_string())?
        .wait_for_end(START, &SHARES_ITS_PORT)?
        .failed_properly("", &SHARES_ITS_PORT)?;
    let holder_port = trial.port()?;
    let holder = trial.endpoint_at(holder_port.address())?;
    trial.step(format!("took UDP port {} for another socket", holder_port.number()));
    let program = trial.start(holder.address.to_string())?;
    program.wait_for_end(START, &SHARES_ITS_PORT)?.failed_properly("", &SHARES_ITS_PORT)
}

fn play(argument: &str) -> Result<()> {
    let endpoint = play::at(play::address(argument)?)?;
    play::say(&format!("Waiting for a datagram on {}", endpoint.address))?;
    let Datagram { payload, from } = play::next(&endpoint)?;
    let text = String::from_utf8_lossy(&payload);
    play::say(&format!("Received {} bytes from {from}: {text}", payload.len()))
}
