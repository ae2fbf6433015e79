//! An echo server: what comes goes back to whoever sent it, and nothing stops it.

use crate::bytes::find;
use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, late, require, same};
use crate::lessons::common::{on_second_loopback, refuses};
use crate::play;
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use anyhow::{Context, Result};
use base::lessons::numbered;
use base::ports::{Port, PortCount};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

const BACK: &str = "lesson-5-echo-server.md#back-to-the-sender";
const NOTHING_STOPS_IT: &str = "lesson-5-echo-server.md#nothing-may-stop-it";

pub const LESSON: Lesson = Lesson {
    entry: numbered(5),
    limits: Limits::USUAL,
    ports: PortCount { udp: 17, both: 0 },
    checks: &[
        Check {
            id: "answers-a-datagram",
            title: "answers a datagram that is sent to its port",
            points: 10,
            needs: None,
            goal: "The server binds the port that is its argument, waits for a datagram, and \
                   sends one back to whoever sent it.",
            section: BACK,
            run: answers_a_datagram,
        },
        Check {
            id: "answers-from-its-port",
            title: "answers from the port that it was written to",
            points: 6,
            needs: Some("answers-a-datagram"),
            goal: "The reply leaves through the socket that received the request, because a \
                   careful client takes replies only from the address that it has written to.",
            section: BACK,
            run: answers_from_its_port,
        },
        Check {
            id: "answers-once",
            title: "answers each datagram once",
            points: 6,
            needs: Some("answers-a-datagram"),
            goal: "One datagram in, one datagram out.",
            section: BACK,
            run: answers_once,
        },
        Check {
            id: "returns-the-same-text",
            title: "sends each text back as it came, byte for byte",
            points: 8,
            needs: Some("answers-a-datagram"),
            goal: "What goes back are the bytes that came: capital letters, spaces, line ends and \
                   all. Nothing is taken away, added or changed.",
            section: BACK,
            run: returns_the_same_text,
        },
        Check {
            id: "returns-every-length",
            title: "sends 1 to 1,024 bytes back, and no more than came",
            points: 8,
            needs: Some("answers-a-datagram"),
            goal: "A datagram of up to 1,024 bytes goes back whole. A short one goes back short, \
                   however large the buffer is and whatever it held before.",
            section: BACK,
            run: returns_every_length,
        },
        Check {
            id: "returns-an-empty-datagram",
            title: "sends an empty datagram back, and goes on",
            points: 6,
            needs: Some("answers-a-datagram"),
            goal: "A datagram of 0 bytes is a message like any other: its echo is empty, too. It \
                   isn't the end of anything.",
            section: NOTHING_STOPS_IT,
            run: returns_an_empty_datagram,
        },
        Check {
            id: "returns-bytes-that-are-no-text",
            title: "sends bytes back that are no text, shows what it can, and goes on",
            points: 7,
            needs: Some("answers-a-datagram"),
            goal: "Anybody may send anything. Bytes that aren't valid UTF-8 go back unchanged, \
                   are shown in a lossy or escaped form, and don't stop the server.",
            section: NOTHING_STOPS_IT,
            run: returns_bytes_that_are_no_text,
        },
        Check {
            id: "answers-each-client",
            title: "gives each of many clients its own",
            points: 7,
            needs: Some("answers-a-datagram"),
            goal: "One socket serves any number of clients at the same time: each datagram says \
                   who sent it, and its reply goes there, and to nobody else.",
            section: BACK,
            run: answers_each_client,
        },
        Check {
            id: "answers-promptly",
            title: "answers within a second, also when several ask at once",
            points: 6,
            needs: Some("answers-a-datagram"),
            goal: "Each reply comes within a second of its request.",
            section: "lesson-5-echo-server.md#a-loop-without-an-end",
            run: answers_promptly,
        },
        Check {
            id: "listens-at-every-address",
            title: "receives at every IPv4 address of the computer",
            points: 7,
            needs: Some("answers-a-datagram"),
            goal: "A server binds its port at every address, so that it is reached by whichever a \
                   client knows. 127.0.0.1 is one of them, 127.0.0.2 another.",
            section: "lesson-5-echo-server.md#every-address-of-this-computer",
            run: listens_at_every_address,
        },
        Check {
            id: "prints-each-payload",
            title: "prints each payload within a second",
            points: 8,
            needs: Some("answers-a-datagram"),
            goal: "The server shows each message on stdout when it comes, also if stdout is a \
                   file or a pipe, and shows nothing of its buffer but the message.",
            section: "lesson-5-echo-server.md#in-other-languages",
            run: prints_each_payload,
        },
        Check {
            id: "goes-on-after-exit",
            title: "goes on when a client says `exit`",
            points: 5,
            needs: Some("answers-a-datagram"),
            goal: "`exit` ends the client that sent it, and only that one. For the server it is a \
                   message like any other.",
            section: "lesson-5-echo-server.md#run",
            run: goes_on_after_exit,
        },
        Check {
            id: "goes-on-after-a-long-datagram",
            title: "goes on after a datagram of more than 1,024 bytes",
            points: 4,
            needs: Some("answers-a-datagram"),
            goal: "A longer datagram may come back cut or whole, but it doesn't stop the server.",
            section: NOTHING_STOPS_IT,
            run: goes_on_after_a_long_datagram,
        },
        Check {
            id: "goes-on-when-left-alone",
            title: "goes on when clients vanish, its input ends, and nothing comes for a while",
            points: 5,
            needs: None,
            goal: "A server runs until it is stopped. A client that has gone, standard input \
                   that ends and a long silence are no reason to end.",
            section: NOTHING_STOPS_IT,
            run: goes_on_when_left_alone,
        },
        Check {
            id: "fails-on-a-taken-port",
            title: "ends with an error when the port is taken",
            points: 4,
            needs: Some("answers-a-datagram"),
            goal: "If another program has the port, the server says so on stderr, and its exit \
                   status isn't 0.",
            section: "lesson-5-echo-server.md#5-a-port-that-is-no-port-and-a-port-that-is-taken",
            run: fails_on_a_taken_port,
        },
        Check {
            id: "refuses-a-bad-port",
            title: "ends with an error that names an argument that is no port",
            points: 3,
            needs: Some("answers-a-datagram"),
            goal: "If the argument is no port, a message on stderr names it, and the exit status \
                   isn't 0.",
            section: "lesson-5-echo-server.md#5-a-port-that-is-no-port-and-a-port-that-is-taken",
            run: refuses_a_bad_port,
        },
    ],
    play: Some(play),
};

