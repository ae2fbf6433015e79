//! How the program is given its line, and where its datagram is looked for.

use crate::cause::Cause;
use crate::diagnosis::port_bytes_swapped;
use crate::endpoint::{Datagram, Endpoint};
use crate::failure::{Checked, Fault, failed, late, needs};
use crate::lessons::common::{is_visible, with_swapped_port};
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use base::ports::{self, Port, Protocol};
use std::net::TcpListener;
use std::slice;
use std::time::{Duration, Instant};

pub const SENDS_THE_LINE: &str = "sends-the-line";

/// One look for a datagram, before another at whether the program still runs.
pub const A_LOOK: Duration = Duration::from_millis(20);

/// What an ended program has sent is there already.
pub const AFTERWARDS: Duration = Duration::from_millis(100);

/// Who goes on after its datagram sends the next one at once; on a busy computer that takes a while.
const ANOTHER: Duration = Duration::from_millis(300);

/// A prompt may be written in several pieces.
pub const REST_OF_THE_PROMPT: Duration = Duration::from_millis(100);

/// A program that has sent its datagram has nothing left to do. Less than the time-outs for
/// replies that are set by habit.
const AT_ONCE_AFTER: Duration = Duration::from_millis(700);

pub const NOTHING_CAME: Cause = Cause::new(
    "nothing-came",
    "Nothing has come to the address of the argument. Send what was read, to that address and not \
     to one that stands in the program, through a UDP socket (`UdpSocket`, `SOCK_DGRAM`), with \
     `send_to` or `sendto`.",
);

/// Starts the program with a receiver's address, and gives it this input and nothing more.
pub fn start(trial: &Trial, input: &[u8]) -> Checked<(Subject, Endpoint)> {
    let receiver = trial.endpoint()?;
    let mut program = trial.start(receiver.address.to_string())?;
    program.write(input.to_vec());
    program.close_stdin();
    Ok((program, receiver))
}

/// Waits for the program's datagram at any of these addresses, as long as it may still come.
pub fn receive(program: &Subject, receivers: &[Endpoint], cause: &Cause) -> Checked<Datagram> {
    receive_within(START, program, receivers, cause)
}

/// The same, in this time.
pub fn receive_within(
    mut within: Duration,
    program: &Subject,
    receivers: &[Endpoint],
    cause: &Cause,
) -> Checked<Datagram> {
    let begin = Instant::now();
    loop {
        let status = program.status();
        for receiver in receivers {
            match receiver.receive("the datagram", A_LOOK, cause) {
                Err(Fault::Failed(_)) => {}
                result => return result,
            }
        }
        if let Some(status) = status {
            let problem = format!("it ended ({status}), and no datagram has come from it");
            let cause = if status.success() { cause.clone() } else { cause.of_end(status) };
            return Err(failed(problem, &cause));
        }
        // Once it has asked for its line, it has started.
        if within == START && is_visible(&program.stdout()) {
            within = begin.elapsed() + SOON;
        }
        if begin.elapsed() >= within {
            let problem = format!("no datagram has come from it within {within:.1?}");
            return Err(late(problem, within, cause));
        }
    }
}

/// Waits for a datagram, and for all that come behind it until the program ends or rests.
pub fn datagrams(program: &Subject, receiver: &Endpoint, cause: &Cause) -> Checked<Vec<Datagram>> {
    let mut all = vec![receive(program, slice::from_ref(receiver), cause)?];
    let begin = Instant::now();
    while begin.elapsed() < PROMPTLY {
        let has_ended = program.status().is_some();
        match receiver.receive("another datagram", if has_ended { A_LOOK } else { ANOTHER }, cause)
        {
            Ok(datagram) => all.push(datagram),
            Err(Fault::Failed(_)) => break,
            Err(fault) => return Err(fault),
        }
    }
    Ok(all)
}

/// What the program sends for this input: of its datagrams, the one that has `part` in it, or else
/// all of them together. How many they are is another check's question.
pub fn sent(trial: &Trial, input: &[u8], part: &[u8], cause: &Cause) -> Checked<Vec<u8>> {
    let (program, receiver) = start(trial, input)?;
    Ok(closest(&datagrams(&program, &receiver, cause)?, part))
}

/// The payload that has `part` in it, or is just that; or else all together.
pub fn closest(datagrams: &[Datagram], part: &[u8]) -> Vec<u8> {
    let payloads = || datagrams.iter().map(|datagram| datagram.payload.as_slice());
    let is_it = |payload: &&[u8]| *payload == part;
    let has_it = |payload: &&[u8]| !part.is_empty() && crate::bytes::find(payload, part);
    let one = payloads().find(is_it).or_else(|| payloads().find(has_it));
    one.map_or_else(|| payloads().collect::<Vec<_>>().concat(), <[u8]>::to_vec)
}

/// Starts the program with an address where nobody is, and waits until it seems to wait for its
/// line: it has shown something, or runs on for a while. What it shows is another check's question.
pub fn waiting(trial: &Trial, port: &Port) -> Checked<Subject> {
    let program = trial.start(port.address().to_string())?;
    let _ = program.wait_for_stdout("a prompt", PROMPTLY, &Cause::NONE, is_visible);
    program.runs_on(REST_OF_THE_PROMPT, &Cause::NONE).map_err(needs(SENDS_THE_LINE))?;
    Ok(program)
}

