//! The command line of `cargo xtask run`.

use super::{COMMAND, Plan};
use crate::wire::options::{self, Options};
use crate::{help, workspace};
use anyhow::Result;
use base::lessons::{self, LESSONS, Lesson, Role};
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
        if let Some(option) = wire.asked_by.as_ref().filter(|_| server.is_none()) {
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

/// Says why an option makes no sense with a lesson that has no pair.
fn no_wire(option: &str, lesson: &Lesson) -> anyhow::Error {
    let name = lesson.name();
    let others = LESSONS.iter().filter(|lesson| lesson.role != Role::Alone).map(Lesson::name);
    let others: Vec<String> = others.collect();
    let (why, others) = ("it runs alone and sends no datagram", others.join(", "));
    UsageError(format!("{name} has no wire for `--{option}`: {why}; these have one: {others}"))
        .into()
}

fn parse_port(value: &OsString) -> Result<u16> {
    let port = value.parse().ok().filter(|&port| port > 0);
    port.ok_or_else(|| {
        let value = value.to_string_lossy();
        UsageError(format!("`{value}` is no port; take one from 1 to 65535, such as 8091")).into()
    })
}
