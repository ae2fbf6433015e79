//! `cargo xtask bench link`: what the link costs, and how exact its delay is. `link-soak`: whether it
//! stays small under load with faults.

use crate::bench::load::{self, IN_FLIGHT, SIZE, Server};
use crate::bench::report::{BUILD_PATIENCE, Limit, PATIENCE, Report, Summary};
use crate::bench::usage;
use crate::programs::{cargo, complete, start, wait};
use anyhow::{Context, Result, ensure};
use base::programs::{Keeper, target};
use link::{Bounds, Faults, Link, OneWay};
use std::env::{self, consts::EXE_SUFFIX};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The word that starts a client in a process of its own.
pub const CLIENT: &str = "round-trips-to";

const TRIP: Limit = Limit::AtMost(2.2);
const THROUGHPUT: Limit = Limit::AtLeast(0.4);
const LOST: Limit = Limit::AtMost(0.0);

/// Many short rounds in turn, so that a busy moment of the computer hits both alike.
const ROUNDS: usize = 16;
const ROUND: Duration = Duration::from_millis(300);
const TRIPS: usize = 500;

const DELAY: Duration = Duration::from_millis(10);
const DELAYED_TRIPS: usize = 100;
/// In milliseconds; there and back.
const DELAYED: [Limit; 2] = [Limit::AtLeast(20.0), Limit::AtMost(21.5)];

const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

pub fn run(report: &mut Report) -> Result<()> {
    let mut keeper = Keeper::start()?;
    let program = lesson_5(&mut keeper)?;
    let server = Server::start(&mut keeper, on_core(1, &program))?;
    let link = Link::start(ANY.into(), server.address, Faults::default())?;
    let places = [server.address, link.address()];
    round_trips(report, &mut keeper, places)?;
    throughput(report, places)?;
    drop(link);
    delay(report, server.address)
}

fn round_trips(report: &mut Report, keeper: &mut Keeper, places: [SocketAddr; 2]) -> Result<()> {
    let place = if has_taskset() { ", client and server on two cores" } else { "" };
    report.line(format_args!("round trips of one datagram{place}; medians in µs:"))?;
    let rounds = report.amount(ROUNDS, 1);
    let [direct, linked] = medians(places, rounds, |place| {
        let client = env::current_exe().context("cannot find the path of this program")?;
        let mut command = on_core(0, &client);
        command.args([CLIENT, &place.to_string()]).stdout(Stdio::piped());
        let mut client = start(keeper, &mut command)?;
        let mut median = String::new();
        let output = client.stdout.as_mut().context("the client has no output")?;
        output.read_to_string(&mut median).context("cannot read what the client measured")?;
        wait(&mut client, PATIENCE)?;
        median.trim().parse().with_context(|| format!("the client measured `{median}`"))
    })?;
    report.line(format_args!("  direct {direct:.1}, through a perfect link {linked:.1}"))?;
    report.figure("link / direct", linked / direct, &TRIP)
}

fn throughput(report: &mut Report, places: [SocketAddr; 2]) -> Result<()> {
    report.line(format_args!("{IN_FLIGHT} datagrams of {SIZE} bytes in flight, a second:"))?;
    let (rounds, time) = report.amount((ROUNDS, ROUND), (1, ROUND / 2));
    let mut lost = 0;
    let [direct, linked] = medians(places, rounds, |place| {
        let load = load::generate(place, time)?;
        lost += load.lost;
        Ok(load.rate)
    })?;
    report.line(format_args!("  direct {direct:.0}, through a perfect link {linked:.0}"))?;
    report.figure("link / direct", linked / direct, &THROUGHPUT)?;
    report.figure("lost", lost as f64, &LOST)
}

fn delay(report: &mut Report, server: SocketAddr) -> Result<()> {
    report.line(format_args!("a delay of {DELAY:?} each way, ms a round trip:"))?;
    let path = OneWay { delay: DELAY, ..OneWay::default() };
    let faults = Faults { requests: path.clone(), replies: path, ..Faults::default() };
    let link = Link::start(ANY.into(), server, faults)?;
    let median = median_trip(link.address(), report.amount(DELAYED_TRIPS, 10))?.as_secs_f64() * 1e3;
    DELAYED.iter().try_for_each(|limit| report.figure("median", median, limit))
}

/// Measures both places in turn; returns the median of each.
fn medians(
    places: [SocketAddr; 2],
    rounds: usize,
    mut measure: impl FnMut(SocketAddr) -> Result<f64>,
) -> Result<[f64; 2]> {
    let mut figures = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        let mut turns: Vec<_> = places.into_iter().zip(&mut figures).collect();
        turns.rotate_left(round % 2);
        for (place, figures) in turns {
            figures.push(measure(place)?);
        }
    }
    Ok(figures.map(|figures| Summary::of(figures).median))
}

/// The client's process: prints the median of many round trips, in microseconds.
pub fn client(server: SocketAddr) -> Result<ExitCode> {
    let median = median_trip(server, TRIPS)?.as_secs_f64() * 1e6;
    writeln!(io::stdout(), "{median}").context("cannot print the result")?;
    Ok(ExitCode::SUCCESS)
}

