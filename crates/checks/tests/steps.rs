//! Our own steps: what they do beyond the contract, and how they get on with Python.
//!
//! What is asked here is asked of nobody else. It is either our own good manners, such as a line
//! that says where a server waits, or what a right program in another language may do otherwise.

use anyhow::{Context, Result, anyhow, ensure};
use base::lessons::{LESSONS, Lesson as Entry, Lifetime, Role, numbered};
use base::ports::{Port, PortCount};
use checks::bytes::find;
use checks::cause::Cause;
use checks::check::{Check, Lesson, Limits};
use checks::failure::{Checked, contains, failed, require, same};
use checks::judge::{Terms, judge};
use checks::log::Log;
use checks::setting::Setting;
use checks::subject::{Program, SOON, START, Subject};
use checks::trial::Trial;
use checks::verdict::Mark;
use checks::{python, skip};
use std::env;
use std::ffi::{OsStr, OsString};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

const fn claim(id: &'static str, run: fn(&Trial) -> Checked) -> Check {
    Check { id, title: "", points: 1, needs: None, goal: "", section: "", run }
}

/// What each step promises beyond the contract.
const BEYOND: &[(usize, &[Check])] = &[
    (
        1,
        &[
            claim("takes-a-name-for-an-address", takes_a_name_for_an_address),
            claim("closes-at-a-long-or-unfinished-line", closes_at_a_long_or_unfinished_line),
            claim("names-a-taken-port", names_a_taken_port),
            claim("names-what-is-no-address", names_what_is_no_address),
        ],
    ),
    (
        2,
        &[
            claim("needs-no-line-end", |trial| sends(trial, b"no line end", b"no line end")),
            claim("takes-only-one-line-end-off", takes_only_one_line_end_off),
            claim("sends-bytes-as-they-are", |trial| sends(trial, BYTES_AND_END, BYTES)),
            claim("sends-over-ipv6", sends_over_ipv6),
            claim("names-what-is-no-address", names_what_is_no_address),
            claim("names-port-0", |trial| refuses(trial, "127.0.0.1:0")),
        ],
    ),
    (
        3,
        &[
            claim("does-not-crash-at-a-long-datagram", does_not_crash_at_a_long_datagram),
            claim("shows-the-port-it-was-given", receives_at_the_port_it_shows),
            claim("names-what-is-no-address", names_what_is_no_address),
        ],
    ),
    (
        4,
        &[
            claim("sends-bytes-as-they-are", |trial| sends(trial, BYTES_AND_END, BYTES)),
            claim("talks-over-ipv6", talks_over_ipv6),
            claim("names-what-is-no-address", names_what_is_no_address),
            claim("names-port-0", |trial| refuses(trial, "127.0.0.1:0")),
        ],
    ),
    (
        5,
        &[
            claim("shows-the-port-it-was-given", returns_at_the_port_it_shows),
            claim("names-what-is-no-port", names_what_is_no_port),
        ],
    ),
];

#[test]
fn steps_do_more_than_the_contract_demands() -> Result<()> {
    let mut findings = Vec::new();
    for &(number, checks) in BEYOND {
        let (entry, limits, ports) = (numbered(number), Limits::USUAL, PortCount::default());
        let lesson = Lesson { entry, limits, ports, checks, own_network: &[], play: None };
        let found = judge(&lesson, &step(entry)?, 7, Terms::default());
        for finding in found.iter().filter(|finding| finding.mark() != Mark::Pass) {
            let (id, how) = (finding.check.id, &finding.outcome);
            findings.push(format!("{} {id}: {how:?}\n{:#?}", entry.name(), finding.steps));
        }
    }
    ensure!(findings.is_empty(), "{}", findings.join("\n"));
    Ok(())
}

/// Linux has a file that takes nothing.
#[test]
#[cfg(target_os = "linux")]
fn a_stdout_that_takes_nothing_is_an_error() -> Result<()> {
    for &(number, _) in BEYOND {
        let (lesson, port) = (numbered(number), Port::with_free_tcp()?);
        let mut command: Vec<OsString> =
            ["sh", "-c", "exec \"$0\" \"$1\" >/dev/full"].map(OsString::from).to_vec();
        command.extend(step(lesson)?.command);
        let mut program =
            start(&Program { command, name: None }, &lesson.argument_for(port.address())?)?;
        program.type_line("hello");
        program.close_stdin();
        let ended = program
            .wait_for_end(SOON, &Cause::NONE)
            .and_then(|end| end.failed_properly("", &Cause::NONE));
        told(ended).with_context(|| lesson.name())?;
    }
    Ok(())
}

