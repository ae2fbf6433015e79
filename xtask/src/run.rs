//! `cargo xtask run LESSON`: builds a pair of programs and lets them talk to each other.

use crate::command::{Subcommand, unexpected};
use crate::screen::{Screen, Side};
use crate::session::{Running, Session};
use crate::wire::Wire;
use crate::wire::options::{self, Options};
use crate::{build, workspace};
use anyhow::{Result, bail};
use base::lessons::{self, Argument, DEFAULT_PORT, HOST, LESSONS, Lesson, Lifetime, Role, Sockets};
use base::ports::{self, Protocol};
use base::programs::Keeper;
use base::usage::{UsageError, nearest};
use lexopt::{Arg, ValueExt};
use link::words::Names;
use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

pub const COMMAND: Subcommand = Subcommand {
    name: "run",
    arguments: "LESSON [OPTIONS]",
    summary: "run a lesson with the other half of its pair",
    details: "\
LESSON is lesson-3 or just 3. It runs with the other half of its pair, which `cargo xtask list` \
names, or alone. The receiving side starts first. What you type goes to the other side, the \
client; Ctrl-D (Windows: Ctrl-Z, Enter) ends the input. Input may come from a file or a pipe as \
well. When the client ends, an endless server is stopped. In a student's workspace, the other \
half of the pair is played by the course as long as it has gaps.

  --port N    use this port (1 to 65535) instead of 8090

With any option below, a link stands between the two, and each datagram is drawn as it passes. \
It is a perfect link, but for what you ask for:

  --wire             only watch
  --loss 30%         lose so many; --duplicate 10% and --reorder 10% work alike
  --delay 50ms       deliver all so late; --jitter 20ms: and up to so much later, by chance
  --script LIST      decide one by one: \"1 drop, 2 duplicate, 3 delay 300ms, 4 hold 1, 5 pass\"
  --seed N           repeat what chance did in a run that printed this seed
  --svg FILE         draw a picture, when the run ends or fails; the checks draw it, and the \
                     first time they are built before the run, which takes a while
  --pcap FILE        write a capture for Wireshark, while it runs
  --log FILE         write JSON lines, while it runs

A script is for requests (to the server), all else for replies, too. Or say what it is for: \
--loss replies:30% or --script \"1 drop; replies: 2 drop\".
For example: cargo xtask run lesson-5 --loss 30% --seed 7 --svg wire.svg",
    run,
};

/// How long a server may take until it holds its port.
const START_PATIENCE: Duration = Duration::from_secs(10);

/// How often we look whether it does, where the system has no event for it.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// How long a one-shot receiver may go on after the sender has ended.
const RECEIVE_PATIENCE: Duration = Duration::from_secs(5);

/// The same, when the link has lost all that the sender sent.
const LOST_PATIENCE: Duration = Duration::from_secs(1);

/// How long killed programs may take to be gone.
const END_PATIENCE: Duration = Duration::from_secs(5);

fn run(parser: lexopt::Parser) -> Result<ExitCode> {
    let plan = Plan::from_arguments(parser)?;
    let server = plan.server.map(|lesson| lesson.label);
    let screen = Screen::new(server, plan.client.label);
    let wire = plan.wire(&screen)?;
    let mut keeper = Keeper::start()?;
    plan.build(&mut keeper)?;
    let mut session = Session::new(screen, wire);
    let result = plan.play(&mut keeper, &mut session);
    // Whatever the result is: nothing is left running, and everything that was said is shown.
    drop(keeper);
    let shown = show_the_rest(&mut session);
    let written = session.wire.as_mut().map_or(Ok(()), Wire::finish);
    result.and(shown).and(written)?;
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
    wire: Options,
}

impl Plan {
    fn from_arguments(mut parser: lexopt::Parser) -> Result<Self> {
        let (mut lesson, mut port, mut wire) = (None, None, Options::default());
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("port") => port = Some(parse_port(&parser.value()?)?),
                Arg::Long(name) if options::NAMES.contains(&name) => {
                    let name = name.to_owned();
                    wire.take(&name, &mut parser)?;
                }
                Arg::Long(name) => return Err(unknown_option(name)),
                Arg::Value(word) if lesson.is_none() => lesson = Some(lessons::named(&word)?),
                other => return Err(unexpected(&other, &COMMAND)),
            }
        }
        let hint = "which lesson? For example `cargo xtask run lesson-3`";
        let lesson = lesson.ok_or_else(|| UsageError(hint.to_owned()))?;
        let (server, client) = match (&lesson.role, lesson.mate()) {
            (Role::Server { .. }, Some(client)) => (Some(lesson), client),
            (_, server) => (server, lesson),
        };
        if let Some(error) = refusal(lesson, wire.asked_by.as_deref()) {
            return Err(error);
        }
        let played = workspace::unfinished_mate(lesson)?;
        Ok(Self { server, client, port, played, wire })
    }
}

