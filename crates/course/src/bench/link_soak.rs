//! `cargo xtask bench link-soak`: whether the link stays small under load with faults.

use crate::bench::link::ANY;
use crate::bench::load::SIZE;
use crate::bench::{Limit, Report};
use anyhow::{Context, Result};
use link::{Faults, Limits, Link, OneWay};
use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

const SOAK: Duration = Duration::from_secs(600);
const SAMPLE: Duration = Duration::from_secs(10);

/// After the first minute, all buffers have their size, and as many clients go as come.
const WARM: usize = 6;

pub fn run(report: &mut Report) -> Result<()> {
    let server = start_echo_server()?;
    let path = OneWay {
        loss: 0.3,
        duplicate: 0.3,
        reorder: 0.3,
        jitter: Duration::from_millis(20),
        ..OneWay::default()
    };
    let faults = Faults { seed: 1, requests: path.clone(), replies: path };
    // Each sample has a client of its own, and most of them are to be forgotten on the way.
    let limits = Limits { idle: 2 * SAMPLE, ..Limits::default() };
    let link = Link::with(ANY.into(), server, faults, limits, None)?;
    report
        .line("30 % lost, 30 % duplicated, 30 % reordered, up to 20 ms late; in this process:")?;
    report.line("  seconds  requests/s   replies/s  resident kB  threads")?;
    let (clock, mut samples) = (Instant::now(), Vec::new());
    while clock.elapsed() < SOAK {
        let [sent, received] = flood(link.address())?;
        let sample = Sample::take().context("this system doesn't tell what a process uses")?;
        let (time, Sample { kilobytes, threads }) = (clock.elapsed().as_secs(), &sample);
        report.line(format_args!(
            "  {time:>7} {sent:>11.0} {received:>11.0} {kilobytes:>12} {threads:>8}"
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
            let _ = socket.send_to(buffer.get(..length).unwrap_or_default(), source);
        }
    });
    Ok(address)
}

/// Sends as fast as it can, and takes what comes; returns how much that was, a second.
fn flood(link: SocketAddr) -> Result<[f64; 2]> {
    let client = UdpSocket::bind(ANY).context("cannot create a socket")?;
    client.connect(link).context("cannot connect the socket")?;
    client.set_nonblocking(true).context("cannot make the socket non-blocking")?;
    let (mut sent, mut received, mut reply) = (0_u32, 0_u32, [0; 2 * SIZE]);
    let clock = Instant::now();
    while clock.elapsed() < SAMPLE {
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
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some(Self { kilobytes: number("VmRSS:")?, threads: number("Threads:")? })
    }
}
