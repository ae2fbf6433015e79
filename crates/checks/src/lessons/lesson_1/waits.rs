//! What the program waits for, and how it ends.

use super::sockets::ANY;
use super::{NEEDED, shown};
use crate::check::Check;
use crate::failure::{Verdict, require};
use crate::subject::{PROMPTLY, SOON, Subject};
use crate::trial::Trial;
use base::ports::Protocol;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

/// More than a program sleeps by habit.
const LONG: Duration = Duration::from_millis(1500);

pub const LINE: Check = Check {
    id: "closes-at-a-line",
    title: "ends with success when a line is typed, and both ports are free",
    points: 10,
    needs: NEEDED,
    goal: "Enter lets the program close both sockets and end, with exit status 0. A closed socket \
           has given its port back.",
    section: "lesson-1-create-sockets.md#closing",
    run: closes_at_a_line,
};

pub const END_OF_FILE: Check = Check {
    id: "closes-at-the-end-of-its-input",
    title: "ends with success when its input ends",
    points: 7,
    needs: NEEDED,
    goal: "Where no line can come any more, waiting for one is in vain: the end of the input lets \
           the program close, too.",
    section: "lesson-1-create-sockets.md#your-turn",
    run: closes_at_the_end_of_its_input,
};

pub const WAITS: Check = Check {
    id: "waits-until-then",
    title: "waits until then",
    points: 8,
    needs: NEEDED,
    goal: "The sockets stay open until a line is typed or the input ends, however long that takes.",
    section: "lesson-1-create-sockets.md#your-turn",
    run: waits_until_then,
};

pub const INVALID: Check = Check {
    id: "takes-any-line",
    title: "takes any line, even one that isn't text",
    points: 3,
    needs: NEEDED,
    goal: "It doesn't matter what the line says; bytes that aren't UTF-8 must not stop the program.",
    section: "lesson-1-create-sockets.md#hints",
    run: takes_any_line,
};

/// Starts the program, and waits until it shows its TCP address.
fn open(trial: &Trial) -> Verdict<Subject> {
    let program = trial.start(ANY)?;
    shown::address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    Ok(program)
}

fn closes_at_a_line(trial: &Trial) -> Verdict {
    let port = trial.port_with_free_tcp()?;
    let address = port.address();
    let program = trial.start(address.to_string())?;
    shown::address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    program.type_line("");
    let cause = "One line must be enough: read one, not all of the input, and then return from \
                 `main`, with status 0. Don't wait for a client, and don't sleep.";
    let ended = program.wait_for_end(PROMPTLY, cause)?;
    ended.succeeded(cause)?;
    let has_nul = ended.stdout.contains(&0);
    require(!has_nul, "its output has a NUL byte in it", "Print text, and not a whole buffer.")?;
    is_free(trial, address)
}

fn is_free(trial: &Trial, address: SocketAddr) -> Verdict {
    let cause = "Something still holds the port: a process that the program has started and left \
                 behind.";
    let is_free = TcpListener::bind(address).is_ok();
    require(is_free, format!("TCP {address} is still taken after the program's end"), cause)?;
    let is_free = UdpSocket::bind(address).is_ok();
    require(is_free, format!("UDP {address} is still taken after the program's end"), cause)?;
    trial.step(format!("saw that TCP and UDP {address} are free"));
    Ok(())
}

fn closes_at_the_end_of_its_input(trial: &Trial) -> Verdict {
    let mut program = open(trial)?;
    program.close_stdin();
    let cause = "At its end, reading gives 0 bytes (`Ok(0)`, an empty line, `EOFError` in Python). \
                 That isn't an error here, and no reason to read again: close, and end with \
                 status 0.";
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}

fn waits_until_then(trial: &Trial) -> Verdict {
    let program = open(trial)?;
    let cause = "The program ends by itself, and with it its sockets. After showing the addresses, \
                 read a line from standard input: that waits as long as it takes.";
    program.runs_on(LONG, cause)
}

fn takes_any_line(trial: &Trial) -> Verdict {
    let program = open(trial)?;
    program.type_line([trial.random.word(8).as_bytes(), b" \xff\xfe \xe5\xa5"].concat());
    let cause = "Reading text fails on bytes that aren't UTF-8. Read bytes: `read_until(b'\\n', …)`, \
                 `sys.stdin.buffer.readline()`.";
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}
