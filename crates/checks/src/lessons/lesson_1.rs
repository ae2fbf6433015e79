//! Create a TCP socket and a UDP socket, show their addresses, wait, and close them.

use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::failure::{Checked, failed, require};
use crate::lessons::common::{names_a_malformed_argument, on_second_loopback};
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use base::lessons::numbered;
use base::ports::{self, PortCount, Protocol};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

pub const LESSON: Lesson = Lesson {
    entry: numbered(1),
    limits: Limits::USUAL,
    ports: PortCount { udp: 1, both: 5 },
    checks: &[
        Check {
            id: "shows-its-tcp-address",
            title: "shows the real address of its TCP socket",
            points: 12,
            needs: None,
            goal: "Create a TCP socket at the address of the argument, and show where it is: a \
                   line with TCP, the ip and the port that the system has chosen.",
            section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
            run: shows_its_tcp_address,
        },
        Check {
            id: "shows-its-udp-address",
            title: "shows the real address of its UDP socket",
            points: 12,
            needs: None,
            goal: "Create a UDP socket at the address of the argument, too, and show where it is: \
                   a line with UDP, the ip and the port that the system has chosen.",
            section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
            run: shows_its_udp_address,
        },
        Check {
            id: "tcp-accepts-connections",
            title: "accepts connections at its TCP address while it waits",
            points: 12,
            needs: NEEDED,
            goal: "A TCP socket that listens is open to clients: the system accepts their \
                   connections and keeps them, even before the program asks for one.",
            section: "lesson-1-create-sockets.md#creating-binding-listening",
            run: tcp_accepts_connections,
        },
        Check {
            id: "udp-holds-its-port",
            title: "holds its UDP port while it waits",
            points: 12,
            needs: Some("shows-its-udp-address"),
            goal: "A UDP socket that is bound has its port to itself, as long as it is open.",
            section: "lesson-1-create-sockets.md#what-names-an-endpoint",
            run: udp_holds_its_port,
        },
        Check {
            id: "closes-at-a-line",
            title: "ends with success when a line is typed, and both ports are free",
            points: 10,
            needs: NEEDED,
            goal: "Enter lets the program close both sockets and end, with exit status 0. A closed \
                   socket has given its port back.",
            section: "lesson-1-create-sockets.md#closing",
            run: closes_at_a_line,
        },
        Check {
            id: "closes-at-the-end-of-its-input",
            title: "ends with success when its input ends",
            points: 7,
            needs: NEEDED,
            goal: "Where no line can come any more, waiting for one is in vain: the end of the \
                   input lets the program close, too.",
            section: "lesson-1-create-sockets.md#your-turn",
            run: closes_at_the_end_of_its_input,
        },
        Check {
            id: "waits-until-then",
            title: "waits until then",
            points: 8,
            needs: NEEDED,
            goal: "The sockets stay open until a line is typed or the input ends, however long \
                   that takes.",
            section: "lesson-1-create-sockets.md#your-turn",
            run: waits_until_then,
        },
        Check {
            id: "takes-any-line",
            title: "takes any line, even one that isn't text",
            points: 3,
            needs: NEEDED,
            goal: "It doesn't matter what the line says; bytes that aren't UTF-8 must not stop the \
                   program.",
            section: "lesson-1-create-sockets.md#hints",
            run: takes_any_line,
        },
        Check {
            id: "uses-the-given-port-for-both",
            title: "uses the given port for TCP and for UDP",
            points: 8,
            needs: NEEDED,
            goal: "TCP port N and UDP port N are different endpoints, so both sockets can have the \
                   port that is ordered.",
            section: "lesson-1-create-sockets.md#1-tcp-and-udp-on-one-port",
            run: uses_the_given_port_for_both,
        },
        Check {
            id: "binds-just-the-given-address",
            title: "binds the given ip, and no other",
            points: 4,
            needs: NEEDED,
            goal: "127.0.0.1 isn't every address of this computer, and 127.0.0.2 isn't 127.0.0.1.",
            section: "lesson-1-create-sockets.md#what-names-an-endpoint",
            run: binds_just_the_given_address,
        },
        Check {
            id: "needs-no-argument",
            title: "takes any free ports if it is given no argument",
            points: 3,
            needs: NEEDED,
            goal: "Without an argument, the address is 127.0.0.1:0, so that any number of copies \
                   can run.",
            section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
            run: needs_no_argument,
        },
        Check {
            id: "fails-on-a-taken-port",
            title: "fails if one of the ports is taken",
            points: 6,
            needs: NEEDED,
            goal: "If either port is another socket's, say so on stderr, and end with a status \
                   that isn't 0.",
            section: "lesson-1-create-sockets.md#3-only-udp-is-taken",
            run: fails_on_a_taken_port,
        },
        names_a_malformed_argument(3, "lesson-1-create-sockets.md#4-a-malformed-address"),
    ],
    play: None,
};