fn unknown_option(name: &str) -> anyhow::Error {
    let names = options::NAMES.iter().chain(&["port"]);
    let guess = nearest(name, names).map(|guess| format!("did you mean `--{guess}`? "));
    let hint = guess.unwrap_or_default() + "`cargo xtask help run` shows all options";
    UsageError(format!("`run` has no option `--{name}`: {hint}")).into()
}

/// Whether a link can stand between a lesson and the other half of its pair.
fn has_wire(lesson: &Lesson) -> bool {
    lesson.role != Role::Alone && lesson.sockets == Sockets::Udp
}

/// What can't be run yet, or has no wire, although an option asks for one.
fn refusal(lesson: &Lesson, option: Option<&str>) -> Option<anyhow::Error> {
    if lesson.sockets == Sockets::Unix {
        return Some(no_paths(lesson));
    }
    let option = option.filter(|_| !has_wire(lesson))?;
    Some(no_wire(option, lesson))
}

/// Says why an option makes no sense with a lesson.
fn no_wire(option: &str, lesson: &Lesson) -> anyhow::Error {
    let name = lesson.name();
    let others: Vec<String> =
        LESSONS.iter().filter(|lesson| has_wire(lesson)).map(Lesson::name).collect();
    let why = match lesson.role {
        Role::Alone => "it runs alone and sends no datagram".to_owned(),
        _ => format!("it speaks {}, and the link carries only UDP", lesson.sockets),
    };
    let others = others.join(", ");
    UsageError(format!("{name} has no wire for `--{option}`: {why}; these have one: {others}"))
        .into()
}

fn no_paths(lesson: &Lesson) -> anyhow::Error {
    let (name, sockets) = (lesson.name(), lesson.sockets);
    let hint = format!("start it by hand, with `cargo run -q -p {name}`");
    UsageError(format!("{name} speaks over {sockets}, which `run` can't start yet: {hint}")).into()
}

fn parse_port(value: &OsString) -> Result<u16> {
    let port = value.parse().ok().filter(|&port| port > 0);
    port.ok_or_else(|| {
        let value = value.to_string_lossy();
        UsageError(format!("`{value}` is no port; take one from 1 to 65535, such as 8091")).into()
    })
}

impl Plan {
    /// What is to stand between the programs, if anything is. Its files can be written.
    fn wire(&self, screen: &Screen) -> Result<Option<Wire>> {
        let Some(server) = self.server.filter(|_| self.wire.asked_by.is_some()) else {
            return Ok(None);
        };
        let names = Names { client: self.client.label, server: server.label };
        Ok(Some(Wire::new(&self.wire, screen, names, is_one_shot(server))?))
    }

