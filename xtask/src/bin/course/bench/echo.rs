//! `cargo xtask bench echo`: lesson 5 beside the same server in C and in Python.

use crate::bench::{
    BUILD_PATIENCE, Limit, PATIENCE, Report, Summary, cargo, complete, create, free_port,
    results_directory, start, target_directory, wait_for_line,
};
use anyhow::{Context, Result, bail};
use keeper::Keeper;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::io::ErrorKind::WouldBlock;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use xtask::catalog;

const OF_C: Limit = Limit::AtLeast(0.65);
const OF_PYTHON: Limit = Limit::AtLeast(1.4);

/// Many short rounds, so that a busy moment of the computer hits all servers alike.
const ROUNDS: usize = 16;
const ROUND: Duration = Duration::from_millis(600);

const IN_FLIGHT: u8 = 64;
const SIZE: usize = 64;

/// When nothing has come for so long, what is in flight counts as lost.
const SILENCE: Duration = Duration::from_millis(200);

const RELEASE: &str = "lesson 5 (release)";
const DEBUG: &str = "lesson 5 (debug)";
const C: &str = "C, which shows nothing";
const PYTHON: &str = "Python, the tutorial's";

pub fn run(report: &mut Report) -> Result<()> {
    let mut keeper = Keeper::start()?;
    let mut candidates = candidates(&mut keeper, report)?;
    report
        .line(format_args!("{IN_FLIGHT} datagrams of {SIZE} bytes in flight, {ROUNDS} rounds"))?;
    report.line(format_args!("of {ROUND:?} for each; round trips a second (min, median, max):"))?;
    for round in 0..ROUNDS {
        // Each has its turn to be the first.
        let first = round % candidates.len();
        let (before, from_first) = candidates.split_at_mut(first);
        for candidate in from_first.iter_mut().chain(before) {
            let load = measure(&mut keeper, candidate);
            let load = load.with_context(|| format!("cannot measure {}", candidate.name))?;
            candidate.rates.push(load.rate);
            candidate.lost += load.lost;
        }
    }
    let mut medians = Vec::new();
    for Candidate { name, rates, lost, .. } in candidates {
        let Summary { min, median, max } = Summary::of(rates);
        report
            .line(format_args!("  {name:<28} {min:>7.0} {median:>7.0} {max:>7.0}   {lost} lost"))?;
        medians.push((name, median));
    }
    let median = |name| medians.iter().find(|(n, _)| *n == name).map(|(_, median)| *median);
    let lesson = median(RELEASE).unwrap_or(f64::NAN);
    for (what, name, limit) in [("release / C", C, OF_C), ("release / Python", PYTHON, OF_PYTHON)] {
        if let Some(other) = median(name) {
            report.figure(what, lesson / other, &limit)?;
        }
    }
    Ok(())
}

/// A server that can be measured, and what has been measured so far.
struct Candidate {
    name: &'static str,
    /// The program, and what stands before the port on its command line.
    command: Vec<PathBuf>,
    rates: Vec<f64>,
    lost: u64,
}

/// Builds all servers; says by name which ones can't be measured here.
fn candidates(keeper: &mut Keeper, report: &mut Report) -> Result<Vec<Candidate>> {
    let target = target_directory()?;
    let build = ["build", "--quiet", "--package", "lesson-5"];
    complete(keeper, &mut cargo(&build)?, BUILD_PATIENCE)?;
    complete(keeper, cargo(&build)?.arg("--release"), BUILD_PATIENCE)?;
    let file = format!("lesson-5{EXE_SUFFIX}");
    let mut servers = vec![
        (RELEASE, vec![target.join("release").join(&file)]),
        (DEBUG, vec![target.join("debug").join(&file)]),
    ];
    let sources = catalog::root().join("xtask/src/bench");
    let program = results_directory()?.join(format!("echo-c{EXE_SUFFIX}"));
    let mut compiler = Command::new("cc");
    compiler.arg("-O2").arg("-o").arg(&program).arg(sources.join("echo.c"));
    if complete(keeper, &mut compiler, BUILD_PATIENCE).is_ok() {
        servers.push((C, vec![program]));
    } else {
        report.line("C: skipped, `cc` is not installed or can't compile echo.c here")?;
    }
    let mut python = Command::new("python3");
    if complete(keeper, python.arg("--version").stdout(Stdio::null()), PATIENCE).is_ok() {
        servers.push((PYTHON, vec!["python3".into(), sources.join("echo.py")]));
    } else {
        report.line("Python: skipped, `python3` is not installed")?;
    }
    let candidate = |(name, command)| Candidate { name, command, rates: Vec::new(), lost: 0 };
    Ok(servers.into_iter().map(candidate).collect())
}

/// A running server; it is ended with this value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One round with one server.
fn measure(keeper: &mut Keeper, candidate: &Candidate) -> Result<Load> {
    let port = free_port()?;
    let output = results_directory()?.join("echo-output.txt");
    let (program, arguments) = candidate.command.split_first().context("there is no program")?;
    let mut command = Command::new(program);
    command.args(arguments).arg(port.to_string()).stdin(Stdio::null()).stdout(create(&output)?);
    let mut server = Server(start(keeper, &mut command)?);
    // Each server writes a line when its socket is bound.
    wait_for_line(&mut server.0, &output)?;
    let load = generate_load(port);
    drop(server);
    // It has some megabytes, which needn't reach the disk during the next round.
    let _ = fs::remove_file(&output);
    load
}

