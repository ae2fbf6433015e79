//! `cargo xtask run LESSON`: builds a pair of programs and lets them talk to each other.

use crate::catalog::{self, Argument, DEFAULT_PORT, Lesson, Lifetime, Role};
use crate::screen::{Screen, Side};
use crate::session::{Program, Session};
use crate::{Command as Subcommand, UsageError, build, help, workspace};
use anyhow::{Result, bail};
use keeper::Keeper;
use keeper::sockets::{self, Protocol};
use lexopt::ValueExt;
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{TcpListener, UdpSocket};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

pub const COMMAND: Subcommand = Subcommand {
    name: "run",
    arguments: "LESSON [--port N]",
    summary: "run a lesson's program together with the other half of its pair",
    details: "\
LESSON is lesson-3 or just 3. Lessons 2 and 3 run together, and 4 and 5; lesson 1 runs alone.
The receiving side starts first. What you type goes to the other side, the client; Ctrl-D
(Windows: Ctrl-Z, Enter) ends the input. Input may come from a file or a pipe as well.
When the client ends, an endless server is stopped. In a student's workspace, the other half of
the pair is played by the course as long as it has gaps.

  --port N    use this port (1 to 65535) instead of 8090",
    hidden: false,
    run,
};

/// How long a server may take until it holds its port.
const START_PATIENCE: Duration = Duration::from_secs(10);

/// How often we look whether it does, where the system has no event for it.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// How long a one-shot receiver may go on after the sender has ended.
const RECEIVE_PATIENCE: Duration = Duration::from_secs(5);

/// How long killed programs may take to be gone.
const END_PATIENCE: Duration = Duration::from_secs(5);

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let plan = Plan::from_arguments(parser)?;
    let mut keeper = Keeper::start()?;
    plan.build(&mut keeper)?;
    let server = plan.server.map(|lesson| lesson.label);
    let mut session = Session::new(Screen::new(server, plan.client.label));
    let result = plan.play(&mut keeper, &mut session);
    // Whatever the result is: nothing is left running, and everything that was said is shown.
    drop(keeper);
    let shown = show_the_rest(&mut session);
    result.and(shown)?;
    Ok(ExitCode::SUCCESS)
}

/// What is to be run.
struct Plan {
    server: Option<&'static Lesson>,
    /// The program that is given our input; a lesson that runs alone counts as a client.
    client: &'static Lesson,
    /// The port that was asked for.
    port: Option<u16>,
    /// The half of the pair that the student hasn't finished: the checks play it.
    played: Option<&'static Lesson>,
}

impl Plan {
    fn from_arguments(mut parser: lexopt::Parser) -> Result<Self> {
        let (mut lesson, mut port) = (None, None);
        while let Some(argument) = parser.next()? {
            match argument {
                lexopt::Arg::Long("port") => port = Some(parse_port(&parser.value()?)?),
                lexopt::Arg::Value(word) if lesson.is_none() => {
                    lesson = Some(catalog::named(&word)?);
                }
                other => return Err(help::unexpected(&other, &COMMAND)),
            }
        }
        let hint = "which lesson? For example `cargo xtask run lesson-3`";
        let lesson = lesson.ok_or_else(|| UsageError(hint.to_owned()))?;
        let played = workspace::unfinished_mate(lesson)?;
        Ok(match (&lesson.role, lesson.mate()) {
            (Role::Server { .. }, Some(client)) => {
                Self { server: Some(lesson), client, port, played }
            }
            (_, server) => Self { server, client: lesson, port, played },
        })
    }

