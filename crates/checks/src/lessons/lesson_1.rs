//! Create a TCP socket and a UDP socket, show their addresses, wait, and close them.

mod sockets;

use crate::cause::Cause;
use crate::check::{Check, Lesson, Limits};
use crate::failure::{Checked, Fault, failed, needs, require};
use crate::lessons::common::{
    OTHER_ADDRESS, PRINTS_NUL, is_visible, names_a_malformed_argument, on_second_loopback,
};
use crate::subject::{PROMPTLY, SOON, START, Subject};
use crate::trial::Trial;
use base::lessons::numbered;
use base::ports::{self, PortCount, Protocol};
use base::text::shortened as quoted;
use sockets::{
    Started, TCP_ACCEPTS, THE_REST, UDP_HOLDS, WAITS, connect, holding, is_held, is_taken, shown,
    start, waiting,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

pub const LESSON: Lesson = Lesson {
    entry: numbered(1),
    limits: Limits::USUAL,
    ports: PortCount { udp: 1, both: 12 },
    checks: &[
        Check {
            id: "shows-its-tcp-address",
            title: "shows the real address of its TCP socket",
            points: 11,
            needs: None,
            goal: "Create a TCP socket at the address of the argument, and show where it is: a \
                   line with TCP, the ip and the port that the system has chosen.",
            section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
            run: shows_its_tcp_address,
        },
        Check {
            id: "shows-its-udp-address",
            title: "shows the real address of its UDP socket",
            points: 11,
            needs: None,
            goal: "Create a UDP socket at the address of the argument, too, and show where it is: \
                   a line with UDP, the ip and the port that the system has chosen.",
            section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
            run: shows_its_udp_address,
        },
        Check {
            id: TCP_ACCEPTS,
            title: "accepts connections at its TCP address while it waits",
            points: 11,
            needs: None,
            goal: "A TCP socket that listens is open to clients: the system accepts their \
                   connections and keeps them, even before the program asks for one.",
            section: "lesson-1-create-sockets.md#creating-binding-listening",
            run: tcp_accepts_connections,
        },
        Check {
            id: UDP_HOLDS,
            title: "holds its UDP port while it waits",
            points: 12,
            needs: None,
            goal: "A UDP socket that is bound has its port to itself, as long as it is open.",
            section: "lesson-1-create-sockets.md#what-names-an-endpoint",
            run: udp_holds_its_port,
        },
        Check {
            id: "closes-at-a-line",
            title: "ends with success when a line is typed, and both ports are free",
            points: 10,
            needs: None,
            goal: "Enter lets the program close both sockets and end, with exit status 0. A closed \
                   socket has given its port back.",
            section: "lesson-1-create-sockets.md#closing",
            run: closes_at_a_line,
        },
        Check {
            id: "closes-at-the-end-of-its-input",
            title: "ends with success when its input ends",
            points: 7,
            needs: None,
            goal: "Where no line can come any more, waiting for one is in vain: the end of the \
                   input lets the program close, too.",
            section: "lesson-1-create-sockets.md#your-turn",
            run: closes_at_the_end_of_its_input,
        },
        Check {
            id: WAITS,
            title: "waits until then",
            points: 8,
            needs: None,
            goal: "The sockets stay open until a line is typed or the input ends, however long \
                   that takes.",
            section: "lesson-1-create-sockets.md#your-turn",
            run: waits_until_then,
        },
        Check {
            id: "shows-all-before-it-waits",
            title: "has shown all that it has to say when it waits",
            points: 3,
            needs: None,
            goal: "Whoever is to press Enter must see the addresses, and the prompt if there is one: \
                   what is printed is flushed before the program waits.",
            section: "lesson-1-create-sockets.md#your-turn",
            run: shows_all_before_it_waits,
        },
        Check {
            id: "takes-any-line",
            title: "takes any line, even one that isn't text",
            points: 3,
            needs: None,
            goal: "It doesn't matter what the line says; bytes that aren't UTF-8 must not stop the \
                   program.",
            section: "lesson-1-create-sockets.md#hints",
            run: takes_any_line,
        },
        Check {
            id: USES_THE_PORT,
            title: "uses the given port for TCP and for UDP",
            points: 8,
            needs: None,
            goal: "TCP port N and UDP port N are different endpoints, so both sockets can have the \
                   port that is ordered.",
            section: "lesson-1-create-sockets.md#1-tcp-and-udp-on-one-port",
            run: uses_the_given_port_for_both,
        },
        Check {
            id: "binds-just-the-given-address",
            title: "binds the given ip, and no other",
            points: 4,
            needs: None,
            goal: "127.0.0.1 isn't every address of this computer, and 127.0.0.2 isn't 127.0.0.1.",
            section: "lesson-1-create-sockets.md#what-names-an-endpoint",
            run: binds_just_the_given_address,
        },
        Check {
            id: "needs-no-argument",
            title: "takes any free ports if it is given no argument",
            points: 3,
            needs: None,
            goal: "Without an argument, the address is 127.0.0.1:0, so that any number of copies \
                   can run.",
            section: "lesson-1-create-sockets.md#port-0-and-how-to-learn-the-real-port",
            run: needs_no_argument,
        },
        Check {
            id: "fails-on-a-taken-port",
            title: "fails if one of the ports is taken",
            points: 6,
            needs: None,
            goal: "If either port is another socket's, say so on stderr, and end with a status \
                   that isn't 0.",
            section: "lesson-1-create-sockets.md#3-only-udp-is-taken",
            run: fails_on_a_taken_port,
        },
        names_a_malformed_argument(3, "lesson-1-create-sockets.md#4-a-malformed-address"),
    ],
    own_network: &[],
    play: None,
};

const USES_THE_PORT: &str = "uses-the-given-port-for-both";

// The addresses that the program shows.

/// Asks for any free port.
const ANY: &str = "127.0.0.1:0";

fn shows_its_tcp_address(trial: &Trial) -> Checked {
    shows_its_address(trial, Protocol::Tcp)
}

fn shows_its_udp_address(trial: &Trial) -> Checked {
    shows_its_address(trial, Protocol::Udp)
}

fn shows_its_address(trial: &Trial, protocol: Protocol) -> Checked {
    let program = trial.start(ANY)?;
    let (name, ip) = (protocol.to_string(), Ipv4Addr::LOCALHOST.into());
    program.wait_for_stdout("some output", START, &NO_LINE, is_visible)?;
    program.shows(name.as_bytes(), SOON, &NO_LINE)?;
    let what = format!("a line with {name}, the ip {ip} and a port");
    let is_shown = |stdout: &[u8]| shown(stdout, protocol, ip).is_some();
    program.wait_for_stdout(&what, SOON, &NO_ADDRESS, is_shown)?;
    let _ = program.wait_for_end(THE_REST, &Cause::NONE);
    let address = shown(&program.stdout(), protocol, ip)
        .ok_or_else(|| failed(format!("it shows no longer {what}"), &NO_ADDRESS))?;
    require(address.port() != 0, format!("it shows port 0 for {name}"), &PORT_0)?;
    if program.status().is_none() && is_held(protocol, address) {
        return Ok(());
    }
    // When a program ends, its sockets go first.
    if program.wait_for_end(THE_REST, &Cause::NONE).is_ok() {
        trial.step("it has ended, so whether the address was real can't be told");
        return Ok(());
    }
    // A socket that isn't there, or not any more, has no real address.
    let problem = format!("it shows {address} for {name}, and no such socket is there");
    Err(failed(problem, &NOT_ITS_ADDRESS)).map_err(needs(holding(protocol)))
}

const NO_LINE: Cause = Cause::new(
    "no-line",
    "Print a line with the word TCP and one with the word UDP, each with the address of that \
     socket, ip and port, on stdout, and flush stdout before you wait.",
);

const NO_ADDRESS: Cause = Cause::new(
    "no-address",
    "The line must have the address in it that the socket has, ip and port: ask the socket, by \
     `local_addr` or `getsockname`.",
);

const PORT_0: Cause = Cause::new(
    "port-0",
    "Port 0 only asks the system for a free port. Which one it has chosen, the socket knows when it \
     is bound: ask it, by `local_addr` or `getsockname`, and don't print the argument.",
);

const NOT_ITS_ADDRESS: Cause = Cause::new(
    "not-its-address",
    "The address is that of no open socket of this protocol: it is the other socket's, or that of \
     one that was closed. Ask the very socket that stays open, by `local_addr` or `getsockname`. \
     (In C, give `sin_port` to `ntohs` before you print it.)",
);

fn shows_all_before_it_waits(trial: &Trial) -> Checked {
    let waits = waiting(trial, Ipv4Addr::LOCALHOST)?;
    // What is still in its buffer comes when it ends, and this one ends without having had a line.
    let Some(failing) = trial.start_with_failing_input(ANY)? else {
        trial.step("found no input here that can't be read, so no more can be told");
        return Ok(());
    };
    let Ok(ended) = failing.wait_for_end(SOON, &Cause::NONE) else { return Ok(()) };
    if ended.status.success() || waits.program.status().is_some() {
        trial.step("it took that for the end of its input, or hasn't waited: no more can be told");
        return Ok(());
    }
    let (while_it_waits, in_all) = (shape(&waits.program.stdout()), shape(&ended.stdout));
    let rest = in_all.strip_prefix(while_it_waits.as_str()).filter(|rest| !rest.trim().is_empty());
    let problem = format!(
        "while it waits, this hasn't come yet, and comes only when it ends without having read a \
         line: {}",
        quoted(rest.unwrap_or("").as_bytes())
    );
    require(rest.is_none(), problem, &UNFLUSHED)
}

/// Output, with each number the same.
fn shape(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let mut shape = String::new();
    let mut is_in_number = false;
    for c in text.chars() {
        if !c.is_ascii_digit() {
            shape.push(c);
        } else if !is_in_number {
            shape.push('0');
        }
        is_in_number = c.is_ascii_digit();
    }
    shape
}

const UNFLUSHED: Cause = Cause::new(
    "unflushed",
    "What is printed without a line end, and in C into a pipe all that is printed, waits in the \
     program's own buffer: flush stdout before you read (`io::stdout().flush()`, \
     `fflush(stdout)`). Messages of errors belong on stderr.",
);

// The two sockets, while the program waits.

fn tcp_accepts_connections(trial: &Trial) -> Checked {
    let started = start(trial, Ipv4Addr::LOCALHOST)?;
    let address = started.place(trial, &[Protocol::Tcp])?;
    started.program.runs_on(THE_REST, &Cause::NONE).map_err(needs(WAITS))?;
    // Both stay open: what comes first isn't all that is accepted.
    let _first = connect(trial, address)?;
    match connect(trial, address) {
        // Whether a client is a reason to end is another check's question.
        Err(_) if started.program.wait_for_end(THE_REST, &Cause::NONE).is_ok() => Ok(()),
        second => second.map(drop),
    }
}

fn udp_holds_its_port(trial: &Trial) -> Checked {
    let started = start(trial, Ipv4Addr::LOCALHOST)?;
    let address = started.place(trial, &[Protocol::Udp])?;
    started.program.runs_on(THE_REST, &Cause::NONE).map_err(needs(WAITS))?;
    let cause = Cause::new(
        "no-udp",
        "There is no UDP socket (`UdpSocket`, `SOCK_DGRAM`) where it should be: it wasn't bound, it \
         was closed at once (`let _ = …` does that), or it is somewhere else.",
    );
    let problem = format!("UDP {address} is free while the program waits");
    require(is_held(Protocol::Udp, address), problem, &cause)?;
    trial.step(format!("saw that UDP {address} is taken"));
    Ok(())
}

// What the program waits for, and how it ends.

/// More than a program sleeps by habit.
const LONG: Duration = Duration::from_secs(2);

fn waits_until_then(trial: &Trial) -> Checked {
    let started = start(trial, Ipv4Addr::LOCALHOST)?;
    let protocols = [Protocol::Udp, Protocol::Tcp];
    started.place(trial, &protocols).map_err(needs(TCP_ACCEPTS))?;
    let held = || protocols.map(|protocol| is_held(protocol, started.given));
    let _ = started.program.wait_for_end(THE_REST, &Cause::NONE);
    let before = held();
    // A client is no reason to end; whether it is accepted is another check's question.
    let _client = connect(trial, started.given);
    started.program.runs_on(LONG, &Cause::NONE).map_err(|fault| does_not_wait(fault, &started))?;
    let problem = "it still runs, and doesn't hold its sockets any more";
    let keeps = before.iter().zip(held()).all(|(before, now)| now || !before);
    require(keeps, problem, &DOES_NOT_WAIT)
}

fn does_not_wait(fault: Fault, started: &Started) -> Fault {
    match (fault, started.program.status()) {
        (Fault::Failed(failure), Some(status)) if status.success() => {
            failed(failure.problem, &DOES_NOT_WAIT)
        }
        (fault, _) => fault,
    }
}

const DOES_NOT_WAIT: Cause = Cause::new(
    "does-not-wait",
    "No line was typed, and the program has closed its sockets or ended. After showing the \
     addresses, read a line from standard input: that waits as long as it takes, whatever clients \
     do.",
);

fn closes_at_a_line(trial: &Trial) -> Checked {
    let started = waiting(trial, Ipv4Addr::LOCALHOST)?;
    started.program.type_line("");
    let cause = Cause::new(
        "does-not-close",
        "One line must be enough: read one, not all of the input, and then return from `main`, with \
         status 0. Don't wait for a client, and don't sleep.",
    );
    let ended = started.program.wait_for_end(SOON, &cause)?;
    ended.succeeded(&cause)?;
    let has_nul = ended.stdout.contains(&0);
    require(!has_nul, "its output has a NUL byte in it", &PRINTS_NUL)?;
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let problem = format!("{protocol} {} is still taken after its end", started.given);
        require(ports::try_bind(protocol, started.given).is_ok(), problem, &STILL_TAKEN)?;
    }
    trial.step(format!("saw that TCP and UDP {} are free", started.given));
    Ok(())
}

