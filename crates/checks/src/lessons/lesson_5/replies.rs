//! What comes back, when, from where, and to whom.

use super::server::{ANSWERS_NO_MORE, NO_REPLY, PATIENCE, Server};
use super::{ANSWERS, EACH_CLIENT};
use crate::bytes::find;
use crate::cause::Cause;
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, late, needs, require, same};
use crate::lessons::common::on_second_loopback;
use crate::subject::PROMPTLY;
use crate::trial::Trial;
use std::time::{Duration, Instant};

pub fn answers_a_datagram(trial: &Trial) -> Checked {
    // The lock of this port isn't in the way of a program that binds it for TCP.
    let server = Server::start_at(trial, trial.port_with_free_tcp()?)?;
    server.ask(&server.plain, &NO_REPLY).map(drop)
}

/// More datagrams than any other check sends to one server.
const MANY: usize = 30;

pub fn goes_on_after_a_reply(trial: &Trial) -> Checked {
    let server = Server::answering(trial)?;
    let started = Instant::now();
    for count in 0..MANY {
        // One that is slow is asked twice.
        if count < 2 || started.elapsed() < PROMPTLY {
            server.ask(trial.random.word(12), &ANSWERS_NO_MORE)?;
        }
    }
    server.program.still_runs(&ANSWERS_NO_MORE)
}

pub fn answers_from_its_port(trial: &Trial) -> Checked {
    let server = Server::start(trial)?;
    let reply = server.ask(&server.plain, &NO_REPLY).map_err(needs(ANSWERS))?;
    let (from, to) = (reply.from, server.address());
    let cause = Cause::new(
        "other-socket",
        "Reply through the socket that has received the request. A new socket gets another port, \
         and a client that compares the sender takes its reply for a stranger's.",
    );
    require(from.port() == to.port(), format!("the reply came from {from}, not from {to}"), &cause)
}

pub fn answers_once(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let cause = Cause::new(
        "not-one-reply-each",
        "Each datagram is answered with one datagram. Call `send_to` once for each `recv_from`, \
         with the whole message, and nothing before or after it; also if a message says the same \
         as the one before.",
    );
    let (text, other) = (trial.random.word(12), trial.random.word(3));
    for payload in [&text, &other, &other] {
        server.client.send(payload, server.address())?;
        server.client.receive_from(&server.program, "a reply", PATIENCE, &cause)?;
    }
    server.client.receives_nothing(PROMPTLY, &cause)
}

pub fn returns_the_same_text(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let word = || trial.random.word(12);
    let ascii: String = (0..128).map(char::from).collect();
    let (front, behind) = ascii.split_at(64);
    let texts = [
        word(),
        format!("{}{}", word(), word().to_uppercase()),
        format!("你好 {} naïve", word()),
        format!("  {}\t ", word()),
        format!("{}\n", word()),
        format!("\r\n{}\r\n", word()),
        " ".to_owned(),
        format!("{}\0{}\0", word(), word()),
        front.to_owned(),
        behind.to_owned(),
    ];
    let cause = Cause::of_ends(
        "text-unanswered",
        "Plain words come back, and this text doesn't. Send back what was received, as bytes, \
         whatever they are.",
    );
    for text in texts {
        let reply = server.ask(&text, &cause)?.payload;
        same("its reply", text.as_bytes(), &reply)?;
    }
    Ok(())
}

pub fn returns_every_length(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let cause = Cause::of_ends(
        "length-unanswered",
        "A datagram of this length wasn't answered, and others are. Have room for 1,024 bytes \
         before you receive, and send as many bytes back as came.",
    );
    for length in [5, 1024, 1, 100, 1023, 1024, 2] {
        let text = trial.random.word(length);
        let reply = server.ask(&text, &cause)?.payload;
        // What it adds to every text, others find wrong.
        if reply.len() + server.plain.len() != server.reply.len() + length {
            same("its reply", text.as_bytes(), &reply)?;
        }
    }
    Ok(())
}

pub fn returns_an_empty_datagram(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let cause = Cause::of_ends(
        "empty-is-nothing",
        "A datagram of 0 bytes must come back as a datagram of 0 bytes. A length of 0 means \"the \
         end\" for a file or for TCP, but not for UDP: don't leave the loop, and don't pass over \
         the message, because it is empty.",
    );
    server.returns("", &cause)?;
    server.returns("", &cause)?;
    server.ask(trial.random.word(12), &cause).map(drop)
}

