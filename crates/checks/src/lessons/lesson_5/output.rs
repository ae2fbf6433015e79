//! Where it listens, and what it shows.

use super::Server;
use crate::failure::{Verdict, find, require};
use crate::lessons::common::{on_second_loopback, shows};
use crate::subject::{PROMPTLY, SOON};
use crate::trial::Trial;
use std::net::Ipv4Addr;

pub fn listens_at_every_address(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = "Bind 0.0.0.0 (Python: the empty string, C: INADDR_ANY), which stands for all \
                 addresses. At 127.0.0.1 alone, or `localhost`, only programs on the same \
                 computer reach the server.";
    server.ask(&client, trial.random.word(12), cause)?;
    let other = Ipv4Addr::new(127, 0, 0, 2);
    if on_second_loopback(trial, 0).is_none() {
        trial.step(format!("couldn't tell more: this computer has no address {other}"));
        return Ok(());
    }
    // The reply may come from another address: the system picks it. So `client` isn't connected.
    client.send(trial.random.word(12), (other, server.port.number()).into())?;
    client.receive_from(&server.program, "a reply", SOON, cause).map(drop)
}

pub fn prints_each_payload(trial: &Trial) -> Verdict {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let word = |length| trial.random.word(length);
    let long = word(1024);
    let texts = [
        word(20),
        format!("  {} {}  ", word(8), word(8).to_uppercase()),
        format!("你好 {}", word(8)),
        format!("{} 100% of {{}}", word(8)),
        long.clone(),
        word(24),
    ];
    let cause = "Print each message, as UTF-8 text and unchanged, and flush stdout behind it: \
                 when stdout isn't a terminal, Python and C keep what is printed in a buffer \
                 until that is full (`print(…, flush=True)`, `fflush(stdout)`).";
    for text in &texts {
        client.send(text, server.address())?;
        shows(&server.program, text.as_bytes(), PROMPTLY, cause)?;
    }
    let cause = "Print only the first `length` bytes of the buffer. Behind them stand zeros, or \
                 what is left of older messages.";
    let stdout = server.program.stdout();
    require(!stdout.contains(&0), "it printed a NUL byte, which was in no message", cause)?;
    // The last text is shorter than the one before, so the rest of that would follow it.
    let last = texts.last().map(String::as_bytes).unwrap_or_default();
    let rest = long.as_bytes().get(last.len()..last.len() + 8).unwrap_or_default();
    let is_stale = find(&stdout, &[last, rest].concat());
    require(!is_stale, "behind a short text it printed the rest of a longer, older one", cause)
}
