//! What it sends, and from where.

use super::{NOT_SENT, Talk};
use crate::endpoint::Endpoint;
use crate::failure::{Fault, Verdict, late, require, same};
use crate::lessons::common::shows;
use crate::subject::{PROMPTLY, SOON, START};
use crate::trial::Trial;
use std::net::{Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

pub fn sends_a_line(trial: &Trial) -> Verdict {
    Talk::start(trial)?.say(trial.random.word(16), NOT_SENT).map(drop)
}

pub fn sends_each_line_as_it_is(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let word = || trial.random.word(12);
    let ending = "A line is read with its line end. Take that off, and send the rest, all of it.";
    let spaces = "Spaces at both ends of a line are data: take off the line's ending only, with \
                  nothing like `trim` or `strip`.";
    let letters = "Send the line's bytes as they are (UTF-8), all of them, and nothing else.";
    let lines = [
        (word(), ending),
        (format!("  {}\t ", word()), spaces),
        ("   ".to_owned(), spaces),
        (format!("你好 {}", word().to_uppercase()), letters),
        (trial.random.word(1200), letters),
    ];
    for (line, cause) in lines {
        let datagram = talk.say(&line, NOT_SENT)?;
        same("the datagram", line.as_bytes(), &datagram.payload, cause)?;
        talk.server.send(trial.random.word(12), datagram.from)?;
    }
    Ok(())
}

pub fn knows_both_line_ends(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "A line ends in `\\n` or in `\\r\\n`. Take off a `\\n`, and then one `\\r`, if there is \
                 one, before you send the line.";
    let word = || trial.random.word(12);
    let lines =
        [(word(), "\r\n"), (word(), "\n"), (String::new(), "\r\n"), ("exit".into(), "\r\n")];
    for (line, end) in lines {
        talk.program.write(format!("{line}{end}").into_bytes());
        let datagram = talk.hears(cause)?;
        same("the datagram", line.as_bytes(), &datagram.payload, cause)?;
        talk.server.send(word(), datagram.from)?;
    }
    talk.program.wait_for_end(SOON, "`exit` ends it, whichever its line end is.").map(drop)
}

pub fn sends_an_empty_line(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let cause = "A line without a character is a line: send a datagram of 0 bytes. Only the end \
                 of the input, where not even a line end is read, is the end.";
    for _ in 0..2 {
        let datagram = talk.say("", cause)?;
        same("the datagram", b"", &datagram.payload, cause)?;
        talk.server.send(trial.random.word(12), datagram.from)?;
    }
    talk.say(trial.random.word(12), cause).map(drop)
}

pub fn uses_one_socket(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let first = talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), NOT_SENT)?;
    for _ in 0..3 {
        let next =
            talk.exchange(trial.random.word(12), trial.random.word(12).as_bytes(), NOT_SENT)?;
        let problem = format!("the first line came from {first}, and a later one from {next}");
        let cause = "Create the socket once, before the loop. With a new socket for each line, \
                     each line seems to come from a new client.";
        require(first == next, problem, cause)?;
    }
    Ok(())
}

pub fn sends_one_message_at_a_time(trial: &Trial) -> Verdict {
    let talk = Talk::start(trial)?;
    let (one, two) = (trial.random.word(12), trial.random.word(12));
    talk.program.write(format!("{one}\n{two}\n").into_bytes());
    let client = talk.hears(NOT_SENT)?.from;
    let cause = "Wait for the reply to a line before you read and send the next one: if two are \
                 on their way, nobody knows which of them a reply belongs to.";
    talk.server.receives_nothing(Duration::from_millis(300), cause)?;
    talk.server.send(trial.random.word(12), client)?;
    let cause = "The next line was typed already, and the reply to the one before has come: now \
                 it should be sent.";
    let next = talk.hears(cause)?;
    same("the second datagram", two.as_bytes(), &next.payload, cause)
}

pub fn finds_the_server_by_name(trial: &Trial) -> Verdict {
    let v4 = trial.endpoint()?;
    let port = v4.address.port();
    // The name may stand for both; a client is free to take either.
    let v6 = trial.endpoint_at((Ipv6Addr::LOCALHOST, port).into()).ok();
    let program = trial.start(format!("localhost:{port}"))?;
    program.type_line(trial.random.word(12));
    let cause = "The argument may be a name: look it up, and send to the address that it stands \
                 for.";
    let servers: Vec<&Endpoint> = [Some(&v4), v6.as_ref()].into_iter().flatten().collect();
    let (server, client) = first_datagram(&servers)?
        .ok_or_else(|| late(format!("no datagram has come to localhost:{port}"), cause))?;
    let reply = trial.random.word(20);
    server.send(&reply, client)?;
    let cause = "The reply came from the server's address, and wasn't shown. Compare the sender \
                 with the address that was looked up, not with the name: `localhost` is never \
                 equal to 127.0.0.1.";
    shows(&program, reply.as_bytes(), PROMPTLY, cause)
}

/// The first of some sockets that a datagram comes to, and who sent it.
fn first_datagram<'a>(sockets: &[&'a Endpoint]) -> Verdict<Option<(&'a Endpoint, SocketAddr)>> {
    let deadline = Instant::now() + START;
    while Instant::now() < deadline {
        for socket in sockets {
            match socket.receive("the datagram", Duration::from_millis(20), "") {
                Ok(datagram) => return Ok(Some((socket, datagram.from))),
                Err(Fault::Failed(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
    }
    Ok(None)
}
