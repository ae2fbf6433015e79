//! What lesson 4 promises, seen from outside.

use anyhow::Result;
use assert_cmd::{Command, assert::Assert};
use checks::{
    DEADLINE, Peer, Port, Program, bad_addresses, command, fails_unheard, python, refuses, skip,
    visible,
};
use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const CLIENT: &str = env!("CARGO_BIN_EXE_lesson-4");

/// Prints its port, then sends everything back.
const PYTHON_SERVER: &str = r#"
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    message, client = server.recvfrom(1024)
    server.sendto(message, client)
"#;

/// A client, and the server that it talks to.
struct Talk {
    client: Program,
    server: Peer,
}

impl Talk {
    fn start() -> Result<Self> {
        Self::with(Peer::new()?, "127.0.0.1")
    }

    /// Starts a client that knows the server's computer as `host`.
    fn with(server: Peer, host: &str) -> Result<Self> {
        let client = Program::spawn(CLIENT, [format!("{host}:{}", server.address().port())])?;
        Ok(Self { client, server })
    }

    /// Types `line`, and requires that it arrives as a datagram; returns the client's address.
    fn say(&self, line: impl AsRef<[u8]>) -> Result<SocketAddr> {
        self.client.write_line(&line);
        let (message, client) = self.server.receive("the line as a datagram")?;
        assert_eq!(visible(&message), visible(line.as_ref()));
        Ok(client)
    }

    /// As `say`; then answers with `reply`, and requires that it is printed.
    fn exchange(&self, line: impl AsRef<[u8]>, reply: &str) -> Result<SocketAddr> {
        let client = self.say(line)?;
        self.server.send(reply, client)?;
        self.client.wait_for_stdout("the reply", |stdout| has(stdout, reply))?;
        Ok(client)
    }

    /// Ends the client's input, and requires that this ends the client, and all was well.
    fn end(mut self) -> Result<Assert> {
        self.client.close_stdin();
        Ok(Assert::new(self.client.wait_for_exit()?).success())
    }
}

fn has(stdout: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(stdout).contains(text)
}

/// Runs the program to its end with `input` on its stdin.
fn run(server: impl AsRef<OsStr>, input: impl Into<Vec<u8>>) -> Assert {
    let mut program = Command::from_std(command(CLIENT));
    program.arg(server).write_stdin(input).timeout(DEADLINE).assert()
}

/// Awaits the end of a client whose message has just been sent, and gets no reply.
fn gives_up(client: &mut Program, sent: Instant) -> Result<Assert> {
    let output = Assert::new(client.wait_for_exit()?);
    let waited = sent.elapsed();
    assert!((1.5..10.0).contains(&waited.as_secs_f64()), "waited for {waited:?}");
    Ok(output.failure().code(predicate::ne(101)).stderr(is_empty().not()))
}

#[test]
fn sends_each_line_and_prints_each_reply() -> Result<()> {
    let talk = Talk::start()?;
    talk.exchange("hello", "HELLO")?;
    talk.exchange("  spaces at both ends\t ", "  other spaces ")?;
    talk.exchange("你好", "再见")?;
    talk.exchange("", "nothing is something")?;
    talk.exchange("好".repeat(1000), "a long line is one datagram, too")?;
    talk.end().map(drop)
}

#[test]
fn a_line_end_is_not_part_of_the_message() -> Result<()> {
    let mut talk = Talk::start()?;
    talk.client.write("one\ntwo\r\n\r\nlast");
    talk.client.close_stdin();
    for line in ["one", "two", "", "last"] {
        let (message, client) = talk.server.receive("a line as a datagram")?;
        assert_eq!(visible(&message), visible(line.as_bytes()));
        talk.server.send("reply", client)?;
    }
    talk.end().map(drop)
}

#[test]
fn prompts_before_each_line() -> Result<()> {
    let talk = Talk::start()?;
    let prompt = run(talk.server.address().to_string(), "").get_output().stdout.clone();
    assert!(!prompt.is_empty());
    for reply in ["the first reply", "the second reply"] {
        talk.client.wait_for_stdout("a prompt", |stdout| stdout.ends_with(&prompt))?;
        talk.exchange("hello", reply)?;
    }
    Ok(())
}

#[test]
fn sends_all_from_one_socket() -> Result<()> {
    let talk = Talk::start()?;
    let address = talk.exchange("one", "1")?;
    for line in ["two", "three", "exit"] {
        assert_eq!(talk.exchange(line, "reply")?, address);
    }
    Ok(())
}

#[test]
fn sends_a_line_only_after_the_reply_to_the_one_before() -> Result<()> {
    let talk = Talk::start()?;
    talk.client.write("one\ntwo\n");
    let (_, client) = talk.server.receive("the first line")?;
    talk.server.quiet_for(Duration::from_millis(200))?;
    talk.server.send("reply", client)?;
    assert_eq!(talk.server.receive("the second line")?.0, b"two");
    Ok(())
}

