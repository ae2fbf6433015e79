//! What the command line asks for, and how much of everything a program may use.

use anyhow::{Context, Result, bail, ensure};
use lexopt::Arg::{Long, Value};
use lexopt::ValueExt;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

const USAGE: &str = "usage: confine [--purpose run|compile] [--tasks N] [--descriptors N] \
                     [--memory MIB] [--readable PATH]… [--writable PATH]… [--unix-sockets FOLDER] \
                     [--only-network] -- PROGRAM [ARG…]";

/// What a program is started for, and so what it needs.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A student's program: one process.
    #[default]
    Run,
    /// The compiler, which starts a linker.
    Compile,
}

#[derive(Default)]
pub struct Order {
    pub purpose: Purpose,
    pub only_network: bool,
    /// What the purpose usually gets is what isn't given.
    pub tasks: Option<u64>,
    pub descriptors: Option<u64>,
    /// MiB
    pub memory: Option<u64>,
    /// If empty, all that is visible.
    pub readable: Vec<PathBuf>,
    pub writable: Vec<PathBuf>,
    /// Where it may have sockets with paths.
    pub unix_sockets: Option<PathBuf>,
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

impl Order {
    pub fn read(args: impl Iterator<Item = OsString>) -> Result<Self> {
        let mut parser = lexopt::Parser::from_args(args);
        let mut order = Self::default();
        while let Some(argument) = parser.next().context(USAGE)? {
            match argument {
                Long("purpose") => order.purpose = purpose(&parser.value().context(USAGE)?)?,
                Long("tasks") => order.tasks = Some(number(&mut parser)?),
                Long("descriptors") => order.descriptors = Some(number(&mut parser)?),
                Long("memory") => order.memory = Some(number(&mut parser)?),
                Long("readable") => order.readable.push(parser.value().context(USAGE)?.into()),
                Long("writable") => order.writable.push(parser.value().context(USAGE)?.into()),
                Long("unix-sockets") => {
                    order.unix_sockets = Some(parser.value().context(USAGE)?.into());
                }
                Long("only-network") => order.only_network = true,
                Value(program) => {
                    order.program = program.into();
                    order.arguments = parser.raw_args().context(USAGE)?.collect();
                    break;
                }
                other => return Err(other.unexpected()).context(USAGE),
            }
        }
        ensure!(!order.program.as_os_str().is_empty(), "no program to start; {USAGE}");
        // Whoever writes into a folder of PATH must not decide what is run.
        ensure!(
            order.program.components().count() > 1,
            "cannot look for {}: give its path, for example `./{0}`",
            order.program.display()
        );
        Ok(order)
    }
}

fn number(parser: &mut lexopt::Parser) -> Result<u64> {
    parser.value().and_then(|word| word.parse()).context(USAGE)
}

fn purpose(word: &OsString) -> Result<Purpose> {
    match word.to_str() {
        Some("run") => Ok(Purpose::Run),
        Some("compile") => Ok(Purpose::Compile),
        _ => bail!("`{}` is no purpose; {USAGE}", word.display()),
    }
}

const MIB: rlim_t = 1 << 20;

/// What differs from lesson to lesson, and between a program and its compiler.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// Processes and threads; what exists already may have to be added (see [`others`]).
    tasks: rlim_t,
    pub descriptors: rlim_t,
    /// Bytes of addresses.
    memory: rlim_t,
}

/// A thread takes 2 MiB of addresses for its stack, so 64 of them take 128 MiB, and a program
/// with its libraries 10 MiB. It can't start another process, so this is also all the memory that
/// it gets.
const RUN: Bounds = Bounds { tasks: 64, descriptors: 64, memory: 512 * MIB };

/// For the compiler, and each process that it starts.
const COMPILE: Bounds = Bounds { tasks: 64, descriptors: 64, memory: 3072 * MIB };

/// What is the same for all programs.
const ALL_RUN: &[(Resource, rlim_t)] =
    &[(Resource::RLIMIT_FSIZE, 4 * MIB), (Resource::RLIMIT_CPU, 30)];

/// The same for all compilers.
const ALL_COMPILE: &[(Resource, rlim_t)] =
    &[(Resource::RLIMIT_FSIZE, 64 * MIB), (Resource::RLIMIT_CPU, 10)];

