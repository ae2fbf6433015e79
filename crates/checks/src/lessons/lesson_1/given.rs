//! The argument: which address the program binds, and which it can't.

use super::sockets::{connect, udp_is_taken};
use super::{NEEDED, shown};
use crate::check::Check;
use crate::failure::{Verdict, require};
use crate::lessons::common::{names_a_malformed_argument, on_second_loopback};
use crate::subject::{SOON, START};
use crate::trial::Trial;
use base::ports::Protocol;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

pub const PORT: Check = Check {
    id: "uses-the-given-port-for-both",
    title: "uses the given port for TCP and for UDP",
    points: 8,
    needs: NEEDED,
    goal: "TCP port N and UDP port N are different endpoints, so both sockets can have the port \
           that is ordered.",
    section: "lesson-1-create-sockets.md#1-tcp-and-udp-on-one-port",
    run: uses_the_given_port_for_both,
};

pub const ADDRESS: Check = Check {
    id: "binds-just-the-given-address",
    title: "binds the given ip, and no other",
    points: 4,
    needs: NEEDED,
    goal: "127.0.0.1 isn't every address of this computer, and 127.0.0.2 isn't 127.0.0.1.",
    section: "lesson-1-create-sockets.md#what-names-an-endpoint",
    run: binds_just_the_given_address,
};

pub const NONE: Check = Check {
    id: "needs-no-argument",
    title: "takes any free ports if it is given no argument",
    points: 3,
    needs: NEEDED,
    goal: "Without an argument, the address is 127.0.0.1:0, so that any number of copies can run.",
    section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
    run: needs_no_argument,
};

pub const TAKEN: Check = Check {
    id: "fails-on-a-taken-port",
    title: "fails if one of the ports is taken",
    points: 6,
    needs: NEEDED,
    goal: "If either port is another socket's, say so on stderr, and end with a status that isn't \
           0.",
    section: "lesson-1-create-sockets.md#3-only-udp-is-taken",
    run: fails_on_a_taken_port,
};

pub const MALFORMED: Check =
    names_a_malformed_argument(3, "lesson-1-create-sockets.md#4-a-malformed-address");

fn uses_the_given_port_for_both(trial: &Trial) -> Verdict {
    let port = trial.port_with_free_tcp()?;
    let program = trial.start(port.address().to_string())?;
    let cause = "Bind both sockets to the very address of the argument. There is no need to look \
                 for a second port: the protocol is a part of an endpoint's name.";
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let shown = shown::address(&program, protocol, Ipv4Addr::LOCALHOST)?;
        let problem = format!("it was given port {}, and shows {shown}", port.number());
        require(shown == port.address(), problem, cause)?;
    }
    // In this order: a connection may end the program, which is for another check to say.
    udp_is_taken(trial, port.address())?;
    connect(trial, port.address()).map(drop)
}

fn binds_just_the_given_address(trial: &Trial) -> Verdict {
    let second = Ipv4Addr::new(127, 0, 0, 2);
    let port = trial.port_with_free_tcp()?;
    let (given, elsewhere) = (port.address(), SocketAddr::from((second, port.number())));
    let program = trial.start(given.to_string())?;
    shown::address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?;
    shown::address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST)?;
    if on_second_loopback(trial, 0).is_none() {
        trial.step("found no second loopback address here, so this can't be told");
        return Ok(());
    }
    let cause = "The socket is bound to another address than the argument's: to every address \
                 (`0.0.0.0`, `INADDR_ANY`, `''`), or to one that stands in the program.";
    let time = trial.time_for("a connection", SOON)?;
    let is_there = TcpStream::connect_timeout(&elsewhere, time).is_ok();
    require(!is_there, format!("it was given {given}, and accepts at TCP {elsewhere} too"), cause)?;
    let is_free = on_second_loopback(trial, port.number()).is_some();
    require(is_free, format!("it was given {given}, and holds UDP {elsewhere} too"), cause)?;

    let port = trial.port_with_free_tcp()?;
    let given = SocketAddr::from((second, port.number()));
    let program = trial.start(given.to_string())?;
    shown::address(&program, Protocol::Udp, second)?;
    connect(trial, shown::address(&program, Protocol::Tcp, second)?).map(drop)
}

fn needs_no_argument(trial: &Trial) -> Verdict {
    // Two at the same time: port 0 is another one for each.
    for program in [trial.start_without_argument()?, trial.start_without_argument()?] {
        udp_is_taken(trial, shown::address(&program, Protocol::Udp, Ipv4Addr::LOCALHOST)?)?;
        connect(trial, shown::address(&program, Protocol::Tcp, Ipv4Addr::LOCALHOST)?)?;
    }
    Ok(())
}

fn fails_on_a_taken_port(trial: &Trial) -> Verdict {
    let cause = "Binding failed, and the program must tell: a message on stderr, and a status that \
                 isn't 0. Don't go on with one socket, don't take another port, and set no option \
                 that lets two sockets share one.";
    let port = trial.port()?;
    trial.step(format!("took TCP port {} for another socket", port.number()));
    refuses_taken(trial, port.address(), cause)?;

    let port = trial.port_with_free_tcp()?;
    let _holder = trial.endpoint_at(port.address())?;
    trial.step(format!("took UDP port {} for another socket", port.number()));
    refuses_taken(trial, port.address(), cause)
}

fn refuses_taken(trial: &Trial, address: SocketAddr, cause: &str) -> Verdict {
    let mut program = trial.start(address.to_string())?;
    // One that goes on is to end all the same.
    program.close_stdin();
    program.wait_for_end(START, cause)?.failed_properly("", cause)
}