    fn lessons(&self) -> impl Iterator<Item = &'static Lesson> {
        self.server.into_iter().chain([self.client])
    }

    fn port(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT)
    }

    /// Lets cargo build the programs. It says nothing unless there is something to say.
    fn build(&self, keeper: &mut Keeper) -> Result<()> {
        if self.wire.svg.is_some() {
            build::checks(keeper, "draw the picture")?;
        }
        if let Some(lesson) = self.played {
            let (label, name) = (lesson.label, lesson.name());
            build::checks(keeper, &format!("play the {label}"))?;
            let note =
                format!("{name} still has gaps, so its part, the {label}, is played for you.");
            // Where stderr is closed, nobody misses it.
            let _ = writeln!(io::stderr(), "{note}");
        }
        let written = self.lessons().filter(|lesson| self.played != Some(*lesson));
        if !build::lessons(keeper, written)? {
            bail!("the program doesn't compile; what has to be mended is said above");
        }
        Ok(())
    }

    /// Lets the programs talk until both have done what they should.
    fn play(&self, keeper: &mut Keeper, session: &mut Session) -> Result<()> {
        let address = SocketAddr::from((HOST, self.port()));
        let mut target = address;
        if let Some(server) = self.server {
            session.start_server(keeper, &mut self.command(server, address)?)?;
            self.wait_until_ready(session, server)?;
            target = session.start_link(address)?;
        }
        session.start_client(keeper, &mut self.command(self.client, target)?)?;
        while !session.client.is_done() {
            if let Some(server) = self.server.filter(|_| session.server.is_done()) {
                self.check_early_end(session, server)?;
            }
            session.wait(None)?;
        }
        if !succeeded(&session.client) {
            bail!(self.failure(session, Side::Client, self.client));
        }
        match self.server {
            Some(server) if is_one_shot(server) => self.wait_for_the_message(session, server),
            Some(server) => self.wait_for_the_last_line(session, server),
            None => Ok(()),
        }
    }

    /// The command that starts a lesson's program, at an address.
    fn command(&self, lesson: &Lesson, address: SocketAddr) -> Result<Command> {
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
        if lesson.role != Role::Alone || self.port.is_some() {
            command.arg(lesson.argument_for(address)?);
        }
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
            // Its first line has to do where the system doesn't tell.
            let is_ready = self.has_port(session.server.pid, server);
            let is_ready = is_ready.unwrap_or(session.server.has_spoken);
            if is_ready {
                return session.wait_for_the_servers_line();
            }
            session.wait(Some(Instant::now() + LOOK_AGAIN))?;
        }
        let (label, sockets, port) = (server.label, server.sockets, self.port());
        bail!(
            "the {label} has been running for {START_PATIENCE:?} without binding {sockets} port {port}"
        )
    }

    /// Whether a server's process has its port; nothing where the system doesn't tell.
    fn has_port(&self, pid: u32, server: &Lesson) -> Option<bool> {
        let held =
            |protocol: &Protocol| Some(ports::ports_of(pid, *protocol)?.contains(&self.port()));
        let held: Option<Vec<bool>> = server.sockets.protocols().iter().map(held).collect();
        Some(held?.iter().all(|held| *held))
    }

    /// A server that ends before its client has failed, unless one message was all it wanted.
    fn check_early_end(&self, session: &Session, server: &Lesson) -> Result<()> {
        if is_one_shot(server) && succeeded(&session.server) {
            return Ok(());
        }
        bail!(self.failure(session, Side::Server, server));
    }

    fn wait_for_the_message(&self, session: &mut Session, server: &Lesson) -> Result<()> {
        let ended = Instant::now();
        while !session.server.is_done() {
            let deadline = ended + receive_patience(session, ended);
            if Instant::now() >= deadline {
                bail!(self.still_waiting(session, server, ended.elapsed()));
            }
            session.wait(Some(deadline))?;
        }
        self.check_early_end(session, server)
    }

    /// A server may show a message only after it has replied; its line may still be on the way.
    fn wait_for_the_last_line(&self, session: &mut Session, server: &Lesson) -> Result<()> {
        session.wait_for_the_last_replies()?;
        session.wait_for_the_servers_line()?;
        if session.server.status.is_some() {
            bail!(self.failure(session, Side::Server, server));
        }
        Ok(())
    }
}

