//! What the compiler, the checks and the programs can see and reach.
//!
//! With `strict`, bubblewrap stands around the checks of one program: a network of its own with
//! nothing but loopback, and processes of its own. Within, a second one stands around the program
//! itself, which shares the network with its checks and nothing else. The compiler has a jail like
//! the program's, with the toolchain and a linker in it. In each jail `confine` sets limits before
//! it becomes what is to be run.

mod room;
mod words;

use crate::folders::Account;
use crate::isolation::Isolation;
use crate::surroundings::Surroundings;
use checks::check::Limits;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use room::furnish;
use room::{NAMES, ROOM};
use words::{
    CHECKS, COMPILERS, INSTALLED, JAIL, PROGRAMS, PUBLIC, ROOT, RUSTC, SYSTEM, Words,
    become_account, bind, joined, limits,
};

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
    /// As whom everything is started, if we are root.
    pub account: Option<Account>,
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
#[derive(Clone)]
pub struct Bench {
    pub source: PathBuf,
    /// Where the compiled program is, and its name.
    pub built: PathBuf,
    /// What the program may use.
    pub limits: Limits,
}

pub const PROGRAM: &str = "program";

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
        let mut words: Words = vec![toolchain.join("bin/rustc").into()];
        words.extend(RUSTC.iter().map(OsString::from));
        for name in externs {
            let file = deps.join(format!("lib{name}.rlib"));
            words
                .extend(["--extern".into(), joined(&[name.as_ref(), "=".as_ref(), file.as_ref()])]);
        }
        words.extend(["-L".into(), joined(&["dependency=".as_ref(), deps.as_ref()])]);
        words.extend(["-o".into(), built.join(PROGRAM).into(), source.join("main.rs").into()]);
        // Some systems have their toolchain in `/usr`, with all else that is there.
        let [rustc, libraries] = ["bin/rustc", "lib"].map(|name| toolchain.join(name));
        let readable = [&rustc, &libraries, &deps, &source].map(PathBuf::as_path);
        let options = ["--purpose", "compile"].map(OsString::from);
        let words = self.confined(&options, &shop, &readable, &[&built], words);
        if !is_strict {
            return self.command(words, &built);
        }
        let mut jail = self.jail_with_system();
        jail.extend(COMPILERS.iter().map(OsString::from));
        for name in ["bin/rustc", "lib"] {
            let outside = self.outside().toolchain.join(name);
            bind(&mut jail, "--ro-bind", outside, Path::new(TOOLCHAIN).join(name));
        }
        // Not the checks: a source could include them.
        for name in ["confine", "deps"] {
            let outside = self.outside().shop.join(name);
            bind(&mut jail, "--ro-bind", outside, Path::new(SHOP).join(name));
        }
        bind(&mut jail, "--ro-bind", &self.outside_bench(bench).source, SOURCE);
        bind(&mut jail, "--bind", &self.outside_bench(bench).built, BUILT);
        bind(&mut jail, "--ro-bind-try", "/etc/alternatives", "/etc/alternatives");
        jail.extend(["--chdir", SOURCE, "--remount-ro", "/", "--"].map(OsString::from));
        self.without_rights(bench, [jail, words].concat())
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
            return self.command(words, &bench.built);
        }
        let mut jail = self.jail_with_system();
        jail.extend(PROGRAMS.iter().chain(CHECKS).map(OsString::from));
        if !SYSTEM.iter().any(|folder| self.tools.bwrap.starts_with(folder)) {
            bind(&mut jail, "--ro-bind", &self.tools.bwrap, &self.tools.bwrap);
        }
        bind(&mut jail, "--ro-bind", &self.outside().shop, SHOP);
        bind(&mut jail, "--ro-bind", &self.outside_bench(bench).built, BUILT);
        for file in NAMES {
            let outside = self.outside().shop.join(file);
            bind(&mut jail, "--ro-bind", outside, Path::new("/etc").join(file));
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
        self.without_rights(bench, [jail, words].concat())
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
        let mut confined = Words::new();
        if let Some(account) = self.account_outside() {
            confined.extend(become_account(&self.tools.setpriv, account));
        }
        confined.push(shop.join("confine").into());
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

    /// The account that needs a way to our folders as they are, without a jail that shows them.
    pub fn account_outside(&self) -> Option<Account> {
        self.account.filter(|_| self.isolation == Isolation::Best)
    }

    fn shop_inside(&self) -> PathBuf {
        if self.isolation == Isolation::Strict { SHOP.into() } else { self.shop.clone() }
    }

    /// Root gives up its rights before any jail is made. What it needs there is put where
    /// everybody may look.
    fn without_rights(&self, bench: &Bench, words: Words) -> Command {
        let Some(account) = self.account else { return self.command(words, Path::new("/tmp")) };
        let mut first: Words = vec![self.tools.bwrap.clone().into()];
        first.extend(ROOT.iter().map(OsString::from));
        bind(&mut first, "--ro-bind", &self.toolchain, self.outside().toolchain);
        bind(&mut first, "--ro-bind", &self.shop, self.outside().shop);
        bind(&mut first, "--ro-bind-try", &bench.source, self.outside_bench(bench).source);
        bind(&mut first, "--bind", &bench.built, self.outside_bench(bench).built);
        first.push("--".into());
        first.extend(become_account(&self.tools.setpriv, account));
        self.command([first, words].concat(), Path::new("/tmp"))
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

    fn command(&self, words: Words, temporary: &Path) -> Command {
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).env_clear().envs(self.surroundings.variables(temporary));
        command
    }

    /// Where the unprivileged user finds what jails are made of.
    fn outside(&self) -> Outside {
        if self.account.is_some() {
            let at = |name: &str| Path::new(PUBLIC).join(name);
            return Outside { toolchain: at("toolchain"), shop: at("shop") };
        }
        Outside { toolchain: self.toolchain.clone(), shop: self.shop.clone() }
    }

    fn outside_bench(&self, bench: &Bench) -> Bench {
        if self.account.is_some() {
            let at = |name: &str| Path::new(PUBLIC).join(name);
            return Bench { source: at("source"), built: at("built"), limits: bench.limits };
        }
        bench.clone()
    }
}

struct Outside {
    toolchain: PathBuf,
    shop: PathBuf,
}