/// Where a step meets a program in Python. Whoever serves is there first; both are told its port.
struct Peer {
    lesson: usize,
    script: &'static str,
    /// What the step is given to read: at once if it is a client, otherwise when Python has ended.
    typed: &'static str,
    /// Of what the step has written, and what Python has.
    is_right: fn(&str, &str) -> bool,
}

const PEERS: &[Peer] = &[
    Peer {
        lesson: 1,
        script: r#"
import socket, sys
address = ("127.0.0.1", int(sys.argv[1]))
socket.create_connection(address, timeout=10).close()
print("TCP connected")
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(address)
except OSError:
    print("UDP taken")
"#,
        typed: "\n",
        is_right: |_, python| python.contains("TCP connected") && python.contains("UDP taken"),
    },
    Peer {
        lesson: 2,
        script: r#"
import socket, sys
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", int(sys.argv[1])))
receiver.settimeout(10)
print(ascii(receiver.recvfrom(1024)[0].decode("utf-8")))
"#,
        typed: "to Python: \u{1f40d}\n",
        is_right: |_, python| python.trim_end() == r"'to Python: \U0001f40d'",
    },
    Peer {
        lesson: 3,
        script: r#"
import socket, sys
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto("from Python: 你好".encode("utf-8"), ("127.0.0.1", int(sys.argv[1])))
print(sender.getsockname()[1])
"#,
        typed: "",
        is_right: |step, port| {
            step.contains("from Python: 你好") && step.contains(&format!(":{}", port.trim_end()))
        },
    },
    Peer {
        lesson: 4,
        script: r#"
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
while True:
    message, client = server.recvfrom(1024)
    server.sendto(message, client)
"#,
        typed: "hello\n你好\nexit\nnever sent\n",
        is_right: |step, _| {
            ["hello", "你好", "exit"].iter().all(|reply| step.contains(reply))
                && !step.contains("never sent")
        },
    },
    Peer {
        lesson: 5,
        script: r#"
import socket, sys
server = ("127.0.0.1", int(sys.argv[1]))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(10)
for message in [b"hello", "你好".encode("utf-8"), b"", b"\xff\x00\xfe", b"exit"]:
    client.sendto(message, server)
    assert client.recvfrom(2048) == (message, server), message
print("all came back")
"#,
        typed: "",
        is_right: |_, python| python.contains("all came back"),
    },
];

#[test]
fn steps_get_on_with_python() -> Result<()> {
    let Some(python) = python("steps_get_on_with_python") else { return Ok(()) };
    PEERS.iter().try_for_each(|peer| {
        meet(peer, python).with_context(|| format!("lesson {} and Python", peer.lesson))
    })
}

fn meet(peer: &Peer, python: &str) -> Result<()> {
    let (lesson, port) = (numbered(peer.lesson), Port::with_free_tcp()?);
    let command = [python, "-c", peer.script].map(OsString::from).to_vec();
    let python = (Program { command, name: None }, port.number().to_string());
    let step = (step(lesson)?, lesson.argument_for(port.address())?);
    let is_client = matches!(lesson.role, Role::Client { .. });
    let server = if is_client { lesson.mate().context("nobody serves it")? } else { lesson };
    let is_endless = matches!(server.role, Role::Server { lifetime: Lifetime::Endless, .. });
    let (serves, asks) = if is_client { (python, step) } else { (step, python) };

    let server = start(&serves.0, &serves.1)?;
    told(server.wait_until_bound(port.number()))?;
    let mut client = start(&asks.0, &asks.1)?;
    if is_client {
        client.write(peer.typed.into());
        client.close_stdin();
    }
    let ended = told(client.wait_for_end(START, &Cause::NONE))?;
    told(ended.succeeded(&Cause::NONE))?;
    let asked = ended.stdout;
    if !is_client {
        server.write(peer.typed.into());
    }
    let served = if is_endless {
        server.stdout()
    } else {
        let ended = told(server.wait_for_end(SOON, &Cause::NONE))?;
        told(ended.succeeded(&Cause::NONE))?;
        ended.stdout
    };
    let (served, asked) = (String::from_utf8(served)?, String::from_utf8(asked)?);
    let (step, python) = if is_client { (&asked, &served) } else { (&served, &asked) };
    ensure!((peer.is_right)(step, python), "the step wrote {step:?}, and Python {python:?}");
    Ok(())
}

