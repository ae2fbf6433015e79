//! The self-test: before anything is graded, a program of ours tries to get out of its jail.

use crate::jail::{Bench, Isolation};
use crate::judge;
use crate::log::visible;
use crate::process::Patience;
use crate::workshop::Workshop;
use anyhow::{Context, Result, bail, ensure};
use checks::check::Limits;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind::WouldBlock;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENCE: Patience = Patience { whole: Duration::from_secs(20), idle: None };
const OUTPUT: usize = 1 << 16;

/// What the rung `best` doesn't prevent: bubblewrap has to.
const ONLY_STRICT: &[&str] = &["sees a process of the host", "connects to the host", SENDS];

const SENDS: &str = "sends to the host";

/// `best` doesn't prevent it, and `strict` where the kernel lets a network's owner set its sizes.
const KEEPS: &str = "keeps much in its network";

/// Proves that the rung of the ladder holds; returns what it leaves open. `witnesses` are files
/// that nobody but the grader may see, such as those of submissions.
pub fn prove(workshop: &Workshop, witnesses: &[PathBuf]) -> Result<Vec<String>> {
    let isolation = workshop.jail.isolation;
    if isolation == Isolation::None {
        return Ok(vec!["everything: programs run as you do; grade only your own code".to_owned()]);
    }
    let folder = workshop.unit_folder()?;
    // A submission may be read by nobody but the program that is made of it.
    let secret = folder.path().join("secret");
    fs::write(&secret, "a secret of another submission").context("cannot write a file")?;
    let secrets = [&[secret], witnesses].concat();
    let bench = judge::bench(folder.path(), Limits::USUAL);
    for secret in &secrets {
        compiler_sees_only_its_source(workshop, &bench, secret)?;
    }
    judge::prepare(workshop, &bench, &judge::program(judge::GOOD))
        .context("cannot prepare the self-test")?;
    if let Some(errors) = judge::compile(workshop, &bench)? {
        bail!("the self-test of `{isolation}` doesn't compile:\n{errors}");
    }
    let broken = what_it_breaks(workshop, &bench, &secrets)?;
    let is_open = |what: &String| {
        what == KEEPS || isolation == Isolation::Best && ONLY_STRICT.contains(&what.as_str())
    };
    let (open, worse): (Vec<String>, Vec<String>) = broken.into_iter().partition(is_open);
    ensure!(
        worse.is_empty(),
        "the isolation `{isolation}` doesn't hold here, so nothing was graded. A program {}. \
         {MOVE}, or `--isolation` with a lower rung if you trust the submissions",
        worse.join(", ")
    );
    Ok(open)
}

const MOVE: &str =
    "Try another machine, or submissions in another folder, one that is no part of the system";

/// Starts the program that tries to get out; returns what it could do.
fn what_it_breaks(workshop: &Workshop, bench: &Bench, secrets: &[PathBuf]) -> Result<Vec<String>> {
    let target = bench.built.with_file_name("written by the canary");
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot listen")?;
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot bind a socket")?;
    let mut arguments: Vec<OsString> = vec![
        std::process::id().to_string().into(),
        tcp.local_addr()?.to_string().into(),
        udp.local_addr()?.to_string().into(),
        target.clone().into(),
    ];
    arguments.extend(secrets.iter().map(OsString::from));
    let seen = run(workshop, bench, &arguments)?;
    udp.set_nonblocking(true).context("cannot look at a socket")?;
    let mut broken: Vec<String> =
        seen.lines().filter_map(|line| line.strip_prefix("broken: ")).map(visible).collect();
    match udp.recv(&mut [0; 16]) {
        Err(error) if error.kind() == WouldBlock => {}
        _ => broken.push(SENDS.to_owned()),
    }
    if target.exists() {
        broken.push("writes outside".to_owned());
    }
    Ok(broken)
}

/// A compiler that reads other files would hand out what they say.
fn compiler_sees_only_its_source(workshop: &Workshop, bench: &Bench, secret: &Path) -> Result<()> {
    let isolation = workshop.jail.isolation;
    let source = format!("fn main() {{ drop(include_bytes!({:?})); }}", secret.to_string_lossy());
    judge::prepare(workshop, bench, &judge::program(&source))
        .context("cannot prepare the self-test")?;
    ensure!(
        // The first jail that can't be made shows that none can.
        judge::compile(workshop, bench).map_err(|error| isolation.advise(error))?.is_some(),
        "the isolation `{isolation}` doesn't hold here, so nothing was graded: a program was \
         compiled with {}, which isn't its own. {MOVE}",
        visible(&secret.to_string_lossy())
    );
    fs::remove_dir(&bench.built).context("cannot clean up behind the self-test")
}

fn run(workshop: &Workshop, bench: &Bench, arguments: &[OsString]) -> Result<String> {
    let command = workshop.jail.alone(bench, arguments);
    let (finished, _) = workshop.run(command, PATIENCE, OUTPUT)?;
    let seen = String::from_utf8_lossy(&finished.stdout).into_owned();
    let errors = String::from_utf8_lossy(&finished.stderr);
    // If it was killed half way, nothing is proved.
    ensure!(
        seen.lines().any(|line| line == "done"),
        "the self-test of `{}` didn't come to its end ({:?}): {}",
        workshop.jail.isolation,
        finished.end,
        errors.trim_end()
    );
    Ok(seen)
}
