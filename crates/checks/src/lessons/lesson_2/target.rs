//! Where the datagram goes, and where it comes from.

use super::{NEEDED, receive};
use crate::check::Check;
use crate::failure::{Verdict, contains, require};
use crate::lessons::common::{names_a_malformed_argument, on_second_loopback};
use crate::subject::START;
use crate::trial::Trial;
use std::net::Ipv6Addr;
use std::slice;
use std::time::Duration;

pub const HOST: Check = Check {
    id: "sends-to-the-host-it-is-given",
    title: "sends to any host, given by address or by name",
    points: 4,
    needs: NEEDED,
    goal: "The argument is HOST:PORT, and the host may be a name like localhost, which has to be \
           looked up.",
    section: "lesson-2-send-once.md#know-the-address",
    run: sends_to_the_host_it_is_given,
};

pub const OWN_PORT: Check = Check {
    id: "leaves-its-own-port-to-the-system",
    title: "leaves its own port to the system",
    points: 4,
    needs: NEEDED,
    goal: "Nobody needs to know a client's port beforehand, and a fixed one may be taken.",
    section: "lesson-2-send-once.md#create-a-socket",
    run: leaves_its_own_port_to_the_system,
};

pub const NOBODY: Check = Check {
    id: "succeeds-without-a-receiver",
    title: "succeeds even if nobody listens",
    points: 4,
    needs: NEEDED,
    goal: "UDP doesn't tell whether somebody is there: sending is the same, and status 0 means \
           that the system took the datagram.",
    section: "lesson-2-send-once.md#1-nobody-is-there",
    run: succeeds_without_a_receiver,
};

pub const MALFORMED: Check = names_a_malformed_argument(4, "lesson-2-send-once.md#your-turn");

fn sends_to_the_host_it_is_given(trial: &Trial) -> Verdict {
    let text = trial.random.word(24);
    let cause = "The host of the argument must decide where the datagram goes. A name has to be \
                 looked up first: `to_socket_addrs`, `getaddrinfo`; Python's `sendto` does it by \
                 itself. If a name has several addresses, the socket must be of the family of the \
                 one that is used.";
    if let Some(receiver) = on_second_loopback(trial, 0) {
        let mut program = trial.start(receiver.address.to_string())?;
        program.type_line(&text);
        program.close_stdin();
        let datagram = receive(&program, &[receiver], cause)?;
        contains("the datagram", text.as_bytes(), &datagram.payload, cause)?;
    }
    let port = trial.port()?;
    // `localhost` may be either of these, and the program may take either.
    let mut receivers = vec![trial.endpoint_at(port.address())?];
    receivers.extend(trial.endpoint_at((Ipv6Addr::LOCALHOST, port.number()).into()));
    let mut program = trial.start(format!("localhost:{}", port.number()))?;
    program.type_line(&text);
    program.close_stdin();
    let datagram = receive(&program, &receivers, cause)?;
    contains("the datagram", text.as_bytes(), &datagram.payload, cause)
}

fn leaves_its_own_port_to_the_system(trial: &Trial) -> Verdict {
    let receiver = trial.endpoint()?;
    let cause = "The sender's socket is bound to a port that stands in the program. Bind it to \
                 port 0, or (in Python and C) don't bind it at all: the system then chooses a port \
                 that is free.";
    let mut ports: Vec<u16> = Vec::new();
    let are_same = |ports: &[u16]| ports.iter().all(|port| Some(port) == ports.first());
    // Two may be the same by chance, three hardly.
    while ports.len() < 3 && are_same(&ports) {
        let mut program = trial.start(receiver.address.to_string())?;
        program.type_line(trial.random.word(24));
        program.close_stdin();
        ports.push(receive(&program, slice::from_ref(&receiver), cause)?.from.port());
        // The next one must be able to have the same port.
        let _ = program.wait_for_end(Duration::from_millis(500), cause);
    }
    let is_fixed = are_same(&ports);
    require(
        !is_fixed,
        format!("three senders, one after the other, had the ports {ports:?}"),
        cause,
    )
}

fn succeeds_without_a_receiver(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    trial.step(format!("chose {}, where nobody listens", port.address()));
    let mut program = trial.start(port.address().to_string())?;
    program.type_line(trial.random.word(24));
    program.close_stdin();
    let cause = "Sending to a port where nobody listens is no error: don't ask the receiver for a \
                 sign of life, and don't connect by TCP.";
    program.wait_for_end(START, cause)?.succeeded(cause)
}