const STILL_TAKEN: Cause = Cause::new(
    "still-taken",
    "Something still holds the port: a process that the program has started and left behind.",
);

fn closes_at_the_end_of_its_input(trial: &Trial) -> Checked {
    let mut started = waiting(trial, Ipv4Addr::LOCALHOST)?;
    started.program.close_stdin();
    let cause = Cause::of_ends(
        "end-not-noticed",
        "At the end of the input, reading gives 0 bytes (`Ok(0)`, an empty line, `EOFError` in \
         Python, `NULL` or `EOF` in C). That isn't an error here, and no reason to read again: \
         close, and end with status 0.",
    );
    let judged = started.program.wait_for_end(SOON, &cause).and_then(|end| end.succeeded(&cause));
    // One that ends with an error at every line is the other check's.
    if judged.is_err() && started.program.status().is_some() {
        return unless_usual(trial, &started, judged);
    }
    judged
}

fn takes_any_line(trial: &Trial) -> Checked {
    let mut started = waiting(trial, Ipv4Addr::LOCALHOST)?;
    let line = [trial.random.word(8).as_bytes(), b" \xff\xfe \xe5\xa5"].concat();
    started.program.type_line(line);
    started.program.close_stdin();
    let cause = Cause::of_ends(
        "strict-decoding",
        "To read text fails on bytes that aren't UTF-8. Read bytes: `read_until(b'\\n', …)`, \
         `sys.stdin.buffer.readline()`.",
    );
    let judged = started.program.wait_for_end(SOON, &cause).and_then(|end| end.succeeded(&cause));
    if judged.is_err() { unless_usual(trial, &started, judged) } else { Ok(()) }
}

