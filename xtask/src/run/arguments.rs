//! The command line of `cargo xtask run`.

use super::{COMMAND, Plan};
use crate::wire::options::{self, Options};
use crate::{help, workspace};
use anyhow::Result;
use base::lessons::{self, LESSONS, Lesson, Role, Sockets};
use base::usage::UsageError;
use base::usage::nearest;
use lexopt::{Arg, ValueExt};
use std::ffi::OsString;

impl Plan {
    pub(super) fn from_arguments(mut parser: lexopt::Parser) -> Result<Self> {
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
                other => return Err(help::unexpected(&other, &COMMAND)),
            }
        }
        let hint = "which lesson? For example `cargo xtask run lesson-3`";
        let lesson = lesson.ok_or_else(|| UsageError(hint.to_owned()))?;
        let (server, client) = match (&lesson.role, lesson.mate()) {
            (Role::Server { .. }, Some(client)) => (Some(lesson), client),
            (_, server) => (server, lesson),
        };
        if lesson.sockets == Sockets::Unix {
            return Err(no_paths(lesson));
        }
        if let Some(option) = wire.asked_by.as_ref().filter(|_| !has_wire(lesson)) {
            return Err(no_wire(option, lesson));
        }
        let played = workspace::unfinished_mate(lesson)?;
        Ok(Self { server, client, port, played, wire })
    }
}

fn unknown_option(name: &str) -> anyhow::Error {
    let names = options::NAMES.iter().chain(&["port"]);
    let guess = nearest(name, names).unwrap_or(&"wire");
    let hint = format!("did you mean `--{guess}`? `cargo xtask help run` shows all options");
    UsageError(format!("`run` has no option `--{name}`: {hint}")).into()
}

/// Whether a link can stand between a lesson and the other half of its pair.
fn has_wire(lesson: &Lesson) -> bool {
    lesson.role != Role::Alone && lesson.sockets == Sockets::Udp
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