/// The server under test, at a port of its own.
struct Server {
    program: Subject,
    port: Port,
}

impl Server {
    fn start(trial: &Trial) -> Checked<Self> {
        let port = trial.port()?;
        let program = trial.start(port.number().to_string())?;
        program.wait_until_bound(port.number())?;
        Ok(Self { program, port })
    }

    fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Sends a datagram, and requires that some datagram comes back.
    fn ask(
        &self,
        client: &Endpoint,
        payload: impl AsRef<[u8]>,
        cause: &Cause,
    ) -> Checked<Datagram> {
        client.send(payload, self.address())?;
        self.reply_to(client, cause)
    }

    fn reply_to(&self, client: &Endpoint, cause: &Cause) -> Checked<Datagram> {
        client.receive_from(&self.program, "a reply", SOON, cause)
    }
}

// What comes back, when, from where, and to whom.

const NO_REPLY: &Cause = &Cause::new(
    "no-reply",
    "Receive with `recv_from`, and send what came back with `send_to`, to the \
                        sender that `recv_from` has returned.",
);

fn answers_a_datagram(trial: &Trial) -> Checked {
    let server = Server::start(trial)?;
    server.ask(&trial.endpoint()?, trial.random.word(24), NO_REPLY).map(drop)
}

fn returns_the_same_text(trial: &Trial) -> Checked {
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
        same("its reply", text.as_bytes(), &reply)?;
    }
    Ok(())
}

fn returns_every_length(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    for length in [5, 1024, 1, 100, 1023, 1024, 2] {
        let text = trial.random.word(length);
        let reply = server.ask(&client, &text, NO_REPLY)?.payload;
        same("its reply", text.as_bytes(), &reply)?;
    }
    Ok(())
}

fn returns_an_empty_datagram(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = &Cause::new(
        "returns-an-empty-datagram",
        "A datagram of 0 bytes must come back as a datagram of 0 bytes. That nothing was \
                 read means \"the end\" for a file or for TCP, but not for UDP: don't leave the \
                 loop, and don't pass over the message, because it is empty.",
    );
    for _ in 0..2 {
        let reply = server.ask(&client, "", cause)?;
        same("its reply", b"", &reply.payload)?;
    }
    server.ask(&client, trial.random.word(12), cause).map(drop)
}