/// The result of a round.
struct Load {
    /// Round trips a second.
    rate: f64,
    lost: u64,
}

/// Keeps the server busy for a round.
fn generate_load(port: u16) -> Result<Load> {
    let mut client = Client::new(port)?;
    let (mut trips, mut lost) = (0_u32, 0);
    let clock = Instant::now();
    let mut heard = clock;
    client.send_all()?;
    while clock.elapsed() < ROUND {
        let count = client.receive()?;
        if count > 0 {
            trips += count;
            heard = Instant::now();
            client.send_answered()?;
        } else if heard.elapsed() >= SILENCE {
            lost += client.open();
            heard = Instant::now();
            client.send_all()?;
        } else {
            // Asking again costs the server less than waking us up would.
            thread::yield_now();
        }
    }
    let rate = f64::from(trips) / clock.elapsed().as_secs_f64();
    while client.open() > 0 && heard.elapsed() < SILENCE {
        match client.receive()? {
            0 => thread::yield_now(),
            _ => heard = Instant::now(),
        }
    }
    Ok(Load { rate, lost: lost + client.open() })
}

/// A client with `IN_FLIGHT` places for datagrams.
struct Client {
    socket: UdpSocket,
    /// In each place, what was sent last.
    sent: Vec<[u8; SIZE]>,
    /// The places whose datagrams have come back.
    answered: Vec<u8>,
    /// Whether a datagram may come back that was taken for lost.
    gave_up: bool,
}

impl Client {
    fn new(port: u16) -> Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot create a socket")?;
        socket.connect((Ipv4Addr::LOCALHOST, port)).context("cannot connect the socket")?;
        socket.set_nonblocking(true).context("cannot make the socket non-blocking")?;
        let sent = (0..IN_FLIGHT).map(datagram).collect();
        Ok(Self { socket, sent, answered: (0..IN_FLIGHT).collect(), gave_up: false })
    }

    /// How many datagrams are in flight.
    fn open(&self) -> u64 {
        self.sent.len().saturating_sub(self.answered.len()) as u64
    }

    /// Fills all places anew.
    fn send_all(&mut self) -> Result<()> {
        self.gave_up |= self.open() > 0;
        self.answered = (0..IN_FLIGHT).collect();
        self.send_answered()
    }

    /// Fills the places whose datagrams have come back.
    fn send_answered(&mut self) -> Result<()> {
        for place in self.answered.drain(..) {
            let Some(datagram) = self.sent.get_mut(usize::from(place)) else { continue };
            count_up(datagram);
            match self.socket.send(datagram) {
                // Then it counts as lost.
                Err(error) if error.kind() == WouldBlock => {}
                result => drop(result.context("cannot send to the server: has it ended?")?),
            }
        }
        Ok(())
    }

    /// Takes all replies that are there; returns how many they were.
    fn receive(&mut self) -> Result<u32> {
        let mut reply = [0; SIZE + 1];
        let mut count = 0;
        loop {
            let length = match self.socket.recv(&mut reply) {
                Err(error) if error.kind() == WouldBlock => return Ok(count),
                result => result.context("cannot receive from the server: has it ended?")?,
            };
            let reply = reply.get(..length).unwrap_or_default();
            let place = reply.first().map_or(u8::MAX, |byte| byte.wrapping_sub(b'0'));
            let sent = self.sent.get(usize::from(place));
            if sent.is_some_and(|sent| sent == reply) && !self.answered.contains(&place) {
                self.answered.push(place);
                count += 1;
            } else if !self.gave_up {
                bail!("a reply is wrong, or came twice: `{}`", reply.escape_ascii());
            }
        }
    }
}

/// A printable byte that stands for the place, and a number of 63 digits.
fn datagram(place: u8) -> [u8; SIZE] {
    let mut datagram = [b'0'; SIZE];
    if let Some(first) = datagram.first_mut() {
        *first += place;
    }
    datagram
}

/// Adds 1 to the number, digit by digit: the generator mustn't lose time with formatting.
fn count_up(datagram: &mut [u8]) {
    for digit in datagram.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_in_decimal_and_leaves_the_place_alone() {
        let mut text = *b"o00199";
        count_up(&mut text);
        assert_eq!(&text, b"o00200");
        let last = datagram(IN_FLIGHT - 1);
        assert!(last.iter().all(u8::is_ascii_graphic));
    }

    #[test]
    fn a_reply_counts_once_and_only_if_it_is_the_same() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut client = Client::new(server.local_addr().unwrap().port()).unwrap();
        client.send_all().unwrap();
        let mut buffer = [0; SIZE];
        let (_, address) = server.recv_from(&mut buffer).unwrap();
        server.send_to(&buffer, address).unwrap();
        assert_eq!((client.receive().unwrap(), client.open()), (1, 63));
        server.send_to(&buffer, address).unwrap();
        assert!(client.receive().is_err());
        server.send_to(&buffer[1..], address).unwrap();
        assert!(client.receive().is_err());
    }
}
