//! What the compiler, the checks and the programs can see and reach.
//!
//! With `strict`, bubblewrap stands around the checks of one program: a network of its own with
//! nothing but loopback, and processes of its own. Within, a second one stands around the program
//! itself, which shares the network with its checks and nothing else. The compiler has a jail like
//! the program's, with the toolchain and a linker in it. In each jail `confine` sets limits before
//! it becomes what is to be run.

use crate::folders::Account;
use crate::process::Surroundings;
use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use checks::check::Limits;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

/// How well programs are kept away from everything else: the rungs, from the best.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Isolation {
    /// bubblewrap, and within it limits of our own.
    Strict,
    /// Limits of our own: where bubblewrap isn't there or mustn't make namespaces.
    Best,
    /// Processes, deadlines and capped output: for one's own code.
    None,
}

/// What `strict` needs, where it doesn't work.
pub const REMEDY: &str = "Install bubblewrap (`apt install bubblewrap`, or what your system calls \
                          it). Where it may not make namespaces, as in many containers, and for \
                          ordinary users on Ubuntu 24.04 and newer, allow it there (on Ubuntu, \
                          `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, as root)";

impl Isolation {
    pub fn expect_possible(self) -> Result<()> {
        ensure!(
            self == Self::None || cfg!(target_os = "linux"),
            "`{self}` needs Linux. Here you can grade your own code, with `--isolation none`; grade \
             others' on Linux, or in a virtual machine with Linux"
        );
        Ok(())
    }

    /// The reason why the rung doesn't work here, and what to do about it.
    #[must_use]
    pub fn advise(self, error: Error) -> Error {
        match self {
            Self::Strict => anyhow!(
                "`strict` doesn't work here: {error:#}. {REMEDY}; or take less, with \
                 `--isolation best`"
            ),
            Self::Best | Self::None => error,
        }
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strict => "strict",
            Self::Best => "best",
            Self::None => "none",
        })
    }
}

impl FromStr for Isolation {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        [Self::Strict, Self::Best, Self::None]
            .into_iter()
            .find(|isolation| isolation.to_string() == word)
            .map_or_else(|| bail!("`{word}` is no isolation; take strict, best or none"), Ok)
    }
}

/// Where things are inside a jail. They are there whatever they are called outside.
const TOOLCHAIN: &str = "/toolchain";
const SHOP: &str = "/shop";
const SOURCE: &str = "/source";
const BUILT: &str = "/built";
const SOCKETS: &str = "/sockets";

/// How to put commands into jails: what is the same for all programs.
pub struct Jail {
    pub isolation: Isolation,
    /// The compiler's installation; `bin/rustc` is in it.
    pub toolchain: PathBuf,
    /// What the grader itself made for its work: `checks`, `confine`, `deps`, files of `/etc`; and
    /// the room of a program (see [`furnish`]).
    pub shop: PathBuf,
    /// Where the shop is, and the folders of programs.
    pub workplace: PathBuf,
    /// As whom everything is started, if we are root.
    pub account: Option<Account>,
    /// What is closed to it on its way to the toolchain and the workplace.
    pub closed: BTreeSet<PathBuf>,
    pub surroundings: Surroundings,
    pub tools: Tools,
}

/// Programs of the system that we start others with; empty where the rung doesn't need them.
#[derive(Default)]
pub struct Tools {
    pub bwrap: PathBuf,
    pub setpriv: PathBuf,
}

/// The folders of one program.
pub struct Bench {
    pub source: PathBuf,
    /// Where the compiled program is, and its name.
    pub built: PathBuf,
    /// What the program may use.
    pub limits: Limits,
}

pub const PROGRAM: &str = "program";

/// What `confine` says before the reason why it didn't start a program.
pub const CANNOT_CONFINE: &str = "error: cannot confine a program: ";