/// What most checks need: without it they would say nothing.
const NEEDED: Option<&str> = Some("shows-its-tcp-address");

// The addresses that the program shows, in whatever layout.

/// The line may still be on its way when its first half is there.
const REST_OF_THE_LINE: Duration = Duration::from_millis(100);

/// Numbers of a line that may be the port; a line may hold a million.
const NUMBERS: usize = 32;

/// Waits for the line with this protocol and an address at `ip`; returns the address, whose port
/// isn't 0. The program must then wait.
fn shown_address(
    program: &Subject,
    protocol: Protocol,
    ip: impl Into<IpAddr>,
) -> Checked<SocketAddr> {
    let (ip, name) = (ip.into(), protocol.to_string());
    let cause = Cause::seen(
        "no-line",
        format!(
            "Print a line with the word {name} and the address of that socket, ip and port, on stdout. \
         Its own line end doesn't bring it out of every program's buffer: flush stdout before you \
         wait. Ask the socket for its address, by `local_addr` or `getsockname`."
        ),
    );
    let what = format!("a line with {name}, the ip {ip} and a port");
    let is_shown = |stdout: &[u8]| shown_port(stdout, protocol, ip).is_some();
    program.wait_for_stdout("some output", START, &cause, |stdout| !stdout.is_empty())?;
    program.wait_for_stdout(&what, SOON, &cause, is_shown)?;
    program.runs_on(
        REST_OF_THE_LINE,
        &Cause::new("shown-address-inline", "Both sockets must stay open until a line is typed."),
    )?;
    let port = shown_port(&program.stdout(), protocol, ip)
        .ok_or_else(|| failed(format!("it shows no longer {what}"), &cause))?;
    let cause = &Cause::new(
        "shown-address",
        "Port 0 only asks the system for a free port. Which one it has chosen, the socket \
                 knows when it is bound: ask it, by `local_addr` or `getsockname`.",
    );
    require(port != 0, format!("it shows port 0 for {name}"), cause)?;
    Ok((ip, port).into())
}

/// The port in the first line that has the protocol's name, the ip, and a number.
fn shown_port(stdout: &[u8], protocol: Protocol, ip: IpAddr) -> Option<u16> {
    let (stdout, ip) = (String::from_utf8_lossy(stdout), ip.to_string());
    stdout.lines().find_map(|line| {
        let (before, after) = line.split_once(&protocol.to_string())?;
        // A line may be about both sockets; what stands behind the name belongs to it.
        let about = if after.contains(&ip) { after } else { before };
        port_beside(about, protocol, &ip)
    })
}

/// The port that belongs to an ip: usually the number behind it. There may be other numbers in
/// the text, such as a descriptor, so one that is known to be bound has precedence.
fn port_beside(text: &str, protocol: Protocol, ip: &str) -> Option<u16> {
    let (before, after) = text.split_once(ip)?;
    let numbers: Vec<u16> = numbers(after).chain(numbers(before)).take(NUMBERS).collect();
    // To look into the system's list takes long, and mostly there is nothing to choose.
    if let [only] = numbers.as_slice() {
        return Some(*only);
    }
    let bound = ports::bound_ports(protocol);
    let is_bound = |&port: &u16| match &bound {
        Some(bound) => bound.contains(&port),
        None => is_taken(protocol, ip, port),
    };
    numbers.iter().copied().find(is_bound).or_else(|| numbers.first().copied())
}

