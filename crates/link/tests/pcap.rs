//! What another program reads in a capture: tshark, where it is installed.

use anyhow::{Context, Result, bail, ensure};
use link::pcap::Capture;
use link::{Bounds, Direction, Event, Fate, Faults, Kind, Link, OneWay, Route};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant, SystemTime};
use std::{fs, process, thread};

/// How long is waited for what has to happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A UDP packet.
#[derive(PartialEq, Eq, Debug)]
struct Packet {
    /// Since 1970.
    time: Duration,
    from: SocketAddr,
    to: SocketAddr,
    payload: Vec<u8>,
}

/// What tshark reads in a capture, if it is installed. It is an error if it has anything to say
/// about a packet, or if a checksum isn't right.
fn read_by_tshark(name: &str, capture: &[u8]) -> Result<Option<Vec<Packet>>> {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = file.join(format!("{name}-{}.pcap", process::id()));
    fs::write(&file, capture)?;
    // tshark knows many ports, and would take our payloads for what belongs there.
    let ports = "udp.port==1-65535,data";
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&file).args(["-n", "-T", "fields", "-d", ports]);
    tshark.args(["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]);
    for field in FIELDS {
        tshark.args(["-e", field]);
    }
    let printed = output_in_time(&mut tshark);
    fs::remove_file(&file)?;
    match printed? {
        Some(printed) => printed.lines().map(parse).collect::<Result<_>>().map(Some),
        None => Ok(None),
    }
}

const FIELDS: [&str; 13] = [
    "frame.time_epoch",
    "ip.src",
    "ipv6.src",
    "udp.srcport",
    "ip.dst",
    "ipv6.dst",
    "udp.dstport",
    "ip.checksum.status",
    "udp.checksum.status",
    "_ws.malformed",
    "_ws.expert.message",
    "data.len",
    "udp.payload",
];

fn parse(line: &str) -> Result<Packet> {
    let fields: Vec<&str> = line.split('\t').collect();
    let &[time, v4_from, v6_from, from, v4_to, v6_to, to, ip, udp, malformed, expert, length, hex] =
        fields.as_slice()
    else {
        bail!("tshark printed no line of {} fields: {line}", FIELDS.len());
    };
    ensure!(malformed.is_empty() && expert.is_empty(), "tshark says: {malformed} {expert}");
    // 1 is good; IPv6 has no checksum of its own.
    ensure!(ip == if v6_from.is_empty() { "1" } else { "" }, "an IP checksum is wrong: {line}");
    ensure!(udp == "1", "a UDP checksum is wrong: {line}");
    let address = |v4: &str, v6: &str, port: &str| -> Result<SocketAddr> {
        Ok((format!("{v4}{v6}").parse::<IpAddr>()?, port.parse()?).into())
    };
    let payload = hexadecimal(hex).context("a payload isn't hexadecimal")?;
    ensure!(length.parse().unwrap_or(0) == payload.len(), "a payload was cut off: {line}");
    let (seconds, nanos) = time.split_once('.').context("a time has no fraction")?;
    let time = Duration::new(seconds.parse()?, nanos.parse()?);
    Ok(Packet {
        time,
        from: address(v4_from, v6_from, from)?,
        to: address(v4_to, v6_to, to)?,
        payload,
    })
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.as_bytes().chunks(2).map(byte).collect()
}

/// What a command prints; None if it isn't installed.
fn output_in_time(command: &mut Command) -> Result<Option<String>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let test = thread::current();
            let (test, why) = (test.name().unwrap_or("a test"), "there is no tshark");
            let _ = writeln!(io::stderr(), "skipped: {test}: {why}");
            return Ok(None);
        }
        child => child?,
    };
    let (sender, receiver) = mpsc::channel();
    let mut stdout = child.stdout.take().context("tshark has no output")?;
    thread::spawn(move || {
        let mut printed = String::new();
        let result = stdout.read_to_string(&mut printed).map(|_| printed);
        let _ = sender.send(result);
    });
    let printed = receiver.recv_timeout(PATIENCE);
    if printed.is_err() {
        child.kill()?;
    }
    let output = child.wait_with_output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let printed = printed.with_context(|| format!("tshark takes too long: {errors}"))??;
    ensure!(output.status.success(), "tshark can't read the capture: {errors}");
    Ok(Some(printed))
}

fn capture(started: SystemTime, events: &[Event]) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let mut capture = Capture::new(&mut file, started)?;
    events.iter().try_for_each(|event| capture.add(event))?;
    Ok(file)
}

fn route(client: &str, server: &str) -> Result<Route> {
    // A link may stand between addresses of two families.
    let (link, upstream) =
        (SocketAddr::new(client.parse()?, 40_000), SocketAddr::new(server.parse()?, 50_002));
    Ok(Route {
        client: SocketAddr::new(link.ip(), 50_001),
        link,
        upstream,
        server: SocketAddr::new(upstream.ip(), 9_000),
    })
}

