//! What a check is, and what a lesson's checks are.

use crate::failure::Checked;
use crate::network::Network;
use crate::trial::Trial;
use anyhow::{Context, Result};
use base::ports::PortCount;
use std::fmt;

/// One thing that a lesson's program is judged on.
pub struct Check {
    /// Kebab-case, and the same for ever: grades refer to it.
    pub id: &'static str,
    /// A claim about the program: "prints the datagram it received".
    pub title: &'static str,
    /// Each lesson's add up to 100.
    pub points: u32,
    /// The check without which this one says nothing.
    pub needs: Option<&'static str>,
    /// What the program should do, and why, in the words of the walkthrough.
    pub goal: &'static str,
    /// Where to read about it: a file under `lessons/` and a heading, `lesson-3-….md#receive`.
    pub section: &'static str,
    /// Drives the program; returns at the first thing that is wrong.
    pub run: fn(&Trial) -> Checked,
}

/// The checks of a lesson.
pub struct Lesson {
    /// What the catalogue says of it.
    pub entry: &'static base::lessons::Lesson,
    pub limits: Limits,
    /// How many ports its checks take, if none of them fails.
    pub ports: PortCount,
    pub checks: &'static [Check],
    /// Those of them that use a port which somebody else may need: they are made only where nobody else
    /// is in the network.
    pub own_network: &'static [&'static str],
    /// Does what the program does, with its argument, on standard input and output: for a student
    /// whose other half of the pair isn't written yet. `None` if it has no other half.
    pub play: Option<fn(&str) -> anyhow::Result<()>>,
}

/// What a program may use of the computer where it is graded: several times what a right one does.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Threads, the first of them included.
    pub tasks: u32,
    /// Open files and sockets, the three standard streams included.
    pub descriptors: u32,
    /// MiB of addresses. The stack of a thread takes 2.
    pub memory: u32,
    /// Whether it has sockets with paths, and one small folder for them, which its checks share.
    /// Only the strictest isolation can give it one.
    pub unix_sockets: bool,
}

impl Limits {
    /// For a program with few sockets.
    pub const USUAL: Self = Self { tasks: 64, descriptors: 64, memory: 512, unix_sockets: false };
}

impl Lesson {
    pub fn name(&self) -> String {
        self.entry.name()
    }

    pub fn title(&self) -> &'static str {
        self.entry.title
    }

    /// The checks that are made in a network.
    pub fn checks_in(&self, network: Network) -> impl Iterator<Item = &'static Check> {
        let is_made =
            move |check: &&Check| network == Network::Own || !self.own_network.contains(&check.id);
        self.checks.iter().filter(is_made)
    }

    /// The most points that there are in a network.
    pub fn max_points(&self, network: Network) -> u32 {
        self.checks_in(network).map(|check| check.points).sum()
    }

    /// The check with this id; fails if there is none.
    pub fn check(&self, id: &str) -> Result<&'static Check> {
        let found = self.checks.iter().find(|check| check.id == id);
        found.with_context(|| format!("{} has no check `{id}` here", self.name()))
    }
}

impl Eq for Lesson {}

/// By what never changes.
impl PartialEq for Lesson {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl fmt::Debug for Lesson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// By what never changes.
impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