/// The same, where the system doesn't tell: whether it refuses us that port.
fn is_taken(protocol: Protocol, ip: &str, port: u16) -> bool {
    let bound = match protocol {
        Protocol::Tcp => TcpListener::bind((ip, port)).map(drop),
        Protocol::Udp => UdpSocket::bind((ip, port)).map(drop),
    };
    bound.is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
}

fn numbers(text: &str) -> impl Iterator<Item = u16> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok())
}

// The two sockets: what is shown of them, and what they do.

/// Asks for any free port.
const ANY: &str = "127.0.0.1:0";

fn shows_its_tcp_address(trial: &Trial) -> Checked {
    let program = trial.start(ANY)?;
    shown_address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST).map(drop)
}

fn shows_its_udp_address(trial: &Trial) -> Checked {
    let program = trial.start(ANY)?;
    shown_address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST).map(drop)
}

fn tcp_accepts_connections(trial: &Trial) -> Checked {
    let program = trial.start(ANY)?;
    let address = shown_address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    // Both stay open: what comes first isn't all that is accepted.
    let _first = connect(trial, address)?;
    let _second = connect(trial, address)?;
    program.runs_on(
        REST_OF_THE_LINE,
        &Cause::new(
            "tcp-accepts-connections-inline",
            "A client that connects is no reason to end.",
        ),
    )
}

/// Connects to the program's TCP socket.
fn connect(trial: &Trial, address: SocketAddr) -> Checked<TcpStream> {
    let cause = &Cause::new(
        "connect",
        "Nobody listens at the address that is shown. `TcpListener::bind` does all that is \
                 needed; in C and Python the socket (`SOCK_STREAM`) is created, bound, and told to \
                 `listen`. Keep it in a variable: a socket that is dropped is closed.",
    );
    let time = trial.time_for("a connection", SOON)?;
    let stream = TcpStream::connect_timeout(&address, time);
    let stream = stream.map_err(|error| {
        failed(format!("no connection to TCP {address} was possible: {error}"), cause)
    })?;
    // Where nobody listens, a client whose own port happens to be that one meets itself.
    let is_itself = stream.local_addr().ok() == stream.peer_addr().ok();
    require(!is_itself, format!("nobody accepts connections at TCP {address}"), cause)?;
    trial.step(format!("connected to TCP {address}"));
    Ok(stream)
}

fn udp_holds_its_port(trial: &Trial) -> Checked {
    let program = trial.start(ANY)?;
    let address = shown_address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST)?;
    udp_is_taken(trial, address)
}

/// Requires that a UDP socket is bound at this address.
fn udp_is_taken(trial: &Trial, address: SocketAddr) -> Checked {
    let is_taken = ports::is_bound(Protocol::Udp, address.port())
        .unwrap_or_else(|| UdpSocket::bind(address).is_err());
    let cause = &Cause::new(
        "udp-is-taken",
        "No UDP socket (`UdpSocket`, `SOCK_DGRAM`) is at the address that is shown: it \
                 wasn't bound, it was closed at once (`let _ = …` does that), or the address is \
                 another socket's.",
    );
    require(is_taken, format!("UDP {address} is free while the program waits"), cause)?;
    trial.step(format!("saw that UDP {address} is taken"));
    Ok(())
}

// What the program waits for, and how it ends.

/// More than a program sleeps by habit.
const LONG: Duration = Duration::from_millis(1500);

/// Starts the program, and waits until it shows its TCP address.
fn open(trial: &Trial) -> Checked<Subject> {
    let program = trial.start(ANY)?;
    shown_address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    Ok(program)
}