#[test]
fn tshark_reads_each_packet_and_finds_all_checksums_right() {
    let epoch = Duration::from_secs(1_700_000_000);
    let payloads = [0, 1, 2, 3, 1_472, 1_473, 65_506, 65_507]
        .map(|length| (0..length).map(|i| (i * 31 % 251) as u8).collect::<Vec<u8>>());
    let (mut events, mut expected) = (Vec::new(), Vec::new());
    for (client, server) in [("127.0.0.2", "127.0.0.1"), ("::1", "::1"), ("127.0.0.1", "::1")] {
        for direction in [Direction::Request, Direction::Reply] {
            for payload in payloads.clone() {
                let number = events.len() as u64;
                let time = Duration::from_micros(999_990 + number);
                let (kind, fate) = (Kind::Arrived, Fate::PASS);
                let route = route(client, server).unwrap();
                let event = Event { time, kind, direction, number, route, payload, fate };
                for (from, to) in [event.incoming(), event.outgoing()] {
                    let payload = event.payload.clone();
                    expected.push(Packet { time: epoch + time, from, to, payload });
                }
                events.push(event);
            }
        }
    }
    let file = capture(SystemTime::UNIX_EPOCH + epoch, &events).unwrap();
    if let Some(packets) = read_by_tshark("checksums", &file).unwrap() {
        assert!(packets == expected, "tshark has read other packets than were written");
    }
}

#[test]
fn tshark_reads_what_both_sides_of_a_link_have_seen() {
    let Exchange { client, link, upstream, server, started, events, .. } = exchange().unwrap();
    let file = capture(started, &events).unwrap();
    let Some(packets) = read_by_tshark("link", &file).unwrap() else { return };
    let (request, onward_request) = ((client, link), (upstream, server));
    let (reply, onward_reply) = ((server, upstream), (link, client));
    let expected = [
        (request, "one"),
        (onward_request, "one"),
        (onward_request, "one"),
        (request, "two"),
        (request, ""),
        (onward_request, ""),
        (request, "four"),
        (onward_request, "four"),
        (reply, "a"),
        (reply, "b"),
        (onward_reply, "b"),
        (reply, "c"),
        (reply, "d"),
        (onward_reply, "d"),
        (onward_reply, "c"),
    ];
    let text = |packet: &Packet| String::from_utf8(packet.payload.clone()).unwrap();
    let seen: Vec<_> = packets.iter().map(|it| ((it.from, it.to), text(it))).collect();
    assert_eq!(seen, expected.map(|(addresses, text)| (addresses, text.to_owned())));
}

#[test]
fn tshark_reads_when_a_datagram_came_and_when_it_left() {
    let Exchange { started, events, elapsed, .. } = exchange().unwrap();
    let file = capture(started, &events).unwrap();
    let Some(packets) = read_by_tshark("times", &file).unwrap() else { return };
    // The file has no room for what is less than a microsecond.
    let rest = Duration::from_micros(1);
    let started = started.duration_since(SystemTime::UNIX_EPOCH).unwrap() - rest;
    let times: Vec<Duration> = packets.iter().map(|packet| packet.time - started).collect();
    assert!(times.is_sorted() && *times.last().unwrap() <= elapsed + rest, "{times:?}");
    let released: Vec<&Event> =
        events.iter().filter(|event| event.kind == Kind::Released).collect();
    assert_eq!(released.len(), 2);
    for (time, event) in [times[7], times[14]].into_iter().zip(released) {
        assert!(time.abs_diff(event.time) <= rest, "{times:?}, but {event:?}");
    }
}

/// What was seen from outside while a client and a server used a link, and what the link told.
struct Exchange {
    client: SocketAddr,
    link: SocketAddr,
    upstream: SocketAddr,
    server: SocketAddr,
    started: SystemTime,
    events: Vec<Event>,
    elapsed: Duration,
}

fn exchange() -> Result<Exchange> {
    let begin = Instant::now();
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let (client, server) = (socket(any)?, socket(any)?);
    let path =
        |script: &str| -> Result<_> { Ok(OneWay { script: script.parse()?, ..OneWay::default() }) };
    let requests = path("1 duplicate, 2 drop, 4 delay 30ms")?;
    let faults = Faults { requests, replies: path("1 drop, 3 hold 1")?, ..Faults::default() };
    let limits = Bounds { hold: PATIENCE, ..Bounds::default() };
    let (sender, events) = mpsc::channel();
    let observer = Box::new(move |event| {
        let _ = sender.send(event);
    });
    let link = Link::with(any, server.local_addr()?, faults, limits, Some(observer))?;
    for request in ["one", "two", "", "four"] {
        client.send_to(request.as_bytes(), link.address())?;
    }
    let upstream = receive(&server, &["one", "one", "", "four"])?;
    for reply in ["a", "b", "c", "d"] {
        server.send_to(reply.as_bytes(), upstream)?;
    }
    let front = receive(&client, &["b", "d", "c"])?;
    ensure!(front == link.address(), "a reply came from {front}");
    let started = link.started();
    drop(link);
    let (client, server) = (client.local_addr()?, server.local_addr()?);
    let (events, elapsed) = (events.try_iter().collect(), begin.elapsed());
    Ok(Exchange { client, link: front, upstream, server, started, events, elapsed })
}

fn socket(address: SocketAddr) -> Result<UdpSocket> {
    let socket = UdpSocket::bind(address)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// Takes datagrams that all have one source, and returns it.
fn receive(socket: &UdpSocket, expected: &[&str]) -> Result<SocketAddr> {
    let mut sources = Vec::new();
    for &expected in expected {
        let mut buffer = [0; 100];
        let (length, source) = socket.recv_from(&mut buffer).context("nothing came")?;
        ensure!(buffer.get(..length) == Some(expected.as_bytes()), "another one came: {buffer:?}");
        sources.push(source);
    }
    sources.dedup();
    ensure!(sources.len() == 1, "they came from {sources:?}");
    sources.pop().context("none was expected")
}
