//! The addresses that the program shows, in whatever layout.

use crate::failure::{Verdict, require};
use crate::subject::{SOON, START, Subject};
use base::ports::{self, Protocol};
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

/// The line may still be on its way when its first half is there.
pub const REST_OF_THE_LINE: Duration = Duration::from_millis(100);

/// Numbers of a line that may be the port; a line may hold a million.
const NUMBERS: usize = 32;

/// Waits for the line with this protocol and an address at `ip`; returns the address, whose port
/// isn't 0. The program must then wait.
pub fn address(
    program: &Subject,
    protocol: Protocol,
    ip: impl Into<IpAddr>,
) -> Verdict<SocketAddr> {
    let (ip, name) = (ip.into(), name(protocol));
    let cause = format!(
        "Print a line with the word {name} and the address of that socket, ip and port, on stdout. \
         Its own line end doesn't bring it out of every program's buffer: flush stdout before you \
         wait. Ask the socket for its address, by `local_addr` or `getsockname`."
    );
    let what = format!("a line with {name}, the ip {ip} and a port");
    let is_shown = |stdout: &[u8]| port(stdout, protocol, ip).is_some();
    program.wait_for_stdout("some output", START, &cause, |stdout| !stdout.is_empty())?;
    program.wait_for_stdout(&what, SOON, &cause, is_shown)?;
    program.runs_on(REST_OF_THE_LINE, "Both sockets must stay open until a line is typed.")?;
    let port = port(&program.stdout(), protocol, ip).unwrap_or_default();
    let cause = "Port 0 only asks the system for a free port. Which one it has chosen, the socket \
                 knows when it is bound: ask it, by `local_addr` or `getsockname`.";
    require(port != 0, format!("it shows port 0 for {name}"), cause)?;
    Ok((ip, port).into())
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    }
}

/// The port in the first line that has the protocol's name, the ip, and a number.
fn port(stdout: &[u8], protocol: Protocol, ip: IpAddr) -> Option<u16> {
    let (stdout, ip) = (String::from_utf8_lossy(stdout), ip.to_string());
    stdout.lines().find_map(|line| {
        let (before, after) = line.split_once(name(protocol))?;
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
        let found = |line: &str| port(line.as_bytes(), Protocol::Tcp, Ipv4Addr::LOCALHOST.into());
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
            port(line.as_bytes(), Protocol::Tcp, Ipv4Addr::LOCALHOST.into())
        };
        assert_eq!(found(&"1 ".repeat(NUMBERS)), Some(1));
        if cfg!(target_os = "linux") {
            assert_eq!(found(&"1 ".repeat(NUMBERS - 1)), Some(bound));
        }
    }
}