/// A program that waits for its line, and whoever is to receive it.
pub struct Asked {
    pub program: Subject,
    /// None where the program has bound the address itself.
    pub receiver: Option<Endpoint>,
    _port: Port,
}

/// How a program ended that had its line.
pub enum End {
    ByItself,
    AfterAReply,
    NotYet,
}

/// Starts the program, waits until it seems to wait for its line, and only then listens.
pub fn asked(trial: &Trial) -> Checked<Asked> {
    let port = trial.port_with_free_tcp()?;
    let program = waiting(trial, &port)?;
    let receiver = match binds_it(&port) {
        true => None,
        false => Some(trial.endpoint_at(port.address())?),
    };
    Ok(Asked { program, receiver, _port: port })
}

fn binds_it(port: &Port) -> bool {
    ports::is_bound(Protocol::Udp, port.number())
        .unwrap_or_else(|| ports::try_bind(Protocol::Udp, port.address()).is_err())
}

impl Asked {
    /// Types a line, which is the last.
    pub fn type_last(&mut self, line: impl AsRef<[u8]>) {
        self.program.type_line(line);
        self.program.close_stdin();
    }

    /// Waits for its datagram. None where it ends with success all the same: where that went is
    /// another check's question.
    pub fn datagram(&self) -> Checked<Option<Datagram>> {
        match receive_within(SOON, &self.program, self.receiver.as_slice(), &NOTHING_CAME) {
            Ok(datagram) => Ok(Some(datagram)),
            Err(_) if self.program.status().is_some_and(|status| status.success()) => Ok(None),
            Err(fault) => Err(needs(SENDS_THE_LINE)(fault)),
        }
    }

    /// Waits for its end. If it doesn't end by itself, it gets a reply, which it may wait for.
    pub fn end(&self, sent: Option<&Datagram>) -> Checked<End> {
        let has_ended = || self.program.wait_for_end(AT_ONCE_AFTER, &Cause::NONE).is_ok();
        if has_ended() {
            return Ok(End::ByItself);
        }
        if let (Some(receiver), Some(sent)) = (&self.receiver, sent) {
            receiver.send("a reply", sent.from)?;
            if has_ended() {
                return Ok(End::AfterAReply);
            }
        }
        Ok(End::NotYet)
    }
}

/// Where a datagram may go instead, so that it is seen.
pub struct Strays {
    swapped: Option<Endpoint>,
    tcp: Option<TcpListener>,
}

impl Strays {
    /// A receiver, and what stands beside it.
    pub fn beside(trial: &Trial) -> Checked<(Endpoint, Self)> {
        let (receiver, swapped) = with_swapped_port(trial)?;
        let tcp = TcpListener::bind(receiver.address).ok();
        let tcp = tcp.filter(|listener| listener.set_nonblocking(true).is_ok());
        Ok((receiver, Self { swapped, tcp }))
    }

    /// Why nothing came to the receiver, as far as something is seen of it.
    pub fn tell(&self, trial: &Trial, program: &Subject, otherwise: Fault) -> Checked<Fault> {
        if let Some(swapped) = &self.swapped {
            if swapped.next(A_LOOK)?.is_some() {
                let (address, what) = (swapped.address, "whose port has the same bytes, swapped");
                let problem = format!("its datagram came to {address}, {what}");
                let port = swapped.address.port().swap_bytes();
                return Ok(failed(problem, &port_bytes_swapped("The line went to", port)));
            }
        }
        if self.tcp.as_ref().is_some_and(|listener| listener.accept().is_ok()) {
            return Ok(failed("it has connected to the address by TCP", &OVER_TCP));
        }
        if program.status().is_some_and(|status| !status.success()) && binds_its_target(trial)? {
            let problem = "it ended with an error where somebody listens at the address of its \
                           argument, and where nobody does, it binds that address itself";
            return Ok(failed(problem, &BINDS_ITS_TARGET));
        }
        Ok(otherwise)
    }
}

fn binds_its_target(trial: &Trial) -> Checked<bool> {
    let port = trial.port_with_free_tcp()?;
    let program = trial.start(port.address().to_string())?;
    let _ = program.wait_for_stdout("a prompt", PROMPTLY, &Cause::NONE, is_visible);
    Ok(binds_it(&port))
}

const OVER_TCP: Cause = Cause::new(
    "over-tcp",
    "A connection is TCP's, and the receiver speaks UDP: create the socket as `UdpSocket` or \
     `SOCK_DGRAM`, and send with `send_to` or `sendto`.",
);

const BINDS_ITS_TARGET: Cause = Cause::new(
    "binds-its-target",
    "The program binds its socket to the address of the argument, and that is the receiver's. It \
     is where to send to: leave your own address to the system, by `bind` to port 0 (`0.0.0.0:0`), \
     or (in Python and C) by no `bind` at all.",
);
