//! An echo server: what comes goes back to whoever sent it, and nothing stops it.

mod replies;
mod running;
mod server;

use crate::check::{Check, Lesson, Limits};
use crate::endpoint::Datagram;
use crate::lessons::common::{USES_THE_DEFAULT, uses_the_default};
use crate::play;
use anyhow::{Context, Result};
use base::lessons::numbered;
use base::ports::PortCount;
use std::net::Ipv4Addr;

const BACK: &str = "lesson-5-echo-server.md#back-to-the-sender";
const NOTHING_STOPS_IT: &str = "lesson-5-echo-server.md#nothing-may-stop-it";
const NO_PORT: &str = "lesson-5-echo-server.md#5-a-port-that-is-no-port-and-a-port-that-is-taken";

pub const LESSON: Lesson = Lesson {
    entry: numbered(5),
    limits: Limits::USUAL,
    ports: PortCount { udp: 19, both: 1 },
    checks: &[
        Check {
            id: ANSWERS,
            title: "answers a datagram that is sent to its port",
            points: 6,
            needs: None,
            goal: "The server binds the port that is its argument, waits for a datagram, and \
                   sends one back to whoever sent it.",
            section: BACK,
            run: replies::answers_a_datagram,
        },
        Check {
            id: GOES_ON,
            title: "goes on after its first reply, and answers one datagram after another",
            points: 4,
            needs: Some(ANSWERS),
            goal: "A server can't know whether another message will come. It receives and replies \
                   in a loop that has no end, and runs until it is stopped.",
            section: "lesson-5-echo-server.md#a-loop-without-an-end",
            run: replies::goes_on_after_a_reply,
        },
        Check {
            id: "answers-from-its-port",
            title: "answers from the port that it was written to",
            points: 5,
            needs: Some(ANSWERS),
            goal: "The reply leaves through the socket that received the request, because a \
                   careful client takes replies only from the address that it has written to.",
            section: BACK,
            run: replies::answers_from_its_port,
        },
        Check {
            id: "answers-once",
            title: "answers each datagram once",
            points: 6,
            needs: Some(ANSWERS),
            goal: "One datagram in, one datagram out.",
            section: BACK,
            run: replies::answers_once,
        },
        Check {
            id: "returns-the-same-text",
            title: "sends each text back as it came, byte for byte",
            points: 8,
            needs: Some(ANSWERS),
            goal: "What goes back are the bytes that came: capital letters, spaces, line ends and \
                   all. Nothing is taken away, added or changed.",
            section: BACK,
            run: replies::returns_the_same_text,
        },
        Check {
            id: "returns-every-length",
            title: "sends 1 to 1,024 bytes back, and no more than came",
            points: 8,
            needs: Some(ANSWERS),
            goal: "A datagram of up to 1,024 bytes goes back whole. A short one goes back short, \
                   however large the buffer is and whatever it held before.",
            section: BACK,
            run: replies::returns_every_length,
        },
        Check {
            id: "returns-an-empty-datagram",
            title: "sends an empty datagram back, and goes on",
            points: 6,
            needs: Some(ANSWERS),
            goal: "A datagram of 0 bytes is a message like any other: its echo is empty, too. It \
                   isn't the end of anything.",
            section: NOTHING_STOPS_IT,
            run: replies::returns_an_empty_datagram,
        },
        Check {
            id: "returns-bytes-that-are-no-text",
            title: "sends bytes back that are no text, shows what it can, and goes on",
            points: 7,
            needs: Some(ANSWERS),
            goal: "Anybody may send anything. Bytes that aren't valid UTF-8 go back unchanged, \
                   are shown in a lossy or escaped form, and don't stop the server.",
            section: NOTHING_STOPS_IT,
            run: replies::returns_bytes_that_are_no_text,
        },
        Check {
            id: EACH_CLIENT,
            title: "gives each of many clients its own",
            points: 7,
            needs: Some(ANSWERS),
            goal: "One socket serves any number of clients at the same time: each datagram says \
                   who sent it, and its reply goes there, and to nobody else.",
            section: BACK,
            run: replies::answers_each_client,
        },
        Check {
            id: "answers-promptly",
            title: "answers within a second, also when several datagrams come at once",
            points: 6,
            needs: Some(ANSWERS),
            goal: "Each reply comes within a second of its request.",
            section: "lesson-5-echo-server.md#a-loop-without-an-end",
            run: replies::answers_promptly,
        },
        Check {
            id: "listens-at-every-address",
            title: "receives at every IPv4 address of the computer",
            points: 6,
            needs: None,
            goal: "A server binds its port at every address, so that it is reached by whichever a \
                   client knows. 127.0.0.1 is one of them, 127.0.0.2 another.",
            section: "lesson-5-echo-server.md#every-address-of-this-computer",
            run: running::listens_at_every_address,
        },
        Check {
            id: "prints-each-payload",
            title: "prints each payload within a second",
            points: 8,
            needs: None,
            goal: "The server shows each message on stdout when it comes, also if stdout is a \
                   file or a pipe, and shows nothing of its buffer but the message.",
            section: "lesson-5-echo-server.md#in-other-languages",
            run: running::prints_each_payload,
        },
        Check {
            id: "goes-on-after-exit",
            title: "goes on when a client says `exit`",
            points: 5,
            needs: Some(ANSWERS),
            goal: "`exit` ends the client that sent it, and only that one. For the server it is a \
                   message like any other.",
            section: "lesson-5-echo-server.md#run",
            run: running::goes_on_after_exit,
        },
        Check {
            id: "goes-on-after-a-long-datagram",
            title: "goes on after a datagram of more than 1,024 bytes",
            points: 4,
            needs: Some(ANSWERS),
            goal: "A longer datagram may come back cut or whole, but it doesn't stop the server.",
            section: NOTHING_STOPS_IT,
            run: running::goes_on_after_a_long_datagram,
        },
        Check {
            id: "goes-on-when-left-alone",
            title: "goes on when clients vanish, its input ends, and nothing comes for a while",
            points: 5,
            needs: None,
            goal: "A server runs until it is stopped. A client that has gone, standard input \
                   that ends and a long silence are no reason to end.",
            section: NOTHING_STOPS_IT,
            run: running::goes_on_when_left_alone,
        },
        Check {
            id: "fails-on-a-taken-port",
            title: "ends with an error when the port is taken",
            points: 4,
            needs: None,
            goal: "If another program has the port, or a copy of this one, the server says so on \
                   stderr, and its exit status isn't 0.",
            section: NO_PORT,
            run: running::fails_on_a_taken_port,
        },
        uses_the_default(
            "binds port 8090 if it is given no argument",
            "lesson-5-echo-server.md#your-turn",
            running::uses_its_default,
        ),
        Check {
            id: "refuses-a-bad-port",
            title: "ends with an error that names an argument that is no port",
            points: 3,
            needs: None,
            goal: "If the argument is no port, a message on stderr names it, and the exit status \
                   isn't 0.",
            section: NO_PORT,
            run: running::refuses_a_bad_port,
        },
    ],
    own_network: &[USES_THE_DEFAULT],
    play: Some(play),
};

const ANSWERS: &str = "answers-a-datagram";
const GOES_ON: &str = "goes-on-after-a-reply";
const EACH_CLIENT: &str = "answers-each-client";

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
