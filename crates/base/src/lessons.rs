//! The list of lessons. It stands here and nowhere else; `verify` holds it against the tree.

use crate::ports::Protocol;
use crate::usage::{UsageError, nearest};
use anyhow::{Result, bail};
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
    pub sockets: Sockets,
    pub argument: Argument,
}

/// How the runner starts a lesson's program, and with whom.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs alone, and ends when its input does.
    Alone,
    /// Is given the input, and speaks to the lesson with this number.
    Client { server: u8 },
    /// Waits for the lesson with this number.
    Server { client: u8, lifetime: Lifetime },
}

#[derive(Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Ends by itself, when it was sent to once.
    Once,
    /// Runs until it is stopped.
    Endless,
}

/// What kind of sockets a program has. Those of a pair are of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sockets {
    Udp,
    Tcp,
    /// One of each.
    UdpAndTcp,
    /// Datagrams between paths of the file system.
    Unix,
}

/// What a program takes on its command line; without it, what the course uses everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// `127.0.0.1:8090`
    Address,
    /// `8090`
    Port,
    /// Of a socket, and the one that is meant without it.
    Path(&'static str),
}

/// Where pairs meet: nothing here leaves this computer.
pub const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

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
        sockets: Sockets::UdpAndTcp,
        argument: Argument::Address,
    },
    Lesson {
        number: 2,
        slug: "send-once",
        title: "Send once",
        teaches: "a client's four steps, and what \"sent\" means",
        label: "sender",
        role: Role::Client { server: 3 },
        sockets: Sockets::Udp,
        argument: Argument::Address,
    },
    Lesson {
        number: 3,
        slug: "receive-once",
        title: "Receive once",
        teaches: "a server's five steps, and what 1,024 means",
        label: "receiver",
        role: Role::Server { client: 2, lifetime: Lifetime::Once },
        sockets: Sockets::Udp,
        argument: Argument::Address,
    },
    Lesson {
        number: 4,
        slug: "echo-client",
        title: "Echo client",
        teaches: "request and reply, and what to do when no reply comes",
        label: "client",
        role: Role::Client { server: 5 },
        sockets: Sockets::Udp,
        argument: Argument::Address,
    },
    Lesson {
        number: 5,
        slug: "echo-server",
        title: "Echo server",
        teaches: "one socket for many clients, on every address of the computer",
        label: "server",
        role: Role::Server { client: 4, lifetime: Lifetime::Endless },
        sockets: Sockets::Udp,
        argument: Argument::Port,
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
        let number = self.role.mate()?;
        LESSONS.iter().find(|lesson| lesson.number == number)
    }

    /// What its program is given, so that it works at an address.
    pub fn argument_for(&self, address: SocketAddr) -> Result<String> {
        match self.argument {
            Argument::Address => Ok(address.to_string()),
            Argument::Port => Ok(address.port().to_string()),
            Argument::Path(_) => bail!("{} takes a path, and no port", self.name()),
        }
    }
}

impl Role {
    /// The number of the other half of the pair.
    pub fn mate(&self) -> Option<u8> {
        match *self {
            Self::Alone => None,
            Self::Client { server: mate } | Self::Server { client: mate, .. } => Some(mate),
        }
    }
}

impl Sockets {
    /// The protocols in which a program with such sockets has a port.
    pub fn protocols(self) -> &'static [Protocol] {
        match self {
            Self::Udp => &[Protocol::Udp],
            Self::Tcp => &[Protocol::Tcp],
            Self::UdpAndTcp => &[Protocol::Udp, Protocol::Tcp],
            Self::Unix => &[],
        }
    }
}

impl fmt::Display for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::UdpAndTcp => "UDP and TCP",
            Self::Unix => "Unix sockets",
        })
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
        let number = word.strip_prefix("lesson-").unwrap_or(&word);
        let hint = match nearest(&word, LESSONS.iter().map(Lesson::name)) {
            _ if number.parse::<i64>().is_ok() => {
                format!("there are lessons 1 to {}; ", LESSONS.len())
            }
            Some(guess) => format!("did you mean `{guess}`? "),
            None => String::new(),
        };
        let hint = format!("{hint}`cargo xtask list` shows all lessons");
        UsageError(format!("there is no lesson `{word}`: {hint}")).into()
    })
}