impl Jail {
    /// The compiler, for a program whose main file is `main.rs` in `bench.source`.
    pub fn compiler(&self, bench: &Bench, externs: &[String]) -> Command {
        let is_strict = self.isolation == Isolation::Strict;
        let place = |inside: &str, outside: &Path| {
            if is_strict { PathBuf::from(inside) } else { outside.to_owned() }
        };
        let (toolchain, shop) = (place(TOOLCHAIN, &self.toolchain), place(SHOP, &self.shop));
        let (source, built) = (place(SOURCE, &bench.source), place(BUILT, &bench.built));
        let deps = shop.join("deps");
        let mut words = rustc(&toolchain, &deps, externs);
        words.extend(["-o".into(), built.join(PROGRAM).into(), source.join("main.rs").into()]);
        // Some systems have their toolchain in `/usr`, with all else that is there.
        let [rustc, libraries] = ["bin/rustc", "lib"].map(|name| toolchain.join(name));
        let readable = [&rustc, &libraries, &deps, &source].map(PathBuf::as_path);
        let options = ["--purpose", "compile"].map(OsString::from);
        let words = self.confined(&options, &shop, &readable, &[&built], words);
        if !is_strict {
            return self.command(bench, words);
        }
        let mut jail = self.jail_with_system();
        jail.extend(COMPILERS.iter().map(OsString::from));
        for name in ["bin/rustc", "lib"] {
            let outside = self.toolchain.join(name);
            bind(&mut jail, "--ro-bind", outside, Path::new(TOOLCHAIN).join(name));
        }
        // Not the checks: a source could include them.
        for name in ["confine", "deps"] {
            bind(&mut jail, "--ro-bind", self.shop.join(name), Path::new(SHOP).join(name));
        }
        bind(&mut jail, "--ro-bind", &bench.source, SOURCE);
        bind(&mut jail, "--bind", &bench.built, BUILT);
        bind(&mut jail, "--ro-bind-try", "/etc/alternatives", "/etc/alternatives");
        jail.extend(["--chdir", SOURCE, "--remount-ro", "/", "--"].map(OsString::from));
        self.command(bench, [jail, words].concat())
    }

    /// The checks, with these arguments, for the program of `bench`.
    pub fn checks(&self, bench: &Bench, arguments: &[OsString]) -> Command {
        let mut words: Words = vec![self.shop_inside().join("checks").into()];
        words.extend_from_slice(arguments);
        words.push("--program".into());
        words.extend(self.program(bench));
        self.around_checks(bench, words)
    }

    /// The program of `bench` itself, with these arguments, where its checks would start it.
    pub fn alone(&self, bench: &Bench, arguments: &[OsString]) -> Command {
        let mut words = self.program(bench);
        words.extend_from_slice(arguments);
        self.around_checks(bench, words)
    }

    fn around_checks(&self, bench: &Bench, words: Words) -> Command {
        if self.isolation != Isolation::Strict {
            return self.command(bench, words);
        }
        let mut jail = self.jail_with_system();
        jail.extend(PROGRAMS.iter().chain(CHECKS).map(OsString::from));
        if !SYSTEM.iter().any(|folder| self.tools.bwrap.starts_with(folder)) {
            bind(&mut jail, "--ro-bind", &self.tools.bwrap, &self.tools.bwrap);
        }
        bind(&mut jail, "--ro-bind", &self.shop, SHOP);
        bind(&mut jail, "--ro-bind", &bench.built, BUILT);
        for file in NAMES {
            bind(&mut jail, "--ro-bind", self.shop.join(file), Path::new("/etc").join(file));
        }
        let mut prepared: Words = vec![Path::new(SHOP).join("confine").into()];
        prepared.push("--only-network".into());
        if bench.limits.unix_sockets {
            jail.extend(["--dir", SOCKETS, "--cap-add", "CAP_SYS_ADMIN"].map(OsString::from));
            prepared.extend(["--unix-sockets", SOCKETS].map(OsString::from));
        }
        jail.extend(["--remount-ro", "/", "--"].map(OsString::from));
        jail.extend(prepared);
        jail.push("--".into());
        self.command(bench, [jail, words].concat())
    }

    /// What the checks start: the program in its own jail.
    fn program(&self, bench: &Bench) -> Words {
        let mut options = limits(bench.limits);
        if self.isolation != Isolation::Strict {
            let program = bench.built.join(PROGRAM);
            let built = bench.built.as_path();
            return self.confined(&options, &self.shop, &[built], &[], vec![program.into()]);
        }
        let mut jail = self.jail();
        jail.push("--disable-userns".into());
        bind(&mut jail, "--ro-bind", Path::new(SHOP).join(ROOM), "/");
        jail.extend(PROGRAMS.iter().map(OsString::from));
        let root = Path::new("/");
        let program = root.join(PROGRAM);
        bind(&mut jail, "--ro-bind", Path::new(BUILT).join(PROGRAM), &program);
        if bench.limits.unix_sockets {
            bind(&mut jail, "--bind", SOCKETS, SOCKETS);
            options.extend(["--unix-sockets", SOCKETS].map(OsString::from));
        }
        jail.push("--".into());
        let words = self.confined(&options, root, &[], &[], vec![program.into()]);
        [jail, words].concat()
    }