/// For both. A stack without a limit would make the kernel lay out memory in another way. Signals
/// that wait, and timers, are memory of the kernel's.
const BOTH: &[(Resource, rlim_t)] = &[
    (Resource::RLIMIT_STACK, 8 * MIB),
    (Resource::RLIMIT_CORE, 0),
    (Resource::RLIMIT_MEMLOCK, 0),
    (Resource::RLIMIT_MSGQUEUE, 0),
    (Resource::RLIMIT_SIGPENDING, 256),
    (Resource::RLIMIT_NICE, 0),
    (Resource::RLIMIT_RTPRIO, 0),
];

impl Bounds {
    pub fn of(order: &Order) -> Self {
        let usual = match order.purpose {
            Purpose::Run => RUN,
            Purpose::Compile => COMPILE,
        };
        Self {
            tasks: order.tasks.unwrap_or(usual.tasks),
            descriptors: order.descriptors.unwrap_or(usual.descriptors),
            memory: order.memory.map_or(usual.memory, |mib| mib.saturating_mul(MIB)),
        }
    }

    /// Limits this process, and all that it becomes or starts.
    pub fn set(self, purpose: Purpose) -> Result<()> {
        let all = match purpose {
            Purpose::Run => ALL_RUN,
            Purpose::Compile => ALL_COMPILE,
        };
        set_one(Resource::RLIMIT_NPROC, self.tasks.saturating_add(others()?))?;
        set_one(Resource::RLIMIT_NOFILE, self.descriptors)?;
        set_one(Resource::RLIMIT_AS, self.memory)?;
        for &(resource, most) in BOTH.iter().chain(all) {
            set_one(resource, most)?;
        }
        Ok(())
    }
}

fn set_one(resource: Resource, most: rlim_t) -> Result<()> {
    let (_, allowed) = getrlimit(resource).with_context(|| format!("cannot read {resource:?}"))?;
    // The second limit on CPU time kills; before that, SIGXCPU tells what happened.
    let spare = if resource == Resource::RLIMIT_CPU { 1 } else { 0 };
    setrlimit(resource, most.min(allowed), most.saturating_add(spare).min(allowed))
        .with_context(|| format!("cannot limit {resource:?} to {most}"))
}

/// How many processes and threads the limit on them counts beside ours.
///
/// It counts all of the user's in the same user namespace, since Linux 5.14. In one that was made
/// for us there is nobody else. Elsewhere the user's other programs would use up the limit, and an
/// honest program couldn't start a thread; so all that the system runs is added. (The limit doesn't
/// hold for root outside a user namespace, whom nobody should let run such programs.)
fn others() -> Result<rlim_t> {
    let failed = |file| format!("cannot read {file}: is /proc mounted?");
    let (map, release) = ("/proc/self/uid_map", "/proc/sys/kernel/osrelease");
    let users = fs::read_to_string(map).with_context(|| failed(map))?;
    let linux = fs::read_to_string(release).with_context(|| failed(release))?;
    if is_for_one_user(&users) && counts_by_namespace(&linux) {
        return Ok(0);
    }
    let load = "/proc/loadavg";
    let text = fs::read_to_string(load).with_context(|| failed(load))?;
    // `0.00 0.01 0.05 1/234 5678`: 234 processes and threads
    let all = text.split([' ', '/']).nth(4).and_then(|word| word.parse().ok());
    all.with_context(|| format!("cannot understand what {load} says: {text}"))
}

/// A user namespace that holds a single user is nobody's but ours.
fn is_for_one_user(map: &str) -> bool {
    map.lines().count() == 1 && map.split_whitespace().nth(2) == Some("1")
}

fn counts_by_namespace(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= (5, 14),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_ours_if_it_holds_one_user() {
        assert!(is_for_one_user("      1000       1000          1\n"));
        assert!(!is_for_one_user("         0          0 4294967295\n"));
        assert!(!is_for_one_user("0 1000 1\n1 100000 65536\n"));
        assert!(!is_for_one_user(""));
    }

    #[test]
    fn linux_counts_by_namespace_since_5_14() {
        assert!(counts_by_namespace("5.14.0-362.el9.x86_64\n"));
        assert!(counts_by_namespace("6.1.0-13-amd64"));
        assert!(!counts_by_namespace("5.4.0-150-generic"));
        assert!(!counts_by_namespace("4.18"));
        assert!(!counts_by_namespace("?"));
    }
}
