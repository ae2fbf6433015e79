//! The list of lessons. It stands here and nowhere else; `verify` holds it against the tree.

use crate::{UsageError, nearest};
use anyhow::Result;
use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

/// A lesson: one program, in one crate, with one walkthrough.
#[derive(Debug, PartialEq, Eq)]
pub struct Lesson {
    /// 1, 2, 3, … in reading order.
    pub number: u8,
    /// What comes after `lesson-N-` in the names of the crate's folder and of the walkthrough.
    pub slug: &'static str,
    pub title: &'static str,
    /// What the reader knows afterwards.
    pub teaches: &'static str,
    /// What the program is in its pair; the runner labels its output with it.
    pub label: &'static str,
    pub role: Role,
}

/// How the runner starts a lesson's program, and with whom.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs alone, and ends when its input does.
    Alone,
    /// Is given the input, and speaks to the lesson with this number.
    Client { server: u8 },
    /// Waits for the lesson with this number.
    Server { client: u8, lifetime: Lifetime, argument: Argument },
}

#[derive(Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Ends by itself, after one datagram.
    OneDatagram,
    /// Runs until it is stopped.
    Endless,
}

/// What a server takes on its command line.
#[derive(Debug, PartialEq, Eq)]
pub enum Argument {
    /// `127.0.0.1:8090`
    Address,
    /// `8090`
    Port,
}

/// The port that the pairs use unless they are told another.
pub const DEFAULT_PORT: u16 = 8090;

pub const LESSONS: &[Lesson] = &[
    Lesson {
        number: 1,
        slug: "create-sockets",
        title: "Create sockets",
        teaches: "a TCP and a UDP socket, their addresses, and who owns a port",
        label: "sockets",
        role: Role::Alone,
    },
    Lesson {
        number: 2,
        slug: "send-once",
        title: "Send once",
        teaches: "a client's four steps, and what \"sent\" means",
        label: "sender",
        role: Role::Client { server: 3 },
    },
    Lesson {
        number: 3,
        slug: "receive-once",
        title: "Receive once",
        teaches: "a server's five steps, and what 1,024 means",
        label: "receiver",
        role: Role::Server {
            client: 2,
            lifetime: Lifetime::OneDatagram,
            argument: Argument::Address,
        },
    },
    Lesson {
        number: 4,
        slug: "echo-client",
        title: "Echo client",
        teaches: "request and reply, and what to do when no reply comes",
        label: "client",
        role: Role::Client { server: 5 },
    },
    Lesson {
        number: 5,
        slug: "echo-server",
        title: "Echo server",
        teaches: "one socket for many clients, on every address of the computer",
        label: "server",
        role: Role::Server { client: 4, lifetime: Lifetime::Endless, argument: Argument::Port },
    },
];

impl Lesson {
    /// The package, the binary, and the word that commands take: `lesson-3`.
    pub fn name(&self) -> String {
        format!("lesson-{}", self.number)
    }

    /// `lesson-3-receive-once`
    pub fn directory(&self) -> String {
        format!("lesson-{}-{}", self.number, self.slug)
    }

    /// The program, from the root of the workspace.
    pub fn source(&self) -> String {
        format!("crates/{}/src/main.rs", self.directory())
    }

    /// The prose, from the root of the workspace.
    pub fn walkthrough(&self) -> String {
        format!("lessons/{}.md", self.directory())
    }

    /// The other half of the pair, if the lesson has one.
    pub fn mate(&self) -> Option<&'static Lesson> {
        match self.role {
            Role::Alone => None,
            Role::Client { server: number } | Role::Server { client: number, .. } => {
                by_number(number)
            }
        }
    }
}

/// Finds a lesson by `lesson-3`, `3`, or the name of its folder.
pub fn find(word: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| {
        word == lesson.name() || word == lesson.number.to_string() || word == lesson.directory()
    })
}

/// Finds the lesson that a word on the command line means.
pub fn named(word: &OsStr) -> Result<&'static Lesson> {
    let word = word.to_string_lossy();
    find(&word).ok_or_else(|| {
        let guess = nearest::nearest(&word, LESSONS.iter().map(Lesson::name)).unwrap_or_default();
        let hint = format!("did you mean `{guess}`? `cargo xtask list` shows all lessons");
        UsageError(format!("there is no lesson `{word}`: {hint}")).into()
    })
}

fn by_number(number: u8) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.number == number)
}

/// The root of the workspace: where cargo says that this package is when it runs us, or else where
/// it was when we were built.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    package.parent().unwrap_or(&package).to_owned()
}