    fn confined(
        &self,
        options: &[OsString],
        shop: &Path,
        readable: &[&Path],
        writable: &[&Path],
        words: Words,
    ) -> Words {
        if self.isolation == Isolation::None {
            return words;
        }
        let is_best = self.isolation == Isolation::Best;
        let mut confined: Words = vec![shop.join("confine").into()];
        confined.extend_from_slice(options);
        if is_best {
            for folder in readable {
                confined.extend(["--readable".into(), folder.into()]);
            }
        }
        for folder in writable {
            confined.extend(["--writable".into(), folder.into()]);
        }
        confined.push("--".into());
        [confined, words].concat()
    }

    fn shop_inside(&self) -> PathBuf {
        if self.isolation == Isolation::Strict { SHOP.into() } else { self.shop.clone() }
    }

    /// What all jails have in common.
    fn jail(&self) -> Words {
        let mut words: Words = vec![self.tools.bwrap.clone().into()];
        words.extend(JAIL.iter().map(OsString::from));
        words
    }

    /// A jail with what the compiler and the checks need, and a network without anybody else.
    fn jail_with_system(&self) -> Words {
        let mut words = self.jail();
        words.push("--unshare-net".into());
        let linker = self.surroundings.linker.as_deref();
        let linker = linker.into_iter().flat_map(|prefix| INSTALLED.map(|name| prefix.join(name)));
        for folder in SYSTEM.iter().map(PathBuf::from).chain(linker) {
            // On most systems, `/lib` and its like are links into `/usr`.
            match fs::read_link(&folder) {
                Ok(target) => bind(&mut words, "--symlink", &target, &folder),
                Err(_) => bind(&mut words, "--ro-bind-try", &folder, &folder),
            }
        }
        words
    }

    fn command(&self, bench: &Bench, words: Words) -> Command {
        let is_strict = self.isolation == Isolation::Strict;
        let temporary = if is_strict { Path::new("/tmp") } else { &bench.built };
        let words = [self.without_rights(), words].concat();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().envs(self.surroundings.variables(temporary));
        command
    }

    /// Root gives up its rights before anything else is started.
    fn without_rights(&self) -> Words {
        let Some(account) = self.account else { return Words::new() };
        let mut words = self.opened();
        let number = account.number().to_string();
        let options = ["--reuid", &number, "--regid", &number, "--clear-groups", "--"];
        words.push(self.tools.setpriv.clone().into());
        words.extend(options.map(OsString::from));
        words
    }

    /// Of folders that are closed to others, root shows only what jails are made of.
    fn opened(&self) -> Words {
        if self.closed.is_empty() {
            return Words::new();
        }
        let mut words: Words = vec![self.tools.bwrap.clone().into()];
        words.extend(ROOT.iter().map(OsString::from));
        for folder in &self.closed {
            words.extend(["--tmpfs".into(), folder.into()]);
        }
        for (how, place) in [("--ro-bind", &self.toolchain), ("--bind", &self.workplace)] {
            // What `--dir` makes on its way is open to all, and what a bind makes isn't.
            words.extend(["--dir".into(), place.into()]);
            bind(&mut words, how, place, place);
        }
        words.push("--".into());
        words
    }
}

/// A command line, or a part of it.
type Words = Vec<OsString>;

/// As root: the whole system as it is; and the right to become another user.
const ROOT: &[&str] = &[
    "--die-with-parent",
    "--dev-bind",
    "/",
    "/",
    "--cap-add",
    "CAP_SETUID",
    "--cap-add",
    "CAP_SETGID",
];

/// What all jails have in common.
const JAIL: &[&str] = &[
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--new-session",
    "--clearenv",
    "--setenv",
    "PATH",
    "/usr/bin:/bin",
    "--setenv",
    "LANG",
    "C.UTF-8",
];

/// What a program has of its own. It can write nowhere, and has as many devices as it may
/// reasonably expect: `--dev` would cost each start of one a tenth of its time.
const PROGRAMS: &[&str] = &[
    "--proc",
    "/proc",
    "--dev-bind",
    "/dev/null",
    "/dev/null",
    "--dev-bind",
    "/dev/urandom",
    "/dev/urandom",
];