/// What is said when a pair of programs fails.
impl Plan {
    /// Says how a program failed, and what may help. What it said last stands above.
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
        if let Some(hint) = self.port_hint(lesson) {
            message.push_str(&format!("\n{hint}"));
        }
        let damage = session.wire.as_ref().and_then(|wire| wire.tally.damage());
        if let Some(damage) = damage.filter(|_| side == Side::Client) {
            let label = lesson.label;
            message.push_str(&format!("\nThe link did as it was told: {damage}. "));
            message.push_str(&format!(
                "Nobody tells the {label}: to it, no server seems to be there."
            ));
        }
        message
    }

    /// Says why a receiver may still wait when its sender has ended `ago`.
    fn still_waiting(&self, session: &Session, server: &Lesson, ago: Duration) -> String {
        let (waiting, ended) = (server.label, self.client.label);
        let here = SocketAddr::from((HOST, self.port()));
        let wire = session.wire.as_ref();
        let why = match wire.map(|wire| (&wire.tally.requests, wire.address())) {
            Some((requests, _)) if requests.has_lost_all() => {
                format!("the link lost all that was sent, and nobody tells the {waiting}")
            }
            Some((requests, _)) if requests.came > 0 => {
                format!("does it receive on {here}, to which the link has passed it on?")
            }
            Some((_, Some(link))) => format!("did a datagram leave for {link}, the link?"),
            _ if server.sockets == Sockets::Tcp => format!("did a byte leave for {here}?"),
            _ => format!("did a datagram leave for {here}?"),
        };
        let ago = ago.as_secs();
        format!("the {ended} ended {ago}s ago, but the {waiting} is still waiting: {why}")
    }

    /// If a lesson's port is taken: by whom, and which one is free.
    fn port_hint(&self, lesson: &Lesson) -> Option<String> {
        let port = match lesson.role {
            Role::Client { .. } => return None,
            Role::Alone => self.port?,
            Role::Server { .. } => self.port(),
        };
        let host = match lesson.argument {
            Argument::Address => HOST,
            Argument::Port => Ipv4Addr::UNSPECIFIED.into(),
            Argument::Path(_) => return None,
        };
        let taken = |protocol: &&Protocol| {
            ports::try_bind(**protocol, (host, port).into()).is_err_and(|error| is_taken(&error))
        };
        let protocols = lesson.sockets.protocols();
        let holder = ports::holder(*protocols.iter().find(taken)?, port)
            .map_or("another process".to_owned(), |holder| holder.to_string());
        let is_free = |other: &u16| {
            protocols
                .iter()
                .all(|protocol| ports::try_bind(*protocol, (host, *other).into()).is_ok())
        };
        let free = (port.saturating_add(1)..=port.saturating_add(20)).find(is_free)?;
        let name = lesson.name();
        Some(format!(
            "Port {port} is taken by {holder}. Try `cargo xtask run {name} --port {free}`."
        ))
    }
}

/// Shows what the programs had written before they were ended.
fn show_the_rest(session: &mut Session) -> Result<()> {
    let deadline = Instant::now() + END_PATIENCE;
    let is_gone = |program: &Running| program.pid == 0 || program.is_done();
    while !(is_gone(&session.server) && is_gone(&session.client)) && Instant::now() < deadline {
        session.wait(Some(deadline))?;
    }
    session.finish()
}

/// How long a receiver may go on after the end of its sender: what the link delays counts from
/// when it leaves the link.
fn receive_patience(session: &Session, ended: Instant) -> Duration {
    let Some(wire) = &session.wire else { return RECEIVE_PATIENCE };
    if wire.tally.requests.has_lost_all() {
        return LOST_PATIENCE;
    }
    let late = wire.tally.due.map(|due| due.saturating_duration_since(ended));
    late.unwrap_or(Duration::ZERO) + RECEIVE_PATIENCE
}

/// Whether a lesson's program ends by itself when it has received something.
fn is_one_shot(lesson: &Lesson) -> bool {
    matches!(lesson.role, Role::Server { lifetime: Lifetime::Once, .. })
}

fn succeeded(program: &Running) -> bool {
    program.status.is_some_and(|status| status.success())
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_udp_port_is_refused_by_name() {
        let lesson = |sockets, argument| {
            let (role, label) = (Role::Client { server: 9 }, "client");
            Lesson { number: 8, slug: "a", title: "A", teaches: "", label, role, sockets, argument }
        };
        let unix = lesson(Sockets::Unix, Argument::Path("/tmp/a"));
        let tcp = lesson(Sockets::Tcp, Argument::Address);
        for (lesson, option, words) in [
            (&unix, None, "lesson-8 speaks over Unix sockets, which `run` can't start yet: "),
            (&tcp, Some("loss"), "lesson-8 has no wire for `--loss`: it speaks TCP, and the link "),
        ] {
            let error = refusal(lesson, option).unwrap();
            assert!(error.is::<UsageError>() && error.to_string().starts_with(words), "{error}");
        }
        assert!(refusal(&tcp, None).is_none());
        let argument = unix.argument_for((HOST, 1).into());
        assert_eq!(argument.unwrap_err().to_string(), "lesson-8 takes a path, and no port");
    }

    #[test]
    fn help_explains_the_wire() {
        for option in options::NAMES {
            assert!(COMMAND.details.contains(&format!("--{option} ")), "{option}");
        }
    }
}