fn returns_bytes_that_are_no_text(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let lost = &Cause::new(
        "returns-bytes-that-are-no-text-lost",
        "Its payload wasn't valid UTF-8. Decoding that strictly (`from_utf8`, `decode`) is \
                an error, and an error must not end the server or skip the reply: decode for the \
                screen only, and lossily.",
    );
    let hidden = &Cause::new(
        "returns-bytes-that-are-no-text-hidden",
        "What can be read of a message is shown, even if some of its bytes can't: decode \
                  lossily (`from_utf8_lossy`, `errors='replace'`) and print that.",
    );
    let word = trial.random.word(16);
    let mixed = [b"\xff\xfe".as_slice(), word.as_bytes(), b"\xe5\xa5"].concat();
    // All bytes that there are, in an order that nobody knows.
    let [shift, ..] = trial.random.below(256).to_le_bytes();
    let every = (0..=u8::MAX).map(|byte| byte.wrapping_add(shift)).collect();
    for payload in [mixed, b"\x80".to_vec(), every, trial.random.bytes(200)] {
        let reply = server.ask(&client, &payload, lost)?;
        same("its reply", &payload, &reply.payload)?;
    }
    server.ask(&client, trial.random.word(12), lost)?;
    server.program.shows(word.as_bytes(), PROMPTLY, hidden)
}

fn answers_once(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    for payload in [trial.random.word(12), trial.random.word(3), trial.random.word(40)] {
        server.ask(&client, payload, NO_REPLY)?;
    }
    let cause = &Cause::new(
        "answers-once",
        "Each datagram is answered with one datagram. Call `send_to` once for each \
                 `recv_from`, with the whole message, and nothing before or after it.",
    );
    client.receives_nothing(Duration::from_millis(300), cause)
}

fn answers_from_its_port(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = &Cause::new(
        "answers-from-its-port",
        "Reply through the socket that has received the request. A new socket gets \
                 another port, and a client that compares the sender takes its reply for a \
                 stranger's.",
    );
    for _ in 0..2 {
        let (from, to) =
            (server.ask(&client, trial.random.word(12), NO_REPLY)?.from, server.address());
        require(from == to, format!("the reply came from {from}, not from {to}"), cause)?;
    }
    Ok(())
}

fn answers_each_client(trial: &Trial) -> Checked {
    let server = Server::start(trial)?;
    let clients: Vec<Endpoint> = (0..12).map(|_| trial.endpoint()).collect::<Checked<_>>()?;
    let cause = &Cause::new(
        "answers-each-client",
        "Send each reply to the sender of its own datagram, as `recv_from` returned it \
                 for that one. Neither remember the first client (or `connect` to it), nor wait \
                 for one client before you serve the next.",
    );
    for _ in 0..2 {
        let texts: Vec<String> = clients.iter().map(|_| trial.random.word(16)).collect();
        for (client, text) in clients.iter().zip(&texts) {
            client.send(text, server.address())?;
        }
        for (client, text) in clients.iter().zip(&texts) {
            let reply = server.reply_to(client, cause)?;
            same("its reply", text.as_bytes(), &reply.payload)?;
        }
    }
    clients.iter().try_for_each(|client| client.receives_nothing(Duration::from_millis(10), cause))
}

