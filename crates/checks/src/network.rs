//! Whose network the checks are made in, and so whose fault it is if there is no port in it.

use crate::cause::Cause;
use crate::failure::{Fault, failed};
use anyhow::Error;
use std::io::{self, ErrorKind};

/// Who uses the network, beside the program and its checks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Network {
    /// Others do, too.
    #[default]
    Shared,
    /// Nobody does.
    Own,
}

impl Network {
    /// What it is that the system has refused an address to the check. `what` was done in vain.
    ///
    /// Addresses are all that a program can use up for its checks: memory and descriptors are
    /// the computer's and the checks' own, and a lack of them is always a grader error.
    pub fn refused(self, what: String, error: io::Error) -> Fault {
        if self == Self::Shared || error.kind() != ErrorKind::AddrInUse {
            return Fault::Grader(Error::new(error).context(what));
        }
        failed(format!("{what}: {error}"), &USES_UP_PORTS)
    }
}

const USES_UP_PORTS: Cause = Cause::new(
    "uses-up-ports",
    "The network is the program's own, and nobody else is in it: so it is the program \
             that holds more ports than it was told to take, or has left thousands of \
             connections behind, each of which keeps its port for a minute. Open the sockets \
             that the task needs, and close them.",
);