fn closes_at_a_line(trial: &Trial) -> Checked {
    let port = trial.port_with_free_tcp()?;
    let address = port.address();
    let program = trial.start(address.to_string())?;
    shown_address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    program.type_line("");
    let cause = &Cause::new(
        "closes-at-a-line",
        "One line must be enough: read one, not all of the input, and then return from \
                 `main`, with status 0. Don't wait for a client, and don't sleep.",
    );
    let ended = program.wait_for_end(PROMPTLY, cause)?;
    ended.succeeded(cause)?;
    let has_nul = ended.stdout.contains(&0);
    require(
        !has_nul,
        "its output has a NUL byte in it",
        &Cause::new("is-free-inline", "Print text, and not a whole buffer."),
    )?;
    is_free(trial, address)
}

fn is_free(trial: &Trial, address: SocketAddr) -> Checked {
    let cause = &Cause::new(
        "is-free",
        "Something still holds the port: a process that the program has started and left \
                 behind.",
    );
    let is_free = TcpListener::bind(address).is_ok();
    require(is_free, format!("TCP {address} is still taken after the program's end"), cause)?;
    let is_free = UdpSocket::bind(address).is_ok();
    require(is_free, format!("UDP {address} is still taken after the program's end"), cause)?;
    trial.step(format!("saw that TCP and UDP {address} are free"));
    Ok(())
}

fn closes_at_the_end_of_its_input(trial: &Trial) -> Checked {
    let mut program = open(trial)?;
    program.close_stdin();
    let cause = &Cause::new(
        "closes-at-the-end-of-its-input",
        "At its end, reading gives 0 bytes (`Ok(0)`, an empty line, `EOFError` in Python). \
                 That isn't an error here, and no reason to read again: close, and end with \
                 status 0.",
    );
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}

fn waits_until_then(trial: &Trial) -> Checked {
    let program = open(trial)?;
    let cause = &Cause::new(
        "waits-until-then",
        "The program ends by itself, and with it its sockets. After showing the addresses, \
                 read a line from standard input: that waits as long as it takes.",
    );
    program.runs_on(LONG, cause)
}

fn takes_any_line(trial: &Trial) -> Checked {
    let program = open(trial)?;
    program.type_line([trial.random.word(8).as_bytes(), b" \xff\xfe \xe5\xa5"].concat());
    let cause = &Cause::new(
        "takes-any-line",
        "Reading text fails on bytes that aren't UTF-8. Read bytes: `read_until(b'\\n', …)`, \
                 `sys.stdin.buffer.readline()`.",
    );
    program.wait_for_end(SOON, cause)?.succeeded(cause)
}

// The argument: which address the program binds, and which it can't.

fn uses_the_given_port_for_both(trial: &Trial) -> Checked {
    let port = trial.port_with_free_tcp()?;
    let program = trial.start(port.address().to_string())?;
    let cause = &Cause::new(
        "uses-the-given-port-for-both",
        "Bind both sockets to the very address of the argument. There is no need to look \
                 for a second port: the protocol is a part of an endpoint's name.",
    );
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let shown = shown_address(&program, protocol, Ipv4Addr::LOCALHOST)?;
        let problem = format!("it was given port {}, and shows {shown}", port.number());
        require(shown == port.address(), problem, cause)?;
    }
    // In this order: a connection may end the program, which is for another check to say.
    udp_is_taken(trial, port.address())?;
    connect(trial, port.address()).map(drop)
}

