//! What the command line asks for.

use anyhow::{Context, Result, bail, ensure};
use lexopt::Arg::{Long, Value};
use lexopt::ValueExt;
use std::ffi::OsString;
use std::path::PathBuf;

const USAGE: &str = "usage: confine [--purpose run|compile] [--tasks N] [--descriptors N] \
                     [--memory MIB] [--readable PATH]… [--writable PATH]… [--unix-sockets FOLDER] \
                     [--strict-kernel] [--only-network] -- PROGRAM [ARG…]";

/// What a program is started for, and so what it needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A student's program: one process.
    Run,
    /// The compiler, which starts a linker.
    Compile,
}

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
    pub strict_kernel: bool,
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

impl Order {
    pub fn read(args: impl Iterator<Item = OsString>) -> Result<Self> {
        let mut parser = lexopt::Parser::from_args(args);
        let mut order = Self {
            purpose: Purpose::Run,
            only_network: false,
            tasks: None,
            descriptors: None,
            memory: None,
            readable: Vec::new(),
            writable: Vec::new(),
            unix_sockets: None,
            strict_kernel: false,
            program: PathBuf::new(),
            arguments: Vec::new(),
        };
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
                Long("strict-kernel") => order.strict_kernel = true,
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
