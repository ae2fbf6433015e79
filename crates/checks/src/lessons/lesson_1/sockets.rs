//! The two sockets: what is shown of them, and what they do.

use super::shown::REST_OF_THE_LINE;
use super::{NEEDED, shown};
use crate::check::Check;
use crate::failure::{Verdict, failed, require};
use crate::subject::SOON;
use crate::trial::Trial;
use base::ports::{self, Protocol};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};

/// Asks for any free port.
pub const ANY: &str = "127.0.0.1:0";

pub const TCP: Check = Check {
    id: "shows-its-tcp-address",
    title: "shows the real address of its TCP socket",
    points: 12,
    needs: None,
    goal: "Create a TCP socket at the address of the argument, and show where it is: a line with \
           TCP, the ip and the port that the system has chosen.",
    section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
    run: shows_its_tcp_address,
};

pub const UDP: Check = Check {
    id: "shows-its-udp-address",
    title: "shows the real address of its UDP socket",
    points: 12,
    needs: None,
    goal: "Create a UDP socket at the address of the argument, too, and show where it is: a line \
           with UDP, the ip and the port that the system has chosen.",
    section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
    run: shows_its_udp_address,
};

pub const LISTENS: Check = Check {
    id: "tcp-accepts-connections",
    title: "accepts connections at its TCP address while it waits",
    points: 12,
    needs: NEEDED,
    goal: "A TCP socket that listens is open to clients: the system accepts their connections and \
           keeps them, even before the program asks for one.",
    section: "lesson-1-create-sockets.md#creating-binding-listening",
    run: tcp_accepts_connections,
};

pub const HOLDS: Check = Check {
    id: "udp-holds-its-port",
    title: "holds its UDP port while it waits",
    points: 12,
    needs: Some(UDP.id),
    goal: "A UDP socket that is bound has its port to itself, as long as it is open.",
    section: "lesson-1-create-sockets.md#what-names-an-endpoint",
    run: udp_holds_its_port,
};

fn shows_its_tcp_address(trial: &Trial) -> Verdict {
    let program = trial.start(ANY)?;
    shown::address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST).map(drop)
}

fn shows_its_udp_address(trial: &Trial) -> Verdict {
    let program = trial.start(ANY)?;
    shown::address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST).map(drop)
}

fn tcp_accepts_connections(trial: &Trial) -> Verdict {
    let program = trial.start(ANY)?;
    let address = shown::address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    // Both stay open: what comes first isn't all that is accepted.
    let _first = connect(trial, address)?;
    let _second = connect(trial, address)?;
    program.runs_on(REST_OF_THE_LINE, "A client that connects is no reason to end.")
}

/// Connects to the program's TCP socket.
pub fn connect(trial: &Trial, address: SocketAddr) -> Verdict<TcpStream> {
    let cause = "Nobody listens at the address that is shown. `TcpListener::bind` does all that is \
                 needed; in C and Python the socket (`SOCK_STREAM`) is created, bound, and told to \
                 `listen`. Keep it in a variable: a socket that is dropped is closed.";
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

fn udp_holds_its_port(trial: &Trial) -> Verdict {
    let program = trial.start(ANY)?;
    let address = shown::address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST)?;
    udp_is_taken(trial, address)
}

/// Requires that a UDP socket is bound at this address.
pub fn udp_is_taken(trial: &Trial, address: SocketAddr) -> Verdict {
    let is_taken = ports::is_bound(Protocol::Udp, address.port())
        .unwrap_or_else(|| UdpSocket::bind(address).is_err());
    let cause = "No UDP socket (`UdpSocket`, `SOCK_DGRAM`) is at the address that is shown: it \
                 wasn't bound, it was closed at once (`let _ = …` does that), or the address is \
                 another socket's.";
    require(is_taken, format!("UDP {address} is free while the program waits"), cause)?;
    trial.step(format!("saw that UDP {address} is taken"));
    Ok(())
}