pub fn returns_bytes_that_are_no_text(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    // Whether it shows anything at all is another check's question.
    let shows_text = server.program.shows(server.plain.as_bytes(), PROMPTLY, &Cause::NONE).is_ok();
    let lost = Cause::of_ends(
        "strict-decoding",
        "Its payload wasn't valid UTF-8. Decoding that strictly (`from_utf8`, `decode`) is an \
         error, and an error must not end the server or skip the reply: decode for the screen \
         only, and lossily.",
    );
    let word = trial.random.word(16);
    let mixed = [b"\xff\xfe".as_slice(), word.as_bytes(), b"\xe5\xa5"].concat();
    let high: Vec<u8> = (0x80..=0xff).collect();
    let mut mixture = trial.random.bytes(60);
    mixture.iter_mut().for_each(|byte| *byte |= 0x80);
    let payloads = [&mixed, b"\x80".as_slice(), &high[..64], &high[64..], &mixture];
    for payload in payloads {
        server.returns(payload, &lost)?;
    }
    server.ask(trial.random.word(12), &lost)?;
    let hidden = Cause::new(
        "hides-bad-text",
        "Plain text is shown, and what can be read of this message isn't: some of its other bytes \
         aren't UTF-8. Decode lossily (`from_utf8_lossy`, `errors='replace'`), and print that.",
    );
    if shows_text { server.program.shows(word.as_bytes(), PROMPTLY, &hidden) } else { Ok(()) }
}

pub fn answers_each_client(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let mut clients = Vec::new();
    for number in 0..8 {
        // Some have another address, where there is one.
        let second = on_second_loopback(trial, 0).filter(|_| number % 2 == 1);
        clients.push(if let Some(second) = second { second } else { trial.endpoint()? });
    }
    let waves = [wave(trial, &server, &clients)?, wave(trial, &server, &clients)?];
    // What went to one that hadn't asked for it is there by now.
    for (number, client) in clients.iter().enumerate() {
        let sent = waves.iter().flat_map(|texts| texts.iter().enumerate());
        let others: Vec<&String> =
            sent.filter(|(sender, _)| *sender != number).map(|(_, text)| text).collect();
        for _ in 0..MANY {
            let Some(Datagram { payload, .. }) = client.next(Duration::ZERO)? else { break };
            let is_anothers = others.iter().any(|text| find(&payload, text.as_bytes()));
            let problem = format!("another client's text has come to {}, too", client.address);
            require(!is_anothers, problem, &NOT_EACH_CLIENT)?;
        }
    }
    Ok(())
}

/// All clients send a text each, and then each is to have its own back; returns the texts.
fn wave(trial: &Trial, server: &Server, clients: &[Endpoint]) -> Checked<Vec<String>> {
    let texts: Vec<String> = clients.iter().map(|_| trial.random.word(16)).collect();
    for (client, text) in clients.iter().zip(&texts) {
        client.send(text, server.address())?;
    }
    let is_a_text = |reply: &[u8]| texts.iter().any(|text| find(reply, text.as_bytes()));
    for (client, text) in clients.iter().zip(&texts) {
        let reply = server.reply_to(client, is_a_text, &NOT_EACH_CLIENT)?.payload;
        let is_right = find(&reply, text.as_bytes()) || !server.is_exact();
        let problem = format!("{} sent a text, and something else came back", client.address);
        require(is_right, problem, &NOT_EACH_CLIENT)?;
    }
    Ok(texts)
}

const NOT_EACH_CLIENT: Cause = Cause::new(
    "not-each-client",
    "Send each reply to the sender of its own datagram, ip and port, as `recv_from` returned it for \
     that one. Neither remember the first client (or `connect` to it), nor wait for one client \
     before you serve the next, nor limit how many there are, nor throw away what has come \
     meanwhile.",
);

pub fn answers_promptly(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let slow = Cause::new(
        "slow-reply",
        "A reply took longer than a second. Reply as soon as a datagram has come: don't sleep in \
         the loop, don't wait for more, and don't wait for a client to finish.",
    );
    let texts: Vec<String> = (0..4).map(|_| trial.random.word(12)).collect();
    for text in &texts {
        server.client.send(text, server.address())?;
    }
    let deadline = Instant::now() + PROMPTLY;
    let mut missing: Vec<&String> = texts.iter().collect();
    let is = |text: &str, reply: &[u8]| text.as_bytes() == reply || !server.is_exact();
    while !missing.is_empty() && Instant::now() < deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        match server.client.receive_from(&server.program, "a reply", left, &slow) {
            Ok(Datagram { payload, .. }) => {
                let place = missing.iter().position(|text| is(text, &payload));
                place.map(|place| missing.remove(place));
            }
            Err(Fault::Failed(failure)) if failure.awaited.is_some() => break,
            Err(fault) => return Err(fault),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    // It may be that they never come.
    let is_one = |reply: &[u8]| missing.iter().any(|text| is(text, reply));
    server.reply_to(&server.client, is_one, &slow).map_err(needs(EACH_CLIENT))?;
    let count = texts.len() - missing.len();
    let problem = format!("within {PROMPTLY:?} only {count} of 4 replies have come");
    Err(late(problem, PROMPTLY, &slow))
}
