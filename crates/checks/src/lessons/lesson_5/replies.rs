//! What comes back, when, from where, and to whom.

use super::Server;
use crate::endpoint::Endpoint;
use crate::failure::{Fault, Verdict, find, late, require, same};
use crate::lessons::common::shows;
use crate::subject::PROMPTLY;
use crate::trial::Trial;
use std::time::{Duration, Instant};

const NO_REPLY: &str = "Receive with `recv_from`, and send what came back with `send_to`, to the \
                        sender that `recv_from` has returned.";

pub fn answers_a_datagram(trial: &Trial) -> Verdict {
    let server = Server::start(trial)?;
    server.ask(&trial.endpoint()?, trial.random.word(24), NO_REPLY).map(drop)
}

pub fn returns_the_same_text(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let word = || trial.random.word(12);
    let texts = [
        word(),
        format!("{}{}", word(), word().to_uppercase()),
        format!("你好 {} naïve", word()),
        format!("  {}\t ", word()),
        format!("{}\n", word()),
        format!("\r\n{}\r\n", word()),
        " ".to_owned(),
        format!("{}\0{}\0", word(), word()),
    ];
    for text in texts {
        let reply = server.ask(&client, &text, NO_REPLY)?.payload;
        same("its reply", text.as_bytes(), &reply, likely_change(text.as_bytes(), &reply))?;
    }
    Ok(())
}

/// What was probably done to a text that came back as another one.
fn likely_change(text: &[u8], reply: &[u8]) -> &'static str {
    if text.contains(&0) && text.starts_with(reply) {
        "A NUL byte is a byte like any other. In C, `strlen` ends there: use the length that \
         `recvfrom` has returned."
    } else if text.trim_ascii() == reply.trim_ascii() {
        "Spaces and line ends differ. They are data: take nothing off (`trim`, `strip`), and add \
         nothing, for this is no line of text but a datagram."
    } else if find(reply, text) {
        "Something was added. An echo is what came and nothing else: no label, no sender, and no \
         more of the buffer than the `length` bytes that were received."
    } else {
        "Send back the bytes that were received, of this message, and not what has been made of \
         them for the screen."
    }
}

pub fn returns_every_length(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    for length in [5, 1024, 1, 100, 1023, 1024, 2] {
        let text = trial.random.word(length);
        let reply = server.ask(&client, &text, NO_REPLY)?.payload;
        let cause = if reply.len() > length {
            "More came back than was sent. The buffer is larger than the message: send only the \
             first `length` bytes of it, with the length that `recv_from` has returned. The rest \
             is what older messages, perhaps another client's, have left there."
        } else {
            "Not all of it came back. The buffer must have room for 1,024 bytes at least, and \
             `send_to` must be given all that was received."
        };
        same("its reply", text.as_bytes(), &reply, cause)?;
    }
    Ok(())
}

pub fn returns_an_empty_datagram(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = "A datagram of 0 bytes must come back as a datagram of 0 bytes. That nothing was \
                 read means \"the end\" for a file or for TCP, but not for UDP: don't leave the \
                 loop, and don't pass over the message, because it is empty.";
    for _ in 0..2 {
        let reply = server.ask(&client, "", cause)?;
        same("its reply", b"", &reply.payload, cause)?;
    }
    server.ask(&client, trial.random.word(12), cause).map(drop)
}

pub fn returns_bytes_that_are_no_text(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let lost = "Its payload wasn't valid UTF-8. Decoding that strictly (`from_utf8`, `decode`) is \
                an error, and an error must not end the server or skip the reply: decode for the \
                screen only, and lossily.";
    let changed = "The reply was made from decoded text, in which bad bytes are replaced. Decode \
                   for the screen only, and send back the bytes as they came.";
    let hidden = "What can be read of a message is shown, even if some of its bytes can't: decode \
                  lossily (`from_utf8_lossy`, `errors='replace'`) and print that.";
    let word = trial.random.word(16);
    let mixed = [b"\xff\xfe".as_slice(), word.as_bytes(), b"\xe5\xa5"].concat();
    // All bytes that there are, in an order that nobody knows.
    let shift = u8::try_from(trial.random.below(256)).unwrap_or_default();
    let every = (0..=u8::MAX).map(|byte| byte.wrapping_add(shift)).collect();
    for payload in [mixed, b"\x80".to_vec(), every, trial.random.bytes(200)] {
        let reply = server.ask(&client, &payload, lost)?;
        same("its reply", &payload, &reply.payload, changed)?;
    }
    server.ask(&client, trial.random.word(12), lost)?;
    shows(&server.program, word.as_bytes(), PROMPTLY, hidden)
}

pub fn answers_once(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    for payload in [trial.random.word(12), trial.random.word(3), trial.random.word(40)] {
        server.ask(&client, payload, NO_REPLY)?;
    }
    let cause = "Each datagram is answered with one datagram. Call `send_to` once for each \
                 `recv_from`, with the whole message, and nothing before or after it.";
    client.receives_nothing(Duration::from_millis(300), cause)
}

pub fn answers_from_its_port(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = "Reply through the socket that has received the request. A new socket gets \
                 another port, and a client that compares the sender takes its reply for a \
                 stranger's.";
    for _ in 0..2 {
        let (from, to) =
            (server.ask(&client, trial.random.word(12), NO_REPLY)?.from, server.address());
        require(from == to, format!("the reply came from {from}, not from {to}"), cause)?;
    }
    Ok(())
}

pub fn answers_each_client(trial: &Trial) -> Verdict {
    let server = Server::start(trial)?;
    let clients: Vec<Endpoint> = (0..12).map(|_| trial.endpoint()).collect::<Verdict<_>>()?;
    let cause = "Send each reply to the sender of its own datagram, as `recv_from` returned it \
                 for that one. Neither remember the first client (or `connect` to it), nor wait \
                 for one client before you serve the next.";
    for _ in 0..2 {
        let texts: Vec<String> = clients.iter().map(|_| trial.random.word(16)).collect();
        for (client, text) in clients.iter().zip(&texts) {
            client.send(text, server.address())?;
        }
        for (client, text) in clients.iter().zip(&texts) {
            let reply = server.reply_to(client, cause)?;
            same("its reply", text.as_bytes(), &reply.payload, cause)?;
        }
    }
    clients.iter().try_for_each(|client| client.receives_nothing(Duration::from_millis(10), cause))
}

pub fn answers_promptly(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = "A reply took longer than a second. Reply as soon as a datagram has come: don't \
                 sleep in the loop, don't wait for more, and don't wait for a client to finish.";
    server.ask(&client, trial.random.word(12), NO_REPLY)?;
    let clients: Vec<Endpoint> = (0..4).map(|_| trial.endpoint()).collect::<Verdict<_>>()?;
    for client in &clients {
        client.send(trial.random.word(12), server.address())?;
    }
    let deadline = Instant::now() + PROMPTLY;
    for (count, client) in clients.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let reply = client.receive_from(&server.program, "a reply", left, cause);
        reply.map_err(|fault| match fault {
            Fault::Failed(failure) if failure.is_late => {
                late(format!("within {PROMPTLY:?} only {count} of 4 replies have come"), cause)
            }
            fault => fault,
        })?;
    }
    Ok(())
}