fn start(program: &Program, argument: &str) -> Result<Subject> {
    let argument = Some(argument.as_ref());
    Subject::start(program, argument, &Log::default(), &Setting::default())
}

fn told<T>(verdict: Checked<T>) -> Result<T> {
    verdict.map_err(|fault| anyhow!("{fault:?}"))
}

/// The folder of the steps, as cargo has built them.
static STEPS: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet"]).env("CARGO_TARGET_DIR", target);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(LESSONS.iter().flat_map(|lesson| ["--package".to_owned(), lesson.name()]));
    command.status().is_ok_and(|status| status.success()).then(|| target.join("debug"))
});

fn step(lesson: &Entry) -> Result<Program> {
    let folder = STEPS.as_ref().context("cargo can't build the steps: see above")?;
    let path = folder.join(format!("{}{}", lesson.name(), env::consts::EXE_SUFFIX));
    Ok(Program { command: vec![path.into()], name: None })
}

/// Bytes that aren't UTF-8.
const BYTES: &[u8] = b"\xff\xfe and \xe5\xa5";
const BYTES_AND_END: &[u8] = b"\xff\xfe and \xe5\xa5\n";

/// Requires that an argument is refused by name. What isn't Unicode in it may be shown in any way.
fn refuses(trial: &Trial, argument: impl AsRef<OsStr>) -> Checked {
    let lossy = argument.as_ref().to_string_lossy();
    let name = lossy.split(char::REPLACEMENT_CHARACTER).next().unwrap_or("");
    let mut program = trial.start(&argument)?;
    program.type_line("hello");
    program.close_stdin();
    program.wait_for_end(START, &Cause::NONE)?.failed_properly(name, &Cause::NONE)
}

fn names_what_is_no_address(trial: &Trial) -> Checked {
    // RFC 6761 promises that no name under `.invalid` will ever resolve.
    let words = [
        "nonsense",
        "8090",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:-1",
        "127.0.0.1:port",
        "no-such-host.invalid:8090",
    ];
    words.iter().try_for_each(|word| refuses(trial, word))?;
    refuses(trial, not_unicode())
}

fn names_what_is_no_port(trial: &Trial) -> Checked {
    let words = ["nonsense", "99999", "-1", "80.5", "127.0.0.1:8090", ""];
    words.iter().try_for_each(|word| refuses(trial, word))?;
    refuses(trial, not_unicode())
}

#[cfg(unix)]
fn not_unicode() -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(b"bad-text-\xff".to_vec())
}

#[cfg(windows)]
fn not_unicode() -> OsString {
    let surrogate: OsString = std::os::windows::ffi::OsStringExt::from_wide(&[0xd800]);
    ["bad-text-".into(), surrogate].into_iter().collect()
}

fn takes_a_name_for_an_address(trial: &Trial) -> Checked {
    let mut program = trial.start("localhost:0")?;
    program.close_stdin();
    let ended = program.wait_for_end(START, &Cause::NONE)?;
    ended.succeeded(&Cause::NONE)?;
    contains("its output", b"TCP", &ended.stdout, Cause::NONE)?;
    contains("its output", b"UDP", &ended.stdout, Cause::NONE)?;
    require(!find(&ended.stdout, b":0\n"), "it shows port 0", &Cause::NONE)
}

fn closes_at_a_long_or_unfinished_line(trial: &Trial) -> Checked {
    for line in [vec![b'x'; 70_000], b"an unfinished line".to_vec()] {
        let mut program = trial.start("127.0.0.1:0")?;
        program.write(line);
        program.close_stdin();
        program.wait_for_end(START, &Cause::NONE)?.succeeded(&Cause::NONE)?;
    }
    Ok(())
}

