//! Where the server listens, what it shows, what doesn't stop it, and what does.

use super::server::{NO_REPLY, Server};
use super::{ANSWERS, GOES_ON};
use crate::bytes::find;
use crate::cause::Cause;
use crate::failure::{Checked, Fault, late, needs, require};
use crate::lessons::common::{
    PRINTS_THE_BUFFER, SHARES_ITS_PORT, binds_the_default, on_second_loopback, refuses,
};
use crate::subject::{PROMPTLY, SOON, START};
use crate::trial::Trial;
use base::ports::{self, Protocol};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

pub fn listens_at_every_address(trial: &Trial) -> Checked {
    let cause = Cause::new(
        "one-address-only",
        "Bind 0.0.0.0 (Python: the empty string, C: INADDR_ANY), which stands for all addresses. \
         At 127.0.0.1 alone, or `localhost`, only programs on the same computer reach the server.",
    );
    let server = Server::start(trial)?;
    let other = SocketAddr::from(([127, 0, 0, 2], server.port.number()));
    if let Some(addresses) = ports::addresses(Protocol::Udp, other.port()) {
        // It is ours only if the server hasn't got it.
        let is_free = ports::try_bind(Protocol::Udp, other).is_ok();
        let held: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
        let problem = format!("it has bound its port only at {}", held.join(" and "));
        return require(!is_free, problem, &cause);
    }
    if on_second_loopback(trial, 0).is_none() {
        trial.step(format!("couldn't tell more: this computer has no address {}", other.ip()));
        return Ok(());
    }
    server.ask(&server.plain, &NO_REPLY).map_err(needs(ANSWERS))?;
    // The reply may come from another address: the system picks it. So the client isn't connected.
    server.client.send(trial.random.word(12), other)?;
    server.client.receive_from(&server.program, "a reply", SOON, &cause).map(drop)
}

const NOT_PRINTED: Cause = Cause::new(
    "not-printed",
    "Print each message when it comes, as UTF-8 text and unchanged, and flush stdout behind it: \
     when stdout isn't a terminal, most languages keep what is printed in a buffer until that is \
     full, or at least until a line is (`print(…, flush=True)`, `fflush(stdout)`).",
);

pub fn prints_each_payload(trial: &Trial) -> Checked {
    let server = Server::start(trial)?;
    let word = |length| trial.random.word(length);
    let (longer, last) = (word(60), word(24));
    let texts = [
        word(20),
        format!("  {} {}  ", word(8), word(8).to_uppercase()),
        format!("你好 {}", word(8)),
        format!("{} 100% of {{}}", word(8)),
        longer.clone(),
        last.clone(),
    ];
    for (number, text) in texts.iter().enumerate() {
        prints(&server, text, if number == 0 { ANSWERS } else { GOES_ON })?;
    }
    let stdout = server.program.stdout();
    let problem = "it printed a NUL byte, which was in no message";
    require(!stdout.contains(&0), problem, &PRINTS_THE_BUFFER)?;
    // The last text is shorter than the one before, so the rest of that would follow it.
    let rest = &longer.as_bytes()[last.len()..last.len() + 8];
    let is_stale = find(&stdout, &[last.as_bytes(), rest].concat());
    let problem = "behind a short text it printed the rest of a longer, older one";
    require(!is_stale, problem, &PRINTS_OLD_TEXT)?;
    prints_what_it_takes(&server, &word(1024))
}

/// Requires that it prints a long text. How much of it there is room for, and whether it goes on
/// then, are other checks' questions. What comes back, it has received.
fn prints_what_it_takes(server: &Server, text: &str) -> Checked {
    server.client.send(text, server.address())?;
    let is_begun = |reply: &[u8]| !reply.is_empty() && text.as_bytes().starts_with(reply);
    let received = match server.reply_to(&server.client, is_begun, &Cause::NONE) {
        Ok(reply) if is_begun(&reply.payload) => reply.payload,
        Ok(_) | Err(Fault::Failed(_)) => text.as_bytes().to_vec(),
        Err(fault) => return Err(fault),
    };
    let shown = server.program.shows(&received, PROMPTLY, &NOT_PRINTED);
    if server.program.status().is_some() { Ok(()) } else { shown }
}

/// Requires that it prints a text that is sent to it. If it doesn't because it has ended, or because
/// it serves nobody any more, that is the question of the check `needed`.
fn prints(server: &Server, text: &str, needed: &'static str) -> Checked {
    server.client.send(text, server.address())?;
    let shown = server.program.shows(text.as_bytes(), PROMPTLY, &NOT_PRINTED);
    let Err(Fault::Failed(failure)) = shown else { return shown };
    let fault = Fault::Failed(failure);
    if server.program.status().is_some() {
        return Err(needs(needed)(fault));
    }
    if server.program.shows(text.as_bytes(), PROMPTLY, &Cause::NONE).is_ok() {
        let problem = format!("the text came on its stdout only after {PROMPTLY:?}");
        return Err(late(problem, PROMPTLY, &PRINTED_LATE));
    }
    let is_right = |reply: &[u8]| reply == text.as_bytes();
    let has_served =
        || needed == ANSWERS || server.reply_to(&server.client, is_right, &Cause::NONE).is_ok();
    Err(if has_served() { fault } else { needs(needed)(fault) })
}

const PRINTED_LATE: Cause = Cause::new(
    "printed-late",
    "The text was printed, but too late: print it as soon as it has come, before you wait for \
     anything, and flush.",
);

const PRINTS_OLD_TEXT: Cause = Cause::new(
    "prints-old-text",
    "More of the buffer was printed than was received: what is left of an older message. Use the \
     length that the receiving call returns, `&buffer[..length]`; in C, put a `'\\0'` there before \
     you print with `%s`.",
);