    fn lessons(&self) -> impl Iterator<Item = &'static Lesson> {
        self.server.into_iter().chain([self.client])
    }

    fn port(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT)
    }

    /// Lets cargo build the programs. It says nothing unless there is something to say.
    fn build(&self, keeper: &mut Keeper) -> Result<()> {
        if let Some(lesson) = self.played {
            build::checks(keeper)?;
            let (label, name) = (lesson.label, lesson.name());
            let note =
                format!("{name} still has gaps, so its part, the {label}, is played for you.");
            // Where stderr is closed, nobody misses it.
            let _ = writeln!(io::stderr(), "{note}");
        }
        let written = self.lessons().filter(|lesson| self.played != Some(*lesson));
        let packages: Vec<String> = written.map(Lesson::name).collect();
        if !build::build(keeper, &packages)? {
            bail!("the program doesn't compile; what has to be mended is said above");
        }
        Ok(())
    }

    /// Lets the programs talk until both have done what they should.
    fn play(&self, keeper: &mut Keeper, session: &mut Session) -> Result<()> {
        if let Some(server) = self.server {
            session.start_server(keeper, &mut self.command(server)?)?;
            self.wait_until_ready(session, server)?;
        }
        session.start_client(keeper, &mut self.command(self.client)?)?;
        while !session.client.is_done() {
            if let Some(server) = self.server.filter(|_| session.server.is_done()) {
                self.check_early_end(session, server)?;
            }
            session.wait(None)?;
        }
        if !succeeded(&session.client) {
            bail!(self.failure(session, Side::Client, self.client));
        }
        match self.server.map(|server| (server, &server.role)) {
            Some((server, Role::Server { lifetime: Lifetime::OneDatagram, .. })) => {
                self.wait_for_the_datagram(session, server)
            }
            Some((server, _)) => self.wait_for_the_last_line(session, server),
            None => Ok(()),
        }
    }

    /// The command that starts a lesson's program, at the right address.
    fn command(&self, lesson: &Lesson) -> Result<Command> {
        let name = lesson.name();
        let mut command = if self.played == Some(lesson) {
            let mut command = Command::new(build::program(build::CHECKS)?);
            command.args(["play", &name]);
            command
        } else {
            Command::new(build::program(&name)?)
        };
        // A backtrace would bury the error message that a student should read.
        command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
        let port = self.port();
        match lesson.role {
            Role::Alone if self.port.is_none() => &mut command,
            Role::Server { argument: Argument::Port, .. } => command.arg(port.to_string()),
            _ => command.arg(format!("127.0.0.1:{port}")),
        };
        Ok(command)
    }

    /// Waits until the server holds its port. It is sent nothing: a receiver of one datagram
    /// would take that for its one.
    fn wait_until_ready(&self, session: &mut Session, server: &Lesson) -> Result<()> {
        let deadline = Instant::now() + START_PATIENCE;
        while Instant::now() < deadline {
            if session.server.is_done() {
                bail!(self.failure(session, Side::Server, server));
            }
            let is_ready = match sockets::udp_ports(session.server.pid) {
                Some(ports) => ports.contains(&self.port()),
                // Its first line has to do where the system doesn't tell.
                None => session.server.has_spoken,
            };
            if is_ready {
                return session.wait_for_the_servers_line();
            }
            session.wait(Some(Instant::now() + LOOK_AGAIN))?;
        }
        let (label, port) = (server.label, self.port());
        bail!("the {label} has been running for {START_PATIENCE:?} without binding UDP port {port}")
    }

    /// A server that ends before its client has failed, unless one datagram was all it wanted.
    fn check_early_end(&self, session: &Session, server: &Lesson) -> Result<()> {
        let is_one_shot =
            matches!(server.role, Role::Server { lifetime: Lifetime::OneDatagram, .. });
        if is_one_shot && succeeded(&session.server) {
            return Ok(());
        }
        bail!(self.failure(session, Side::Server, server));
    }

    fn wait_for_the_datagram(&self, session: &mut Session, server: &Lesson) -> Result<()> {
        let deadline = Instant::now() + RECEIVE_PATIENCE;
        while !session.server.is_done() {
            if Instant::now() >= deadline {
                let (waiting, ended, port) = (server.label, self.client.label, self.port());
                bail!(
                    "the {ended} ended {RECEIVE_PATIENCE:?} ago, but the {waiting} is still \
                     waiting: did a datagram leave for 127.0.0.1:{port}?"
                );
            }
            session.wait(Some(deadline))?;
        }
        self.check_early_end(session, server)
    }

    /// A server may show a message only after it has replied; its line may still be on the way.
    fn wait_for_the_last_line(&self, session: &mut Session, server: &Lesson) -> Result<()> {
        session.wait_for_the_servers_line()?;
        if session.server.status.is_some() {
            bail!(self.failure(session, Side::Server, server));
        }
        Ok(())
    }

    /// Says how a program failed, what it said last, and what may help.
    fn failure(&self, session: &Session, side: Side, lesson: &Lesson) -> String {
        let program = match side {
            Side::Server => &session.server,
            Side::Client => &session.client,
        };
        let how = match program.status {
            Some(status) if status.success() => "ended too early, with success".to_owned(),
            Some(status) => format!("failed ({status})"),
            None => "failed".to_owned(),
        };
        let mut message = format!("the {} ({}) {how}", lesson.label, lesson.name());
        let mut lines = session.screen.recent(side).peekable();
        if lines.peek().is_some() {
            message.push_str("; its last lines were:");
        }
        for line in lines {
            message.push_str(&format!("\n    {line}"));
        }
        if let Some(hint) = self.port_hint(lesson) {
            message.push_str(&format!("\n{hint}"));
        }
        message
    }

    /// If a lesson's port is taken: by whom, and which one is free.
    fn port_hint(&self, lesson: &Lesson) -> Option<String> {
        let (host, port) = match lesson.role {
            Role::Client { .. } => return None,
            Role::Alone => ("127.0.0.1", self.port?),
            Role::Server { argument: Argument::Address, .. } => ("127.0.0.1", self.port()),
            Role::Server { argument: Argument::Port, .. } => ("0.0.0.0", self.port()),
        };
        let needs_tcp = lesson.role == Role::Alone;
        let protocol = if UdpSocket::bind((host, port)).is_err_and(|error| is_taken(&error)) {
            Protocol::Udp
        } else if needs_tcp && TcpListener::bind((host, port)).is_err_and(|error| is_taken(&error))
        {
            Protocol::Tcp
        } else {
            return None;
        };
        let holder = sockets::holder(protocol, port)
            .map_or("another process".to_owned(), |holder| holder.to_string());
        let mut others = port.saturating_add(1)..=port.saturating_add(20);
        let free = others.find(|&other| UdpSocket::bind((host, other)).is_ok())?;
        let name = lesson.name();
        Some(format!(
            "Port {port} is taken by {holder}. Try `cargo xtask run {name} --port {free}`."
        ))
    }
}

/// Shows what the programs had written before they were ended.
fn show_the_rest(session: &mut Session) -> Result<()> {
    let deadline = Instant::now() + END_PATIENCE;
    let is_gone = |program: &Program| program.pid == 0 || program.is_done();
    while !(is_gone(&session.server) && is_gone(&session.client)) && Instant::now() < deadline {
        session.wait(Some(deadline))?;
    }
    session.screen.close_line()
}

fn succeeded(program: &Program) -> bool {
    program.status.is_some_and(|status| status.success())
}

fn is_taken(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::AddrInUse
}

fn parse_port(value: &OsString) -> Result<u16> {
    let port = value.parse().ok().filter(|&port| port > 0);
    port.ok_or_else(|| {
        let value = value.to_string_lossy();
        UsageError(format!("`{value}` is no port; take one from 1 to 65535, such as 8091")).into()
    })
}