fn names_a_taken_port(trial: &Trial) -> Checked {
    // Its lock is TCP on the same port.
    let port = trial.port()?;
    refuses(trial, port.address().to_string())?;
    let port = trial.port_with_free_tcp()?;
    let _holder = trial.endpoint_at(port.address())?;
    refuses(trial, port.address().to_string())
}

/// Requires that this input makes a datagram of that message.
fn sends(trial: &Trial, input: &[u8], message: &[u8]) -> Checked {
    let receiver = trial.endpoint()?;
    let mut program = trial.start(receiver.address.to_string())?;
    program.write(input.to_vec());
    program.close_stdin();
    same("the datagram", message, &receiver.receive("the message", START, &Cause::NONE)?.payload)
}

fn takes_only_one_line_end_off(trial: &Trial) -> Checked {
    for line in ["\r in the \r middle", "\r", "\0"] {
        sends(trial, format!("{line}\r\n").as_bytes(), line.as_bytes())?;
    }
    Ok(())
}

fn sends_over_ipv6(trial: &Trial) -> Checked {
    let Ok(receiver) = trial.endpoint_at((Ipv6Addr::LOCALHOST, 0).into()) else {
        skip("lesson 2 sends over IPv6", "this computer has no address ::1");
        return Ok(());
    };
    let program = trial.start(receiver.address.to_string())?;
    program.type_line("hello");
    same("the datagram", b"hello", &receiver.receive("the message", START, &Cause::NONE)?.payload)?;
    program.wait_for_end(SOON, &Cause::NONE)?.succeeded(&Cause::NONE)
}

fn does_not_crash_at_a_long_datagram(trial: &Trial) -> Checked {
    let port = trial.port()?;
    let program = trial.start(port.address().to_string())?;
    program.wait_until_bound(port.number())?;
    // 1,024 is no multiple of 3, so the last character may be cut in two.
    trial.endpoint()?.send("好".repeat(400), port.address())?;
    require(!program.wait_for_end(SOON, &Cause::NONE)?.is_crash(), "it crashed", &Cause::NONE)
}

/// The address in the first line of a server that was told port 0.
fn shown_address(program: &Subject) -> Checked<SocketAddr> {
    let is_whole = |stdout: &[u8]| stdout.contains(&b'\n');
    let stdout =
        program.wait_for_stdout("the line that says it is ready", START, &Cause::NONE, is_whole)?;
    let stdout = String::from_utf8_lossy(&stdout);
    let address = stdout.split_whitespace().find_map(|word| word.parse().ok());
    address.ok_or_else(|| failed(format!("no address in {stdout:?}"), &Cause::NONE))
}

fn receives_at_the_port_it_shows(trial: &Trial) -> Checked {
    let program = trial.start("127.0.0.1:0")?;
    trial.endpoint()?.send("found you", shown_address(&program)?)?;
    let ended = program.wait_for_end(SOON, &Cause::NONE)?;
    ended.succeeded(&Cause::NONE)?;
    contains("its output", b"found you", &ended.stdout, Cause::NONE)
}

fn returns_at_the_port_it_shows(trial: &Trial) -> Checked {
    let (program, client) = (trial.start("0")?, trial.endpoint()?);
    let port = shown_address(&program)?.port();
    client.send("found you", (Ipv4Addr::LOCALHOST, port).into())?;
    same("the reply", b"found you", &client.receive("the reply", SOON, &Cause::NONE)?.payload)
}

fn talks_over_ipv6(trial: &Trial) -> Checked {
    let Ok(server) = trial.endpoint_at((Ipv6Addr::LOCALHOST, 0).into()) else {
        skip("lesson 4 talks over IPv6", "this computer has no address ::1");
        return Ok(());
    };
    let program = trial.start(server.address.to_string())?;
    program.type_line("hello");
    let client = server.receive("the line as a datagram", START, &Cause::NONE)?.from;
    server.send("from ::1", client)?;
    program.wait_for_stdout("the reply", SOON, &Cause::NONE, |out| find(out, b"from ::1")).map(drop)
}