// What doesn't stop it, and what does.

pub fn goes_on_after_exit(trial: &Trial) -> Checked {
    let server = Server::serving(trial)?;
    let cause = Cause::of_ends(
        "exit-is-a-command",
        "`exit` is a message like any other for the server, and its sender waits for the echo. \
         The server's loop has no `break`: other clients still need it.",
    );
    for word in ["exit", "exit\n", "EXIT", "quit", "bye"] {
        let reply = server.ask(word, &cause)?.payload;
        // What stands around the word, such as a line end or an older text, is another's question.
        let is_same = find(&reply, word.trim_ascii().as_bytes());
        require(
            is_same || !server.is_exact(),
            format!("its reply isn't `{}`", word.trim()),
            &cause,
        )?;
    }
    server.ask(trial.random.word(12), &cause)?;
    server.program.still_runs(&cause)
}

pub fn goes_on_after_a_long_datagram(trial: &Trial) -> Checked {
    let (server, other) = (Server::serving(trial)?, trial.endpoint()?);
    let cause = Cause::of_ends(
        "long-is-an-error",
        "A datagram of more than 1,024 bytes must not stop the server. Let it be cut, or take a \
         buffer of 65,536 bytes, into which every datagram fits. On Windows a cut datagram is an \
         error of the receive call: carry on after it.",
    );
    // macOS sends no more than 9,216 bytes at once, unless it is told to.
    for length in [1025, 3000, 9000] {
        other.send(trial.random.word(length), server.address())?;
        // It may come back or not.
        let _ = other.receive_from(&server.program, "a reply", PROMPTLY, &cause);
        server.ask(trial.random.word(12), &cause)?;
    }
    server.program.still_runs(&cause)
}

/// Longer than the time-outs of 1, 2 or 3 seconds that programs like to set; a socket's of 3 s may
/// take a twelfth longer on Linux. Nothing else tells of them, and the verdict waits for it.
const SILENCE: Duration = Duration::from_millis(3_350);

/// For what a program does at once.
const AT_ONCE: Duration = Duration::from_millis(200);

pub fn goes_on_when_left_alone(trial: &Trial) -> Checked {
    let server = Server::answering(trial)?;
    let vanished = Cause::of_ends(
        "client-vanished",
        "A client was gone before its reply came. Windows, and Linux on a connected socket, then \
         report an error at the next call: carry on after it, and don't `connect` a server's \
         socket.",
    );
    // What it prints may come behind its reply, and isn't to be taken for what comes next.
    let is_shown = |stdout: &[u8]| find(stdout, server.plain.as_bytes());
    let _ = server.program.wait_for_stdout("the text", AT_ONCE, &Cause::NONE, is_shown);
    // From a port that isn't given to anybody else, who would get the reply in its place.
    let (gone, before) = (trial.port()?, server.program.stdout());
    let client = trial.endpoint_at(gone.address())?;
    client.send_and_vanish(trial.random.word(12), server.address())?;
    server.program.reacts(&before, AT_ONCE);
    server.ask(trial.random.word(12), &vanished).map_err(needs(GOES_ON))?;
    let since = Instant::now();
    // At the same time, another one:
    let mut without_input = Server::start(trial)?;
    without_input.program.type_line("exit");
    without_input.program.close_stdin();
    let gives_up = Cause::of_ends(
        "gives-up",
        "A server waits as long as it takes. Set no time-out, or go on waiting when it has passed.",
    );
    trial.step(format!("sent nothing to the first one until {SILENCE:?} had passed"));
    server.program.runs_on(SILENCE.saturating_sub(since.elapsed()), &gives_up)?;
    server.ask(trial.random.word(12), &gives_up)?;
    let reads_its_input = Cause::of_ends(
        "reads-its-input",
        "The server has no use for its standard input: what is typed, or that the input ends, is \
         no reason to end, and nothing to wait for.",
    );
    trial.step("looked at the other one, whose input has ended");
    without_input.program.still_runs(&reads_its_input)?;
    without_input.ask(&without_input.plain, &reads_its_input).map(drop)
}

pub fn fails_on_a_taken_port(trial: &Trial) -> Checked {
    let first = Server::start(trial)?;
    trial.step("started a second one with the same port");
    let second = trial.start(first.port.number().to_string())?;
    second.wait_for_end(START, &SHARES_ITS_PORT)?.failed_properly("", &SHARES_ITS_PORT)?;
    let port = trial.port()?;
    let _holder = trial.endpoint_at((Ipv4Addr::UNSPECIFIED, port.number()).into())?;
    trial.step(format!("bound UDP port {} at every address before the program", port.number()));
    let program = trial.start(port.number().to_string())?;
    program.wait_for_end(START, &SHARES_ITS_PORT)?.failed_properly("", &SHARES_ITS_PORT)
}

pub fn uses_its_default(trial: &Trial) -> Checked {
    binds_the_default(trial).map(drop).map_err(needs(ANSWERS))
}

pub fn refuses_a_bad_port(trial: &Trial) -> Checked {
    let cause = Cause::new(
        "bad-port",
        "Parse the whole argument as a number of 16 bits: ports are 0 to 65,535. If that fails, \
         say so on stderr, with the argument in the message, and end with a status that isn't 0. \
         In C, check all of it yourself: `atoi` makes 0 of a word and 80 of `80x`, and `htons` \
         another port of 99999.",
    );
    let port = trial.port()?;
    let (word, longer) = (format!("port-{}", trial.random.word(8)), format!("{}x", port.number()));
    // Some languages refuse a number that is too large without naming it, and that will do.
    let large = (String::new(), "99999".to_owned(), START);
    refuses(trial, &[(word.clone(), word, START), large, (longer.clone(), longer, START)], &cause)
}
