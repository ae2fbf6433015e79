//! Whom the datagram came from, and where the program waits for it.

use super::NEEDED;
use super::text::send;
use crate::check::Check;
use crate::failure::{Fault, Verdict, contains, failed, find};
use crate::lessons::common::{has_number, names_a_malformed_argument, on_second_loopback, shows};
use crate::subject::{SOON, START};
use crate::trial::Trial;
use std::net::{Ipv4Addr, SocketAddr};

pub const SENDER: Check = Check {
    id: "prints-the-sender",
    title: "prints the sender's ip and port",
    points: 10,
    needs: NEEDED,
    goal: "With each datagram comes the address it was sent from, ip and port. Show both.",
    section: "lesson-3-receive-once.md#2-the-senders-port",
    run: prints_the_sender,
};

pub const ARGUMENT: Check = Check {
    id: "binds-just-its-argument",
    title: "binds the address of its argument, and no other",
    points: 5,
    needs: NEEDED,
    goal: "The argument is the address to wait at: 127.0.0.1 isn't every address of this computer, \
           and 127.0.0.2 isn't 127.0.0.1.",
    section: "lesson-3-receive-once.md#bind",
    run: binds_just_its_argument,
};

pub const TAKEN: Check = Check {
    id: "fails-on-a-taken-port",
    title: "fails if the address is taken",
    points: 5,
    needs: NEEDED,
    goal: "A port belongs to one socket. If it is another's, say so on stderr, and end with a \
           status that isn't 0.",
    section: "lesson-3-receive-once.md#5-two-receivers-on-one-port",
    run: fails_on_a_taken_port,
};

pub const MALFORMED: Check =
    names_a_malformed_argument(5, "lesson-3-receive-once.md#7-an-address-without-a-port");

fn prints_the_sender(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    // From an address that isn't the program's own, where there is one.
    let second = on_second_loopback(trial, 0);
    let sender = if let Some(second) = second { second } else { trial.endpoint()? };
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    sender.send(trial.random.word(24), port.address())?;
    let (ip, number) = (sender.address.ip().to_string(), sender.address.port());
    let cause = "Print what the receiving call returns beside the data: the sender's address. The \
                 program's own address is another one, and so is the one that it was given. (In C, \
                 the port goes through `ntohs` first.)";
    // It may flush the address after the text, or only at its end.
    let is_shown = |stdout: &[u8]| find(stdout, ip.as_bytes()) && has_number(stdout, number);
    let seen = program.wait_for_stdout("the sender's ip and port", SOON, cause, is_shown);
    if let Err(Fault::Failed(_)) = seen {
        let stdout = program.stdout();
        contains("its output, where the sender's ip should be,", ip.as_bytes(), &stdout, cause)?;
        let number = number.to_string();
        contains(
            "its output, where the sender's port should be,",
            number.as_bytes(),
            &stdout,
            cause,
        )?;
    }
    seen.map(drop)
}

fn binds_just_its_argument(trial: &Trial) -> Verdict {
    let Some(stray) = on_second_loopback(trial, 0) else {
        trial.step("found no second loopback address here, so this can't be told");
        // Something must have happened before points are given.
        return send(trial, b"hello").map(drop);
    };
    let cause = "The socket is bound to another address than the argument's: to every address \
                 (`0.0.0.0`, `INADDR_ANY`, `''`), or to one that stands in the program.";
    let port = trial.port()?;
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port.number()));
    let (text, other) = (trial.random.word(24), trial.random.word(24));

    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    stray.send(&other, elsewhere)?;
    trial.endpoint()?.send(&text, port.address())?;
    let seen = shows(&program, text.as_bytes(), SOON, cause);
    if find(&program.stdout(), other.as_bytes()) {
        let problem =
            format!("it was told to bind {}, and received at {elsewhere}", port.address());
        return Err(failed(problem, cause));
    }
    seen?;

    let port = trial.port()?;
    let elsewhere = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port.number()));
    let program = trial.start(elsewhere.to_string())?;
    program.wait_until_bound(port.number())?;
    stray.send(&other, elsewhere)?;
    shows(&program, other.as_bytes(), SOON, cause)
}

fn fails_on_a_taken_port(trial: &Trial) -> Verdict {
    let port = trial.port()?;
    let holder = trial.endpoint_at(port.address())?;
    trial.step(format!("took UDP port {} for another socket", port.number()));
    let program = trial.start(holder.address.to_string())?;
    let cause = "Binding failed, and the program must tell: a message on stderr, and a status that \
                 isn't 0. Don't go on without a socket, don't take another port, and set no option \
                 that lets two sockets share one.";
    let ended = program.wait_for_end(START, cause)?;
    ended.failed_properly("", cause)
}