fn median_trip(server: SocketAddr, trips: usize) -> Result<Duration> {
    let socket = UdpSocket::bind(ANY).context("cannot create a socket")?;
    socket.connect(server).context("cannot connect the socket")?;
    socket.set_read_timeout(Some(PATIENCE)).context("cannot set a time-out")?;
    let trips: Result<Vec<f64>> = (0..trips).map(|_| Ok(trip(&socket)?.as_secs_f64())).collect();
    Ok(Duration::from_secs_f64(Summary::of(trips?).median))
}

fn trip(socket: &UdpSocket) -> Result<Duration> {
    let mut reply = [0; SIZE];
    let clock = Instant::now();
    socket.send(&[b'0'; SIZE]).context("cannot send a datagram")?;
    let length = socket.recv(&mut reply).context("no reply came")?;
    ensure!(length == SIZE, "a reply of {length} bytes came, instead of {SIZE}");
    Ok(clock.elapsed())
}

/// Builds the echo server of the course; returns its program.
fn lesson_5(keeper: &mut Keeper) -> Result<PathBuf> {
    complete(keeper, &mut cargo(&["build", "--quiet", "--package", "lesson-5"])?, BUILD_PATIENCE)?;
    Ok(target()?.join("debug").join(format!("lesson-5{EXE_SUFFIX}")))
}

/// A program, on a core of its own where the system has `taskset`: client and server stand for two
/// computers, and whether the system happens to run them on the same core isn't what is measured.
fn on_core(core: u8, program: &Path) -> Command {
    if !has_taskset() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

fn has_taskset() -> bool {
    let mut taskset = Command::new("taskset");
    taskset.args(["--cpu-list", "0,1", "taskset", "--version"]);
    taskset.stdout(Stdio::null()).stderr(Stdio::null());
    taskset.status().is_ok_and(|status| status.success())
}

const SOAK: Duration = Duration::from_secs(600);
const SAMPLE: Duration = Duration::from_secs(10);

/// After the first minute, all buffers have their size, and as many clients go as come.
const WARM: usize = 6;

pub fn soak(report: &mut Report) -> Result<()> {
    let server = start_echo_server()?;
    let (time, a_sample) = report.amount((SOAK, SAMPLE), (SOAK / 300, SAMPLE / 50));
    let path = OneWay {
        loss: 0.3,
        duplicate: 0.3,
        reorder: 0.3,
        jitter: Duration::from_millis(20),
        ..OneWay::default()
    };
    let faults = Faults { seed: 1, requests: path.clone(), replies: path };
    // Each sample has a client of its own, and most of them are to be forgotten on the way.
    let limits = Bounds { idle: 2 * a_sample, ..Bounds::default() };
    let link = Link::with(ANY.into(), server, faults, limits, None)?;
    report
        .line("30 % lost, 30 % duplicated, 30 % reordered, up to 20 ms late; in this process:")?;
    report.line("  seconds  requests/s   replies/s  resident kB  threads")?;
    let (clock, mut samples) = (Instant::now(), Vec::new());
    while clock.elapsed() < time {
        let [sent, received] = flood(link.address(), a_sample)?;
        let sample = Sample::take().context("this system doesn't tell what a process uses")?;
        let (seconds, Sample { kilobytes, threads }) = (clock.elapsed().as_secs(), &sample);
        report.line(format_args!(
            "  {seconds:>7} {sent:>11.0} {received:>11.0} {kilobytes:>12} {threads:>8}"
        ))?;
        samples.push(sample);
    }
    let first = samples.get(WARM).context("the soak was too short")?;
    let last = samples.last().unwrap_or(first);
    report.figure(
        "memory, last / first minute",
        last.kilobytes / first.kilobytes,
        &Limit::AtMost(1.1),
    )?;
    report.figure("threads, last - first", last.threads - first.threads, &Limit::AtMost(0.0))
}

/// Starts a thread that sends back what comes, for as long as this process lives.
fn start_echo_server() -> Result<SocketAddr> {
    let socket = UdpSocket::bind(ANY).context("cannot bind an echo server")?;
    let address = socket.local_addr().context("cannot learn the server's address")?;
    thread::spawn(move || {
        let mut buffer = [0; 2 * SIZE];
        while let Ok((length, source)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..length], source);
        }
    });
    Ok(address)
}

/// Sends as fast as it can, and takes what comes; returns how much that was, a second.
fn flood(link: SocketAddr, time: Duration) -> Result<[f64; 2]> {
    let client = UdpSocket::bind(ANY).context("cannot create a socket")?;
    client.connect(link).context("cannot connect the socket")?;
    client.set_nonblocking(true).context("cannot make the socket non-blocking")?;
    let (mut sent, mut received, mut reply) = (0_u32, 0_u32, [0; 2 * SIZE]);
    let clock = Instant::now();
    while clock.elapsed() < time {
        sent += u32::from(client.send(&[b'0'; SIZE]).is_ok());
        while client.recv(&mut reply).is_ok() {
            received += 1;
        }
    }
    Ok([sent, received].map(|count| f64::from(count) / clock.elapsed().as_secs_f64()))
}

/// What this process uses.
struct Sample {
    kilobytes: f64,
    threads: f64,
}

impl Sample {
    /// As Linux tells it in `/proc`; None elsewhere.
    fn take() -> Option<Self> {
        let number = |name| usage::number("/proc/self/status", name);
        Some(Self { kilobytes: number("VmRSS:")?, threads: number("Threads:")? })
    }
}