/// The lesson with this number, for who knows that there is one.
pub const fn numbered(number: usize) -> &'static Lesson {
    &LESSONS[number - 1]
}

/// Reads `1-3,5`; the lessons come in their own order.
pub fn parse_ranges(list: &str) -> Result<Vec<&'static Lesson>> {
    let mut chosen = Vec::new();
    for part in list.split(',') {
        let part = part.trim();
        let (first, last) = match find(part) {
            Some(lesson) => (lesson.number, lesson.number),
            None => parse_range(part)?,
        };
        for number in first..=last {
            chosen.push(number);
        }
    }
    Ok(LESSONS.iter().filter(|lesson| chosen.contains(&lesson.number)).collect())
}

/// Reads `1-3`, `lesson-1-3` or `lesson-1-lesson-3`.
fn parse_range(part: &str) -> Result<(u8, u8)> {
    let number = |word: &str| word.strip_prefix("lesson-").unwrap_or(word).parse();
    let ends = part.strip_prefix("lesson-").unwrap_or(part).split_once('-');
    let mut hint = String::new();
    if let Some((Ok(first), Ok(last))) = ends.map(|(a, b)| (number(a.trim()), number(b.trim()))) {
        let is_known = |number| LESSONS.iter().any(|lesson| lesson.number == number);
        if first <= last && is_known(first) && is_known(last) {
            return Ok((first, last));
        }
        if first > last {
            hint.push_str("it counts backwards; try it the other way round, or ");
        }
    }
    let all: Vec<&Lesson> = LESSONS.iter().collect();
    hint += &format!("choose from {}, as in `2`, `1-3` or `1-3,5`", ranges(&all));
    Err(UsageError(format!("`{part}` names no lessons: {hint}")).into())
}

/// Writes `1-3,5`; the lessons stand in their own order.
pub fn ranges(lessons: &[&Lesson]) -> String {
    let mut parts: Vec<(u8, u8)> = Vec::new();
    for lesson in lessons {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == lesson.number => *last = lesson.number,
            _ => parts.push((lesson.number, lesson.number)),
        }
    }
    let mut words = Vec::new();
    for (first, last) in parts {
        words.push(if first == last { first.to_string() } else { format!("{first}-{last}") });
    }
    words.join(",")
}

/// The root of the workspace: where cargo says that this package is when it runs us, or else where
/// it was when we were built.
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let folder = package.parent().unwrap_or(&package);
    // All packages but xtask have one more folder around them.
    let is_root = !folder.ends_with("crates");
    if is_root { folder.to_owned() } else { folder.parent().unwrap_or(folder).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(list: &str) -> Vec<u8> {
        parse_ranges(list).unwrap().iter().map(|lesson| lesson.number).collect()
    }

    #[test]
    fn ranges_name_lessons() {
        let last = LESSONS.len();
        assert!(numbers(&format!("1-{last}")).into_iter().map(usize::from).eq(1..=last));
        assert_eq!(numbers("2"), [2]);
        assert_eq!(numbers("5, 1-3"), [1, 2, 3, 5]);
        assert_eq!(numbers("3-4,4,lesson-2"), [2, 3, 4]);
        assert_eq!(numbers("lesson-2-lesson-3,lesson-4-5"), [2, 3, 4, 5]);
    }

    #[test]
    fn what_names_no_lessons_is_refused_by_name() {
        let beyond = format!("1-{}", LESSONS.len() + 1);
        for (list, part) in
            [("", ""), ("0", "0"), (&beyond, &beyond), ("1,x", "x"), ("3-1", "3-1"), ("1-", "1-")]
        {
            let error = parse_ranges(list).unwrap_err();
            assert!(error.is::<UsageError>());
            assert!(
                error.to_string().starts_with(&format!("`{part}` names no lessons")),
                "{error}"
            );
        }
    }
}