/// What the checks have beside that, which they hand on: a folder that the program's jail is built
/// in, and a right over their own network, for what is set up in it. With `--dev` it would be a right
/// over nothing: bubblewrap takes a second namespace of users for that.
const CHECKS: &[&str] = &["--dir", "/tmp", "--cap-add", "CAP_NET_ADMIN"];

/// A compiler has no device that it could read for ever, and writes only where its program goes.
const COMPILERS: &[&str] =
    &["--proc", "/proc", "--dev-bind", "/dev/null", "/dev/null", "--setenv", "TMPDIR", "/built"];

/// Where a prefix such as `/usr` has programs and libraries. What else is there is nobody's
/// business: submissions may be.
const INSTALLED: [&str; 5] = ["bin", "lib", "lib32", "lib64", "libexec"];

/// What the linker, the checks and a shell need.
const SYSTEM: &[&str] = &[
    "/usr/bin",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/gnu/store",
];

/// One program, without anything that only a second build would need.
const RUSTC: &[&str] = &[
    "--edition",
    "2024",
    "--crate-name",
    "program",
    "--crate-type",
    "bin",
    "--emit",
    "link",
    "-C",
    "debuginfo=0",
    "-C",
    "strip=symbols",
    "-C",
    "codegen-units=1",
    "--cap-lints",
    "warn",
    "--error-format",
    "human",
    "--color",
    "never",
];

/// The compiler, with what programs may use.
fn rustc(toolchain: &Path, deps: &Path, externs: &[String]) -> Words {
    let mut words: Words = vec![toolchain.join("bin/rustc").into()];
    words.extend(RUSTC.iter().map(OsString::from));
    for name in externs {
        let file = deps.join(format!("lib{name}.rlib"));
        words.extend(["--extern".into(), joined(&[name.as_ref(), "=".as_ref(), file.as_ref()])]);
    }
    words.extend(["-L".into(), joined(&["dependency=".as_ref(), deps.as_ref()])]);
    words
}

/// The options of `confine` for a program.
fn limits(limits: Limits) -> Words {
    let Limits { tasks, descriptors, memory, .. } = limits;
    let numbers = [("--tasks", tasks), ("--descriptors", descriptors), ("--memory", memory)];
    let words = numbers.map(|(option, number)| [option.into(), number.to_string().into()]);
    words.into_iter().flatten().collect()
}

fn bind(words: &mut Words, how: &str, outside: impl AsRef<OsStr>, inside: impl AsRef<OsStr>) {
    words.extend([how.into(), outside.as_ref().to_owned(), inside.as_ref().to_owned()]);
}

fn joined(parts: &[&OsStr]) -> OsString {
    parts.iter().copied().collect()
}

/// All of it, in the shop: it is the root of the program's file system.
const ROOM: &str = "room";

/// What names stand for: `localhost`, and nothing else.
const NAMES: [&str; 2] = ["hosts", "nsswitch.conf"];

/// Makes, in `shop`, all that a program sees: each single bind would cost each of its starts time.
pub fn furnish(shop: &Path, libraries: &[PathBuf]) -> Result<()> {
    let room = shop.join(ROOM);
    // Nothing can be written to its `/tmp`: in the memory that files are, no limit counts names.
    for folder in ["proc", "tmp", "dev", "etc", "sockets"] {
        fs::create_dir_all(room.join(folder))?;
    }
    for file in [PROGRAM, "dev/null", "dev/urandom"] {
        fs::write(room.join(file), "")?;
    }
    #[cfg(unix)]
    for (number, stream) in ["stdin", "stdout", "stderr"].iter().enumerate() {
        let target = format!("/proc/self/fd/{number}");
        std::os::unix::fs::symlink(target, room.join("dev").join(stream))?;
    }
    let names = NAMES.iter().map(|name| (shop.join(name), Path::new("etc").join(name)));
    let libraries = libraries
        .iter()
        .filter_map(|library| Some((library.clone(), library.strip_prefix("/").ok()?.to_owned())));
    let confine = (shop.join("confine"), "confine".into());
    for (from, to) in names.chain(libraries).chain([confine]) {
        let to = room.join(to);
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::copy(&from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    Ok(())
}
