//! The self-test: before anything is graded, a program of ours tries to get out of its jail.

use crate::isolation::Isolation;
use crate::jail::Bench;
use crate::process;
use crate::unit::Unit;
use crate::workshop::Workshop;
use crate::{judge, submissions::Source};
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind::WouldBlock;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);
const OUTPUT: usize = 1 << 16;

/// What the rung `best` doesn't prevent: bubblewrap has to.
const ONLY_STRICT: &[&str] =
    &["sees a process of the host", "connects to the host", "fills a disk"];

/// Proves that the rung of the ladder holds; returns what it leaves open.
///
/// # Errors
///
/// It doesn't hold, or the self-test couldn't be made: then nothing may be graded.
pub fn prove(workshop: &Workshop) -> Result<Vec<String>> {
    let isolation = workshop.jail.isolation;
    if isolation == Isolation::None {
        return Ok(vec!["everything: programs run as you do; grade only your own code".to_owned()]);
    }
    let folder = workshop.unit_folder()?;
    // A submission may be read by nobody but the program that is made of it.
    let secret = folder.path().join("secret");
    fs::write(&secret, "a secret of another submission").context("cannot write a file")?;
    let bench = Bench { source: folder.path().join("source"), built: folder.path().join("built") };
    compiler_sees_only_its_source(workshop, &bench, &secret.to_string_lossy())?;
    let source = include_str!("../canary/inside.rs");
    judge::prepare(workshop, &bench, &unit(source)).context("cannot prepare the self-test")?;
    if let Some(errors) = judge::compile(workshop, &bench)? {
        bail!("the self-test of `{isolation}` doesn't compile:\n{errors}");
    }
    let target = folder.path().join("written by the canary");
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot listen")?;
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot bind a socket")?;
    let arguments = [
        secret.into_os_string(),
        std::process::id().to_string().into(),
        tcp.local_addr()?.to_string().into(),
        udp.local_addr()?.to_string().into(),
        target.clone().into_os_string(),
    ];
    let seen = run(workshop, &bench, &arguments)?;
    udp.set_nonblocking(true).context("cannot look at a socket")?;
    let mut broken: Vec<String> =
        seen.lines().filter_map(|line| line.strip_prefix("broken: ")).map(str::to_owned).collect();
    match udp.recv(&mut [0; 16]) {
        Err(error) if error.kind() == WouldBlock => {}
        _ => broken.push("sends to the host".to_owned()),
    }
    ensure!(!target.exists(), "the isolation `{isolation}` doesn't hold: a program wrote outside");
    let is_open = |what: &String| {
        isolation == Isolation::Best
            && (ONLY_STRICT.contains(&what.as_str()) || what == "sends to the host")
    };
    let (open, worse): (Vec<String>, Vec<String>) = broken.into_iter().partition(is_open);
    ensure!(
        worse.is_empty(),
        "the isolation `{isolation}` doesn't hold here, so nothing was graded. A program {}. \
         Try another machine, or `--isolation` with a lower rung if you trust the submissions",
        worse.join(", ")
    );
    Ok(open)
}

/// A compiler that reads other files would hand out what they say.
fn compiler_sees_only_its_source(workshop: &Workshop, bench: &Bench, secret: &str) -> Result<()> {
    let isolation = workshop.jail.isolation;
    let source = format!("fn main() {{ print!(\"{{}}\", include_str!({secret:?})); }}");
    judge::prepare(workshop, bench, &unit(&source)).context("cannot prepare the self-test")?;
    ensure!(
        // The first jail that can't be made shows that none can.
        judge::compile(workshop, bench).map_err(|error| isolation.advise(error))?.is_some(),
        "the isolation `{isolation}` doesn't hold: a program was compiled with a file that isn't \
         its own"
    );
    fs::remove_dir(&bench.built).context("cannot clean up behind the self-test")
}

fn unit(source: &str) -> Unit {
    let files = vec![("main.rs".to_owned(), source.as_bytes().to_vec())];
    let source = Source { files, sha256: String::new() };
    Unit { student: "self-test".to_owned(), lesson: String::new(), source, seed: 0 }
}

fn run(workshop: &Workshop, bench: &Bench, arguments: &[OsString]) -> Result<String> {
    let command = workshop.jail.alone(bench, arguments);
    let finished = process::run(&workshop.keeper, command, PATIENCE, OUTPUT)?;
    let seen = String::from_utf8_lossy(&finished.stdout).into_owned();
    let errors = String::from_utf8_lossy(&finished.stderr);
    // If it was killed half way, nothing is proved.
    ensure!(
        seen.lines().any(|line| line == "done"),
        "the self-test of `{}` didn't come to its end ({:?}): {}",
        workshop.jail.isolation,
        finished.status,
        errors.trim_end()
    );
    Ok(seen)
}