fn binds_just_the_given_address(trial: &Trial) -> Checked {
    let second = Ipv4Addr::new(127, 0, 0, 2);
    let port = trial.port_with_free_tcp()?;
    let (given, elsewhere) = (port.address(), SocketAddr::from((second, port.number())));
    let program = trial.start(given.to_string())?;
    shown_address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    shown_address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST)?;
    if on_second_loopback(trial, 0).is_none() {
        trial.step("found no second loopback address here, so this can't be told");
        return Ok(());
    }
    let cause = &Cause::new(
        "binds-just-the-given-address",
        "The socket is bound to another address than the argument's: to every address \
                 (`0.0.0.0`, `INADDR_ANY`, `''`), or to one that stands in the program.",
    );
    let time = trial.time_for("a connection", SOON)?;
    let is_there = TcpStream::connect_timeout(&elsewhere, time).is_ok();
    require(!is_there, format!("it was given {given}, and accepts at TCP {elsewhere} too"), cause)?;
    let is_free = on_second_loopback(trial, port.number()).is_some();
    require(is_free, format!("it was given {given}, and holds UDP {elsewhere} too"), cause)?;

    let port = trial.port_with_free_tcp()?;
    let given = SocketAddr::from((second, port.number()));
    let program = trial.start(given.to_string())?;
    shown_address(&program, Protocol::Udp, second)?;
    connect(trial, shown_address(&program, Protocol::Tcp, second)?).map(drop)
}

fn needs_no_argument(trial: &Trial) -> Checked {
    // Two at the same time: port 0 is another one for each.
    for program in [trial.start_without_argument()?, trial.start_without_argument()?] {
        udp_is_taken(trial, shown_address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST)?)?;
        connect(trial, shown_address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?)?;
    }
    Ok(())
}

fn fails_on_a_taken_port(trial: &Trial) -> Checked {
    let cause = &Cause::new(
        "fails-on-a-taken-port",
        "Binding failed, and the program must tell: a message on stderr, and a status that \
                 isn't 0. Don't go on with one socket, don't take another port, and set no option \
                 that lets two sockets share one.",
    );
    let port = trial.port()?;
    trial.step(format!("took TCP port {} for another socket", port.number()));
    refuses_taken(trial, port.address(), cause)?;

    let port = trial.port_with_free_tcp()?;
    let _holder = trial.endpoint_at(port.address())?;
    trial.step(format!("took UDP port {} for another socket", port.number()));
    refuses_taken(trial, port.address(), cause)
}

fn refuses_taken(trial: &Trial, address: SocketAddr, cause: &Cause) -> Checked {
    let mut program = trial.start(address.to_string())?;
    // One that goes on is to end all the same.
    program.close_stdin();
    program.wait_for_end(START, cause)?.failed_properly("", cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn a_port_that_somebody_holds_is_taken() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        for (protocol, address) in
            [(Protocol::Tcp, tcp.local_addr()), (Protocol::Udp, udp.local_addr())]
        {
            assert!(is_taken(protocol, "127.0.0.1", address.unwrap().port()));
        }
    }

    #[test]
    fn finds_a_port_in_any_layout() {
        let found =
            |line: &str| shown_port(line.as_bytes(), Protocol::Tcp, Ipv4Addr::LOCALHOST.into());
        for line in [
            "TCP socket at 127.0.0.1:1",
            "TCP and UDP\nTCP: ('127.0.0.1', 1)\n",
            "TCP <socket.socket fd=3, family=2, type=1, proto=0, laddr=('127.0.0.1', 1)>",
            "TCP port 1 of 127.0.0.1",
            "127.0.0.1:1 (TCP)",
            "TCP 127.0.0.1:1, UDP 127.0.0.1:2",
            "UDP 127.0.0.1:2, TCP 127.0.0.1:1",
        ] {
            assert_eq!(found(line), Some(1), "{line}");
        }
        for line in ["TCP", "TCP 0.0.0.0:1", "UDP 127.0.0.1:1", "TCP at 127.0.0.1"] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn only_the_first_numbers_of_a_line_are_looked_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let bound = listener.local_addr().unwrap().port();
        let found = |numbers: &str| {
            let line = format!("TCP 127.0.0.1 {numbers}{bound}");
            shown_port(line.as_bytes(), Protocol::Tcp, Ipv4Addr::LOCALHOST.into())
        };
        assert_eq!(found(&"1 ".repeat(NUMBERS)), Some(1));
        if cfg!(target_os = "linux") {
            assert_eq!(found(&"1 ".repeat(NUMBERS - 1)), Some(bound));
        }
    }
}