#[test]
fn exit_ends_it_when_its_reply_has_come() -> Result<()> {
    for line in ["exit", "exit\r"] {
        let mut talk = Talk::start()?;
        talk.client.write_line(line);
        let (message, client) = talk.server.receive("exit")?;
        assert_eq!(visible(&message), r#""exit""#);
        assert!(talk.client.is_running()?);
        talk.server.send("any reply", client)?;
        Assert::new(talk.client.wait_for_exit()?).success().stdout(contains("any reply"));
        talk.server.quiet_for(Duration::from_millis(50))?;
    }
    Ok(())
}

#[test]
fn what_only_looks_like_exit_is_an_ordinary_message() -> Result<()> {
    let talk = Talk::start()?;
    for line in ["exit now", "EXIT", "Exit", " exit", "exit ", "exi", "\"exit\""] {
        talk.exchange(line, line)?;
    }
    talk.exchange("still here", "indeed")?;
    talk.end().map(drop)
}

#[test]
fn a_reply_of_exit_does_not_end_it() -> Result<()> {
    let talk = Talk::start()?;
    talk.exchange("hello", "exit")?;
    talk.exchange("still here", "indeed")?;
    talk.end().map(drop)
}

#[test]
fn the_end_of_its_input_ends_it() -> Result<()> {
    let server = Peer::new()?;
    run(server.address().to_string(), "").success();
    server.quiet_for(Duration::from_millis(50))
}

#[test]
fn bytes_that_are_not_utf8_go_out_as_they_are_and_do_not_stop_it() -> Result<()> {
    let talk = Talk::start()?;
    let client = talk.say(b"\xff\xfe and \xe5\xa5")?;
    talk.server.send(b"before\xff\xe5after", client)?;
    talk.client.wait_for_stdout("the reply", |out| has(out, "before") && has(out, "after"))?;
    talk.exchange("hello", "again")?;
    talk.end().map(drop)
}

#[test]
fn takes_replies_of_0_to_1024_bytes_whole() -> Result<()> {
    let talk = Talk::start()?;
    talk.exchange("long", &"~".repeat(1024))?;
    talk.exchange("short", "<short>")?;
    talk.exchange("empty", "")?;
    // Nothing else of the buffer is shown, neither its zeros nor the long reply once more.
    talk.end()?.stdout(contains("\0").not().and(contains("~").count(1024)));
    Ok(())
}

#[test]
fn ignores_strangers() -> Result<()> {
    let talk = Talk::start()?;
    let client = talk.say("hello")?;
    Peer::new()?.send("from a stranger", client)?;
    // The same port at another address is a stranger, too.
    match Peer::at(("127.0.0.2", talk.server.address().port())) {
        Ok(stranger) => stranger.send("from a stranger", client)?,
        Err(_) => skip("ignores_strangers (half of it)", "there is no address 127.0.0.2 here"),
    }
    talk.server.send("from the server", client)?;
    talk.exchange("exit", "goodbye")?;
    talk.end()?.stdout(contains("stranger").not().and(contains("from the server")));
    Ok(())
}

#[test]
fn gives_up_when_no_reply_comes() -> Result<()> {
    let (mut silent, mut silent_at_exit) = (Talk::start()?, Talk::start()?);
    let nobody = Port::new()?;
    let mut alone = Program::spawn(CLIENT, [nobody.address().to_string()])?;
    alone.wait_for_stdout("a prompt", |stdout| !stdout.is_empty())?;
    silent.say("hello")?;
    silent_at_exit.say("exit")?;
    alone.write_line("hello");
    let sent = Instant::now();
    for client in [&mut silent.client, &mut silent_at_exit.client, &mut alone] {
        gives_up(client, sent)?;
    }
    Ok(())
}

#[test]
fn a_stranger_cannot_keep_it_waiting() -> Result<()> {
    let mut talk = Talk::start()?;
    let client = talk.say("hello")?;
    let sent = Instant::now();
    let stranger = Peer::new()?;
    while talk.client.is_running()? && sent.elapsed() < DEADLINE {
        stranger.send("from a stranger", client)?;
        stranger.quiet_for(Duration::from_millis(100))?;
    }
    gives_up(&mut talk.client, sent)?.stdout(contains("stranger").not());
    Ok(())
}

#[test]
fn finds_the_server_by_name() -> Result<()> {
    Talk::with(Peer::new()?, "localhost")?.exchange("hello", "reply").map(drop)
}

#[test]
fn talks_over_ipv6() -> Result<()> {
    let Ok(server) = Peer::at("[::1]:0") else {
        skip("talks_over_ipv6", "this computer has no address ::1");
        return Ok(());
    };
    Talk::with(server, "[::1]")?.exchange("hello", "reply").map(drop)
}

#[test]
fn a_line_that_fits_into_no_datagram_is_an_error() -> Result<()> {
    let server = Peer::new()?;
    let run = run(server.address().to_string(), [vec![b'x'; 70_000], vec![b'\n']].concat());
    run.failure().code(predicate::ne(101)).stderr(is_empty().not());
    server.quiet_for(Duration::from_millis(50))
}

#[test]
fn names_an_argument_that_is_no_address() -> Result<()> {
    bad_addresses().iter().try_for_each(|argument| refuses(CLIENT, argument))
}

#[test]
fn port_0_is_an_error() -> Result<()> {
    refuses(CLIENT, "127.0.0.1:0")
}

#[test]
fn a_closed_stdout_is_an_error() -> Result<()> {
    let nobody = Port::new()?;
    fails_unheard(CLIENT, &nobody.address().to_string())
}

#[test]
fn talks_to_python() -> Result<()> {
    let Some(python) = python("talks_to_python") else { return Ok(()) };
    let server = Program::spawn(python, ["-c", PYTHON_SERVER])?;
    let port = server.first_line("the server's port")?;
    let run = run(format!("127.0.0.1:{port}"), "hello\n你好\nexit\nnever sent\n").success();
    run.stdout(contains("hello").and(contains("你好")).and(contains("exit")))
        .stdout(contains("never sent").not());
    Ok(())
}
