//! What doesn't stop it, and what does.

use super::Server;
use crate::failure::Verdict;
use crate::lessons::common::refuses;
use crate::subject::START;
use crate::trial::Trial;
use std::net::Ipv4Addr;
use std::time::Duration;

/// Longer than the time-outs of 1 or 2 seconds that programs like to set.
const SILENCE: Duration = Duration::from_millis(2_200);

pub fn goes_on_after_exit(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = "`exit` is a message like any other for the server, and its sender waits for the \
                 echo. The server's loop has no `break`: other clients still need it.";
    for word in ["exit", "exit\n", "EXIT", "quit", "bye"] {
        server.ask(&client, word, cause)?;
    }
    server.ask(&trial.endpoint()?, trial.random.word(12), cause)?;
    server.program.still_runs(cause)
}

pub fn goes_on_after_a_long_datagram(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = "A datagram of more than 1,024 bytes must not stop the server. Let it be cut, or \
                 take a buffer of 65,536 bytes, into which every datagram fits. On Windows a cut \
                 datagram is an error of the receive call: carry on after it.";
    // macOS sends no more than 9,216 bytes at once, unless it is told to.
    for length in [1025, 3000, 9000] {
        trial.endpoint()?.send(trial.random.word(length), server.address())?;
        server.ask(&client, trial.random.word(12), cause)?;
    }
    server.program.still_runs(cause)
}

pub fn goes_on_when_left_alone(trial: &Trial) -> Verdict {
    let mut server = Server::start(trial)?;
    let cause = "The server must not read its standard input: what is typed, or that the input \
                 ends, is no reason to end.";
    server.program.type_line("exit");
    server.program.close_stdin();
    server.ask(&trial.endpoint()?, trial.random.word(12), cause)?;
    let cause = "A client may be gone before its reply comes. Windows, and Linux on a connected \
                 socket, then report an error at the next call: carry on after it, and don't \
                 `connect` a server's socket.";
    // From a port that isn't given to anybody else, who would get the reply in its place.
    let gone = [trial.port()?, trial.port()?];
    for port in &gone {
        trial.endpoint_at(port.address())?.send(trial.random.word(12), server.address())?;
    }
    server.ask(&trial.endpoint()?, trial.random.word(12), cause)?;
    let cause = "A server waits as long as it takes. Set no time-out, or go on waiting when it \
                 has passed.";
    trial.step(format!("sent nothing for {SILENCE:?}"));
    server.program.runs_on(SILENCE, cause)?;
    server.ask(&trial.endpoint()?, trial.random.word(12), cause).map(drop)
}

pub fn fails_on_a_taken_port(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    let _holder = trial.endpoint_at((Ipv4Addr::UNSPECIFIED, port.number()).into())?;
    trial.step(format!("bound UDP port {} at every address before the program", port.number()));
    let program = trial.start(port.number().to_string())?;
    let cause = "Two programs can't have one port. When `bind` fails, say so on stderr and end \
                 with a status that isn't 0; don't try another port, where no client would look, \
                 and don't set SO_REUSEADDR or SO_REUSEPORT.";
    program.wait_for_end(START, cause)?.failed_properly("", cause)
}

pub fn refuses_a_bad_port(trial: &Trial) -> Verdict {
    let cause = "Parse the argument as a number of 16 bits: ports are 0 to 65,535. If that fails, \
                 say so on stderr, with the argument in the message, and end with a status that \
                 isn't 0. In C, check the range yourself: `htons` makes another port of 99999.";
    let word = format!("port-{}", trial.random.word(8));
    // Some languages refuse a number that is too large without naming it, and that will do.
    refuses(
        trial,
        &[(word.clone(), word, START), (String::new(), "99999".to_owned(), START)],
        cause,
    )
}