/// What is judged is nothing of its own if an ordinary line ends the program in the same way.
fn unless_usual(trial: &Trial, started: &Started, judged: Checked) -> Checked {
    let mut usual = waiting(trial, Ipv4Addr::LOCALHOST)?;
    usual.program.type_line("hello");
    usual.program.close_stdin();
    let _ = usual.program.wait_for_end(SOON, &Cause::NONE);
    let success = |program: &Subject| program.status().map(|status| status.success());
    if success(&usual.program) != success(&started.program) {
        return judged;
    }
    trial.step("saw the same after an ordinary line");
    Ok(())
}

// The argument: which address the program binds, and which it can't.

fn uses_the_given_port_for_both(trial: &Trial) -> Checked {
    let started = start(trial, Ipv4Addr::LOCALHOST)?;
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let place = started.place(trial, &[protocol]).map_err(needs(holding(protocol)))?;
        let problem =
            format!("it was given {}, and its {protocol} socket is at {place}", started.given);
        require(place == started.given, problem, &OTHER_PORT)?;
        trial.step(format!("saw its {protocol} socket at {place}"));
    }
    Ok(())
}

const OTHER_PORT: Cause = Cause::new(
    "other-port",
    "Bind both sockets to the very address of the argument. There is no need to look for a second \
     port: the protocol is a part of an endpoint's name.",
);