fn answers_promptly(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = &Cause::new(
        "answers-promptly",
        "A reply took longer than a second. Reply as soon as a datagram has come: don't \
                 sleep in the loop, don't wait for more, and don't wait for a client to finish.",
    );
    server.ask(&client, trial.random.word(12), NO_REPLY)?;
    let clients: Vec<Endpoint> = (0..4).map(|_| trial.endpoint()).collect::<Checked<_>>()?;
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

// Where it listens, and what it shows.

fn listens_at_every_address(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = &Cause::new(
        "listens-at-every-address",
        "Bind 0.0.0.0 (Python: the empty string, C: INADDR_ANY), which stands for all \
                 addresses. At 127.0.0.1 alone, or `localhost`, only programs on the same \
                 computer reach the server.",
    );
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

fn prints_each_payload(trial: &Trial) -> Checked {
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
    let cause = &Cause::new(
        "prints-each-payload",
        "Print each message, as UTF-8 text and unchanged, and flush stdout behind it: \
                 when stdout isn't a terminal, Python and C keep what is printed in a buffer \
                 until that is full (`print(…, flush=True)`, `fflush(stdout)`).",
    );
    for text in &texts {
        client.send(text, server.address())?;
        server.program.shows(text.as_bytes(), PROMPTLY, cause)?;
    }
    let cause = &Cause::new(
        "prints-each-payload-2",
        "Print only the first `length` bytes of the buffer. Behind them stand zeros, or \
                 what is left of older messages.",
    );
    let stdout = server.program.stdout();
    require(!stdout.contains(&0), "it printed a NUL byte, which was in no message", cause)?;
    // The last text is shorter than the one before, so the rest of that would follow it.
    let last = texts[texts.len() - 1].as_bytes();
    let rest = &long.as_bytes()[last.len()..last.len() + 8];
    let is_stale = find(&stdout, &[last, rest].concat());
    require(!is_stale, "behind a short text it printed the rest of a longer, older one", cause)
}

// What doesn't stop it, and what does.

/// Longer than the time-outs of 1 or 2 seconds that programs like to set.
const SILENCE: Duration = Duration::from_millis(2_200);

fn goes_on_after_exit(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = &Cause::new(
        "goes-on-after-exit",
        "`exit` is a message like any other for the server, and its sender waits for the \
                 echo. The server's loop has no `break`: other clients still need it.",
    );
    for word in ["exit", "exit\n", "EXIT", "quit", "bye"] {
        server.ask(&client, word, cause)?;
    }
    server.ask(&trial.endpoint()?, trial.random.word(12), cause)?;
    server.program.still_runs(cause)
}

fn goes_on_after_a_long_datagram(trial: &Trial) -> Checked {
    let (server, client) = (Server::start(trial)?, trial.endpoint()?);
    let cause = &Cause::new(
        "goes-on-after-a-long-datagram",
        "A datagram of more than 1,024 bytes must not stop the server. Let it be cut, or \
                 take a buffer of 65,536 bytes, into which every datagram fits. On Windows a cut \
                 datagram is an error of the receive call: carry on after it.",
    );
    // macOS sends no more than 9,216 bytes at once, unless it is told to.
    for length in [1025, 3000, 9000] {
        trial.endpoint()?.send(trial.random.word(length), server.address())?;
        server.ask(&client, trial.random.word(12), cause)?;
    }
    server.program.still_runs(cause)
}

fn goes_on_when_left_alone(trial: &Trial) -> Checked {
    let mut server = Server::start(trial)?;
    let cause = &Cause::new(
        "goes-on-when-left-alone",
        "The server must not read its standard input: what is typed, or that the input \
                 ends, is no reason to end.",
    );
    server.program.type_line("exit");
    server.program.close_stdin();
    server.ask(&trial.endpoint()?, trial.random.word(12), cause)?;
    let cause = &Cause::new(
        "goes-on-when-left-alone-2",
        "A client may be gone before its reply comes. Windows, and Linux on a connected \
                 socket, then report an error at the next call: carry on after it, and don't \
                 `connect` a server's socket.",
    );
    // From a port that isn't given to anybody else, who would get the reply in its place.
    let gone = [trial.port()?, trial.port()?];
    for port in &gone {
        trial.endpoint_at(port.address())?.send(trial.random.word(12), server.address())?;
    }
    server.ask(&trial.endpoint()?, trial.random.word(12), cause)?;
    let cause = &Cause::new(
        "goes-on-when-left-alone-3",
        "A server waits as long as it takes. Set no time-out, or go on waiting when it \
                 has passed.",
    );
    trial.step(format!("sent nothing for {SILENCE:?}"));
    server.program.runs_on(SILENCE, cause)?;
    server.ask(&trial.endpoint()?, trial.random.word(12), cause).map(drop)
}

fn fails_on_a_taken_port(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let _holder = trial.endpoint_at((Ipv4Addr::UNSPECIFIED, port.number()).into())?;
    trial.step(format!("bound UDP port {} at every address before the program", port.number()));
    let program = trial.start(port.number().to_string())?;
    let cause = &Cause::new(
        "fails-on-a-taken-port",
        "Two programs can't have one port. When `bind` fails, say so on stderr and end \
                 with a status that isn't 0; don't try another port, where no client would look, \
                 and don't set SO_REUSEADDR or SO_REUSEPORT.",
    );
    program.wait_for_end(START, cause)?.failed_properly("", cause)
}

fn refuses_a_bad_port(trial: &Trial) -> Checked {
    let cause = &Cause::new(
        "play-inline",
        "Parse the argument as a number of 16 bits: ports are 0 to 65,535. If that fails, \
                 say so on stderr, with the argument in the message, and end with a status that \
                 isn't 0. In C, check the range yourself: `htons` makes another port of 99999.",
    );
    let word = format!("port-{}", trial.random.word(8));
    // Some languages refuse a number that is too large without naming it, and that will do.
    refuses(
        trial,
        &[(word.clone(), word, START), (String::new(), "99999".to_owned(), START)],
        cause,
    )
}

fn play(argument: &str) -> Result<()> {
    let port = argument.parse().with_context(|| format!("`{argument}` is no port"))?;
    let endpoint = play::at((Ipv4Addr::UNSPECIFIED, port).into())?;
    play::say(&format!("Echo server on {}", endpoint.address))?;
    loop {
        let Datagram { payload, from } = play::next(&endpoint)?;
        play::say(&format!("{from}: {}", String::from_utf8_lossy(&payload)))?;
        // A client that can't be reached is no reason to stop.
        let _ = endpoint.transmit(&payload, from);
    }
}
