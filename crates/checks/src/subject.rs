//! The program under test, with pipes in place of its terminal.

mod state;

use crate::budget::Deadline;
use crate::bytes::find;
use crate::cause::Cause;
use crate::diagnosis;
use crate::failure::{Checked, Failure, Fault, contains, failed, late};
use crate::kept_waiting;
use crate::log::Log;
use crate::setting::Setting;
use anyhow::{Context, Result};
use base::ports::{self, Protocol};
use base::programs::Keeper;
use base::strays::Mark;
use base::text::{self, shortened as visible};
pub use state::{Ended, Ending};
use state::{State, Streams, await_end, collect, feed};
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind::{InvalidInput, NotADirectory, NotFound, PermissionDenied};
use std::net::IpAddr;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, path::Path};

/// How long a check waits for what should come at once. Far more than a busy computer needs; and
/// a check for which it was too short is made once more, alone.
pub const SOON: Duration = Duration::from_secs(2);

/// How long a program may take to start; some languages bring a large machine with them.
pub const START: Duration = Duration::from_secs(5);

/// The contract's "promptly".
pub const PROMPTLY: Duration = Duration::from_secs(1);

/// How long to wait between looks at the system's list of ports: at first, and at most. A look
/// takes time that programs need to start.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(20));

/// How long the output of a program that has ended, or was ended, may take to come to its end; a
/// process that it has started may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(500);

const LEAVES_A_PROCESS: Cause = Cause::new(
    "leaves-a-process",
    "The program has started another process and left it behind: wait for it before you end.",
);

/// Whether a socket at this address may receive what is sent over IPv4.
fn takes_ipv4(address: &IpAddr) -> bool {
    address.is_ipv4() || address.is_unspecified()
}

/// Variables that a program may need to start at all; it is given no others.
const ENVIRONMENT: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "SYSTEMDRIVE",
    "USERPROFILE",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "LD_LIBRARY_PATH",
    "JAVA_HOME",
];

/// The program that is judged, and how to start it.
#[derive(Debug, Clone)]
pub struct Program {
    /// The command; a lesson's own argument comes behind it.
    pub command: Vec<OsString>,
    /// What it is called where the command is nobody's business.
    pub name: Option<String>,
}

impl Program {
    /// What people are told was started, word by word.
    pub fn shown(&self) -> Vec<String> {
        match &self.name {
            Some(name) => vec![name.clone()],
            None => self.command.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        }
    }

    /// What is wrong with the command, if the system has nothing that it can start as such: whoever
    /// typed it can mend that. If there is something, it is started, and ended at once.
    pub fn fault(&self) -> Option<String> {
        let (first, others) = self.command.split_first()?;
        let mut command = Command::new(first);
        command.args(others).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let error = Keeper::start().ok()?.spawn(&mut command).err()?;
        let problem = match (error.kind(), error.raw_os_error()) {
            (NotFound, _) => "no such command",
            (PermissionDenied | NotADirectory | InvalidInput, _) => NOT_EXECUTABLE,
            (_, Some(NO_PROGRAM)) => NOT_EXECUTABLE,
            // Something that may pass, and is nobody's fault.
            _ => return None,
        };
        Some(format!(
            "cannot start `{}`: {problem}; give the program and its arguments as separate words, \
             as in `--program python3 receiver.py`",
            text::name(&first.to_string_lossy())
        ))
    }
}

const NOT_EXECUTABLE: &str = "it can't be executed";

/// How the system says that a file's contents are no program: as ENOEXEC, or on Windows as
/// ERROR_BAD_EXE_FORMAT. std has no name for it.
const NO_PROGRAM: i32 = if cfg!(windows) { 193 } else { 8 };

/// A running program. Dropping it ends it, with all its children.
pub struct Subject {
    stdin: Option<mpsc::Sender<Vec<u8>>>,
    state: Arc<State>,
    pid: u32,
    log: Log,
    deadline: Deadline,
    /// Ends what is left. None when that is done.
    keeper: Option<Keeper>,
    /// Ends what has left the keeper's group.
    _mark: Arc<Mark>,
}

impl Subject {
    /// Starts a program, with an argument behind those of its command.
    pub fn start(
        program: &Program,
        argument: Option<&OsStr>,
        log: &Log,
        setting: &Setting,
    ) -> Result<Self> {
        Self::start_reading(Stdio::piped(), program, argument, log, setting)
    }

