//! What the client sends, from where, to whom, and when.

use super::talk::{AFTERWARDS, NOT_SENT, Talk, before, behind};
use super::{GIVES_UP, SENDS_A_LINE, SENDS_EACH_LINE, SENDS_ONE_AT_A_TIME};
use crate::bytes::find;
use crate::cause::Cause;
use crate::diagnosis::port_bytes_swapped;
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, because, failed, late, needs, require, same};
use crate::lessons::common::{
    OTHER_DEFAULT, default_address, on_second_loopback, with_swapped_port,
};
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use std::net::{Ipv6Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

// What it sends.

pub fn sends_a_line(trial: &Trial) -> Checked {
    let (server, swapped) = with_swapped_port(trial)?;
    // UDP and TCP have ports of their own: who opens a connection meets nobody else.
    let tcp = TcpListener::bind(server.address).ok();
    let mut talk = Talk::start_with(trial, server)?;
    let Err(fault) = talk.say(trial.random.word(16), &NOT_SENT) else { return Ok(()) };
    let tcp = tcp.filter(|tcp| tcp.set_nonblocking(true).is_ok());
    if tcp.is_some_and(|tcp| tcp.accept().is_ok()) {
        return Err(because(fault, &TCP));
    }
    if swapped.is_some_and(|swapped| has_come(&swapped)) {
        let cause = port_bytes_swapped("The line went to", talk.server.address.port());
        return Err(because(fault, &cause));
    }
    if talk.program.status().is_none() {
        talk.program.close_stdin();
        if talk.hears_any(2 * AFTERWARDS, &Cause::NONE).is_ok() {
            return Err(because(fault, &READS_TO_THE_END));
        }
    }
    Err(fault)
}

fn has_come(endpoint: &Endpoint) -> bool {
    endpoint.receive("a datagram", Duration::ZERO, &Cause::NONE).is_ok()
}

const TCP: Cause = Cause::new(
    "opens-a-tcp-connection",
    "It has opened a TCP connection to the server's address. Create the socket for UDP: `UdpSocket`, \
     `SOCK_DGRAM`.",
);

const READS_TO_THE_END: Cause = Cause::new(
    "reads-to-the-end",
    "The line was sent only when the input had ended. Read one line at a time, and send it before \
     you read the next.",
);

pub fn sends_each_line_as_it_is(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let word = || trial.random.word(12);
    let lines = [
        word(),
        format!("  {}\t ", word()),
        "   ".to_owned(),
        format!("你好 {}", word().to_uppercase()),
        format!("{}\0{}", word(), word()),
        trial.random.word(3000),
    ];
    for line in lines {
        talk.program.type_line(&line);
        let datagram = each(&talk)?;
        same("the datagram", line.as_bytes(), &datagram.payload)?;
        talk.answer(trial, &datagram)?;
    }
    sends_what_is_behind_a_return(trial, &talk)
}

/// What comes of a line that was typed; not what came before, once more.
fn each(talk: &Talk) -> Checked<Datagram> {
    let datagram = talk.hears_any(START, &NOT_EACH)?;
    require(talk.is_new(&datagram), "the line before has come twice", &SENT_TWICE)?;
    Ok(datagram)
}

/// Some languages take a `\r` alone for a line's end, so it may come as two lines; but it comes.
fn sends_what_is_behind_a_return(trial: &Trial, talk: &Talk) -> Checked {
    let (one, two) = (trial.random.word(12), trial.random.word(12));
    let line = format!("{one}\r{two}");
    talk.program.type_line(&line);
    let datagram = each(talk)?;
    if datagram.payload != one.as_bytes() {
        return same("the datagram", line.as_bytes(), &datagram.payload);
    }
    talk.answer(trial, &datagram)?;
    talk.program.type_line(trial.random.word(12));
    let problem = "of a line with `\\r` in it, only what stands before that has come";
    require(each(talk)?.payload == two.as_bytes(), problem, &CUT_AT_A_RETURN)
}

const NOT_EACH: Cause = Cause::new(
    "not-each-line",
    "Some lines were sent, and this one wasn't. Each line that is typed is sent, whatever it says: \
     read, send, receive and print in a loop.",
);

const SENT_TWICE: Cause = Cause::new(
    "sent-twice",
    "A line is one datagram: send it once. If you want to send it again because no reply comes, wait \
     for 2 seconds first.",
);

const CUT_AT_A_RETURN: Cause = Cause::new(
    "cut-at-a-return",
    "A `\\r` belongs to the line's end only where a `\\n` follows at once; elsewhere it is data. In \
     C, `strcspn(line, \"\\r\\n\")` finds the first of either.",
);

pub fn knows_both_line_ends(trial: &Trial) -> Checked {
    let mut talk = Talk::start(trial)?;
    let words = [trial.random.word(12), trial.random.word(12)];
    let mut usual = Vec::new();
    for (place, end) in ["\n", "\n", "\r\n", "\r\n"].into_iter().enumerate() {
        let word = &words[place % 2];
        talk.program.write(format!("{word}{end}").into_bytes());
        let datagram = talk.hears(&NOT_SENT).map_err(needs(SENDS_EACH_LINE))?;
        talk.answer(trial, &datagram)?;
        if place < 2 {
            usual.push(datagram.payload);
            continue;
        }
        // What comes of the usual line end is another check's question.
        let compared = same("the datagram", &usual[place - 2], &datagram.payload);
        let is_right = usual[place - 2] == word.as_bytes();
        if is_right { compared } else { compared.map_err(needs(SENDS_EACH_LINE)) }?;
    }
    // And `exit` is `exit`, if it is with the usual line end.
    if says_exit(trial, &talk, "\r\n")? {
        return Ok(());
    }
    talk = Talk::start(trial)?;
    let problem = "`exit` with `\\r\\n` behind it doesn't end it, and with `\\n` it does";
    require(!says_exit(trial, &talk, "\n")?, problem, &OTHER_EXIT)
}

/// Whether `exit` with such a line end ends it.
fn says_exit(trial: &Trial, talk: &Talk, end: &str) -> Checked<bool> {
    talk.program.write(format!("exit{end}").into_bytes());
    if let Ok(datagram) = talk.hears(&Cause::NONE) {
        talk.answer(trial, &datagram)?;
    }
    Ok(talk.program.wait_for_end(PROMPTLY, &Cause::NONE).is_ok())
}

const OTHER_EXIT: Cause = Cause::new(
    "exit-with-its-line-end",
    "Take the line's end off, whichever it is, before you compare the line with `exit`.",
);

pub fn sends_an_empty_line(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let word = trial.random.word(12);
    let usual = talk.say(&word, &NOT_SENT)?;
    talk.answer(trial, &usual)?;
    let datagram = talk.say("", &EMPTY_IS_NOTHING)?;
    // What it puts around every line, or leaves there, is another check's question.
    let front = before(&usual.payload, word.as_bytes()).unwrap_or(b"");
    let behind = behind(&usual.payload, word.as_bytes()).unwrap_or(b"");
    let compared = same("the datagram", &[front, behind].concat(), &datagram.payload);
    let is_right = usual.payload == word.as_bytes();
    if is_right { compared } else { compared.map_err(needs(SENDS_EACH_LINE)) }?;
    talk.answer(trial, &datagram)?;
    talk.say(trial.random.word(12), &EMPTY_IS_NOTHING).map(drop)
}

const EMPTY_IS_NOTHING: Cause = Cause::of_ends(
    "empty-line-is-nothing",
    "A line without a character is a line: send a datagram of 0 bytes, and wait for its reply. The \
     end of the input is where not even a line end is read.",
);

// From where it sends, to whom, and when.

pub fn uses_one_socket(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let first = talk.exchange(trial, trial.random.word(12))?;
    for _ in 0..3 {
        let next = talk.exchange(trial, trial.random.word(12))?;
        let problem = format!("the first line came from {first}, and a later one from {next}");
        require(first == next, problem, &MANY_SOCKETS)?;
    }
    Ok(())
}

const MANY_SOCKETS: Cause = Cause::new(
    "many-sockets",
    "Create the socket once, before the loop. With a new socket for each line, each line seems to \
     come from a new client.",
);

pub fn runs_beside_others(trial: &Trial) -> Checked {
    let first = Talk::start(trial)?;
    let client = first.say_word(trial)?.from;
    trial.step("left it waiting for its reply, and started another one");
    let beside = Talk::start(trial)?.say(trial.random.word(12), &FIXED_PORT)?.from;
    let problem = format!("two clients at the same time have the same address, {client}");
    require(beside != client, problem, &FIXED_PORT)
}

const FIXED_PORT: Cause = Cause::of_ends(
    "fixed-port-of-its-own",
    "One client works, and not a second one beside it: as when a client binds a port that stands in \
     the program. Bind port 0, or don't bind at all, and the system picks one that is free.",
);

pub fn sends_one_message_at_a_time(trial: &Trial) -> Checked {
    let (talk, first) = say_two(trial)?;
    talk.hears_nothing_new(2 * AFTERWARDS, &SENDS_AHEAD)?;
    // Whether it waits for so long is another check's question.
    let (talk, first) = match talk.program.status() {
        Some(_) => say_two(trial)?,
        None => (talk, first),
    };
    talk.answer(trial, &first)?;
    talk.hears(&LOSES_A_LINE).map(drop).map_err(needs(SENDS_EACH_LINE))
}

/// Starts a client, types two lines at once, and returns what has come of the first.
fn say_two(trial: &Trial) -> Checked<(Talk, Datagram)> {
    let talk = Talk::start(trial)?;
    let (one, two) = (trial.random.word(12), trial.random.word(12));
    talk.program.write(format!("{one}\n{two}\n").into_bytes());
    let first = talk.hears(&NOT_SENT)?;
    Ok((talk, first))
}

const SENDS_AHEAD: Cause = Cause::new(
    "sends-ahead",
    "Wait for the reply to a line before you read and send the next one: if two are on their way, \
     nobody knows which of them a reply belongs to.",
);

const LOSES_A_LINE: Cause = Cause::new(
    "loses-a-line",
    "Two lines were typed at once, and the second wasn't sent when the reply to the first had come. \
     Make what reads the input once, before the loop: a new one for each line loses what the last \
     one has read ahead.",
);

pub fn finds_the_server_by_name(trial: &Trial) -> Checked {
    let v4 = trial.endpoint()?;
    let port = v4.address.port();
    // The name may stand for both; a client is free to take either.
    let v6 = trial.endpoint_at((Ipv6Addr::LOCALHOST, port).into()).ok();
    let program = trial.start(format!("localhost:{port}"))?;
    program.type_line(trial.random.word(12));
    let servers: Vec<&Endpoint> = [Some(&v4), v6.as_ref()].into_iter().flatten().collect();
    let (server, client) = first_datagram(&servers, &program)?;
    program.type_line(trial.random.word(12));
    server.send(trial.random.word(20), client)?;
    let next = server.receive_from(&program, "the next line", SOON, &NAME_IS_NO_SENDER);
    // Whether there is a next one is another check's question.
    let has_succeeded = program.status().is_some_and(|status| status.success());
    if has_succeeded { Ok(()) } else { next.map(drop) }
}

/// The first of some sockets that a datagram comes to, and who sent it.
fn first_datagram<'a>(
    sockets: &[&'a Endpoint],
    program: &Subject,
) -> Checked<(&'a Endpoint, SocketAddr)> {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        let status = program.status();
        for socket in sockets {
            match socket.receive("the datagram", Duration::from_millis(20), &Cause::NONE) {
                Ok(datagram) => return Ok((socket, datagram.from)),
                Err(Fault::Failed(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        if let Some(status) = status {
            let problem = format!("it was given a name, and ended ({status}) without a datagram");
            return Err(failed(problem, &NO_NAMES.of_end(status)));
        }
    }
    Err(late("it was given a name, and no datagram has come", START, &NO_NAMES))
}

pub fn uses_its_default(trial: &Trial) -> Checked {
    let server = trial.endpoint_at(default_address())?;
    let program = trial.start_without_argument()?;
    program.type_line(trial.random.word(12));
    let sent = server.receive_from(&program, "the line as a datagram", START, &OTHER_DEFAULT);
    sent.map(drop).map_err(needs(SENDS_A_LINE))
}

const NO_NAMES: Cause = Cause::of_ends(
    "takes-no-names",
    "The argument may be a name, `localhost:8090`: look it up (`to_socket_addrs`, `gethostbyname`, \
     `getaddrinfo`), and send to the address that it stands for.",
);

const NAME_IS_NO_SENDER: Cause = Cause::of_ends(
    "compares-with-a-name",
    "A reply came from the server's address, and wasn't taken for one. Compare the sender with the \
     address that was looked up, not with the name: `localhost` is never equal to 127.0.0.1.",
);

pub fn ignores_strangers(trial: &Trial) -> Checked {
    let talk = Talk::start(trial)?;
    let texts = [trial.random.word(20), trial.random.word(20), trial.random.word(20)];
    let [by_port, by_address, early] = &texts;
    let client = talk.say(trial.random.word(12), &NOT_SENT)?.from;
    talk.program.type_line(trial.random.word(12));
    talk.hears_nothing_new(AFTERWARDS, &Cause::NONE).map_err(needs(SENDS_ONE_AT_A_TIME))?;
    let stranger = trial.endpoint()?;
    stranger.send(by_port, client)?;
    match on_second_loopback(trial, talk.server.address.port()) {
        Some(neighbour) => neighbour.send(by_address, client)?,
        None => trial.step("couldn't send from the same port at another address: there is none"),
    }
    let next = waits_on(trial, &talk, client, &texts)?;
    talk.answer(trial, &next)?;
    // This one comes while it waits for a line.
    stranger.send(early, next.from)?;
    let client = talk.say_word(trial)?.from;
    talk.program.type_line(trial.random.word(12));
    waits_on(trial, &talk, client, &texts).map(drop)
}

/// Requires that the client still waits for its reply, and takes the server's for it: then it sends
/// the line that was typed next, and not before.
fn waits_on(
    trial: &Trial,
    talk: &Talk,
    client: SocketAddr,
    strangers: &[String],
) -> Checked<Datagram> {
    talk.hears_nothing_new(AFTERWARDS, &TAKES_STRANGERS)?;
    // It may just have waited too briefly.
    talk.program.still_runs(&TAKES_STRANGERS).map_err(needs(GIVES_UP))?;
    talk.server.send(trial.random.word(20), client)?;
    let next = talk.hears(&TAKES_STRANGERS).map_err(needs(SENDS_EACH_LINE))?;
    let stdout = talk.program.stdout();
    let is_shown = strangers.iter().any(|text| find(&stdout, text.as_bytes()));
    require(!is_shown, "it showed a stranger's text as a reply", &TAKES_STRANGERS)?;
    Ok(next)
}

const TAKES_STRANGERS: Cause = Cause::of_ends(
    "takes-strangers",
    "Anybody may send to the client's port. Compare the sender that `recv_from` returns, address and \
     port, with the server; if they differ, forget the datagram and wait on. Or `connect` the \
     socket to the server: then the system does it.",
);
