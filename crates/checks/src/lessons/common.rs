//! What several lessons are judged on in the same way.

use crate::cause::Cause;
use crate::check::Check;
use crate::endpoint::Endpoint;
use crate::failure::{Checked, because, require};
use crate::network::Network;
use crate::subject::{Ended, START, Subject};
use crate::trial::Trial;
use base::lessons::DEFAULT_PORT;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Whether a number stands in the output, and not only as a part of a longer one.
pub fn has_number(output: &[u8], number: u16) -> bool {
    let number = number.to_string();
    output.split(|byte| !byte.is_ascii_digit()).any(|digits| digits == number.as_bytes())
}

/// Whether there is something that one could see on a screen.
pub fn is_visible(output: &[u8]) -> bool {
    !output.trim_ascii().is_empty()
}

pub const PRINTS_NUL: Cause = Cause::new(
    "prints-nul",
    "Zero bytes (NUL) were printed, which a terminal doesn't show: print text, and not a whole \
     buffer. In C, a text ends in front of its `'\\0'`.",
);

pub const PRINTS_THE_BUFFER: Cause = Cause::new(
    "prints-nul",
    "More of the buffer was printed than was received: zero bytes (NUL), which a terminal doesn't \
     show. Use the length that the receiving call returns, `&buffer[..length]`; in C, \
     `fwrite(buffer, 1, length, stdout)`, or put a `'\\0'` there before you print with `%s`.",
);

pub const OTHER_ADDRESS: Cause = Cause::new(
    "other-address",
    "The socket is bound to another address than the argument's: to every address (`0.0.0.0`, \
     `INADDR_ANY`, `''`), or to one that stands in the program.",
);

pub const SHARES_ITS_PORT: Cause = Cause::new(
    "shares-its-port",
    "Two programs can't have one port. Binding failed, or must fail, and the program must tell: a \
     message on stderr, and a status that isn't 0. Don't go on without a socket, don't take another \
     port, where nobody would look, and set no option that lets two sockets share one \
     (`SO_REUSEADDR`, `SO_REUSEPORT`).",
);

/// Made only where the network is the checks' own: see [`crate::check::Lesson::own_network`].
pub const USES_THE_DEFAULT: &str = "uses-the-default";

/// The check that asks what is used without an argument.
pub const fn uses_the_default(
    title: &'static str,
    section: &'static str,
    run: fn(&Trial) -> Checked,
) -> Check {
    Check {
        id: USES_THE_DEFAULT,
        title,
        points: 2,
        needs: None,
        goal: "The argument is optional. The programs of this course find each other without one, \
               because all of them then use 127.0.0.1 and port 8090.",
        section,
        run,
    }
}

pub const OTHER_DEFAULT: Cause = Cause::of_ends(
    "other-default",
    "Without an argument, the program is to use 127.0.0.1:8090, and it hasn't. Use that address if there \
     is no argument; in C, look at `argc` before you use `argv[1]`.",
);

/// 127.0.0.1:8090
pub const fn default_address() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), DEFAULT_PORT)
}

/// A program without an argument that has bound port 8090, wherever.
pub fn binds_the_default(trial: &Trial) -> Checked<Subject> {
    let program = trial.start_without_argument()?;
    let bound = program.wait_until_bound(DEFAULT_PORT);
    let cause = program.status().map_or(OTHER_DEFAULT, |status| OTHER_DEFAULT.of_end(status));
    bound.map_err(|fault| because(fault, &cause))?;
    Ok(program)
}

/// A UDP socket on 127.0.0.1, and one at the port whose two bytes are swapped, where a program sends
/// that has forgotten `htons`: if one is found that can't be in any other check's way.
pub fn with_swapped_port(trial: &Trial) -> Checked<(Endpoint, Option<Endpoint>)> {
    for _ in 0..8 {
        let endpoint = trial.endpoint()?;
        let swapped = endpoint.address.port().swap_bytes();
        let is_others = swapped < 1024 || (20_000..30_000).contains(&swapped);
        let is_open = !is_others && swapped != DEFAULT_PORT;
        let beside = is_open.then(|| trial.endpoint_at((Ipv4Addr::LOCALHOST, swapped).into()).ok());
        if let Some(beside) = beside.flatten() {
            return Ok((endpoint, Some(beside)));
        }
    }
    Ok((trial.endpoint()?, None))
}

/// A socket on a second loopback address, if the system has one: macOS hasn't.
pub fn on_second_loopback(trial: &Trial, port: u16) -> Option<Endpoint> {
    trial.endpoint_at((Ipv4Addr::new(127, 0, 0, 2), port).into()).ok()
}

/// The check of a program that takes `HOST:PORT`; where to read about it differs.
pub const fn names_a_malformed_argument(points: u32, section: &'static str) -> Check {
    Check {
        id: "names-a-malformed-argument",
        title: "names an argument that is no address",
        points,
        needs: None,
        goal: "If the argument can't be used, the message on stderr says which one it was, and the \
               status isn't 0.",
        section,
        run: refuses_malformed_addresses,
    }
}

/// Requires of a program that takes `HOST:PORT` a proper error for what isn't one.
///
/// A number that is too large for a port isn't among them: `getaddrinfo` of the C library takes
/// it without a word.
pub fn refuses_malformed_addresses(trial: &Trial) -> Checked {
    let cause = &Cause::new(
        "argument-not-named",
        "Turn the argument into an address, and let a failure end the program with a \
                 message on stderr that has the argument in it, and a status that isn't 0. In \
                 Rust: `.with_context(|| format!(\"cannot use {argument:?}\"))?`.",
    );
    let word = trial.random.word(10);
    let mut cases = vec![
        (word.clone(), word.clone(), START),
        (word.clone(), format!("127.0.0.1:{word}"), START),
    ];
    // RFC 6761 promises that no name under `.invalid` will ever resolve. To find that out, a program
    // asks whoever resolves names here, and that is nobody only where the network is our own.
    match trial.network() {
        Network::Own => {
            cases.push((format!("{word}.invalid"), format!("{word}.invalid:8090"), START));
        }
        Network::Shared => trial.step("tried no unknown name: others would be asked for it here"),
    }
    refuses(trial, &cases, cause)
}

/// Requires a proper error for each of some arguments: what its message must name, the argument,
/// and how long the error may take.
pub fn refuses(trial: &Trial, cases: &[(String, String, Duration)], cause: &Cause) -> Checked {
    // One after the other, so that the report shows how the wrong one has ended.
    for (name, argument, within) in cases {
        let mut program = trial.start(argument)?;
        // It may ask before it looks at its argument.
        program.type_line("hello");
        program.close_stdin();
        program.wait_for_end(*within, cause)?.failed_properly(name, cause)?;
    }
    Ok(())
}

/// Requires an end that is neither a panic nor a signal, with whatever status.
pub fn did_not_crash(ended: &Ended) -> Checked {
    let cause = Cause::NONE.of_end(ended.status);
    require(!ended.is_crash(), format!("it crashed: {}", ended.status), &cause)
}