fn binds_just_the_given_address(trial: &Trial) -> Checked {
    let first = waiting(trial, Ipv4Addr::LOCALHOST)?;
    holds_just(trial, &first)?;
    if on_second_loopback(trial, 0).is_none() {
        trial.step("found no second loopback address here, so no more can be told");
        return Ok(());
    }
    holds_just(trial, &waiting(trial, SECOND)?)
}

const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// Requires that each socket which has the given port has it at the given ip only.
fn holds_just(trial: &Trial, started: &Started) -> Checked {
    let given = started.given;
    let mut places = 0;
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        let ips = ports::addresses(protocol, given.port()).unwrap_or_else(|| {
            // Where the system doesn't tell, it has what it doesn't give to us.
            let ips = [Ipv4Addr::LOCALHOST, SECOND].map(IpAddr::from).into_iter();
            let is_taken = |ip: &IpAddr| is_taken(protocol, &ip.to_string(), given.port());
            ips.filter(is_taken).collect()
        });
        let others = ips.iter().find(|ip| **ip != given.ip());
        let problem = others
            .map(|other| format!("it was given {given}, and its {protocol} socket is at {other}"));
        require(others.is_none(), problem.unwrap_or_default(), &OTHER_ADDRESS)?;
        places += ips.len();
    }
    require(places > 0, format!("it has no socket at {given}"), &OTHER_PORT)
        .map_err(needs(USES_THE_PORT))?;
    trial.step(format!("saw that it has bound {given}, and no other address"));
    Ok(())
}

