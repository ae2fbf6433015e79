//! `cargo xtask bench link`: what the link costs, and how exact its delay is.

use crate::bench::load::{self, IN_FLIGHT, SIZE};
use crate::bench::server::Server;
use crate::bench::{
    BUILD_PATIENCE, Limit, PATIENCE, Report, Summary, cargo, complete, start, target_directory,
    wait,
};
use anyhow::{Context, Result, ensure};
use base::programs::Keeper;
use link::{Faults, Link, OneWay};
use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use xtask::course::BENCH;

/// The word behind `bench` that starts a client in a process of its own.
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

pub const ANY: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

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
    let [direct, linked] = medians(places, |place| {
        let client = env::current_exe().context("cannot find the path of this program")?;
        let mut command = on_core(0, &client);
        command.args([BENCH.name, CLIENT, &place.to_string()]).stdout(Stdio::piped());
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
    let mut lost = 0;
    let [direct, linked] = medians(places, |place| {
        let load = load::generate(place, ROUND)?;
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
    let median = median_trip(link.address(), DELAYED_TRIPS)?.as_secs_f64() * 1e3;
    DELAYED.iter().try_for_each(|limit| report.figure("median", median, limit))
}

/// Measures both places in turn; returns the median of each.
fn medians(
    places: [SocketAddr; 2],
    mut measure: impl FnMut(SocketAddr) -> Result<f64>,
) -> Result<[f64; 2]> {
    let mut figures = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        let mut turns: Vec<_> = places.into_iter().zip(&mut figures).collect();
        turns.rotate_left(round % 2);
        for (place, figures) in turns {
            figures.push(measure(place)?);
        }
    }
    Ok(figures.map(|figures| Summary::of(figures).median))
}

/// The client's process: prints the median of many round trips, in microseconds.
pub fn client(server: &OsStr) -> Result<ExitCode> {
    let server = server.to_string_lossy().parse().context("that is no address of a server")?;
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
    Ok(target_directory()?.join("debug").join(format!("lesson-5{EXE_SUFFIX}")))
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
