//! What is made once for a whole class: the checks, the compiler and the dependencies in their
//! places.

use crate::durable::hash;
use crate::folders::{self, Account, Workplace};
#[cfg(target_os = "linux")]
use crate::groups::Groups;
use crate::jail::{self, Isolation, Jail, Tools};
use crate::process::{self, Patience, Surroundings};
use crate::threads::{Turns, processors};
use anyhow::{Context, Result, bail, ensure};
use base::files;
use base::lessons::LESSONS;
use base::programs;
use base::run::Finished;
use serde_json::Value;
use std::collections::BTreeSet;
use std::env::{self, consts::EXE_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;
use tempfile::TempDir;

/// Compiles and judges programs.
pub struct Workshop {
    pub jail: Jail,
    /// The crates that a program may use, as `rustc --extern` names them.
    pub externs: Vec<String>,
    /// One for each processor: more wouldn't be done sooner, would need more memory, and would take
    /// time from programs that are being judged.
    pub compilers: Turns,
    /// When a program that is known to be right compiled last.
    pub good_compiled: Mutex<Option<Instant>>,
    pub checks_sha256: String,
    /// Where each trial has limits of its own, if the system gives them.
    #[cfg(target_os = "linux")]
    groups: Option<Groups>,
    /// `jail.shop` and the programs' folders are in it. It goes with this value.
    folder: Workplace,
}

impl Workshop {
    /// Builds what is needed, with cargo, from the course at `root`.
    pub fn open(root: &Path, isolation: Isolation) -> Result<Self> {
        let folder = Workplace::create()?;
        let shop = folder.path().join("shop");
        let externs = fill(&shop, root, isolation)?;
        let checks_sha256 = checks_sha256(root)?;
        let toolchain = sysroot(root)?;
        let account = if isolation == Isolation::None { None } else { Account::for_root()? };
        let tools = tools(isolation, account).map_err(|error| isolation.advise(error))?;
        let closed = match account {
            Some(account) => closed(&toolchain, folder.path(), account, isolation)?,
            None => BTreeSet::new(),
        };
        let surroundings = Surroundings::of_this_computer();
        let workplace = folder.path().to_owned();
        let jail =
            Jail { isolation, toolchain, shop, workplace, account, closed, surroundings, tools };
        let compilers = Turns::new(processors());
        Ok(Self {
            #[cfg(target_os = "linux")]
            groups: (isolation != Isolation::None).then(Groups::of_this_process).flatten(),
            jail,
            externs,
            compilers,
            good_compiled: Mutex::default(),
            checks_sha256,
            folder,
        })
    }

    /// A new folder, for one program.
    pub fn unit_folder(&self) -> Result<TempDir> {
        let folder = folders::temporary("unit-", self.folder.path())?;
        self.jail.account.map_or(Ok(()), |account| account.may_pass(folder.path()))?;
        Ok(folder)
    }
}

impl Workshop {
    /// Runs a command of [`Workshop::jail`] to its end; see [`process::run`]. Returns as well whether
    /// it was ended because it, with all that it has started, took too much memory.
    #[cfg(target_os = "linux")]
    pub fn run(
        &self,
        mut command: Command,
        patience: Patience,
        kept: usize,
    ) -> Result<(Finished, bool)> {
        let group = self.groups.as_ref().map(Groups::trial).transpose()?;
        if let Some(group) = &group {
            group.take_in(&mut command);
        }
        let finished = process::run(command, patience, kept)?;
        let was_short = group.map_or(Ok(false), |group| group.was_short_of_memory())?;
        Ok((finished, was_short))
    }

    #[cfg(not(target_os = "linux"))]
    pub fn run(
        &self,
        command: Command,
        patience: Patience,
        kept: usize,
    ) -> Result<(Finished, bool)> {
        Ok((process::run(command, patience, kept)?, false))
    }

    /// Whether memory and tasks of whole trials are limited.
    #[must_use]
    pub fn limits_trials(&self) -> bool {
        #[cfg(target_os = "linux")]
        return self.groups.is_some();
        #[cfg(not(target_os = "linux"))]
        false
    }
}

/// Puts into the shop what jails are made of; returns the crates that a program may use.
fn fill(shop: &Path, root: &Path, isolation: Isolation) -> Result<Vec<String>> {
    let deps = shop.join("deps");
    fs::create_dir_all(&deps).context("cannot create a folder for the dependencies")?;
    let externs = stock(&dependencies(root)?, &deps)?;
    let programs = programs::folder()?;
    for name in ["checks", "confine"] {
        let file = programs.join(format!("{name}{EXE_SUFFIX}"));
        // `confine` exists only where it can work.
        if name != "confine" || cfg!(target_os = "linux") {
            copy(&file, &shop.join(name))?;
        }
    }
    fs::write(shop.join("hosts"), "127.0.0.1 localhost\n::1 localhost\n")?;
    fs::write(shop.join("nsswitch.conf"), "hosts: files\n")?;
    if isolation == Isolation::Strict {
        let libraries = libraries(&shop.join("checks"));
        jail::furnish(shop, &libraries).context("cannot make what programs will see")?;
    }
    folders::open_to_readers(shop)?;
    Ok(externs)
}

/// What a rung starts others with.
fn tools(isolation: Isolation, account: Option<Account>) -> Result<Tools> {
    let mut tools = Tools::default();
    if isolation == Isolation::Strict {
        tools.bwrap = process::find("bwrap")?;
    }
    if account.is_some() {
        tools.setpriv = process::find("setpriv")?;
    }
    Ok(tools)
}

/// The libraries that the lessons' programs depend on, built by cargo.
fn dependencies(root: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut cargo = programs::cargo();
    cargo.current_dir(root).args(["build", "--quiet", "--message-format", "json"]);
    for lesson in LESSONS {
        cargo.args(["--package", &lesson.name()]);
    }
    cargo.envs(programs::beside_us()?);
    let output = cargo.output().context("cannot start cargo; is Rust installed?")?;
    ensure!(
        output.status.success(),
        "the lessons' programs don't compile, so nothing can be graded:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages.filter_map(|message| library(&message)).collect())
}

/// The name and the file of the library that a message of cargo tells of, if it does.
fn library(message: &Value) -> Option<(String, PathBuf)> {
    let target = message.get("target")?;
    let is_library = target.get("kind")?.as_array()?.iter().any(|kind| kind == "lib");
    let name = target.get("name")?.as_str()?.replace('-', "_");
    let files = message.get("filenames")?.as_array()?;
    let file = files.iter().filter_map(Value::as_str).find(|file| file.ends_with(".rlib"))?;
    is_library.then(|| (name, file.into()))
}

/// Copies the libraries to where compilers find them; returns their names.
fn stock(artifacts: &[(String, PathBuf)], deps: &Path) -> Result<Vec<String>> {
    if artifacts.is_empty() {
        bail!("cargo named no library that the lessons depend on, though they use anyhow");
    }
    for (name, file) in artifacts {
        copy(file, &deps.join(format!("lib{name}.rlib")))?;
    }
    Ok(artifacts.iter().map(|(name, _)| name.clone()).collect())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let copied = fs::copy(from, to);
    copied.with_context(|| format!("cannot copy {} for the grader's jails", from.display()))?;
    Ok(())
}

/// Where the toolchain is. Its own compiler is called, and not rustup's.
fn sysroot(root: &Path) -> Result<PathBuf> {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let output = rustc.current_dir(root).args(["--print", "sysroot"]).output();
    let output = output.context("cannot start rustc; is Rust installed?")?;
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    ensure!(path.join("bin").is_dir(), "rustc doesn't tell where its toolchain is");
    Ok(path)
}

/// What is closed to the account on its way to our things, once our own folder isn't. With `strict`,
/// bubblewrap opens it.
fn closed(
    toolchain: &Path,
    workplace: &Path,
    account: Account,
    isolation: Isolation,
) -> Result<BTreeSet<PathBuf>> {
    account.may_pass(workplace)?;
    let mut closed = BTreeSet::new();
    for place in [toolchain, workplace.parent().context("the temporary folder is in none")?] {
        let Some(folder) = folders::closed_on_the_way_to(place) else { continue };
        ensure!(
            isolation == Isolation::Strict,
            "with `{isolation}`, what root starts becomes a user without rights, who can't use {}: \
             {} is closed to others. Grade as an ordinary user, or set RUSTUP_TOOLCHAIN and TMPDIR \
             to folders that are open to all; or install bubblewrap, and grade with `strict`",
            place.display(),
            folder.display()
        );
        closed.insert(folder.to_owned());
    }
    Ok(closed)
}

/// The shared libraries that a program of ours is started with, the loader included; whatever
/// `ldd` names with a path.
fn libraries(program: &Path) -> Vec<PathBuf> {
    // Without shared libraries, none are missed where there is no `ldd`.
    let output = Command::new("ldd").arg(program).output().map(|output| output.stdout);
    let text = output.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let words = text.split_whitespace().filter(|word| word.starts_with('/'));
    let mut libraries: Vec<PathBuf> = words.map(PathBuf::from).collect();
    // Without these, the C library of some systems can't look up `localhost`.
    let beside = libraries.iter().filter_map(|library| library.parent());
    let names: Vec<PathBuf> = beside.map(|folder| folder.join("libnss_files.so.2")).collect();
    libraries.extend(names.into_iter().filter(|file| file.exists()));
    libraries.sort();
    libraries.dedup();
    libraries
}

/// Of the checks' source, which is the same on all computers that share in grading a class. Their
/// programs needn't be.
fn checks_sha256(root: &Path) -> Result<String> {
    let mut files = ["Cargo.lock", "crates/checks/Cargo.toml"].map(String::from).to_vec();
    for folder in ["crates/base/src", "crates/checks/src"] {
        let below = files::list(&root.join(folder))?;
        files.extend(below.into_iter().map(|file| format!("{folder}/{file}")));
    }
    files.sort();
    let mut all = String::new();
    for file in files {
        let path = root.join(&file);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        all += &format!("{file}: {}\n", hash(&bytes));
    }
    Ok(hash(all.as_bytes()))
}