fn needs_no_argument(trial: &Trial) -> Checked {
    // Two at the same time: port 0 is another one for each.
    let programs = [trial.start_without_argument()?, trial.start_without_argument()?];
    for program in &programs {
        let is_shown = |stdout: &[u8]| stdout.contains(&b'\n');
        let _ = program.wait_for_stdout("a line", PROMPTLY, &Cause::NONE, is_shown);
        let judged = program.runs_on(THE_REST, &NO_DEFAULT);
        // Whether it waits is another check's question.
        let has_run = program.status().is_some_and(|status| status.success());
        if !(has_run && is_visible(&program.stdout())) {
            judged?;
        }
    }
    // Its sockets are another check's question, but where they are is this one's.
    let is_everywhere = |program: &Subject| {
        let shown = shown(&program.stdout(), Protocol::Tcp, Ipv4Addr::LOCALHOST.into());
        shown.is_some_and(|address| address.ip().is_unspecified())
    };
    if programs.iter().any(is_everywhere) {
        let usual = trial.start(ANY)?;
        let _ = usual.wait_for_stdout("a line", PROMPTLY, &Cause::NONE, |out| out.contains(&b'\n'));
        require(is_everywhere(&usual), "its default is every address", &NO_DEFAULT)?;
    }
    if programs.iter().any(|program| is_visible(&program.stdout())) {
        return Ok(());
    }
    // One that does nothing would wait just the same.
    let started = start(trial, Ipv4Addr::LOCALHOST)?;
    started.program.runs_on(PROMPTLY, &Cause::NONE).map_err(needs(WAITS))?;
    let holds = |protocol: &Protocol| is_held(*protocol, started.given);
    let is_there = [Protocol::Tcp, Protocol::Udp].iter().any(holds);
    require(is_there, "it has no socket", &Cause::NONE).map_err(needs(TCP_ACCEPTS))
}

const NO_DEFAULT: Cause = Cause::of_ends(
    "no-default",
    "Without an argument, the address is 127.0.0.1:0: none is required (in C, look at `argc` before \
     you use `argv[1]`), and port 0 lets the system choose, so that any number of copies can run.",
);

fn fails_on_a_taken_port(trial: &Trial) -> Checked {
    let first = waiting(trial, Ipv4Addr::LOCALHOST)?;
    trial.step("started a second one at the same address");
    refuses_taken(trial, first.given)?;

    let port = trial.port()?;
    trial.step(format!("took TCP port {} for another socket", port.number()));
    refuses_taken(trial, port.address())?;

    let port = trial.port_with_free_tcp()?;
    let _holder = trial.endpoint_at(port.address())?;
    trial.step(format!("took UDP port {} for another socket", port.number()));
    refuses_taken(trial, port.address())
}

fn refuses_taken(trial: &Trial, address: SocketAddr) -> Checked {
    let cause = Cause::new(
        "shares-its-port",
        "Binding failed, or must fail, and the program must tell: a message on stderr, and a status \
         that isn't 0. Don't go on with one socket, don't take another port, and set no option that \
         lets two sockets share one (`SO_REUSEPORT`).",
    );
    let mut program = trial.start(address.to_string())?;
    // One that goes on is to end all the same.
    program.close_stdin();
    let judged = program.wait_for_end(START, &cause);
    judged.and_then(|ended| ended.failed_properly("", &cause)).map_err(needs(USES_THE_PORT))
}
