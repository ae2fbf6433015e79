//! Opens a page in headless Chromium, and reads what a script within it found.

use anyhow::{Context, Result, ensure};
use base::programs::Keeper;
use std::env;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The longest that a browser may take; with a computer that is busy, starting takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// A copy of a page with two more scripts: one at its start, which listens for trouble, and this
/// one, at its end. The policy is told that they may run, and nothing else changes in it.
fn instrumented(page: &str, script: &str) -> Result<String> {
    let listener = include_str!("listener.js");
    let page = page.replacen("script-src ", "script-src 'nonce-test' ", 1);
    let (before, after) = page.split_once("<meta name=\"viewport\"").context("no <head>")?;
    let page =
        format!("{before}<script nonce=\"test\">{listener}</script><meta name=\"viewport\"{after}");
    let (before, after) = page.rsplit_once("</body>").context("no </body>")?;
    Ok(format!("{before}<script nonce=\"test\">{script}</script>{after}"))
}

/// A copy of a page without its policy.
pub fn without_policy(page: &str) -> Result<String> {
    let (before, after) = page.split_once("<meta http-equiv=").context("no policy")?;
    let (_, after) = after.split_once('>').context("no end of the policy")?;
    Ok(format!("{before}{after}"))
}

/// Opens a page, if there is a browser, and fails if the script finds anything wrong in it. Returns
/// what the browser said in its console.
pub fn open(page: &str, script: &str) -> Result<String> {
    let Some(program) = browser() else {
        checks::skip_this("there is no chromium, chromium-browser or google-chrome");
        return Ok(String::new());
    };
    let folder = tempfile::tempdir().context("cannot make a folder for a browser")?;
    let file = folder.path().join("page.html");
    fs::write(&file, instrumented(page, script)?).context("cannot write the page")?;
    let log = folder.path().join("log");
    let mut command = Command::new(&program);
    command.args(arguments(folder.path())).arg(format!("file://{}", file.display()));
    command.env("HOME", folder.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(File::create(&log).context("cannot make a log")?);
    let dom = output(&mut command).with_context(|| format!("cannot run {}", program.display()))?;
    let log = fs::read(&log).context("cannot read the log")?;
    let log = String::from_utf8_lossy(&log);
    let console = log.lines().filter(|line| line.contains(":CONSOLE")).collect::<Vec<_>>();
    let outcome = dom.split_once("<pre id=\"outcome\">").and_then(|(_, rest)| rest.split_once('<'));
    let (outcome, _) = outcome.with_context(|| format!("no outcome in:\n{dom}\n{log}"))?;
    ensure!(outcome == "[]", "the page says: {outcome}");
    Ok(console.join("\n"))
}

fn browser() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders: Vec<_> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |f| f.join(name))).find(|p| p.is_file())
}

/// Nothing is fetched, nothing is kept, and no time passes but what the page waits for.
fn arguments(folder: &Path) -> Vec<String> {
    let options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-breakpad",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--enable-logging=stderr",
        "--virtual-time-budget=10000",
        "--dump-dom",
    ];
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    options.into_iter().map(str::to_owned).chain([profile]).collect()
}

/// What a program writes until it ends. Neither it nor its children outlive this call.
fn output(command: &mut Command) -> Result<String> {
    let mut keeper = Keeper::start()?;
    let mut child = keeper.spawn(command).context("cannot start it")?;
    let mut stdout = child.stdout.take().context("it has no stdout")?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stdout.read_to_end(&mut text);
        let _ = sender.send(text);
    });
    let text = receiver.recv_timeout(PATIENCE);
    drop(keeper);
    let _ = child.wait();
    let _ = reader.join();
    let text = text.with_context(|| format!("it hasn't ended within {PATIENCE:?}"))?;
    ensure!(!text.is_empty(), "it wrote nothing");
    Ok(String::from_utf8_lossy(&text).into_owned())
}