    /// The same, with something else as its standard input.
    pub fn start_reading(
        stdin: Stdio,
        program: &Program,
        argument: Option<&OsStr>,
        log: &Log,
        setting: &Setting,
    ) -> Result<Self> {
        let (first, others) =
            program.command.split_first().context("there is no command to judge")?;
        let mut keeper = Keeper::start()?;
        let mut command = Command::new(first);
        command.args(others).args(argument).env_clear().env("LANG", "C.UTF-8");
        // A name that doesn't resolve should say so soon, with or without a network.
        command.env("RES_OPTIONS", "timeout:1 attempts:1");
        command.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, env::var_os(name)?))));
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        setting.mark.put_on(&mut command);
        let child = keeper.spawn(&mut command);
        let mut child =
            child.with_context(|| format!("cannot start `{}`", Path::new(first).display()))?;
        let mut words = program.shown();
        if let Some(path) = words.first_mut() {
            // Where a program lies is of no interest.
            let name =
                Path::new(&*path).file_name().map(|name| name.to_string_lossy().into_owned());
            *path = name.unwrap_or_else(|| path.clone());
        }
        words.extend(argument.map(|word| word.to_string_lossy().into_owned()));
        log.step(format!("started `{}`", words.join(" ")));
        let state = Arc::new(State::default());
        let pid = child.id();
        let (stdin, input) = mpsc::channel();
        if let Some(pipe) = child.stdin.take() {
            thread::spawn(|| feed(pipe, input));
        }
        collect(&state, child.stdout.take(), |streams| &mut streams.stdout);
        collect(&state, child.stderr.take(), |streams| &mut streams.stderr);
        await_end(&state, child);
        let (stdin, keeper) = (Some(stdin), Some(keeper));
        let (log, deadline, mark) = (log.clone(), setting.deadline, Arc::clone(&setting.mark));
        Ok(Self { stdin, state, pid, log, deadline, keeper, _mark: mark })
    }

    /// Types a line: `line`, and its end.
    pub fn type_line(&self, line: impl AsRef<[u8]>) {
        self.write([line.as_ref(), b"\n"].concat());
    }

    /// Passes bytes to its standard input, as they are.
    pub fn write(&self, bytes: Vec<u8>) {
        self.log.step(format!("typed {}", visible(&bytes)));
        if let Some(stdin) = &self.stdin {
            // This fails after the program's end, which shows elsewhere.
            let _ = stdin.send(bytes);
        }
    }

    /// Ends its standard input, behind all that was written.
    pub fn close_stdin(&mut self) {
        self.log.step("ended its standard input");
        self.stdin = None;
    }

    /// Waits until the UDP port is bound: the program is then ready, without having been sent
    /// anything. Where the system doesn't tell, its first output, or a second, has to do.
    pub fn wait_until_bound(&self, port: u16) -> Checked {
        self.wait_until_has(Protocol::Udp, port)
    }

    /// The same for the TCP port, at which it listens then.
    pub fn wait_until_listening(&self, port: u16) -> Checked {
        self.wait_until_has(Protocol::Tcp, port)
    }

    fn wait_until_has(&self, protocol: Protocol, port: u16) -> Checked {
        let started = Instant::now();
        loop {
            let (status, has_spoken) = {
                let is_done = |streams: &Streams| streams.status.is_some();
                let pause = (started.elapsed() / 4).clamp(LOOK_AGAIN.0, LOOK_AGAIN.1);
                let streams = self.state.wait(self.deadline.cut(pause), is_done);
                (streams.status, !streams.stdout.is_empty())
            };
            let is_bound = ports::seen_addresses(protocol, port).map_or_else(
                || has_spoken || started.elapsed() >= PROMPTLY,
                |addresses| addresses.iter().any(takes_ipv4),
            );
            if is_bound {
                self.log.step(format!("saw it bind {protocol} port {port}"));
                return Ok(());
            }
            if let Some(status) = status {
                let problem =
                    format!("it ended ({status}), and wasn't seen to bind {protocol} port {port}");
                return Err(failed(problem, &Cause::NONE.of_end(status)));
            }
            self.deadline.in_time(format!("it to bind {protocol} port {port}"))?;
            if started.elapsed() >= START {
                let problem = format!("it hasn't bound {protocol} port {port} within {START:?}");
                let cause = diagnosis::of_an_unbound_port(&self.bound(), protocol, port);
                return Err(late(problem, START, &cause));
            }
        }
    }

    /// Waits until `enough` is true of all that it has written to stdout; returns that. `what`
    /// completes "waited for …".
    pub fn wait_for_stdout(
        &self,
        what: &str,
        within: Duration,
        cause: &Cause,
        enough: impl Fn(&[u8]) -> bool,
    ) -> Checked<Vec<u8>> {
        let is_done = |streams: &Streams| enough(&streams.stdout) || streams.is_complete();
        let streams = self.state.wait(self.deadline.cut(within), is_done);
        if enough(&streams.stdout) {
            self.log.step(format!("saw {what}"));
            return Ok(streams.stdout.clone());
        }
        let so_far = format!("stdout so far: {}", visible(&streams.stdout));
        if let Some(status) = streams.status {
            let problem = format!("it ended ({status}) before {what}; {so_far}");
            return Err(failed(problem, &cause.of_end(status)));
        }
        self.deadline.in_time(what)?;
        let cause = diagnosis::of_silence(&streams.seen(), cause);
        Err(late(format!("{what} hasn't come within {within:?}; {so_far}"), within, &cause))
    }

    /// Waits until it has ended by itself and all that it wrote has been read.
    pub fn wait_for_end(&self, within: Duration, cause: &Cause) -> Checked<Ended> {
        let streams = self.state.wait(self.deadline.cut(within), Streams::is_complete);
        let so_far = format!("stdout so far: {}", visible(&streams.stdout));
        if !streams.is_complete() {
            self.deadline.in_time("its end")?;
        }
        let Some(status) = streams.status else {
            let problem = format!("it still runs after {within:?}; {so_far}");
            return Err(late(problem, within, cause));
        };
        if !streams.is_complete() {
            let problem = format!("it ended ({status}), but a process that it started still runs");
            return Err(late(problem, LAST_WORDS, &LEAVES_A_PROCESS));
        }
        self.log.step(format!("saw it end: {status}"));
        Ok(Ended { status, stdout: streams.stdout.clone(), stderr: streams.stderr.clone() })
    }

    /// Requires that it hasn't ended.
    pub fn still_runs(&self, cause: &Cause) -> Checked {
        match self.state.lock().status {
            Some(status) => Err(failed(format!("it has ended: {status}"), &cause.of_end(status))),
            None => Ok(()),
        }
    }

    /// Requires that it doesn't end for that long, all of which is spent.
    pub fn runs_on(&self, during: Duration, cause: &Cause) -> Checked {
        let whole = self.deadline.cut(during);
        drop(self.state.wait(whole, |streams| streams.status.is_some()));
        self.still_runs(cause)?;
        if whole < during {
            return Err(Fault::OutOfTime(format!("{during:?} to pass")));
        }
        self.log.step(format!("saw it run on for {during:?}"));
        Ok(())
    }

    /// How it has ended, if it has. What it wrote until then has been read, unless a process that it
    /// started holds its streams open.
    pub fn status(&self) -> Option<ExitStatus> {
        let status = self.state.lock().status?;
        drop(self.state.wait(LAST_WORDS, |streams| streams.ended == 2));
        Some(status)
    }

    /// The ports that it has bound by now, as far as the system tells.
    pub(crate) fn bound(&self) -> Vec<(Protocol, u16)> {
        let of = |protocol| {
            let ports = ports::ports_of(self.pid, protocol).unwrap_or_default();
            ports.into_iter().map(move |port| (protocol, port))
        };
        of(Protocol::Udp).chain(of(Protocol::Tcp)).collect()
    }

    /// Whether it has done something that can be seen since it had written only `before`: written
    /// more, or ended with success. Waits for that for as long as `within`.
    pub fn reacts(&self, before: &[u8], within: Duration) -> bool {
        let has_more = |streams: &Streams| {
            streams.stdout.get(before.len()..).is_some_and(|more| !more.trim_ascii().is_empty())
        };
        let is_done = |streams: &Streams| has_more(streams) || streams.is_complete();
        let streams = self.state.wait(self.deadline.cut(within), is_done);
        let has_succeeded = streams.status.is_some_and(|status| status.success());
        has_more(&streams) || has_succeeded
    }

    /// Requires that it shows `text` on stdout, verbatim, before `within` has passed. If it doesn't,
    /// what it has printed, and whether it runs, tells why, or else it is what the check supposes.
    pub fn shows(&self, text: &[u8], within: Duration, cause: &Cause) -> Checked {
        let is_done = |streams: &Streams| find(&streams.stdout, text) || streams.is_complete();
        let streams = self.state.wait(self.deadline.cut(within), is_done);
        if find(&streams.stdout, text) {
            self.log.step("saw the text on its stdout");
            return Ok(());
        }
        let has_ended = streams.status.is_some();
        if !has_ended {
            self.deadline.in_time("the text on its stdout")?;
        }
        let cause = diagnosis::of_output(text, &streams.seen(), cause);
        let missing = contains("its output", text, &streams.stdout, cause);
        missing.map_err(|fault| match fault {
            Fault::Failed(failure) if !has_ended => Fault::Failed(Box::new(Failure {
                problem: format!("the expected bytes haven't come on its stdout within {within:?}"),
                awaited: Some(within),
                ..*failure
            })),
            fault => fault,
        })
    }

    /// All that it has written to stdout so far.
    pub fn stdout(&self) -> Vec<u8> {
        self.state.lock().stdout.clone()
    }

    pub(crate) fn ending(&self) -> Ending {
        Ending::of(&self.state)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if self.state.lock().status.is_none() {
            let waited = kept_waiting::processes(self.pid);
            self.state.change(|streams| streams.waited = waited);
        }
        // If it has ended by itself, what it said last explains why: that is read to its end.
        let is_read = |streams: &Streams| streams.status.is_none() || streams.ended == 2;
        self.state.wait(LAST_WORDS, is_read).is_over = true;
        drop(self.keeper.take());
        // What it held, such as its ports, is free when all that could write is gone. In a sandbox
        // that takes a little longer than the sandbox itself.
        drop(self.state.wait(LAST_WORDS, |streams| streams.ended == 2));
    }
}
