//! Where the program has its two sockets: what it shows, in whatever layout, and what it does.

use crate::cause::Cause;
use crate::diagnosis;
use crate::failure::{Checked, Fault, failed, late, needs, require};
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use base::ports::{self, Port, Protocol};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

pub const TCP_ACCEPTS: &str = "tcp-accepts-connections";
pub const UDP_HOLDS: &str = "udp-holds-its-port";
pub const WAITS: &str = "waits-until-then";

/// The line may still be on its way when its first half is there, and the second socket when the
/// first is.
pub const THE_REST: Duration = Duration::from_millis(100);

/// Numbers of a line that may be the port; a line may hold a million.
const NUMBERS: usize = 32;

/// The port in the first line that has the protocol's name, the ip, and a number, which isn't 0
/// where there is another such line.
pub fn shown_port(stdout: &[u8], protocol: Protocol, ip: IpAddr) -> Option<u16> {
    let (stdout, ip) = (String::from_utf8_lossy(stdout), ip.to_string());
    let ports = || {
        stdout.lines().filter_map(|line| {
            let (before, after) = line.split_once(&protocol.to_string())?;
            // A line may be about both sockets; what stands behind the name belongs to it.
            let about = if after.contains(&ip) { after } else { before };
            port_beside(about, protocol, &ip)
        })
    };
    ports().find(|port| *port != 0).or_else(|| ports().next())
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
pub fn is_taken(protocol: Protocol, ip: &str, port: u16) -> bool {
    let bound = match protocol {
        Protocol::Tcp => TcpListener::bind((ip, port)).map(drop),
        Protocol::Udp => UdpSocket::bind((ip, port)).map(drop),
    };
    bound.is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
}

fn numbers(text: &str) -> impl Iterator<Item = u16> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok())
}

/// The address of a socket as the program shows it: at this ip, or at every one.
pub fn shown(stdout: &[u8], protocol: Protocol, ip: IpAddr) -> Option<SocketAddr> {
    let ips = [ip, Ipv4Addr::UNSPECIFIED.into()];
    ips.into_iter().find_map(|ip| Some((ip, shown_port(stdout, protocol, ip)?).into()))
}

/// The check that a program has a socket of this protocol at all.
pub fn holding(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => TCP_ACCEPTS,
        Protocol::Udp => UDP_HOLDS,
    }
}

/// A running program that was told to bind a port of its own.
pub struct Started {
    pub program: Subject,
    pub given: SocketAddr,
    _port: Port,
}

/// Starts the program at a port that nobody has.
pub fn start(trial: &Trial, ip: impl Into<IpAddr>) -> Checked<Started> {
    let port = trial.port_with_free_tcp()?;
    let given = SocketAddr::from((ip.into(), port.number()));
    let program = trial.start(given.to_string())?;
    Ok(Started { program, given, _port: port })
}

/// The same, and waits until it has a socket, of whatever protocol, and seems to wait.
pub fn waiting(trial: &Trial, ip: impl Into<IpAddr>) -> Checked<Started> {
    let started = start(trial, ip)?;
    started.place(trial, &[Protocol::Udp, Protocol::Tcp]).map_err(needs(TCP_ACCEPTS))?;
    started.program.runs_on(THE_REST, &Cause::NONE).map_err(needs(WAITS))?;
    Ok(started)
}

impl Started {
    /// Where it has a socket of one of these protocols: at the port that it was given, or where it
    /// says. Whether that is right is a question of other checks.
    pub fn place(&self, trial: &Trial, protocols: &[Protocol]) -> Checked<SocketAddr> {
        let within = trial.time_for("a socket of the program's", START)?;
        let begin = Instant::now();
        loop {
            let (status, stdout) = (self.program.status(), self.program.stdout());
            let is_known = begin.elapsed() >= PROMPTLY;
            let place = |protocol: &Protocol| self.place_of(*protocol, &stdout, status, is_known);
            if let Some(place) = protocols.iter().find_map(place) {
                return Ok(place);
            }
            if status.is_some() || begin.elapsed() >= within {
                return Err(self.nowhere(protocols, within));
            }
            let is_news = |now: &[u8]| now.len() > stdout.len();
            let _ = self.program.wait_for_stdout("a line", A_LOOK, &Cause::NONE, is_news);
        }
    }

    /// `is_known`: where the system doesn't tell, that much time has to do.
    fn place_of(
        &self,
        protocol: Protocol,
        stdout: &[u8],
        status: Option<ExitStatus>,
        is_known: bool,
    ) -> Option<SocketAddr> {
        let seen = ports::seen_addresses(protocol, self.given.port());
        if seen.as_ref().is_some_and(|seen| !seen.is_empty()) && status.is_none() {
            return Some(self.given);
        }
        let shown = shown(stdout, protocol, self.given.ip()).filter(|shown| shown.port() != 0);
        let guessed = (seen.is_none() && is_known).then_some(self.given);
        shown.map(|shown| (self.given.ip(), shown.port()).into()).or(guessed)
    }

    fn nowhere(&self, protocols: &[Protocol], within: Duration) -> Fault {
        let names: Vec<String> = protocols.iter().map(Protocol::to_string).collect();
        let names = names.join(" or ");
        if let Some(status) = self.program.status() {
            let problem = format!("it ended ({status}), and hadn't shown a {names} socket");
            return failed(problem, &Cause::NONE.of_end(status));
        }
        let bound = self.program.bound();
        let cause = protocols.first().map_or(Cause::NONE, |protocol| {
            diagnosis::of_an_unbound_port(&bound, *protocol, self.given.port())
        });
        late(format!("it has no {names} socket after {within:.1?}"), within, &cause)
    }
}

/// Between looks at the system's list of ports.
const A_LOOK: Duration = Duration::from_millis(10);

/// Connects to the program's TCP socket.
pub fn connect(trial: &Trial, address: SocketAddr) -> Checked<TcpStream> {
    let cause = Cause::new(
        "nobody-listens",
        "There is no TCP socket that listens where it should be. `TcpListener::bind` does all that \
         is needed; in C and Python the socket (`SOCK_STREAM`) is created, bound, and told to \
         `listen`. Keep it in a variable: a socket that is dropped is closed.",
    );
    let time = trial.time_for("a connection", SOON)?;
    let stream = TcpStream::connect_timeout(&address, time);
    let stream = stream.map_err(|error| {
        failed(format!("no connection to TCP {address} was possible: {error}"), &cause)
    })?;
    // Where nobody listens, a client whose own port happens to be that one meets itself.
    let is_itself = stream.local_addr().ok() == stream.peer_addr().ok();
    require(!is_itself, format!("nobody accepts connections at TCP {address}"), &cause)?;
    trial.step(format!("connected to TCP {address}"));
    Ok(stream)
}

/// Whether a socket is bound at this address, or at every address.
pub fn is_held(protocol: Protocol, address: SocketAddr) -> bool {
    let holds = |ip: &IpAddr| *ip == address.ip() || ip.is_unspecified();
    match ports::addresses(protocol, address.port()) {
        Some(ips) => ips.iter().any(holds),
        None => ports::try_bind(protocol, address).is_err(),
    }
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
